//! Cursor: a position in the text, and the count of steps.
//!
//! Invariant: the position is always the start of a character or the end of the text.
//! Invariant: every byte that is looked at in a loop is one step, looks ahead included.

use std::ops::Range;

use super::chars::{self, Class, class};

#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) pos: usize,
    pub(super) steps: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, bytes: text.as_bytes(), pos: 0, steps: 0 }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    pub(super) fn peek_next(&self) -> Option<u8> {
        self.bytes.get(self.pos + 1).copied()
    }

    pub(super) fn is_at(&self, wanted: &str) -> bool {
        self.bytes.get(self.pos..).is_some_and(|rest| rest.starts_with(wanted.as_bytes()))
    }

    pub(super) fn advance(&mut self, bytes: usize) {
        self.pos += bytes;
        self.count(bytes);
    }

    pub(super) fn advance_to(&mut self, pos: usize) {
        self.count(pos.saturating_sub(self.pos).max(1));
        self.pos = pos;
    }

    /// Steps that move nothing.
    pub(super) fn count(&mut self, steps: usize) {
        self.steps += steps;
    }

    /// Over all bytes of one class.
    pub(super) fn advance_while(&mut self, wanted: Class) {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let len = rest.iter().position(|byte| class(*byte) != wanted).unwrap_or(rest.len());
        self.advance(len);
    }

    /// Over everything that is ASCII and neither ends a line nor has a meaning in a quoted string.
    pub(super) fn advance_in_text(&mut self) {
        let rest = self.bytes.get(self.pos..).unwrap_or_default();
        let is_plain = |byte: u8| match class(byte) {
            Class::Word | Class::Space => true,
            Class::Mark => byte != b'"' && byte != b'\\',
            Class::Newline | Class::Wide => false,
        };
        let len = rest.iter().position(|byte| !is_plain(*byte)).unwrap_or(rest.len());
        self.advance(len);
    }

    pub(super) fn advance_char(&mut self) {
        let len = self.peek().map_or(0, chars::char_len);
        self.advance(len);
    }

    pub(super) fn newline_len(&self) -> usize {
        chars::newline_len(self.bytes, self.pos)
    }

    pub(super) fn space_len(&self) -> usize {
        chars::space_len(self.bytes, self.pos)
    }

    /// Whether the line, the entry or the block ends here. What ends with a comment ends.
    pub(super) fn is_at_end_of_entry(&self) -> bool {
        match self.peek() {
            None | Some(b';' | b'}') => true,
            Some(b'/') => self.peek_next() == Some(b'/'),
            Some(_) => self.newline_len() > 0,
        }
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    /// A bare word's characters from here on.
    pub(super) fn take_word(&mut self) -> &'a str {
        let start = self.pos;
        loop {
            self.advance_while(Class::Word);
            match chars::word_char_len(self.bytes, self.pos) {
                0 => return self.slice(start..self.pos),
                len => self.advance(len),
            }
        }
    }

    /// To the next newline, which is left where it is.
    pub(super) fn skip_to_newline(&mut self) {
        while let Some(byte) = self.peek() {
            match class(byte) {
                Class::Newline => return,
                Class::Wide if self.newline_len() > 0 => return,
                Class::Wide => self.advance(chars::char_len(byte)),
                Class::Mark => self.advance(1),
                Class::Word | Class::Space => self.advance_in_text(),
            }
        }
    }
}
