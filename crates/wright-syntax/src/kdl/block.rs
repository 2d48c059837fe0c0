//! Block: `{` and `}`, and where the indentation says that one is missing.
//!
//! A file is read once by its braces alone. Where they do not match, it is read again, and as many braces as were left
//! over are explained by the indentation: a line that is not deeper than the one that opened its block means that a `}`
//! is missing before it. So indentation never changes what a correct file means, and a missing brace costs one report.

use super::DEPTH_MAX;
use super::reader::{Doubt, Pending, Reader, Step};
use crate::codes;
use crate::source::LineIndex;
use crate::tree::{Block, Entry};

/// How many braces of each kind have no partner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Guess {
    pub(super) unclosed: usize,
    pub(super) unopened: usize,
}

#[derive(Debug)]
pub(super) struct OpenBlock {
    pub(super) pending: Pending,
    /// Not taken out by itself with `/-`, nor one too many.
    pub(super) is_kept: bool,
    pub(super) entries: Vec<Entry>,
    /// The offset behind `{`.
    pub(super) opened: usize,
    line: usize,
    has_entries: bool,
    /// The column of the first entry, if that is the first on its line.
    first_indent: Option<usize>,
}

impl OpenBlock {
    /// The column of the line that opened it, if its author indents: its first entry is deeper.
    fn indent(&self) -> Option<usize> {
        self.first_indent.and_then(|first| self.pending.indent.filter(|own| first > *own))
    }
}

impl Reader<'_> {
    pub(super) fn note_first_child(&mut self, indent: Option<usize>) {
        if let Some(block) = self.blocks.last_mut().filter(|block| !block.has_entries) {
            (block.has_entries, block.first_indent) = (true, indent);
        }
    }

    pub(super) fn open_block(&mut self, mut pending: Pending, is_wanted: bool) -> Step {
        let at = self.cursor.pos;
        let is_second = is_wanted && pending.entry.children.is_some();
        if is_second {
            self.report_syntax(at..at + 1, "an entry has one block");
        }
        self.cursor.advance(1);
        if self.blocks.len() >= DEPTH_MAX {
            pending.entry.children.get_or_insert_default();
            self.skip_deep_block(at);
            pending.entry.span.end = self.span(0, self.cursor.pos).end;
            return Step::Tail(pending);
        }
        let opened = self.cursor.pos;
        let is_kept = is_wanted && !is_second;
        self.blocks.push(OpenBlock {
            pending,
            is_kept,
            entries: Vec::new(),
            opened,
            line: self.lines,
            has_entries: false,
            first_indent: None,
        });
        Step::Line
    }

    /// `{` where an entry may begin: the block of the entry before it, on the wrong line.
    pub(super) fn open_stray_block(&mut self) -> Step {
        let at = self.cursor.pos;
        let before = match self.blocks.last_mut() {
            Some(block) => block.entries.pop(),
            None => self.top.pop(),
        };
        if !self.log.is_full() {
            let mut found = self.log.finding(codes::SYNTAX, at..at + 1, "no word stands before this `{`".to_owned());
            found.help = Some("`{` stands on the line of the entry that it belongs to".to_owned());
            self.log.push(found);
        }
        let is_ours = before.as_ref().is_some_and(|entry| entry.children.is_none());
        let is_dropped = before.is_none();
        let nothing = self.span(at, at);
        let word = self.spanned(std::sync::Arc::from(""), &(at..at));
        let empty = Entry { word, arguments: Vec::new(), properties: Vec::new(), children: None, span: nothing };
        let entry = before.unwrap_or(empty);
        let pending = Pending { entry, indent: None, is_dropped, is_broken: true, doubt: Doubt::Nothing };
        self.open_block(pending, is_ours || is_dropped)
    }

    pub(super) fn close_block(&mut self, indent: Option<usize>) -> Step {
        let at = self.cursor.pos;
        self.cursor.advance(1);
        let own = self.blocks.last().and_then(OpenBlock::indent);
        let is_deeper = indent.zip(own).is_some_and(|(here, own)| here > own);
        if self.guess.unopened > 0 && is_deeper {
            self.guess.unopened -= 1;
            self.report_unopened(at);
            return Step::Line;
        }
        let is_line_found = self.log.len() > self.found_before_line;
        if self.guess.unopened > 0 && indent.is_none() && is_line_found && !self.is_block_on_this_line() {
            self.guess.unopened -= 1;
            self.report_missing_opener(at);
            return Step::Line;
        }
        let Some(block) = self.blocks.pop() else {
            self.skip_unopened(at);
            return Step::Line;
        };
        self.last_end = self.cursor.pos;
        if self.blocks.is_empty() {
            self.last_top_close = self.cursor.pos;
        }
        Step::Tail(self.closed(block))
    }

    pub(super) fn is_block_on_this_line(&self) -> bool {
        self.blocks.last().is_some_and(|block| block.line == self.lines)
    }

    /// `members "sso" join "jit" }`: whatever else was found on the line is taken back.
    fn report_missing_opener(&mut self, at: usize) {
        let start = self.log.take_back(self.found_before_line).unwrap_or(at).min(at);
        let cause = "a `{` is missing on this line".to_owned();
        let mut found = self.log.finding(codes::SYNTAX, start..at + 1, cause);
        found.help = Some("write it before the first entry of the block, or remove the `}`".to_owned());
        self.log.push(found);
    }

    /// The entry with its block, which ends where the cursor is.
    fn closed(&mut self, block: OpenBlock) -> Pending {
        let mut pending = block.pending;
        if block.is_kept {
            pending.entry.children = Some(Block { entries: block.entries });
        }
        pending.entry.span.end = self.span(0, self.last_end).end;
        pending
    }

    /// A run of `}` that close nothing is one mistake.
    fn skip_unopened(&mut self, at: usize) {
        self.left.unopened += 1;
        self.report_unopened(at);
        loop {
            self.skip_lines();
            if self.cursor.peek() != Some(b'}') {
                return;
            }
            self.cursor.advance(1);
        }
    }

    fn report_unopened(&mut self, at: usize) {
        if !self.log.is_full() {
            let mut found = self.log.finding(codes::SYNTAX, at..at + 1, "this `}` closes nothing".to_owned());
            found.help = Some("remove it, or look for a `{` that is missing above".to_owned());
            self.log.push(found);
        }
        if self.blocks.is_empty() {
            // What stands since the last block was closed may belong into it.
            self.log.mark(self.last_top_close..at + 1);
        }
    }

    /// Only when the braces are known not to match: what the indentation closes before the entry or `}` that stands here.
    pub(super) fn close_by_indent(&mut self, indent: Option<usize>, is_brace: bool) {
        let Some(here) = indent else { return };
        while self.guess.unclosed > 0 {
            let Some(own) = self.blocks.last().and_then(OpenBlock::indent) else { return };
            if here > own || (is_brace && here == own) {
                return;
            }
            let Some(block) = self.blocks.pop() else { return };
            self.guess.unclosed -= 1;
            self.report_unclosed(&block, true);
            let pending = self.closed(block);
            self.finish(pending);
        }
    }

    pub(super) fn close_all_at_end(&mut self) {
        self.left.unclosed = if self.is_lost { 0 } else { self.blocks.len() };
        while let Some(block) = self.blocks.pop() {
            if self.is_lost {
                self.log.mark(head_range(&block));
            } else {
                let is_indented = block.indent().is_some();
                self.report_unclosed(&block, is_indented);
            }
            let pending = self.closed(block);
            self.finish(pending);
        }
    }

    fn report_unclosed(&mut self, block: &OpenBlock, is_indented: bool) {
        let head = head_range(block);
        let end = self.last_end.max(block.opened);
        let shown = crate::hidden::quote(self.cursor.slice(head.clone()));
        let mut found = self.log.finding(codes::UNCLOSED_BLOCK, head.clone(), format!("{shown} is never closed"));
        found.primary.1.push_str("opened here");
        let line = LineIndex::new(self.cursor.text).place(self.cursor.text, self.span(end, end).start).line;
        self.cursor.count(self.cursor.bytes.len());
        found.help = Some(if is_indented {
            format!("the indentation suggests that `}}` belongs after line {line}")
        } else {
            format!("write `}}` after line {line}, or where the block ends")
        });
        found.related.push((self.span(end, end), "`}` is missing after this".to_owned()));
        // Without indentation nobody knows which of the lines below belong into the block.
        let region = if is_indented { head } else { head.start..self.cursor.bytes.len() };
        let region = self.log.span(&region);
        self.log.push_with(found, region);
    }

    /// One block too deep: its braces are counted, nothing in it is read.
    fn skip_deep_block(&mut self, at: usize) {
        let message = format!("nested {} deep; the limit is {DEPTH_MAX}", DEPTH_MAX + 1);
        let found = self.log.finding(codes::LIMITS, at..at + 1, message);
        let mut depth = 1usize;
        while depth > 0 {
            self.skip_space();
            match self.cursor.peek() {
                None => {
                    self.is_lost = true;
                    break;
                }
                Some(b'{') => depth += 1,
                Some(b'}') => depth -= 1,
                Some(b'"' | b'#') if self.skip_string() => continue,
                Some(b'/') if self.cursor.is_at("//") => self.cursor.skip_to_newline(),
                Some(_) => {}
            }
            self.cursor.advance_char();
        }
        self.last_end = self.cursor.pos;
        let region = self.span(at, self.cursor.pos);
        self.log.push_with(found, region);
    }
}

/// From the word to the `{`.
fn head_range(block: &OpenBlock) -> std::ops::Range<usize> {
    let start = usize::try_from(block.pending.entry.word.span.start).unwrap_or(block.opened);
    start..block.opened
}
