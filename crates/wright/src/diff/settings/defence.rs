//! Defence: how strong a setting is, as a number, so that two of them can be compared.
//!
//! Invariant: 0 is what stands where the line is left out; above it a line defends, below it a line gives way.

use gatewright_terms::Seconds;

/// A limit on time: shorter is stronger, any is stronger than none.
pub(super) fn at_most(limit: Seconds) -> i64 {
    i64::MAX - i64::from(limit.0)
}

/// A tolerance, or a number of things allowed: less is stronger.
pub(super) fn tolerance(amount: u32) -> i64 {
    -i64::from(amount)
}

/// The word that a variant is written as: `RsaSha256` is `rsa-sha256`.
pub(super) fn word(variant: impl std::fmt::Debug) -> String {
    let mut word = String::new();
    for letter in format!("{variant:?}").chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorter_is_stronger_and_any_limit_is_stronger_than_none() {
        assert!(at_most(Seconds(0)) > at_most(Seconds(1)) && at_most(Seconds(u32::MAX)) > 0);
        assert!(tolerance(1) > tolerance(2) && tolerance(0) == 0);
    }
}
