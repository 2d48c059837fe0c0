//! Slashdash: `/-` takes out what follows, where the context allows it.

use super::ReadContext;
use super::reader::{Pending, Reader, Step};
use crate::codes;

impl Reader<'_> {
    /// `/- entry`.
    pub(super) fn read_dropped_entry(&mut self, indent: Option<usize>) -> Step {
        let start = self.cursor.pos;
        let is_first = self.last_end == 0 && self.blocks.is_empty();
        self.cursor.advance(2);
        self.skip_lines();
        self.line = None;
        if is_first && self.cursor.is_at("kdl-version") {
            self.report_version_marker(start);
        } else {
            self.report_slashdash(start, false);
        }
        self.skip_more_slashdashes();
        match self.cursor.peek() {
            None | Some(b'}' | b';') => {
                self.report_syntax(start..start + 2, "nothing stands behind this `/-`");
                Step::Line
            }
            Some(b'{') => {
                self.report_syntax(start..start + 2, "`/-` takes out a block only on the line of its entry");
                self.open_stray_block()
            }
            Some(_) => self.read_head(indent, true),
        }
    }

    /// `/-` inside an entry and what may stand between it and the thing that it takes out.
    pub(super) fn skip_slashdash(&mut self, pending: &Pending) {
        let start = self.cursor.pos;
        self.cursor.advance(2);
        self.skip_lines();
        self.line = None;
        self.report_slashdash(start, pending.is_dropped);
        self.skip_more_slashdashes();
    }

    fn skip_more_slashdashes(&mut self) {
        if !self.cursor.is_at("/-") {
            return;
        }
        self.report_syntax(self.cursor.pos..self.cursor.pos + 2, "one `/-` is enough");
        while self.cursor.is_at("/-") {
            self.cursor.advance(2);
            self.skip_lines();
        }
        self.line = None;
    }

    fn report_slashdash(&mut self, start: usize, is_inside: bool) {
        let is_inside = is_inside || self.blocks.iter().any(|block| block.pending.is_dropped || !block.is_kept);
        if self.context == ReadContext::Organisation || is_inside || self.log.is_full() {
            return;
        }
        let message = "`/-` is not allowed outside organisation files".to_owned();
        let mut found = self.log.finding(codes::SLASHDASH_OUTSIDE_ORGS, start..start + 2, message);
        found.primary.1.push_str("this takes out what follows");
        found.help = Some("delete it, so that the diff shows a deletion".to_owned());
        self.log.push(found);
    }

    fn report_version_marker(&mut self, start: usize) {
        let rest = self.cursor.bytes.get(self.cursor.pos..).unwrap_or_default();
        let line = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        self.cursor.count(line);
        let at = start..self.cursor.pos + line;
        let message = "a policy file carries no KDL version marker".to_owned();
        let mut found = self.log.finding(codes::VERSION_MARKER, at.clone(), message);
        found.help = Some("remove the line; policy files are always KDL 2".to_owned());
        found.fix = Some(self.log.fix(at, ""));
        self.log.push(found);
    }
}
