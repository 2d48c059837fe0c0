//! Space: what stands between the parts of an entry, and between entries.

use super::chars::{Class, class};
use super::reader::Reader;
use crate::codes;

impl Reader<'_> {
    /// Spaces, comments and continued lines inside an entry; gives whether there was anything.
    pub(super) fn skip_space(&mut self) -> bool {
        let start = self.cursor.pos;
        while let Some(byte) = self.cursor.peek() {
            match class(byte) {
                Class::Space => self.cursor.advance_while(Class::Space),
                Class::Wide if self.cursor.space_len() > 0 => self.cursor.advance(self.cursor.space_len()),
                Class::Mark if self.skip_block_comment() || self.skip_continuation() => {}
                Class::Word | Class::Newline | Class::Mark | Class::Wide => break,
            }
        }
        self.cursor.pos > start
    }

    /// Everything between entries. Afterwards `line` says where the line began on which the next entry stands.
    pub(super) fn skip_lines(&mut self) {
        loop {
            self.skip_space();
            match self.cursor.newline_len() {
                0 if self.cursor.is_at("//") => self.cursor.skip_to_newline(),
                0 => return,
                len => {
                    self.cursor.advance(len);
                    self.line = Some(self.cursor.pos);
                    self.lines += 1;
                }
            }
        }
    }

    /// `/* … /* … */ … */`. One that is never closed is the rest of the file.
    pub(super) fn skip_block_comment(&mut self) -> bool {
        if !self.cursor.is_at("/*") {
            return false;
        }
        let start = self.cursor.pos;
        self.cursor.advance(2);
        let mut depth = 1usize;
        while depth > 0 {
            let rest = self.cursor.bytes.get(self.cursor.pos..).unwrap_or_default();
            let Some(ahead) = memchr::memchr2(b'*', b'/', rest) else {
                self.report_endless(start, 2, "this comment is never closed", "`*/`");
                return true;
            };
            self.cursor.advance(ahead);
            let step = if self.cursor.is_at("*/") {
                depth -= 1;
                2
            } else if self.cursor.is_at("/*") {
                depth += 1;
                2
            } else {
                1
            };
            self.cursor.advance(step);
        }
        true
    }

    /// `\`, spaces, then a comment to the end of the line, a newline or the end of the file.
    fn skip_continuation(&mut self) -> bool {
        if self.cursor.peek() != Some(b'\\') {
            return false;
        }
        let start = self.cursor.pos;
        self.cursor.advance(1);
        loop {
            match self.cursor.space_len() {
                0 if self.skip_block_comment() => {}
                0 => break,
                len => self.cursor.advance(len),
            }
        }
        if self.cursor.is_at("//") {
            self.cursor.skip_to_newline();
        }
        let newline = self.cursor.newline_len();
        if newline == 0 && self.cursor.peek().is_some() {
            self.cursor.pos = start;
            return false;
        }
        self.cursor.advance(newline);
        true
    }

    /// Something opened with `opener` bytes at `start` swallows the rest of the file.
    pub(super) fn report_endless(&mut self, start: usize, opener: usize, message: &str, closer: &str) {
        let end = self.cursor.bytes.len();
        let mut found = self.log.finding(codes::SYNTAX, start..start + opener, message.to_owned());
        found.primary.1.push_str("it begins here and takes the rest of the file");
        found.help = Some(format!("close it with {closer}"));
        let region = self.log.span(&(start..end));
        self.log.push_with(found, region);
        self.is_lost = true;
        self.cursor.advance_to(end);
    }
}
