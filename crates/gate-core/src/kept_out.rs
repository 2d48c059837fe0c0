//! Kept out: the answer to somebody who does not get in.
//!
//! Invariant: a page for a stranger is made of [`KeptOut::public`] and [`KeptOut::code`] alone.

use std::fmt;

use gatewright_terms::{PublicMessage, Refusal};

use crate::random::{self, Random, RandomFailed};

/// A refusal on its way out: the reason for the log and the status, a sentence and a code for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptOut {
    /// Never shown to a stranger.
    pub refusal: Refusal,
    /// Absent where no record could be written (the store is away) or the refusal was only counted.
    pub code: Option<SupportCode>,
}

impl KeptOut {
    pub const fn public(&self) -> PublicMessage {
        self.refusal.public()
    }

    pub(crate) const fn without_code(refusal: Refusal) -> Self {
        Self { refusal, code: None }
    }
}

/// Crockford's alphabet: no I, L, O, U, so that a code can be read out on the telephone.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Four groups of four: 80 bits. Whoever guesses one still needs an admin token to look behind it.
const GROUPS: usize = 4;
const GROUP_CHARS: usize = 4;

/// What a refused person passes on to the operator: `GW-XXXX-XXXX-XXXX-XXXX`.
#[derive(Clone, PartialEq, Eq)]
pub struct SupportCode(String);

impl SupportCode {
    pub fn generate(random: &dyn Random) -> Result<Self, RandomFailed> {
        let bytes = random::bytes::<{ GROUPS * GROUP_CHARS }>(random)?;
        let mut text = String::from("GW");
        for (place, byte) in bytes.iter().enumerate() {
            if place % GROUP_CHARS == 0 {
                text.push('-');
            }
            // 256 is a multiple of 32: the low five bits are even.
            text.extend(ALPHABET.get(usize::from(byte & 31)).map(|&letter| char::from(letter)));
        }
        Ok(Self(text))
    }

    /// Takes a code as people write it: any case, with or without dashes and spaces, `O` for `0`, `I` and `L` for `1`.
    pub fn parse(text: &str) -> Option<Self> {
        /// A code with every separator doubled is shorter.
        const TEXT_BYTES_MAX: usize = 64;
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
        let plain: String = text.chars().filter(|&c| c != '-' && !c.is_whitespace()).map(read_letter).collect();
        let letters = plain.strip_prefix("GW").filter(|rest| rest.len() == GROUPS * GROUP_CHARS)?;
        if !letters.bytes().all(|byte| ALPHABET.contains(&byte)) {
            return None;
        }
        let mut code = String::from("GW");
        for (place, letter) in letters.chars().enumerate() {
            if place % GROUP_CHARS == 0 {
                code.push('-');
            }
            code.push(letter);
        }
        Some(Self(code))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn read_letter(letter: char) -> char {
    match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    }
}

impl fmt::Display for SupportCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for SupportCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn codes_survive_the_telephone() {
        let code = SupportCode::generate(&SystemRandom).unwrap();
        assert_eq!(code.as_str().len(), "GW-XXXX-XXXX-XXXX-XXXX".len());
        let sloppy = code.as_str().replace('-', " ").replace('0', "o").replace('1', "l").to_lowercase();
        assert_eq!(SupportCode::parse(&sloppy), Some(code));
    }

    #[test]
    fn what_is_no_code_is_not_looked_up() {
        for bad in [
            "",
            "GW",
            "GW-0000-0000-0000-000",
            "GW-0000-0000-0000-00000",
            "GW-0000-0000-0000-000U",
            "XX-0000-0000-0000-0000",
        ] {
            assert_eq!(SupportCode::parse(bad), None, "{bad}");
        }
        assert_eq!(SupportCode::parse(&" ".repeat(1 << 20)), None);
    }
}
