//! Cursor: a place in the text, and the characters of XML 1.0 (5th edition).
//!
//! Invariant: every byte that is looked at is counted in `steps`.
//! Invariant: it stands on a character boundary: it only moves over whole characters or over ASCII that it has seen.

use super::{NAME_BYTES_MAX, XmlFault, XmlRefused};

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) steps: u64,
}

/// A qualified name as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) whole: &'a str,
    /// Empty where there is none.
    pub(super) prefix: &'a str,
    pub(super) local: &'a str,
    pub(super) offset: usize,
}

pub(super) fn malformed(reason: &'static str, offset: usize) -> XmlRefused {
    XmlRefused { kind: XmlFault::Malformed, reason, offset }
}

pub(super) fn forbidden(reason: &'static str, offset: usize) -> XmlRefused {
    XmlRefused { kind: XmlFault::ForbiddenMarkup, reason, offset }
}

pub(super) fn too_large(reason: &'static str, offset: usize) -> XmlRefused {
    XmlRefused { kind: XmlFault::TooLarge, reason, offset }
}

impl<'a> Cursor<'a> {
    /// UTF-8 and nothing but characters of XML (§2.2), the whole of it. These steps are counted by the caller.
    pub(super) fn over(bytes: &'a [u8]) -> Result<Self, XmlRefused> {
        let text = std::str::from_utf8(bytes).map_err(|fault| malformed("not-utf8", fault.valid_up_to()))?;
        if bytes.starts_with(BYTE_ORDER_MARK) {
            return Err(malformed("byte-order-mark", 0));
        }
        // U+FFFE and U+FFFF, of three bytes.
        let noncharacter = |at: &usize| matches!(bytes.get(*at..), Some([0xEF, 0xBF, 0xBE | 0xBF, ..]));
        if let Some(offset) = memchr::memchr_iter(0xEF, bytes).find(noncharacter) {
            return Err(malformed("not-a-character", offset));
        }
        // All are looked at, without a branch for each.
        if bytes.iter().fold(false, |any, byte| any | is_control(*byte)) {
            let offset = bytes.iter().position(|byte| is_control(*byte)).unwrap_or_default();
            return Err(malformed("not-a-character", offset));
        }
        Ok(Self { text, at: 0, steps: 0 })
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// Over a literal, if it stands here.
    pub(super) fn take(&mut self, literal: &str) -> bool {
        self.steps += literal.len() as u64;
        let here = self.rest().starts_with(literal);
        if here {
            self.at += literal.len();
        }
        here
    }

    pub(super) fn expect(&mut self, literal: &str, reason: &'static str) -> Result<(), XmlRefused> {
        if self.take(literal) { Ok(()) } else { Err(malformed(reason, self.at)) }
    }

    /// Over white space (§2.3); whether there was any.
    pub(super) fn white(&mut self) -> bool {
        let rest = self.rest();
        let length = rest.len() - rest.trim_start_matches(is_white).len();
        self.at += length;
        self.steps += length as u64 + 1;
        length > 0
    }

    /// Up to the next `<` or this ASCII character, which is not taken.
    pub(super) fn until(&mut self, stop: u8, reason: &'static str) -> Result<&'a str, XmlRefused> {
        let rest = self.rest();
        let length = memchr::memchr2(b'<', stop, rest.as_bytes()).ok_or_else(|| malformed(reason, self.text.len()))?;
        self.at += length;
        self.steps += length as u64 + 1;
        Ok(rest.get(..length).unwrap_or_default())
    }

    /// `NCName` or `NCName:NCName` (Namespaces in XML 1.0 §4).
    pub(super) fn name(&mut self) -> Result<Written<'a>, XmlRefused> {
        let (offset, rest) = (self.at, self.rest());
        let first = self.part()?;
        let (prefix, local) = if self.take(":") { (first, self.part()?) } else { ("", first) };
        if self.peek() == Some(b':') {
            return Err(malformed("name-with-two-colons", self.at));
        }
        let whole = rest.get(..self.at - offset).unwrap_or_default();
        Ok(Written { whole, prefix, local, offset })
    }

    fn part(&mut self) -> Result<&'a str, XmlRefused> {
        let rest = self.rest();
        let part = leading_ncname(rest).ok_or_else(|| malformed("not-a-name", self.at))?;
        self.steps += part.len() as u64 + 1;
        if part.len() > NAME_BYTES_MAX {
            return Err(too_large("name-too-long", self.at));
        }
        self.at += part.len();
        Ok(part)
    }
}

/// The longest NCName that a text begins with. Nearly all are ASCII, which is looked at byte by byte.
fn leading_ncname(text: &str) -> Option<&str> {
    text.chars().next().filter(|c| is_name_start(*c))?;
    let ascii = text.bytes().position(|byte| !is_ascii_name_part(byte)).unwrap_or(text.len());
    let rest = text.get(ascii..)?;
    let more = if rest.starts_with(|c: char| c.is_ascii()) {
        0
    } else {
        rest.find(|c| !is_name_part(c)).unwrap_or(rest.len())
    };
    text.get(..ascii + more)
}

/// Whether the whole text is one NCName: what an `ID` must be.
pub(crate) fn is_ncname(text: &str) -> bool {
    leading_ncname(text) == Some(text)
}

/// White space (§2.3): nothing that Unicode adds.
pub(crate) fn is_white(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The control characters that are no characters of XML (§2.2).
const fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')
}

const fn is_ascii_name_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// NameStartChar (§2.3) without the colon.
fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '_'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// NameChar (§2.3) without the colon.
fn is_name_part(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
