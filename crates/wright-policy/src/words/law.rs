//! Words of laws: what holds for every identity there can be.

use super::{Block, Field, Key};
use crate::kind::Kind;

pub(crate) static LAW: Block = Block {
    word: "law",
    key: Key::One(Kind::Title),
    fields: &[
        Field::property(
            "where",
            Kind::Where,
            "The organisations that it binds, by one `field=value`: `org`, `plan`, `members` or `stage`. All where it is left out.",
            "where=\"plan=enterprise\"",
        ),
        Field::entry(&ANYONE).many().required(),
        Field::entry(&NEVER).many().required(),
    ],
    reserved: &[],
    about: "An invariant over all identities, proved and not sampled. In `platform` it binds organisations, in a suite the suite's own. A broken one shows the smallest identity that breaks it, and nothing is compiled.",
    example: "law \"only the named owners are owners\" {\n    anyone except=\"owners\"\n    never  role=\"owner\"\n}",
};

static ANYONE: Block = Block {
    word: "anyone",
    key: Key::Properties,
    fields: &[
        Field::property(
            "outside",
            Kind::Outside,
            "With an address in none of the organisation's domains (`org-domains`), or not in this domain.",
            "outside=\"org-domains\"",
        ),
        Field::property("except", Kind::Words(&["owners"]), "Without those whom `owner` names.", "except=\"owners\""),
        Field::property("in-group", Kind::Group, "In this group, and perhaps in others.", "in-group=\"finance\""),
        Field::property(
            "in-no-other-group",
            Kind::Words(&["yes"]),
            "In the group of `in-group` and in no other.",
            "in-no-other-group=\"yes\"",
        ),
    ],
    reserved: &["except-group"],
    about: "Whom a law speaks of: all who match every property of one such line. Without a property it is everybody.",
    example: "anyone outside=\"org-domains\"",
};

static NEVER: Block = Block {
    word: "never",
    key: Key::Properties,
    fields: &[
        Field::property(
            "role",
            Kind::Reference("role"),
            "Holds this role: of the project's scope where `project=` stands beside it, else of the organisation's.",
            "role=\"admin\"",
        ),
        Field::property(
            "permission",
            Kind::Reference("permission"),
            "Has this permission: in the project, or anywhere where `project=` is left out.",
            "permission=\"model.deploy\"",
        ),
        Field::property(
            "project",
            Kind::Reference("project"),
            "In this project; alone, holds any role in it.",
            "project=\"production\"",
        ),
    ],
    reserved: &[],
    about: "What none of them ever comes to.",
    example: "never permission=\"model.deploy\"",
};
