//! Bare: what a token without quotes is.

use super::chars::{Class, class};

/// KDL 2 §3.8 and §3.9, and what people write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bare {
    Integer(i64),
    /// Digits that fit no 64 bits.
    TooLarge,
    /// A float, or an integer of another base.
    OtherNumber,
    /// Begins like a number and is none: `30m`, `2026-06-30`.
    Unit,
    Boolean(bool),
    /// `null`, `inf`, `-inf`, `nan`.
    NoValue,
    Word,
}

pub(super) fn classify(token: &str) -> Bare {
    match token {
        "true" => return Bare::Boolean(true),
        "false" => return Bare::Boolean(false),
        "null" | "inf" | "-inf" | "nan" => return Bare::NoValue,
        _ => {}
    }
    let sign = if token.starts_with('-') { -1 } else { 1 };
    let digits = token.strip_prefix(['+', '-']).unwrap_or(token).as_bytes();
    match digits {
        [b'0'..=b'9', ..] if digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'_')) => integer(sign, digits),
        [b'0'..=b'9', ..] if has_base(digits) || is_float(digits) => Bare::OtherNumber,
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => Bare::Unit,
        _ => Bare::Word,
    }
}

/// A bare word that KDL takes for a string.
pub(super) fn is_identifier(token: &str) -> bool {
    !token.is_empty() && classify(token) == Bare::Word && token.bytes().all(|byte| class(byte) != Class::Mark)
}

fn integer(sign: i64, digits: &[u8]) -> Bare {
    let mut value = 0i64;
    for digit in digits.iter().filter(|digit| **digit != b'_') {
        let next = value.checked_mul(10).and_then(|value| value.checked_add(sign * i64::from(digit - b'0')));
        let Some(next) = next else { return Bare::TooLarge };
        value = next;
    }
    Bare::Integer(value)
}

fn has_base(digits: &[u8]) -> bool {
    matches!(digits, [b'0', b'x' | b'o' | b'b', ..])
}

/// `1.5`, `1e9`, `1.5E-3`, with `_` between digits.
fn is_float(digits: &[u8]) -> bool {
    let whole = skip_digits(digits);
    let fraction = whole.strip_prefix(b".").filter(|rest| begins_with_digit(rest)).map(skip_digits);
    let rest = fraction.unwrap_or(whole);
    let Some(power) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) else {
        return fraction.is_some() && rest.is_empty();
    };
    let power = power.strip_prefix(b"+").or_else(|| power.strip_prefix(b"-")).unwrap_or(power);
    begins_with_digit(power) && skip_digits(power).is_empty()
}

fn begins_with_digit(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_digit)
}

fn skip_digits(digits: &[u8]) -> &[u8] {
    let len = digits.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'_')).count();
    digits.get(len..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_decimal_and_fit() {
        assert_eq!(classify("0"), Bare::Integer(0));
        assert_eq!(classify("-12"), Bare::Integer(-12));
        assert_eq!(classify("+1_000"), Bare::Integer(1000));
        assert_eq!(classify("9223372036854775807"), Bare::Integer(i64::MAX));
        assert_eq!(classify("-9223372036854775808"), Bare::Integer(i64::MIN));
        assert_eq!(classify("9223372036854775808"), Bare::TooLarge);
    }

    #[test]
    fn what_looks_like_a_number_is_told_apart() {
        for token in ["1.5", "1e9", "-1.5E-3", "0x1F", "0b1", "0o7", "1_0.0_1", "0xyz"] {
            assert_eq!(classify(token), Bare::OtherNumber, "{token}");
        }
        for token in ["30m", "2026-06-30", "80%", "1.2.3.4", "1.", ".5", "-3d", "1e", "10.0.0.0/8"] {
            assert_eq!(classify(token), Bare::Unit, "{token}");
        }
        for token in ["acme", "-", "--5", "+.", ".", "a1", "trueish", "_1", "-a"] {
            assert_eq!(classify(token), Bare::Word, "{token}");
        }
    }
}
