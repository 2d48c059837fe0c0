//! Words of presets: what many organisations share, and how one uses it.

use super::organisation::{
    BLOCK, CONNECTION, DEFAULT_PROJECT, GRANT, MEMBERS, PROJECT, PROPERTIES_OF_GRANTS, SESSION, STEP_UP,
};
use super::saml::{OIDC_DEFAULTS, SAML_DEFAULTS};
use super::{Block, Field, Key};
use crate::kind::Kind;

/// The kinds of value that a preset may ask for, each with one of it.
pub(crate) const PARAM_TYPES: [(&str, Kind, &str); 8] = [
    ("attribute-name", Kind::Claim, "groups"),
    ("client-id", Kind::ClientId, "client"),
    ("domain", Kind::Domain, "example.com"),
    ("duration", Kind::Duration { min: 60, max: 30 * 24 * 60 * 60 }, "1h"),
    ("entity-id", Kind::EntityId, "https://idp.example.com"),
    ("group", Kind::Group, "group"),
    ("slug", Kind::Slug, "slug"),
    ("url", Kind::Url, "https://idp.example.com"),
];

pub(crate) static PRESET_FILE: Block = Block {
    word: "",
    key: Key::None,
    fields: &[Field::entry(&PRESET).required()],
    reserved: &[],
    about: "One preset. Its file has its name.",
    example: "",
};

pub(crate) static PRESET: Block = Block {
    word: "preset",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::fact("about", Kind::Title, "What it is for, in a sentence.", "about \"Google Workspace\"").required(),
        Field::entry(&PARAM).many(),
        Field::entry(&SAML_DEFAULTS),
        Field::entry(&OIDC_DEFAULTS),
        Field::fact(
            "time-zone",
            Kind::TimeZone,
            "The time zone of organisations that name none.",
            "time-zone \"Europe/Berlin\"",
        ),
        Field::entry(&CONNECTION).many(),
        Field::entry(&MEMBERS),
        Field::entry(&PROJECT).many(),
        DEFAULT_PROJECT,
        Field::entry(&GRANT).many(),
        Field::entry(&BLOCK).many(),
        Field::entry(&SESSION),
        Field::entry(&STEP_UP).many(),
    ],
    reserved: &[],
    about: "What many organisations share. What an organisation says itself is stronger; sets and entries unite. It is no template: a value is written out, or is one whole `$param`.",
    example: "preset \"enterprise-saml\" {\n    about \"SAML, members at their first sign-in\"\n    param \"groups-attribute\" type=\"attribute-name\" default=\"groups\"\n    saml-defaults {\n        want-signed \"both\"\n        attributes {\n            groups \"$groups-attribute\"\n        }\n    }\n    members \"sso\" {\n        join \"jit\"\n    }\n}",
};

pub(crate) static PARAM: Block = Block {
    word: "param",
    key: Key::One(Kind::Slug),
    fields: &[
        Field::property(
            "type",
            Kind::Words(&["attribute-name", "client-id", "domain", "duration", "entity-id", "group", "slug", "url"]),
            "What its value is.",
            "type=\"domain\"",
        )
        .required(),
        Field::property("default", Kind::Text, "Its value where `use` gives none.", "default=\"groups\""),
        Field::property(
            "default-from",
            Kind::Words(&["only-domain"]),
            "Where its value comes from where `use` gives none: `only-domain`, the one domain of the organisation.",
            "default-from=\"only-domain\"",
        ),
    ],
    reserved: &[],
    about: "A value that differs from organisation to organisation; `\"$name\"` stands for it in the preset, as a whole value.",
    example: "param \"workspace-domain\" type=\"domain\" default-from=\"only-domain\"",
};

/// Its properties are the params of the preset.
pub(crate) static USE: Block = Block {
    word: "use",
    key: Key::One(Kind::Reference("preset")),
    fields: &[],
    reserved: &[],
    about: "Takes over what a preset says, under what the organisation says itself. Its properties are the params of the preset.",
    example: "use \"startup-google\" workspace-domain=\"initech.com\"",
};

pub(crate) static WITHOUT: Block = Block {
    word: "without",
    key: Key::OneAndAll(Kind::Words(&["block", "grant"])),
    fields: &PROPERTIES_OF_GRANTS,
    reserved: &[],
    about: "Takes away a grant or a block that a preset gives: the line as it stands there, with its params filled in.",
    example: "without \"grant\" role=\"viewer\" project=\"default\" everyone-in=\"initech.com\"",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Form;

    /// A type that is named and not known would drop the param.
    #[test]
    fn every_type_of_a_param_that_may_be_written_is_known() {
        let Form::Property(Kind::Words(words)) = PARAM.property("type").unwrap().form else { panic!() };
        assert_eq!(words, PARAM_TYPES.map(|(word, ..)| word));
    }
}
