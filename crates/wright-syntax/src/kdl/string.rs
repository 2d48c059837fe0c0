//! String: the three kinds of strings, `"…"`, `#"…"#` and the two with `"""` over several lines.

use std::ops::Range;
use std::sync::Arc;

use super::chars::{Class, char_len, class, newline_len};
use super::dedent::{Uneven, dedent};
use super::escape::{blank_len, unescape};
use super::reader::Reader;
use crate::codes;

/// A string whose end was looked for; the cursor stands behind it.
enum Scanned {
    Line {
        body: Range<usize>,
        has_escapes: bool,
    },
    Lines {
        body: Range<usize>,
        is_raw: bool,
    },
    /// The line ends before the string does; or two lines hold it, and it ends in the second.
    Open {
        body: Range<usize>,
        is_split: bool,
    },
    /// Text stands behind `"""`.
    NoNewline {
        body: Range<usize>,
    },
    /// `"""` is never closed.
    Endless {
        opener: usize,
    },
}

impl Reader<'_> {
    pub(super) fn is_at_string(&mut self) -> bool {
        match self.cursor.peek() {
            Some(b'"') => true,
            Some(b'#') => {
                let hashes = self.hashes_at(self.cursor.pos, usize::MAX);
                self.cursor.bytes.get(self.cursor.pos + hashes) == Some(&b'"')
            }
            _ => false,
        }
    }

    /// The string that stands here; of one that is wrong, what could be understood.
    pub(super) fn read_string(&mut self) -> Arc<str> {
        let start = self.cursor.pos;
        match self.scan_string() {
            Scanned::Line { body, has_escapes: false } => Arc::from(self.cursor.slice(body)),
            Scanned::Line { body, has_escapes: true } => {
                self.check_escapes(&body);
                Arc::from(unescape(self.cursor.slice(body)))
            }
            Scanned::Lines { body, is_raw } => self.read_lines(body, is_raw),
            Scanned::Open { body, is_split } => {
                if is_split {
                    self.report_split(start..self.cursor.pos);
                } else {
                    self.report_missing_quote(start, body.end);
                }
                Arc::from(self.cursor.slice(body).trim_end())
            }
            Scanned::NoNewline { body } => {
                self.report_no_newline(start..self.cursor.pos);
                Arc::from(self.cursor.slice(body))
            }
            Scanned::Endless { opener } => {
                self.report_endless(
                    start,
                    opener,
                    "this string is never closed",
                    "the same quotes on a line of their own",
                );
                Arc::from("")
            }
        }
    }

    /// Moves behind a string, or behind `#` signs that begin none, without reporting anything.
    pub(super) fn skip_string(&mut self) -> bool {
        if !self.is_at_string() {
            let hashes = self.hashes_at(self.cursor.pos, usize::MAX);
            self.cursor.advance(hashes);
        } else if let Scanned::Endless { .. } = self.scan_string() {
            self.cursor.advance_to(self.cursor.bytes.len());
        }
        true
    }

    fn hashes_at(&mut self, at: usize, most: usize) -> usize {
        let rest = self.cursor.bytes.get(at..).unwrap_or_default();
        let hashes = rest.iter().take(most).take_while(|byte| **byte == b'#').count();
        self.cursor.count(hashes);
        hashes
    }

    fn scan_string(&mut self) -> Scanned {
        let hashes = self.hashes_at(self.cursor.pos, usize::MAX);
        self.cursor.advance(hashes);
        if !self.cursor.is_at("\"\"\"") {
            self.cursor.advance(1);
            return if hashes == 0 { self.scan_quoted() } else { self.scan_raw(hashes) };
        }
        self.cursor.advance(3);
        match self.cursor.newline_len() {
            0 => self.scan_no_newline(hashes),
            newline => {
                self.cursor.advance(newline);
                self.scan_lines(hashes)
            }
        }
    }

    fn scan_quoted(&mut self) -> Scanned {
        let start = self.cursor.pos;
        let mut has_escapes = false;
        self.cursor.advance_in_text();
        while let Some(byte) = self.cursor.peek() {
            match class(byte) {
                Class::Mark if byte == b'"' => {
                    let body = start..self.cursor.pos;
                    self.cursor.advance(1);
                    return Scanned::Line { body, has_escapes };
                }
                Class::Mark if byte == b'\\' => {
                    has_escapes = true;
                    self.cursor.advance(1);
                    match blank_len(self.cursor.bytes, self.cursor.pos) {
                        0 => self.cursor.advance_char(),
                        blank => self.cursor.advance(blank),
                    }
                }
                Class::Newline => break,
                Class::Wide if self.cursor.newline_len() > 0 => break,
                Class::Wide => self.cursor.advance(char_len(byte)),
                Class::Word | Class::Space | Class::Mark => self.cursor.advance_in_text(),
            }
        }
        self.scan_open(start)
    }

    fn scan_raw(&mut self, hashes: usize) -> Scanned {
        let start = self.cursor.pos;
        while let Some(byte) = self.cursor.peek() {
            if byte == b'"' {
                let found = self.hashes_at(self.cursor.pos + 1, hashes);
                let body = start..self.cursor.pos;
                self.cursor.advance(1 + found);
                if found == hashes {
                    return Scanned::Line { body, has_escapes: false };
                }
            } else if self.cursor.newline_len() > 0 {
                break;
            } else {
                self.cursor.advance(char_len(byte));
            }
        }
        self.scan_open(start)
    }

    /// The body of a multi-line string, up to the first quotes that close it.
    fn scan_lines(&mut self, hashes: usize) -> Scanned {
        let start = self.cursor.pos;
        let is_raw = hashes > 0;
        loop {
            let rest = self.cursor.bytes.get(self.cursor.pos..).unwrap_or_default();
            let ahead = if is_raw { memchr::memchr(b'"', rest) } else { memchr::memchr2(b'"', b'\\', rest) };
            let Some(ahead) = ahead else {
                self.cursor.count(rest.len());
                return Scanned::Endless { opener: hashes + 3 };
            };
            self.cursor.advance(ahead);
            if self.cursor.peek() == Some(b'\\') {
                self.cursor.advance(1);
                self.cursor.advance_char();
                continue;
            }
            let body = start..self.cursor.pos;
            if self.cursor.is_at("\"\"\"") && self.hashes_at(self.cursor.pos + 3, hashes) == hashes {
                self.cursor.advance(3 + hashes);
                return Scanned::Lines { body, is_raw };
            }
            self.cursor.advance(1);
        }
    }

    /// `"""one line"""`: to the closing quotes, or to the end of the line.
    fn scan_no_newline(&mut self, hashes: usize) -> Scanned {
        let start = self.cursor.pos;
        while let Some(byte) = self.cursor.peek() {
            if self.cursor.newline_len() > 0 {
                break;
            }
            let is_close = byte == b'"' && self.cursor.is_at("\"\"\"");
            if is_close && self.hashes_at(self.cursor.pos + 3, hashes) == hashes {
                let body = start..self.cursor.pos;
                self.cursor.advance(3 + hashes);
                return Scanned::NoNewline { body };
            }
            self.cursor.advance(char_len(byte));
        }
        Scanned::NoNewline { body: start..self.cursor.pos }
    }

    /// At the end of a line inside a string. Where the next line holds a quote that looks like its end, it is taken for it.
    fn scan_open(&mut self, start: usize) -> Scanned {
        let body = start..self.cursor.pos;
        let (bytes, from) = (self.cursor.bytes, self.cursor.pos + self.cursor.newline_len());
        let mut quote = None;
        let mut at = from;
        while at < bytes.len() && newline_len(bytes, at) == 0 {
            if bytes.get(at) == Some(&b'"') {
                quote = Some(at);
                break;
            }
            at += bytes.get(at).map_or(1, |byte| char_len(*byte));
        }
        self.cursor.count(at - from);
        let is_end = quote.is_some_and(|quote| {
            let before = self.cursor.slice(from..quote).trim_start();
            let behind = bytes.get(quote + 1).copied();
            if before.is_empty() {
                behind.is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b';' | b' ' | b'#'))
            } else {
                !before.ends_with([' ', '\t', '=', '#', '(', '{'])
            }
        });
        if let Some(quote) = quote.filter(|_| is_end && from > body.end) {
            self.cursor.advance_to(quote + 1);
            let hashes = self.hashes_at(quote + 1, usize::MAX);
            self.cursor.advance(hashes);
        }
        Scanned::Open { body, is_split: is_end && from > start }
    }

    fn read_lines(&mut self, body: Range<usize>, is_raw: bool) -> Arc<str> {
        let raw = self.cursor.slice(body.clone());
        self.cursor.count(raw.len());
        if !is_raw {
            self.check_escapes(&body);
        }
        match dedent(raw, !is_raw) {
            Ok(text) => Arc::from(text),
            Err(uneven) => {
                self.report_uneven(&body, &uneven);
                Arc::from(raw)
            }
        }
    }

    fn report_split(&mut self, at: Range<usize>) {
        if self.log.is_full() {
            return;
        }
        let cause = "a string in single quotes `\"` ends on its own line".to_owned();
        let mut found = self.log.finding(codes::SYNTAX, at, cause);
        found.help = Some("write it on one line, or use `\"\"\"`".to_owned());
        self.log.push(found);
    }

    /// Where one quotation mark of a line is missing, all others may have changed sides: whatever else was found on the line
    /// is taken back, and braces at its end count.
    fn report_missing_quote(&mut self, start: usize, end: usize) {
        let first = self.log.take_back(self.found_before_head);
        let text = self.cursor.slice(start..end);
        let is_one_line = self.is_block_on_this_line();
        let is_brace = |sign: char| sign == '{' || (sign == '}' && is_one_line);
        let kept = text.trim_end_matches(|sign: char| sign.is_whitespace() || is_brace(sign));
        if text.trim_end().ends_with(is_brace) && !kept.is_empty() {
            self.cursor.pos = start + kept.len();
        }
        self.is_quote_missing = true;
        let at = first.unwrap_or(start).min(start)..self.cursor.pos.min(end);
        let mut found = self.log.finding(codes::SYNTAX, at, "a quotation mark is missing on this line".to_owned());
        found.help = Some("a string begins and ends with `\"` on one line".to_owned());
        self.log.push(found);
    }

    fn report_no_newline(&mut self, at: Range<usize>) {
        if self.log.is_full() {
            return;
        }
        let cause = "the text of a `\"\"\"` string begins on the next line".to_owned();
        let mut found = self.log.finding(codes::SYNTAX, at, cause);
        found.help = Some("for text on one line use `\"`".to_owned());
        self.log.push(found);
    }

    fn report_uneven(&mut self, body: &Range<usize>, uneven: &Uneven) {
        if self.log.is_full() {
            return;
        }
        let (offset, cause, help) = match uneven {
            Uneven::LastLine(offset) => {
                (*offset, "text stands before the closing quotes", "put them on a line of their own")
            }
            Uneven::Line(offset) => (
                *offset,
                "this line is indented less than the closing quotes",
                "begin it with the same spaces and tabs",
            ),
        };
        let start = body.start + offset;
        let rest = self.cursor.bytes.get(start..body.end).unwrap_or_default();
        let len = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let mut found = self.log.finding(codes::SYNTAX, start..start + len, cause.to_owned());
        found.help = Some(help.to_owned());
        let region = self.log.span(body);
        self.log.push_with(found, region);
    }
}
