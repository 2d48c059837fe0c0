//! Parameters: the named values of a query or a form, each at most once.
//!
//! Reads `application/x-www-form-urlencoded` as the URL Standard §5.1 does. Gives the values that were asked for.
//!
//! Invariant: a name that is read and stands there twice is refused: two readers might take different ones.
//! Invariant: names that nobody asked for are passed over; an identity provider adds its own.
//!
//! Trust: every value is alleged text; valid UTF-8 of bounded length is all that is known about it.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

use crate::limits::{PARAMETER_BYTES_MAX, PARAMETERS_MAX};

/// Why a query or form is not read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParametersRefused {
    /// The name came twice.
    Doubled(&'static str),
    /// Not UTF-8 after decoding, a broken percent-encoding, or a control character.
    Malformed,
    /// More or longer than the limits.
    TooMuch,
}

/// A value that is read: how long it may be, and whether it may hold line ends, as base64 in a form does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) bytes_max: usize,
    pub(crate) lines: bool,
}

impl Field {
    pub(crate) const fn short(name: &'static str) -> Self {
        Self { name, bytes_max: PARAMETER_BYTES_MAX, lines: false }
    }
}

/// Reads `names` out of `encoded`, in their order.
pub(crate) fn read<'a, const N: usize>(
    encoded: &'a str,
    names: [&'static str; N],
) -> Result<[Option<Cow<'a, str>>; N], ParametersRefused> {
    read_fields(encoded, names.map(Field::short))
}

/// Reads `fields` out of `encoded`, in their order.
pub(crate) fn read_fields<const N: usize>(
    encoded: &str,
    fields: [Field; N],
) -> Result<[Option<Cow<'_, str>>; N], ParametersRefused> {
    let mut values = [const { None }; N];
    for (place, pair) in encoded.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        if place >= PARAMETERS_MAX {
            return Err(ParametersRefused::TooMuch);
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name, Field::short(""))?;
        let Some((slot, field)) = values.iter_mut().zip(fields).find(|(_, wanted)| wanted.name == name) else {
            continue;
        };
        if slot.is_some() {
            return Err(ParametersRefused::Doubled(field.name));
        }
        *slot = Some(decode(value, field)?);
    }
    Ok(values)
}

/// A value for a query that we write.
pub(crate) fn encode(value: &str) -> PercentEncode<'_> {
    /// RFC 3986's unreserved characters, and `/`, which a query may hold: links stay readable.
    const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
    utf8_percent_encode(value, QUERY_VALUE)
}

/// Borrows where nothing is encoded, which is the rule for slugs.
fn decode(text: &str, field: Field) -> Result<Cow<'_, str>, ParametersRefused> {
    if text.len() > 3 * field.bytes_max {
        return Err(ParametersRefused::TooMuch);
    }
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+') || byte.is_ascii_control() || !byte.is_ascii()) {
        return within(Cow::Borrowed(text), field);
    }
    if !encodings_are_whole(text.as_bytes()) {
        return Err(ParametersRefused::Malformed);
    }
    let spaced = text.replace('+', " ");
    let decoded =
        percent_encoding::percent_decode_str(&spaced).decode_utf8().map_err(|_| ParametersRefused::Malformed)?;
    let is_line_end = |letter: char| field.lines && matches!(letter, '\r' | '\n' | '\t');
    if decoded.chars().any(|letter| letter.is_control() && !is_line_end(letter)) {
        return Err(ParametersRefused::Malformed);
    }
    within(Cow::Owned(decoded.into_owned()), field)
}

fn within(value: Cow<'_, str>, field: Field) -> Result<Cow<'_, str>, ParametersRefused> {
    if value.len() > field.bytes_max { Err(ParametersRefused::TooMuch) } else { Ok(value) }
}

/// The URL Standard passes a stray `%` through; what reads us next may not.
fn encodings_are_whole(bytes: &[u8]) -> bool {
    let is_whole = |at: usize| bytes.get(at + 1..at + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit));
    bytes.iter().enumerate().filter(|&(_, &byte)| byte == b'%').all(|(at, _)| is_whole(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_read_and_the_rest_passed_over() {
        let [code, state] = read("state=a%2Bb&session_state=x&code=1+2", ["code", "state"]).unwrap();
        assert_eq!((code.as_deref(), state.as_deref()), (Some("1 2"), Some("a+b")));
        let [missing, empty] = read("&&b=&", ["a", "b"]).unwrap();
        assert_eq!((missing, empty.as_deref()), (None, Some("")));
    }

    #[test]
    fn a_doubled_name_is_refused_in_every_spelling() {
        for query in ["a=1&a=1", "a=1&%61=2", "a&a", "a=1&b=2&a="] {
            assert_eq!(read(query, ["a"]).unwrap_err(), ParametersRefused::Doubled("a"), "{query}");
        }
        assert!(read("b=1&b=2", ["a"]).is_ok());
    }

    #[test]
    fn broken_texts_and_floods_are_refused() {
        for query in ["a=%", "a=%4", "a=%zz", "a=%ff", "a=%00", "a=%0d%0a", "a=x\u{9c}", "%=a"] {
            assert_eq!(read(query, ["a"]).unwrap_err(), ParametersRefused::Malformed, "{query}");
        }
        let long = format!("a={}", "x".repeat(PARAMETER_BYTES_MAX));
        assert!(read(&long, ["a"]).is_ok());
        assert_eq!(read(&format!("{long}x"), ["a"]).unwrap_err(), ParametersRefused::TooMuch);
        assert_eq!(read(&"b=1&".repeat(PARAMETERS_MAX + 1), ["a"]).unwrap_err(), ParametersRefused::TooMuch);
    }

    #[test]
    fn a_long_field_may_be_long_and_have_line_ends() {
        let long = Field { name: "m", bytes_max: 9_000, lines: true };
        let form = format!("m={}%0D%0Ab&r=x", "a".repeat(8_000));
        let [message, relay] = read_fields(&form, [long, Field::short("r")]).unwrap();
        assert_eq!((message.unwrap().len(), relay.as_deref()), (8_003, Some("x")));
        for (form, expected) in [
            (format!("m={}", "a".repeat(9_001)), ParametersRefused::TooMuch),
            ("m=a%00".to_owned(), ParametersRefused::Malformed),
            ("m=a&%6d=b".to_owned(), ParametersRefused::Doubled("m")),
            ("m=a&r=x%0A".to_owned(), ParametersRefused::Malformed),
        ] {
            assert_eq!(read_fields(&form, [long, Field::short("r")]).unwrap_err(), expected, "{form:.20}");
        }
    }
}
