//! Words of the manifest and of the platform's files: folders, catalogue, defaults.

use super::guardrail::GUARDRAIL;
use super::law::LAW;
use super::{Block, Field, Key};
use crate::kind::Kind;
use crate::words::organisation::{SESSION, STEP_UP};
use crate::words::review::{APPROVAL, BRAKE, RETIRED_ORG};
use crate::words::saml::{OIDC_DEFAULTS, SAML_DEFAULTS};

pub(crate) static MANIFEST_FILE: Block = Block {
    word: "",
    key: Key::None,
    fields: &[
        Field::fact(
            "policy-version",
            Kind::Integer { min: 1, max: 1 },
            "The version of the language that the workspace is written in.",
            "policy-version 1",
        ),
        Field::entry(&WORKSPACE).required(),
    ],
    reserved: &[],
    about: "The manifest: the one file that every other file is found from.",
    example: "",
};

static WORKSPACE: Block = Block {
    word: "workspace",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::fact("platform", Kind::Folder, "The folder of catalogue and defaults.", "platform \"platform\"")
            .required(),
        Field::fact("presets", Kind::Folder, "The folder of presets.", "presets \"presets\"").required(),
        Field::fact("waivers", Kind::Folder, "The folder of waivers; empty for now.", "waivers \"waivers\"").required(),
        Field::fact("environments", Kind::Folder, "The folder of environments.", "environments \"environments\"")
            .required(),
        Field::fact("orgs", Kind::Folder, "The folder of organisations, at any depth.", "orgs \"orgs\"").required(),
        Field::entry(&APPROVAL).many(),
        Field::entry(&BRAKE).many(),
    ],
    reserved: &[],
    about: "Names the workspace and its five folders; every file below them is part of the program or an error.",
    example: "workspace \"lumen\" {\n    platform \"platform\"\n    presets \"presets\"\n    waivers \"waivers\"\n    environments \"environments\"\n    orgs \"orgs\"\n}",
};

pub(crate) static PLATFORM_FILE: Block = Block {
    word: "",
    key: Key::None,
    fields: &[
        Field::entry(&PERMISSION).many(),
        Field::entry(&ROLE).many(),
        Field::entry(&PLAN).many(),
        Field::entry(&DEFAULTS),
        Field::entry(&GUARDRAIL).many(),
        Field::entry(&LAW).many(),
        Field::entry(&RETIRED_ORG).many(),
    ],
    reserved: &[],
    about: "What all organisations share. All files of the folder are read as one.",
    example: "",
};

static PERMISSION: Block = Block {
    word: "permission",
    key: Key::One(Kind::Permission),
    fields: &[
        Field::property("about", Kind::Title, "What it lets somebody do, for people.", "about=\"See invoices\""),
        Field::property(
            "risk",
            Kind::Words(&["none", "credential", "spend", "privileged"]),
            "What its misuse costs: nothing, a key that leaks, money, or control. `none` where it is left out.",
            "risk=\"privileged\"",
        ),
    ],
    reserved: &[],
    about: "Something that a role can permit, held at the scope of that role.",
    example: "permission \"billing.write\" about=\"Change payment methods\" risk=\"privileged\"",
};

static ROLE: Block = Block {
    word: "role",
    key: Key::OneAnd(Kind::Slug, "scope"),
    fields: &[
        Field::property(
            "scope",
            Kind::Words(&["org", "project"]),
            "Whether it is held in the organisation or in one project.",
            "scope=\"org\"",
        )
        .required(),
        Field::fact("label", Kind::Title, "Its name for people; the slug where it is left out.", "label \"Admin\""),
        Field::fact(
            "includes",
            Kind::Reference("role"),
            "A role of the same scope, all of whose permissions this one has too.",
            "includes \"developer\"",
        )
        .many(),
        Field::fact(
            "permits",
            Kind::Reference("permission"),
            "A permission that it gives.",
            "permits \"billing.write\"",
        )
        .many(),
    ],
    reserved: &[],
    about: "What can be granted. The org roles `owner` and `admin` and the project role `admin` must exist.",
    example: "role \"admin\" scope=\"org\" {\n    label \"Admin\"\n    includes \"developer\"\n    permits \"billing.write\"\n}",
};

static PLAN: Block = Block {
    word: "plan",
    key: Key::One(Kind::Slug),
    fields: &[Field::fact(
        "includes",
        Kind::Words(&["sso"]),
        "A feature that organisations on this plan may use.",
        "includes \"sso\"",
    )
    .many()],
    reserved: &[],
    about: "What an organisation has bought.",
    example: "plan \"enterprise\" {\n    includes \"sso\"\n}",
};

static DEFAULTS: Block = Block {
    word: "defaults",
    key: Key::None,
    fields: &[
        Field::entry(&SESSION),
        Field::entry(&SAML_DEFAULTS),
        Field::entry(&OIDC_DEFAULTS),
        Field::entry(&STEP_UP).many(),
    ],
    reserved: &[],
    about: "What an organisation gets where it says nothing.",
    example: "defaults {\n    session {\n        idle \"30m\"\n        absolute \"8h\"\n    }\n}",
};
