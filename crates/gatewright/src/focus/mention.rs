//! Mention: whether a file may hold a value that is, or ends in, one of some texts.
//!
//! Invariant: never `false` where it does. What is written with an escape may be any text.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

/// `None`: too many texts to look for.
pub(super) struct Mention(Option<AhoCorasick>);

impl Mention {
    pub(super) fn of(texts: BTreeSet<&[u8]>) -> Self {
        Self(AhoCorasick::new(texts).ok())
    }

    pub(super) fn is_in(&self, file: &[u8]) -> bool {
        let Some(finder) = &self.0 else { return true };
        let ends = |end: usize| !file.get(end).is_some_and(|byte| is_inside_a_name(*byte));
        file.contains(&b'\\') || finder.find_overlapping_iter(file).any(|found| ends(found.end()))
    }
}

fn is_inside_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_at_its_end_and_whatever_is_written_with_an_escape() {
        let mention = Mention::of(BTreeSet::from([&b"acme.example"[..], b"client-7"]));
        for file in ["domain \"acme.example\"", "domain eu.acme.example", "id \"client-7\"\n", "id \"\\u{63}\""] {
            assert!(mention.is_in(file.as_bytes()), "{file}");
        }
        for file in ["domain \"acme.example.org\"", "id \"client-77\"", "id \"client-7-b\"", ""] {
            assert!(!mention.is_in(file.as_bytes()), "{file}");
        }
    }
}
