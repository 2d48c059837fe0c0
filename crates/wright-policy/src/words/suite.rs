//! Words of policy tests: who comes, what the policy gives them, and what must never happen in one organisation.

use super::law::LAW;
use super::organisation::{SESSION_ABSOLUTE, SESSION_IDLE};
use super::{Block, Field, Key};
use crate::kind::Kind;

pub(crate) static TEST_FILE: Block = Block {
    word: "",
    key: Key::None,
    fields: &[Field::entry(&SUITE).many().required()],
    reserved: &[],
    about: "Policy tests of the organisation in whose folder the file lies.",
    example: "",
};

static SUITE: Block = Block {
    word: "suite",
    key: Key::One(Kind::Title),
    fields: &[
        Field::fact(
            "org",
            Kind::Reference("org"),
            "The organisation that it tests: the one whose folder it lies in.",
            "org \"acme\"",
        )
        .required(),
        Field::fact("at", Kind::Time, "When its cases take place, where they say nothing else.", AT),
        Field::entry(&IDENTITY).many(),
        Field::entry(&CASE).many(),
        Field::entry(&LAW).many(),
    ],
    reserved: &[],
    about: "Tests that belong together. `gatewright test` runs them for every environment, with the gate's own evaluator.",
    example: "suite \"acme\" {\n    org \"acme\"\n    identity \"bob\" {\n        email \"bob@acme.com\"\n    }\n    case \"bob is no admin\" {\n        who    \"bob\"\n        expect \"admit\"\n        lacks  role=\"admin\"\n    }\n}",
};

const AT: &str = "at \"2026-12-01T09:00:00Z\"";

static IDENTITY: Block = Block {
    word: "identity",
    key: Key::One(Kind::Title),
    fields: &[
        Field::fact(
            "connection",
            Kind::Reference("connection"),
            "The connection that it comes through; the only one where it is left out.",
            "connection \"okta\"",
        ),
        Field::fact("subject", Kind::Claim, "What the provider calls it; nothing hangs on it.", "subject \"00u1ada\""),
        Field::fact("email", Kind::Email, "The address that the provider sends.", "email \"ada@acme.com\""),
        Field::fact("group", Kind::Group, "A group that the provider sends.", "group \"ml-research\"").many(),
        Field::entry(&ATTRIBUTE).many(),
        Field::entry(&RECORDED),
    ],
    reserved: &[],
    about: "Somebody as the identity provider sends them, coming for the first time, through a domain that is proved.",
    example: "identity \"ada\" {\n    email \"ada@acme.com\"\n    group \"lumen-admins\"\n}",
};

static RECORDED: Block = Block {
    word: "recorded",
    key: Key::One(Kind::Recorded),
    fields: &[Field::property(
        "environment",
        Kind::Reference("environment"),
        "The environment whose gate it was sent to: the cases are put to this one alone.",
        "environment=\"production\"",
    )
    .required()],
    reserved: &[],
    about: "What the provider once sent, in a file beside the organisation's: a SAML response (`.recorded.xml`), which is \
            screened, verified and checked as the gate does it, or the claims of an ID token (`.recorded.json`), whose \
            signature nobody can check without the provider. In the place of `email`, `group` and `attribute`. Needs the `at` \
            of its time.",
    example: "recorded \"ada.recorded.xml\" environment=\"production\"",
};

static ATTRIBUTE: Block = Block {
    word: "attribute",
    key: Key::OneAnd(Kind::Slug, "value"),
    fields: &[Field::property("value", Kind::Attribute, "One of its values.", "value=\"Finance\"").required()],
    reserved: &[],
    about: "An attribute that the connection reads, as the provider sends it.",
    example: "attribute \"department\" value=\"Finance\"",
};

static CASE: Block = Block {
    word: "case",
    key: Key::One(Kind::Title),
    fields: &[
        Field::fact("who", Kind::Reference("identity"), "The identity of this suite that signs in.", "who \"ada\"")
            .required(),
        Field::fact("at", Kind::Time, "When; else as the suite says.", AT),
        Field::fact("expect", Kind::Words(&["admit", "refuse"]), "Whether it gets in.", "expect \"admit\"").required(),
        Field::fact(
            "reason",
            Kind::Refusal,
            "Why it is refused; any reason will do where it is left out.",
            "reason \"blocked-group\"",
        ),
        Field::entry(&HAS).many(),
        Field::entry(&LACKS).many(),
        Field::entry(&MAY).many(),
        Field::entry(&MAY_NOT).many(),
        Field::fact("session-idle", SESSION_IDLE, "The session's limit of that name, exactly.", "session-idle \"1h\""),
        Field::fact(
            "session-absolute",
            SESSION_ABSOLUTE,
            "The session's limit of that name, exactly.",
            "session-absolute \"10h\"",
        ),
    ],
    reserved: &[],
    about: "One sign-in and what it comes to. What is not asked for is not looked at.",
    example: "case \"a block beats an admin grant\" {\n    who    \"carl\"\n    expect \"refuse\"\n    reason \"blocked-group\"\n}",
};

const ROLE: Field = Field::property(
    "role",
    Kind::Reference("role"),
    "The role: of the project's scope where `project=` stands beside it, else of the organisation's.",
    "role=\"editor\"",
)
.required();

const PROJECT: Field =
    Field::property("project", Kind::Reference("project"), "The project that it is about.", "project=\"research\"");

static HAS: Block = Block {
    word: "has",
    key: Key::Properties,
    fields: &[ROLE, PROJECT],
    reserved: &[],
    about: "A role that it holds: by a grant, as an owner, or in the default project. What a role includes is not held as a role.",
    example: "has role=\"editor\" project=\"research\"",
};

static LACKS: Block = Block {
    word: "lacks",
    key: Key::Properties,
    fields: &[ROLE, PROJECT],
    reserved: &[],
    about: "A role that it does not hold.",
    example: "lacks role=\"admin\"",
};

static MAY: Block = Block {
    word: "may",
    key: Key::OneAnd(Kind::Reference("permission"), "project"),
    fields: &[PROJECT],
    reserved: &[],
    about: "A permission that it has: in the project, or in the organisation where `project=` is left out.",
    example: "may \"project.read\" project=\"research\"",
};

static MAY_NOT: Block = Block {
    word: "may-not",
    key: Key::OneAnd(Kind::Reference("permission"), "project"),
    fields: &[PROJECT],
    reserved: &[],
    about: "A permission that it has not: in the project, or nowhere at all where `project=` is left out.",
    example: "may-not \"org.delete\"",
};
