//! Words of guardrails: predicates over the finished policy of every organisation, never values.

use super::{Block, Field, Key};
use crate::kind::Kind;

pub(crate) static GUARDRAIL: Block = Block {
    word: "guardrail",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::entry(&REQUIRE).many(),
        Field::entry(&FORBID).many(),
        Field::fact(
            "why",
            Kind::Title,
            "What it is for; whoever breaks it reads this.",
            "why \"SOC 2 CC6.1: workforce sessions end within a working day\"",
        )
        .required(),
        Field::fact(
            "waivable",
            Kind::Words(&["yes", "never"]),
            "Whether one organisation may ever be let off. `never` where nobody says; nothing lets anybody off in this version of the language.",
            "waivable \"never\"",
        ),
        Field::entry(&ENFORCE),
    ],
    reserved: &[],
    about: "A rule that no organisation, default or environment may break. It is held against what every organisation comes to in every environment, and changes nothing. A path that is not there breaks a `require`; a `[*]` that finds nothing does not, nor does a path through a connection of the other kind. Of a set every member is judged by itself.",
    example: "guardrail \"session-cap\" {\n    require \"session.absolute\" at-most=\"12h\"\n    require \"session.idle\" at-most=\"2h\"\n    why \"SOC 2 CC6.1: workforce sessions end within a working day\"\n    waivable \"yes\"\n}",
};

const AT_MOST: Field =
    Field::property("at-most", Kind::Bound, "A duration or a number: this much or less.", "at-most=\"12h\"");
const AT_LEAST: Field =
    Field::property("at-least", Kind::Bound, "A duration or a number: this much or more.", "at-least=\"5m\"");
const EQUALS: Field = Field::property("equals", Kind::Bound, "This very value.", "equals=\"required\"");
const COUNT_AT_LEAST: Field = Field::property(
    "count-at-least",
    Kind::Integer { min: 1, max: 10_000 },
    "A set: so many members or more.",
    "count-at-least=2",
);
const WHERE: Field = Field::property(
    "where",
    Kind::Where,
    "The organisations that it binds, by one `field=value`: `org`, `plan`, `members` or `stage`. All where it is left out.",
    "where=\"plan=enterprise\"",
);
const ONE_OF: Field =
    Field::fact("one-of", Kind::Bound, "One of the values that are written so.", "one-of \"both\"").many();

static REQUIRE: Block = Block {
    word: "require",
    key: Key::OneAndAll(Kind::Reference("path")),
    fields: &[AT_MOST, AT_LEAST, EQUALS, COUNT_AT_LEAST, WHERE, ONE_OF],
    reserved: &[],
    about: "What has to hold: one path and one of `at-most`, `at-least`, `equals`, `one-of` and `count-at-least`.",
    example: "require \"session.absolute\" at-most=\"12h\"",
};

static FORBID: Block = Block {
    word: "forbid",
    key: Key::OneAndAll(Kind::Reference("path")),
    fields: &[AT_MOST, AT_LEAST, EQUALS, COUNT_AT_LEAST, WHERE, ONE_OF],
    reserved: &[],
    about: "What must not hold: one path and one of the tests of `require`. A path that is not there breaks no `forbid`.",
    example: "forbid \"connection[*].unsafe\" equals=\"idp-initiated\"",
};

static ENFORCE: Block = Block {
    word: "enforce",
    key: Key::One(Kind::Words(&["report"])),
    fields: &[Field::property(
        "active-from",
        Kind::Date,
        "The day from whose beginning (UTC) it is enforced. Until then whoever would break it is warned.",
        "active-from=\"2027-06-30\"",
    )
    .required()],
    reserved: &[],
    about: "Announces a guardrail: `report` warns until the day, and is an error from then on. Without this line it is enforced at once.",
    example: "enforce \"report\" active-from=\"2027-06-30\"",
};
