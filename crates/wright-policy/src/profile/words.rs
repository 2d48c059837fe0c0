//! Words: the words of profiles and policies that stand for settings of the program.

use gatewright_bundle::program::{Algorithm, NameId, WantSigned};

const SIGNED: [(WantSigned, &str); 4] = [
    (WantSigned::Assertion, "assertion"),
    (WantSigned::Response, "response"),
    (WantSigned::Both, "both"),
    (WantSigned::Either, "either"),
];

const NAME_IDS: [(NameId, &str); 4] = [
    (NameId::Persistent, "persistent"),
    (NameId::Email, "email"),
    (NameId::Transient, "transient"),
    (NameId::Unspecified, "unspecified"),
];

fn of<T: Copy>(table: &[(T, &str)], word: &str) -> Option<T> {
    table.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
}

fn word_of<T: PartialEq>(table: &[(T, &'static str)], value: &T) -> &'static str {
    table.iter().find(|(known, _)| known == value).map_or("", |(_, word)| *word)
}

pub(crate) fn want_signed(word: &str) -> Option<WantSigned> {
    of(&SIGNED, word)
}

pub(crate) fn signed_word(value: WantSigned) -> &'static str {
    word_of(&SIGNED, &value)
}

pub(crate) fn name_id(word: &str) -> Option<NameId> {
    of(&NAME_IDS, word)
}

pub(crate) fn name_id_word(value: NameId) -> &'static str {
    word_of(&NAME_IDS, &value)
}

pub(super) fn algorithm(word: &str) -> Option<Algorithm> {
    Some(match word {
        "RS256" => Algorithm::Rs256,
        "RS384" => Algorithm::Rs384,
        "RS512" => Algorithm::Rs512,
        "PS256" => Algorithm::Ps256,
        "ES256" => Algorithm::Es256,
        "ES384" => Algorithm::Es384,
        "EdDSA" => Algorithm::EdDsa,
        _ => return None,
    })
}
