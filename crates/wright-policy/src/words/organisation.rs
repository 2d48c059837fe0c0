//! Words of an organisation: who it is, how its people sign in, what they may do.

use wright_syntax::diagnostic::{Code, Severity};

use super::preset::{USE, WITHOUT};
use super::saml::{SAML, UNSAFE};
use super::{Block, Field, Key};
use crate::kind::{DAY, HOUR, Kind, MINUTE};

pub(crate) const MEMBERS_TWICE: Code = Code { number: 601, slug: "members-twice", severity: Severity::Error };

pub(super) const CLIENT_AUTH: Kind =
    Kind::Words(&["private-key-jwt", "client-secret-basic", "client-secret-post", "none"]);

pub(crate) static ORG_FILE: Block = Block {
    word: "",
    key: Key::None,
    fields: &[Field::entry(&ORG).required()],
    reserved: &[],
    about: "One organisation. Its folder has its name.",
    example: "",
};

pub(super) const DEFAULT_PROJECT: Field = Field::fact(
    "default-project",
    Kind::Reference("project"),
    "The project that every member is in.",
    "default-project \"default\"",
);

pub(crate) static ORG: Block = Block {
    word: "org",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::fact("name", Kind::Title, "What people call it.", "name \"Acme Corp\"").required(),
        Field::fact("legal-name", Kind::Title, "What contracts call it.", "legal-name \"Acme Corporation, Inc.\""),
        Field::fact("plan", Kind::Reference("plan"), "The plan that it is on.", "plan \"enterprise\"").required(),
        Field::fact("time-zone", Kind::TimeZone, "Its IANA time zone: days end here.", "time-zone \"Europe/Berlin\"")
            .required(),
        Field::fact(
            "team",
            Kind::Team,
            "Who looks after this file, as the forge writes a team.",
            "team \"@lumen/acme-team\"",
        ),
        Field::entry(&USE).many(),
        Field::entry(&DOMAIN).many().required(),
        Field::fact(
            "owner",
            Kind::Email,
            "Somebody who holds the role `owner`, whatever the grants say. Bound to an identity at the first sign-in.",
            "owner \"jane.doe@acme.com\"",
        )
        .many(),
        Field::entry(&CONNECTION).many().environment(),
        Field::entry(&MEMBERS).required(),
        Field::entry(&PROJECT).many(),
        DEFAULT_PROJECT,
        Field::entry(&GRANT).many(),
        Field::entry(&BLOCK).many(),
        Field::entry(&WITHOUT).many(),
        Field::entry(&SESSION),
        Field::entry(&STEP_UP).many(),
    ],
    reserved: &["except-group"],
    about: "An organisation. Its name is its folder, never changes and is never used again.",
    example: "org \"initech\" {\n    name \"Initech\"\n    plan \"startup\"\n    time-zone \"America/Chicago\"\n}",
};

static DOMAIN: Block = Block {
    word: "domain",
    key: Key::One(Kind::Domain),
    fields: &[Field::property(
        "sign-in",
        Kind::Reference("connection"),
        "The connection that its people sign in through; the only one where it is left out.",
        "sign-in=\"okta\"",
    )],
    reserved: &[],
    about: "An e-mail domain that the organisation claims. The runtime holds the proof; routing needs both.",
    example: "domain \"acme.com\" sign-in=\"okta\"",
};

pub(crate) static CONNECTION: Block = Block {
    word: "connection",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::fact(
            "provider",
            Kind::Reference("provider"),
            "The profile of its identity provider.",
            "provider \"okta\"",
        )
        .required(),
        // Exactly one of the two; that one of them stands is asked for where names are looked up.
        Field::entry(&SAML).environment(),
        Field::entry(&OIDC).environment(),
        Field::entry(&ATTRIBUTES),
        Field::fact(
            "trusted-attribute",
            Kind::Slug,
            "An attribute that people cannot change by themselves at this provider: grants may hang on it.",
            "trusted-attribute \"department\"",
        )
        .many(),
        Field::entry(&UNSAFE).many(),
    ],
    reserved: &[],
    about: "A way to sign in: one identity provider, over SAML (`saml`) or OpenID Connect (`oidc`), never both.",
    example: "connection \"okta\" {\n    provider \"okta\"\n    saml {\n        entity-id \"http://www.okta.com/exk1acme0000\"\n        metadata \"okta-metadata.xml\"\n    }\n}",
};

pub(crate) static OIDC: Block = Block {
    word: "oidc",
    key: Key::None,
    fields: &[
        Field::fact(
            "issuer",
            Kind::Url,
            "Who signs the tokens, compared byte for byte. Left out where the profile knows the only one.",
            "issuer \"https://acme.okta.com\"",
        )
        .environment(),
        Field::fact("client-id", Kind::ClientId, "What the provider calls us.", "client-id \"0oa1acme\"").environment(),
        Field::fact(
            "client-auth",
            CLIENT_AUTH,
            "How we prove ourselves to the provider. Left out: with the secret that is named, else as the profile prefers.",
            "client-auth \"private-key-jwt\"",
        ),
        Field::fact(
            "secret",
            Kind::Secret,
            "The name of the client's secret; never the secret.",
            "secret \"wayne/oidc\"",
        )
        .environment(),
        Field::fact(
            "hosted-domain",
            Kind::Domain,
            "Google: the Workspace that may sign in, checked in the token.",
            "hosted-domain \"initech.com\"",
        ),
        Field::fact(
            "tenant",
            Kind::Guid,
            "Entra: the tenant that may sign in, checked in the token. Left out: the one in the issuer.",
            "tenant \"8f0d2a6e-1111-4222-8333-944455556666\"",
        ),
        Field::fact(
            "shared-client",
            Kind::Reference("shared-client"),
            "The environment's client of this name, instead of one of our own.",
            "shared-client \"google\"",
        ),
    ],
    reserved: &[],
    about: "Sign-in with OpenID Connect.",
    example: "oidc {\n    issuer \"https://acme.okta.com\"\n    client-id \"0oa1acme\"\n}",
};

pub(super) static ATTRIBUTES: Block = Block {
    word: "attributes",
    key: Key::None,
    fields: &[
        Field::fact("email", Kind::Claim, "The claim or attribute with the address.", "email \"mail\""),
        Field::fact("given-name", Kind::Claim, "The one with the first name.", "given-name \"firstName\""),
        Field::fact("family-name", Kind::Claim, "The one with the last name.", "family-name \"lastName\""),
        Field::fact("groups", Kind::Claim, "The one with the groups.", "groups \"lumen_groups\""),
        Field::entry(&OWN_ATTRIBUTE).many(),
    ],
    reserved: &[],
    about: "Which claims (OpenID Connect) or attributes (SAML, by their exact `Name`) are read, where the provider was told to use other names than its profile says.",
    example: "attributes {\n    groups \"lumen_groups\"\n}",
};

static OWN_ATTRIBUTE: Block = Block {
    word: "attribute",
    key: Key::One(Kind::Slug),
    fields: &[Field::property("from", Kind::Claim, "The claim or attribute that it is read from.", "from=\"dept\"")
        .required()],
    reserved: &[],
    about: "An attribute of the organisation's own, for grants. It may have several values. One that does not come, or is no text of 1 to 256 bytes without control characters, gives nothing.",
    example: "attribute \"department\" from=\"extension_department\"",
};

pub(crate) static MEMBERS: Block = Block {
    word: "members",
    key: Key::One(Kind::Words(&["sso"])),
    fields: &[
        Field::fact(
            "join",
            Kind::Words(&["jit"]),
            "When somebody becomes a member: `jit`, at the first sign-in.",
            "join \"jit\"",
        )
        .required(),
        Field::fact(
            "stage",
            Kind::Words(&["test", "optional", "required"]),
            "How far the move has come: `test`, one-time test links alone, and nobody gets a session; `optional`, sign-in works beside other ways in; `required`, it is the only way in, and what holds where nobody says.",
            "stage \"test\"",
        ),
    ],
    reserved: &[],
    about: "How people become members. There is no list of members: not being named never means being deleted.",
    example: "members \"sso\" {\n    join \"jit\"\n}",
};

pub(crate) static PROJECT: Block = Block {
    word: "project",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::fact("name", Kind::Title, "What people call it.", "name \"Research\"").required(),
        Field::fact(
            "visibility",
            Kind::Words(&["open", "closed", "private"]),
            "`open` may be joined by every member, `closed` is seen but not joined, `private` is seen from inside. `open` where it is left out.",
            "visibility \"closed\"",
        ),
        Field::fact(
            "default-role",
            Kind::Reference("role"),
            "The project role of those who are in it without a grant; none where it is left out.",
            "default-role \"viewer\"",
        ),
    ],
    reserved: &[],
    about: "A workspace inside the organisation: access is decided for each.",
    example: "project \"research\" {\n    name \"Research\"\n    visibility \"closed\"\n}",
};

const ROLE_OF_GRANT: Field = Field::property(
    "role",
    Kind::Reference("role"),
    "The role: of the project's scope where `project=` stands beside it, else of the organisation's.",
    "role=\"editor\"",
);

const PROJECT_OF_GRANT: Field = Field::property(
    "project",
    Kind::Reference("project"),
    "The project that the role is held in.",
    "project=\"research\"",
);

const GROUP_OF_GRANT: Field = Field::property(
    "group",
    Kind::Group,
    "Those whom the identity provider puts into this group.",
    "group=\"ml-research\"",
);

const EVERYONE_IN_OF_GRANT: Field = Field::property(
    "everyone-in",
    Kind::Reference("domain"),
    "Everybody with an address in this claimed domain.",
    "everyone-in=\"acme.com\"",
);

const ATTRIBUTE_OF_GRANT: Field = Field::property(
    "attribute",
    Kind::Slug,
    "Those of whom the connection says that this attribute, one of its `attributes`, has the `value`.",
    "attribute=\"department\"",
);

const VALUE_OF_GRANT: Field = Field::property(
    "value",
    Kind::Attribute,
    "What the attribute has to be, byte for byte; one of its values where it has several.",
    "value=\"Finance\"",
);

const CONNECTION_OF_GRANT: Field = Field::property(
    "connection",
    Kind::Reference("connection"),
    "Whose group or attribute it is: has to be said where the organisation has several connections.",
    "connection=\"okta\"",
);

const GROUP_LABEL_OF_GRANT: Field = Field::property(
    "group-label",
    Kind::Title,
    "What people call a group that has an id for a name. Never checked, never compared.",
    "group-label=\"Vision team\"",
);

/// What tells grants and blocks apart, for those who take one away.
pub(super) static PROPERTIES_OF_GRANTS: [Field; 8] = [
    ROLE_OF_GRANT,
    PROJECT_OF_GRANT,
    GROUP_OF_GRANT,
    EVERYONE_IN_OF_GRANT,
    ATTRIBUTE_OF_GRANT,
    VALUE_OF_GRANT,
    CONNECTION_OF_GRANT,
    GROUP_LABEL_OF_GRANT,
];

pub(super) static GRANT: Block = Block {
    word: "grant",
    key: Key::Properties,
    fields: &[
        ROLE_OF_GRANT.required(),
        PROJECT_OF_GRANT,
        GROUP_OF_GRANT,
        EVERYONE_IN_OF_GRANT,
        ATTRIBUTE_OF_GRANT,
        VALUE_OF_GRANT,
        CONNECTION_OF_GRANT,
        GROUP_LABEL_OF_GRANT,
    ],
    reserved: &["except-group"],
    about: "Gives a role. A person gets every grant that matches; the order never matters.",
    example: "grant role=\"editor\" project=\"research\" group=\"ml-research\"",
};

pub(super) static BLOCK: Block = Block {
    word: "block",
    key: Key::Properties,
    fields: &[Field::property(
        "group",
        Kind::Group,
        "Those whom the identity provider puts into this group.",
        "group=\"offboarded\"",
    )
    .required()],
    reserved: &["except-group"],
    about: "Keeps a group out, whatever else matches. A block beats every grant, and owners too.",
    example: "block group=\"contractors-offboarded\"",
};

pub(super) const SESSION_IDLE: Kind = Kind::Duration { min: MINUTE, max: 30 * DAY };
pub(super) const SESSION_ABSOLUTE: Kind = Kind::Duration { min: 5 * MINUTE, max: 90 * DAY };

pub(crate) static SESSION: Block = Block {
    word: "session",
    key: Key::None,
    fields: &[
        Field::fact(
            "idle",
            SESSION_IDLE,
            "A session without a request for this long is over. `30m` where nobody says.",
            "idle \"30m\"",
        ),
        Field::fact(
            "absolute",
            SESSION_ABSOLUTE,
            "A session is over this long after the sign-in. `8h` where nobody says.",
            "absolute \"8h\"",
        ),
        Field::fact(
            "max-authentication-age",
            Kind::Duration { min: MINUTE, max: 90 * DAY },
            "A session is over this long after the provider asked for a proof (password, key), by the provider's own account; counted from the sign-in where the provider does not say. Asked for at every sign-in. No limit of its own where nobody says.",
            "max-authentication-age \"8h\"",
        ),
        Field::fact(
            "concurrent",
            Kind::Integer { min: 1, max: 100 },
            "How many sessions one person may have at a time. `5` where nobody says.",
            "concurrent 5",
        ),
        Field::fact(
            "when-full",
            Kind::Words(&["end-oldest", "refuse"]),
            "What happens to one more: the oldest ends, or it is refused. `end-oldest` where nobody says.",
            "when-full \"end-oldest\"",
        ),
    ],
    reserved: &[],
    about: "How long a sign-in lasts.",
    example: "session {\n    idle \"1h\"\n    absolute \"10h\"\n}",
};

pub(crate) static STEP_UP: Block = Block {
    word: "step-up",
    key: Key::One(Kind::Reference("permission")),
    fields: &[
        Field::property(
            "within",
            Kind::Duration { min: MINUTE, max: 30 * DAY },
            "The proof at the provider is at most this old when the permission is used. What the provider does not report counts as oldest.",
            "within=\"15m\"",
        )
        .required(),
        Field::property(
            "acr",
            Kind::Claim,
            "The authentication context class that the provider must report, byte for byte; any where it is left out. What the provider does not report counts as weakest.",
            "acr=\"https://refeds.org/profile/mfa\"",
        ),
    ],
    reserved: &[],
    about: "A permission that needs a fresh sign-in. In `defaults` it holds for every organisation; one with the same key in an organisation takes its place.",
    example: "step-up \"org.settings.write\" within=\"15m\"",
};

/// What holds where neither the organisation nor the defaults say anything.
pub(crate) mod built_in {
    use super::{HOUR, MINUTE};

    pub(crate) const IDLE_SECS: u32 = 30 * MINUTE;
    pub(crate) const ABSOLUTE_SECS: u32 = 8 * HOUR;
    pub(crate) const CONCURRENT: u32 = 5;
    pub(crate) const TIME_ZONE: &str = "UTC";
}
