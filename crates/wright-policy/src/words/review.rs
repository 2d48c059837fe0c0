//! Words of review: whose approval a change needs, how large one may be, and which organisations are gone.

use super::{Block, Field, Key};
use crate::kind::Kind;

/// The classes of a change, as `gatewright diff` names them.
pub const CLASSES: &[&str] = &[
    "privileged",
    "trust-root",
    "weakening",
    "shut-out",
    "org-retired",
    "widening",
    "narrowing",
    "strengthening",
    "cosmetic",
];

pub(super) static APPROVAL: Block = Block {
    word: "approval",
    key: Key::One(Kind::Words(CLASSES)),
    fields: &[Field::property(
        "from",
        Kind::Team,
        "The team of which one member has to approve, as the forge writes it.",
        "from=\"@lumen/security\"",
    )
    .required()],
    reserved: &[],
    about: "Whose approval a change of this class needs. `gatewright review` reads the line of the base, so that no change can approve itself.",
    example: "approval \"weakening\" from=\"@lumen/security\"",
};

/// What a brake counts. `people-losing` needs the members: without them it stops every change.
const BRAKES: &[&str] = &["orgs-changed", "people-losing"];

pub(super) static BRAKE: Block = Block {
    word: "brake",
    key: Key::One(Kind::Words(BRAKES)),
    fields: &[Field::property(
        "at-most",
        Kind::Count,
        "Of `orgs-changed`, the most organisations that one change may reach with anything but names, labels and comments; of `people-losing`, the most members who may lose a permission or be kept out.",
        "at-most=\"25\"",
    )
    .required()],
    reserved: &[],
    about: "Stops a change that is larger than anybody means. `gatewright review` reads the line of the base.",
    example: "brake \"orgs-changed\" at-most=\"25\"",
};

pub(super) static RETIRED_ORG: Block = Block {
    word: "retired-org",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::property("on", Kind::Date, "The day on which it left.", "on=\"2026-04-02\"").required(),
        Field::property(
            "data",
            Kind::Retention,
            "What becomes of its data: `delete`, or `keep-` and for how long.",
            "data=\"keep-90d\"",
        )
        .required(),
    ],
    reserved: &[],
    about: "An organisation that is gone, for ever: its id is never used again. One that disappears without this line stops the review.",
    example: "retired-org \"umbrella\" on=\"2026-04-02\" data=\"keep-90d\"",
};
