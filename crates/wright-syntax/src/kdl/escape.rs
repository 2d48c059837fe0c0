//! Escape: the escapes of quoted strings (KDL 2 §3.11.1).

use std::ops::Range;

use super::chars::{char_len, newline_len, space_len};
use super::reader::Reader;
use crate::codes;
use crate::hidden::{hidden_kind, quote};

/// What a backslash and what follows it stand for, with their length.
#[derive(Debug, PartialEq, Eq)]
enum Escape {
    Char(char, usize),
    /// Spaces and newlines behind a backslash are no part of the string.
    Space(usize),
    Bad(usize),
}

impl Escape {
    fn len(&self) -> usize {
        match self {
            Self::Char(_, len) | Self::Space(len) | Self::Bad(len) => *len,
        }
    }
}

/// `at` is the place of a backslash.
fn escape_at(bytes: &[u8], at: usize) -> Escape {
    let Some(&byte) = bytes.get(at + 1) else { return Escape::Bad(1) };
    let simple = |character| Escape::Char(character, 2);
    match byte {
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{c}'),
        b's' => simple(' '),
        b'"' => simple('"'),
        b'\\' => simple('\\'),
        b'u' => unicode_at(bytes, at),
        _ => match blank_len(bytes, at + 1) {
            0 => Escape::Bad(1 + char_len(byte)),
            len => Escape::Space(1 + len),
        },
    }
}

/// `\u{…}`: one to six hexadecimal digits of a scalar value.
fn unicode_at(bytes: &[u8], at: usize) -> Escape {
    /// The longest is `10FFFF`.
    const DIGITS_MAX: usize = 6;
    let digits = bytes.get(at + 3..).unwrap_or_default();
    let len = digits.iter().take(DIGITS_MAX + 1).take_while(|byte| byte.is_ascii_hexdigit()).count();
    if bytes.get(at + 2) != Some(&b'{') {
        return Escape::Bad(2);
    }
    if digits.get(len) != Some(&b'}') || len == 0 || len > DIGITS_MAX {
        return Escape::Bad(3 + len);
    }
    let number = digits.iter().take(len).filter_map(|byte| char::from(*byte).to_digit(16));
    match char::from_u32(number.fold(0, |number, digit| number * 16 + digit)) {
        Some(character) => Escape::Char(character, len + 4),
        None => Escape::Bad(len + 4),
    }
}

/// The length of all spaces and newlines from `at` on.
pub(super) fn blank_len(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        match newline_len(bytes, end) + space_len(bytes, end) {
            0 => return end - at,
            len => end += len,
        }
    }
}

/// The text with its escapes replaced; bad ones, which are reported elsewhere, are left out.
pub(super) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = 0;
    while let Some(ahead) = memchr::memchr(b'\\', raw.as_bytes().get(rest..).unwrap_or_default()) {
        text.push_str(raw.get(rest..rest + ahead).unwrap_or_default());
        let escape = escape_at(raw.as_bytes(), rest + ahead);
        if let Escape::Char(character, _) = escape {
            text.push(character);
        }
        rest += ahead + escape.len();
    }
    text.push_str(raw.get(rest..).unwrap_or_default());
    text
}

impl Reader<'_> {
    /// Reports every escape of a string's body that means nothing, or something that nobody would see.
    pub(super) fn check_escapes(&mut self, body: &Range<usize>) {
        let mut at = body.start;
        self.cursor.count(body.len());
        while let Some(ahead) = memchr::memchr(b'\\', self.cursor.bytes.get(at..body.end).unwrap_or_default()) {
            let escape = escape_at(self.cursor.bytes, at + ahead);
            let range = at + ahead..at + ahead + escape.len();
            at = range.end;
            self.cursor.count(escape.len());
            match escape {
                Escape::Bad(_) => self.report_bad_escape(range),
                Escape::Char(character, _) if hidden_kind(character).is_some() => {
                    self.report_hidden_escape(range, character);
                }
                Escape::Char(..) | Escape::Space(_) => {}
            }
        }
    }

    fn report_bad_escape(&mut self, at: Range<usize>) {
        if self.log.is_full() {
            return;
        }
        let cause = format!("{} is no escape", quote(self.cursor.slice(at.clone())));
        let mut found = self.log.finding(codes::SYNTAX, at, cause);
        found.help = Some("a backslash is written `\\\\`; or use a raw string, `#\"…\"#`".to_owned());
        self.log.push(found);
    }

    fn report_hidden_escape(&mut self, at: Range<usize>, character: char) {
        if self.log.is_full() {
            return;
        }
        let kind = hidden_kind(character).unwrap_or_default();
        let number = u32::from(character);
        let message = format!("a {kind} (U+{number:04X}) hides in this string");
        let mut found = self.log.finding(codes::HIDDEN_CHARACTER, at, message);
        found.primary.1.push_str("nobody who reads the value would see it");
        found.help = Some("delete the escape".to_owned());
        self.log.push(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_mean_what_kdl_says() {
        assert_eq!(unescape(r#"a\n\t\\\"\s\u{e9}b"#), "a\n\t\\\" éb");
        assert_eq!(unescape("a\\   \n\n  b"), "ab");
        assert_eq!(unescape("plain"), "plain");
    }

    #[test]
    fn what_is_no_escape_is_found() {
        for (raw, len) in [
            (r"\q", 2),
            (r"\/", 2),
            (r"\u12", 2),
            (r"\u{}", 3),
            (r"\u{d800}", 8),
            (r"\u{110000}", 10),
            (r"\u{0000041}", 10),
            (r"\é", 3),
        ] {
            assert_eq!(escape_at(raw.as_bytes(), 0), Escape::Bad(len), "{raw}");
        }
        assert_eq!(escape_at(b"\\", 0), Escape::Bad(1));
    }
}
