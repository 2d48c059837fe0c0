//! Words of SAML connections: what a provider is believed to be, which signatures are wanted, who a person is.

use super::organisation::ATTRIBUTES;
use super::{Block, Field, Key};
use crate::kind::{Kind, MINUTE};

/// Signatures that can be taken; the weak ones are known so that the rule on them can say why (GW0420).
pub(crate) const SIGNATURES: &[&str] = &[
    "rsa-sha256",
    "rsa-sha384",
    "rsa-sha512",
    "ecdsa-sha256",
    "ecdsa-sha384",
    "ecdsa-sha512",
    "rsa-sha1",
    "dsa-sha1",
    "ecdsa-sha1",
    "hmac-sha1",
    "hmac-sha256",
    "rsa-md5",
];

/// `sha256` is the floor of every connection; the others are known so that the rule on them can say why (GW0420).
const DIGESTS: &[&str] = &["sha256", "sha1", "md5"];

/// The subject that is no attribute.
pub(crate) const NAME_ID: &str = "name-id";

const WANT_SIGNED: Field = Field::fact(
    "want-signed",
    Kind::Words(&["assertion", "response", "both", "either"]),
    "Which signatures must be there: over the assertion, over the whole response, over both, or over either of them. One that is there and not good is refused in any case. As the profile says where nobody says.",
    "want-signed \"both\"",
);

const SIGNATURE: Field = Field::fact(
    "signature",
    Kind::Words(SIGNATURES),
    "The weakest signature that is taken: this kind of key with this hash or a longer one. Where nobody says, SHA-256 and longer with every kind of key that the metadata holds.",
    "signature \"rsa-sha256\"",
);

const DIGEST: Field = Field::fact(
    "digest",
    Kind::Words(DIGESTS),
    "The weakest digest that is taken; longer ones of the same family always are. `sha256` where nobody says, and nothing weaker can be said.",
    "digest \"sha256\"",
);

const NAME_ID_FORMAT: Field = Field::fact(
    "name-id",
    Kind::Words(&["persistent", "email", "transient", "unspecified"]),
    "The format of the NameID that is asked for and must come; any is taken for `unspecified`. As the profile says where nobody says.",
    "name-id \"persistent\"",
);

const SUBJECT: Field = Field::fact(
    "subject",
    Kind::Claim,
    "What identifies a person and is never given to another: the exact `Name` of an attribute with one value, or `name-id` for the NameID. As the profile says where nobody says.",
    "subject \"urn:oasis:names:tc:SAML:attribute:subject-id\"",
);

const CLOCK_SKEW: Field = Field::fact(
    "clock-skew",
    Kind::Duration { min: 0, max: 5 * MINUTE },
    "How far the provider's clock may be from ours, in both directions. As the profile says where nobody says.",
    "clock-skew \"60s\"",
);

const ENCRYPTION: Field = Field::fact(
    "encryption",
    Kind::Words(&["optional", "required"]),
    "Whether assertions must come encrypted to our key. `optional` where nobody says: plain and encrypted ones are taken.",
    "encryption \"required\"",
);

const SIGN_REQUESTS: Field = Field::fact(
    "sign-requests",
    Kind::Words(&["on", "off"]),
    "Whether we sign what we ask. `on` where nobody says; a provider that does not look at signatures is not disturbed by one.",
    "sign-requests \"on\"",
);

const BINDING: Field = Field::fact(
    "binding",
    Kind::Words(&["redirect", "post"]),
    "How we ask. Where nobody says, `redirect` where the metadata offers it, else `post`. Answers always come by POST.",
    "binding \"redirect\"",
);

pub(crate) static SAML: Block = Block {
    word: "saml",
    key: Key::None,
    fields: &[
        Field::fact(
            "entity-id",
            Kind::EntityId,
            "Who speaks: the provider's entityID, compared byte for byte with the metadata and with every message.",
            "entity-id \"http://www.okta.com/exk1acme0000\"",
        )
        .required()
        .environment(),
        Field::fact(
            "metadata",
            Kind::Beside,
            "The provider's metadata: a file beside the organisation's own, in environments too. Never fetched when people sign in.",
            "metadata \"okta-metadata.xml\"",
        )
        .required()
        .environment(),
        WANT_SIGNED,
        SIGNATURE,
        DIGEST,
        NAME_ID_FORMAT,
        SUBJECT,
        CLOCK_SKEW,
        ENCRYPTION,
        SIGN_REQUESTS,
        BINDING,
    ],
    reserved: &[],
    about: "Sign-in with SAML 2.0. Two connections may name one provider: each has an entity id and an address of its own here, so that an answer for one is refused by the other.",
    example: "saml {\n    entity-id \"http://www.okta.com/exk1acme0000\"\n    metadata \"okta-metadata.xml\"\n}",
};

pub(crate) static SAML_DEFAULTS: Block = Block {
    word: "saml-defaults",
    key: Key::None,
    fields: &[
        WANT_SIGNED,
        SIGNATURE,
        DIGEST,
        NAME_ID_FORMAT,
        SUBJECT,
        CLOCK_SKEW,
        ENCRYPTION,
        SIGN_REQUESTS,
        BINDING,
        Field::entry(&ATTRIBUTES),
    ],
    reserved: &[],
    about: "What holds for every SAML connection that says nothing else. Stronger than a profile, weaker than the connection.",
    example: "saml-defaults {\n    want-signed \"both\"\n    clock-skew \"60s\"\n}",
};

pub(crate) static OIDC_DEFAULTS: Block = Block {
    word: "oidc-defaults",
    key: Key::None,
    fields: &[Field::entry(&ATTRIBUTES)],
    reserved: &[],
    about: "What holds for every OpenID Connect connection that says nothing else.",
    example: "oidc-defaults {\n    attributes {\n        groups \"roles\"\n    }\n}",
};

pub(crate) static UNSAFE: Block = Block {
    word: "unsafe",
    key: Key::One(Kind::Words(&["idp-initiated"])),
    fields: &[
        Field::property(
            "reason",
            Kind::Title,
            "Why the defence is off; reviewers and the report read it.",
            "reason=\"Tile on the Okta dashboard\"",
        ),
        Field::property(
            "until",
            Kind::Date,
            "The day on which the defence comes back: at 12:00 in the organisation's time zone, at most 180 days away.",
            "until=\"2027-01-29\"",
        ),
        Field::property(
            "on-end",
            Kind::Words(&["refuse"]),
            "What the end does to people who still use it. Written out, so that nobody is surprised.",
            "on-end=\"refuse\"",
        ),
        Field::property(
            "app",
            Kind::Reference("app"),
            "The app to land on: an answer that nobody asked for never chooses where it leads.",
            "app=\"console\"",
        )
        .required(),
        Field::property("ticket", Kind::Title, "Where it was agreed.", "ticket=\"SEC-377\""),
    ],
    reserved: &[],
    about: "A defence that the author turns off for a time. `idp-initiated`: answers that we did not ask for are taken (SAML alone).",
    example: "unsafe \"idp-initiated\" reason=\"Tile on the Okta dashboard\" until=\"2027-01-29\" on-end=\"refuse\" app=\"console\"",
};

/// The kind of connection that a word belongs to, where it stands in the block of the other kind.
pub(crate) fn other_kind(block: &Block, word: &str) -> Option<(&'static str, &'static str)> {
    let is = |other: &'static Block| std::ptr::eq(block, other);
    let has = |other: &'static Block| other.fields.iter().any(|field| field.word == word);
    let oidc = &super::organisation::OIDC;
    if (is(&SAML) || is(&SAML_DEFAULTS)) && has(oidc) {
        return Some(("oidc", "saml"));
    }
    ((is(oidc) || is(&OIDC_DEFAULTS)) && has(&SAML)).then_some(("saml", "oidc"))
}
