//! Words of provider profiles: the tool's own data, written in the same language and read by the same reader.

use super::{Block, Field, Key};
use crate::kind::{Kind, MINUTE};

pub(crate) static PROFILE_FILE: Block = Block {
    word: "",
    key: Key::None,
    fields: &[Field::entry(&PROFILE).required()],
    reserved: &[],
    about: "One provider profile.",
    example: "",
};

static PROFILE: Block = Block {
    word: "profile",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::fact("title", Kind::Title, "Its name for people.", "title \"Okta\"").required(),
        Field::entry(&OIDC),
        Field::entry(&SAML),
        Field::entry(&NOTE).many(),
    ],
    reserved: &[],
    about: "What is peculiar about one identity provider, over each of the protocols that it speaks.",
    example: "",
};

/// Where the provider takes its own time for a long list of groups.
const LONG_GROUP_LISTS: Field = Field::fact(
    "long-group-lists",
    Kind::Words(&["whole", "marked", "cut"]),
    "What becomes of a long list of groups: sent whole, replaced by a marker, or cut without one.",
    "long-group-lists \"cut\"",
);
const GROUPS_CUT_AT: Field =
    Field::fact("groups-cut-at", Kind::Integer { min: 1, max: 100_000 }, "Where it cuts.", "groups-cut-at 100");
const CLOCK_SKEW: Field = Field::fact(
    "clock-skew",
    Kind::Duration { min: 0, max: 5 * MINUTE },
    "How far its clock may be from ours.",
    "clock-skew \"60s\"",
);
const REPORTS: Field = Field::fact(
    "reports",
    Kind::Words(&["authentication-time", "acr"]),
    "What it says about the authentication: when it was, and of which class.",
    "reports \"authentication-time\"",
);
const ACR: Field = Field::fact("acr", Kind::Claim, "A class that it reports; any where none is listed.", "acr \"phr\"");

static OIDC: Block = Block {
    word: "oidc",
    key: Key::None,
    fields: &[
        Field::fact(
            "issuer",
            Kind::Url,
            "An issuer that it may have; any where none is listed.",
            "issuer \"https://accounts.google.com\"",
        )
        .many(),
        Field::fact(
            "issuer-of-tenant",
            Kind::Title,
            "The only issuer of a tenant.",
            "issuer-of-tenant \"https://idp.example/{tenant}/v2.0\"",
        ),
        Field::fact(
            "issuer-looks-like",
            Kind::Title,
            "Shown where an issuer is wanted.",
            "issuer-looks-like \"https://acme.okta.com\"",
        )
        .required(),
        Field::fact(
            "everybodys-tenant",
            Kind::Title,
            "A tenant that lets in accounts of every customer.",
            "everybodys-tenant \"common\"",
        )
        .many(),
        Field::fact("scope", Kind::Claim, "A scope that is asked for, in this order.", "scope \"openid\"")
            .many()
            .required(),
        Field::fact(
            "subject-claim",
            Kind::Claim,
            "The claim that identifies a person and is never given to another.",
            "subject-claim \"sub\"",
        )
        .required(),
        Field::fact("email", Kind::Claim, "The claim with the address.", "email \"email\"").required(),
        Field::fact("given-name", Kind::Claim, "The claim with the first name.", "given-name \"given_name\""),
        Field::fact("family-name", Kind::Claim, "The claim with the last name.", "family-name \"family_name\""),
        Field::fact(
            "groups",
            Kind::Claim,
            "The claim with the groups; it has none where this is left out.",
            "groups \"groups\"",
        ),
        Field::fact(
            "email-trust",
            Kind::Words(&["verified-claim", "own-issuer"]),
            "What vouches for the address.",
            "email-trust \"own-issuer\"",
        )
        .required(),
        Field::fact(
            "algorithm",
            Kind::Words(&["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]),
            "A signature that is taken.",
            "algorithm \"RS256\"",
        )
        .many()
        .required(),
        Field::fact(
            "client-auth",
            super::organisation::CLIENT_AUTH,
            "A way to prove ourselves; the first is the default.",
            "client-auth \"private-key-jwt\"",
        )
        .many()
        .required(),
        Field::fact(
            "pin",
            Kind::Words(&["hosted-domain", "tenant"]),
            "What tells its tenants apart.",
            "pin \"tenant\"",
        ),
        LONG_GROUP_LISTS.required(),
        GROUPS_CUT_AT,
        CLOCK_SKEW.required(),
        REPORTS.many(),
        ACR.many(),
    ],
    reserved: &[],
    about: "What it is over OpenID Connect.",
    example: "",
};

static SAML: Block = Block {
    word: "saml",
    key: Key::None,
    fields: &[
        Field::fact(
            "entity-id-looks-like",
            Kind::EntityId,
            "Shown where an entity id is wanted.",
            "entity-id-looks-like \"http://www.okta.com/exk1acme0000\"",
        )
        .required(),
        Field::fact(
            "want-signed",
            Kind::Words(&["assertion", "response", "both", "either"]),
            "Which signatures it makes unless told otherwise.",
            "want-signed \"assertion\"",
        )
        .required(),
        Field::fact(
            "name-id",
            Kind::Words(&["persistent", "email", "transient", "unspecified"]),
            "The format of its NameID.",
            "name-id \"persistent\"",
        )
        .required(),
        Field::fact(
            "subject",
            Kind::Claim,
            "The attribute that identifies a person and is never given to another; the NameID where this is left out.",
            "subject \"http://schemas.microsoft.com/identity/claims/objectidentifier\"",
        ),
        Field::fact(
            "email",
            Kind::Claim,
            "The attribute with the address; the NameID where this is left out.",
            "email \"email\"",
        ),
        Field::fact("given-name", Kind::Claim, "The attribute with the first name.", "given-name \"firstName\""),
        Field::fact("family-name", Kind::Claim, "The attribute with the last name.", "family-name \"lastName\""),
        Field::fact("groups", Kind::Claim, "The attribute with the groups.", "groups \"groups\"").required(),
        LONG_GROUP_LISTS.required(),
        GROUPS_CUT_AT,
        CLOCK_SKEW.required(),
        REPORTS.many(),
        ACR.many(),
    ],
    reserved: &[],
    about: "What it is over SAML.",
    example: "",
};

static NOTE: Block = Block {
    word: "note",
    key: Key::One(Kind::Text),
    fields: &[Field::property("source", Kind::Text, "Where it is documented.", "source=\"https://…\"").required()],
    reserved: &[],
    about: "A quirk, with its source.",
    example: "",
};
