//! Content: what the characters between tags and between quotes mean.
//!
//! Reads one run of text without `<`; gives what an application sees: line ends normalised (XML 1.0 §2.11), references
//! replaced (§4.1), and in attribute values white space made spaces (§3.3.3).
//!
//! Invariant: one left-to-right pass; what comes out is never longer than what went in.

use std::borrow::Cow;

use super::XmlRefused;
use super::cursor::{forbidden, malformed};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    BetweenTags,
    AttributeValue,
}

/// `offset` is where the run stands in the document.
pub(super) fn decode(run: &str, place: Place, offset: usize) -> Result<Cow<'_, str>, XmlRefused> {
    if place == Place::BetweenTags
        && let Some(at) = section_end(run)
    {
        return Err(malformed("section-end-in-text", offset + at));
    }
    let special = |byte: u8| match place {
        Place::BetweenTags => matches!(byte, b'&' | b'\r'),
        Place::AttributeValue => matches!(byte, b'&' | b'\r' | b'\n' | b'\t'),
    };
    let first = match place {
        Place::BetweenTags => memchr::memchr2(b'&', b'\r', run.as_bytes()),
        Place::AttributeValue => run.bytes().position(special),
    };
    let Some(first) = first else {
        return Ok(Cow::Borrowed(run));
    };
    let (head, mut rest) = run.split_at(first);
    let mut plain = String::with_capacity(run.len());
    plain.push_str(head);
    while let Some(c) = rest.chars().next() {
        let at = offset + run.len() - rest.len();
        rest = match c {
            '&' => reference(rest, at, &mut plain)?,
            '\r' => {
                plain.push(if place == Place::BetweenTags { '\n' } else { ' ' });
                let after = after(rest, c);
                after.strip_prefix('\n').unwrap_or(after)
            }
            '\n' | '\t' if place == Place::AttributeValue => {
                plain.push(' ');
                after(rest, c)
            }
            _ => {
                let (same, next) = rest.split_at(rest.bytes().position(special).unwrap_or(rest.len()));
                plain.push_str(same);
                next
            }
        };
    }
    Ok(Cow::Owned(plain))
}

/// `]]>`, which may not stand in a text (§2.4).
fn section_end(run: &str) -> Option<usize> {
    let bytes = run.as_bytes();
    memchr::memchr_iter(b']', bytes).find(|at| matches!(bytes.get(*at..), Some([b']', b']', b'>', ..])))
}

fn after(rest: &str, first: char) -> &str {
    rest.strip_prefix(first).unwrap_or_default()
}

/// Over one reference; gives what follows it.
fn reference<'r>(rest: &'r str, at: usize, plain: &mut String) -> Result<&'r str, XmlRefused> {
    const PREDEFINED: [(&str, char); 5] =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&apos;", '\'')];
    if let Some(digits) = rest.strip_prefix("&#x") {
        return character(digits, 16, at, plain);
    }
    if let Some(digits) = rest.strip_prefix("&#") {
        return character(digits, 10, at, plain);
    }
    for (written, meant) in PREDEFINED {
        if let Some(next) = rest.strip_prefix(written) {
            plain.push(meant);
            return Ok(next);
        }
    }
    let name = rest.get(1..).unwrap_or_default();
    if name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return Err(forbidden("entity", at));
    }
    Err(malformed("bare-ampersand", at))
}

fn character<'r>(digits: &'r str, radix: u32, at: usize, plain: &mut String) -> Result<&'r str, XmlRefused> {
    let mut code: u32 = 0;
    let mut rest = digits;
    while let Some((c, digit)) = rest.chars().next().and_then(|c| Some((c, c.to_digit(radix)?))) {
        // Beyond every character it stays beyond.
        code = code.saturating_mul(radix).saturating_add(digit);
        rest = after(rest, c);
    }
    let next = rest.strip_prefix(';').filter(|_| rest.len() < digits.len());
    let next = next.ok_or_else(|| malformed("not-a-character-reference", at))?;
    let c = char::from_u32(code).filter(|c| is_character(*c)).ok_or_else(|| malformed("not-a-character", at))?;
    plain.push(c);
    Ok(next)
}

/// Char (§2.2).
fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}
