//! Reader: the loop over entries, with the open blocks on a stack of its own.

use super::ReadContext;
use super::block::{Guess, OpenBlock};
use super::chars::Class;
use super::chars::class;
use super::cursor::Cursor;
use super::log::Log;
use super::names::Names;
use super::prescan::prescan;
use crate::codes;
use crate::source::Span;
use crate::tree::{Block, Entry, Spanned};

pub(super) struct Reader<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) log: Log<'a>,
    pub(super) names: Names,
    pub(super) context: ReadContext,
    /// The open blocks, outermost first.
    pub(super) blocks: Vec<OpenBlock>,
    /// The finished entries outside all blocks.
    pub(super) top: Vec<Entry>,
    /// Where the current line begins, until the first part of an entry was read on it.
    pub(super) line: Option<usize>,
    /// The number of lines so far, those inside comments and strings left out.
    pub(super) lines: usize,
    /// How many braces of each kind the indentation may still explain.
    pub(super) guess: Guess,
    /// How many braces of each kind were left over.
    pub(super) left: Guess,
    /// How many findings there were before the current line of the text.
    pub(super) found_before_line: usize,
    /// How many findings there were before the current line of an entry.
    pub(super) found_before_head: usize,
    /// Whether a quotation mark is missing on it.
    pub(super) is_quote_missing: bool,
    /// Behind the last thing that was read.
    pub(super) last_end: usize,
    /// Where the last block was closed that stood in no other.
    pub(super) last_top_close: usize,
    /// Whether something swallowed the rest of the file: then nothing can be said about its braces.
    pub(super) is_lost: bool,
}

/// What one reading gives. `guess` is not empty if braces are left over.
pub(super) struct Reading<'a> {
    pub(super) block: Block,
    pub(super) log: Log<'a>,
    pub(super) guess: Guess,
    pub(super) steps: u64,
}

/// An entry of which at least the word was read.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) entry: Entry,
    /// The column of the word, if it is the first on its line.
    pub(super) indent: Option<usize>,
    /// Taken out with `/-`.
    pub(super) is_dropped: bool,
    /// Whether something in its line was reported as not understood.
    pub(super) is_broken: bool,
    pub(super) doubt: Doubt,
}

/// How much of what else is wrong on a line only follows from what was reported on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    Nothing,
    /// A bare word stands where an argument may: perhaps the next entry, without its newline.
    BareWord,
    /// Signs that mean nothing: bare words behind them belong to them, as in `[a, b]`.
    Stray,
}

pub(super) enum Step {
    /// An entry may begin.
    Line,
    /// The line of an entry was read, or a block of it: another block may follow.
    Tail(Pending),
    End,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, context: ReadContext, log: Log<'a>, guess: Guess) -> Self {
        Self {
            cursor: Cursor::new(text),
            log,
            names: Names::new(),
            context,
            blocks: Vec::new(),
            top: Vec::new(),
            line: Some(0),
            lines: 0,
            guess,
            left: Guess::default(),
            found_before_line: 0,
            found_before_head: 0,
            is_quote_missing: false,
            last_end: 0,
            last_top_close: 0,
            is_lost: false,
        }
    }

    pub(super) fn read(mut self) -> Reading<'a> {
        let steps = prescan(self.cursor.text, &mut self.log);
        self.cursor.count(steps);
        if self.cursor.is_at("\u{feff}") {
            self.cursor.advance_char();
            self.line = Some(self.cursor.pos);
        }
        let mut step = Step::Line;
        loop {
            step = match step {
                Step::Line => self.read_line(),
                Step::Tail(pending) => self.read_tail(pending),
                Step::End => break,
            };
        }
        self.close_all_at_end();
        Reading {
            block: Block { entries: self.top },
            log: self.log,
            guess: self.left,
            steps: u64::try_from(self.cursor.steps).unwrap_or(u64::MAX),
        }
    }

    /// One entry up to the end of its line or its `{`, or whatever else stands where an entry may begin.
    fn read_line(&mut self) -> Step {
        self.skip_lines();
        let Some(byte) = self.cursor.peek() else { return Step::End };
        let indent = self.line.take().map(|start| self.cursor.pos - start);
        if indent.is_some() {
            self.found_before_line = self.log.len();
        }
        self.close_by_indent(indent, byte == b'}');
        match byte {
            b'}' => self.close_block(indent),
            b'{' => self.open_stray_block(),
            b';' => self.skip_stray_semicolons(),
            b'/' if self.cursor.is_at("/-") => self.read_dropped_entry(indent),
            _ => {
                self.note_first_child(indent);
                self.read_head(indent, false)
            }
        }
    }

    /// Behind the line of an entry, or behind one of its blocks.
    fn read_tail(&mut self, mut pending: Pending) -> Step {
        let is_spaced = self.skip_space();
        match self.cursor.peek() {
            Some(b'{') => return self.open_block(pending, true),
            Some(b'/') if self.cursor.is_at("/-") => {
                let start = self.cursor.pos;
                self.require_space(is_spaced, &mut pending);
                self.skip_slashdash(&pending);
                if self.cursor.peek() == Some(b'{') {
                    return self.open_block(pending, false);
                }
                self.report_syntax(start..start + 2, "behind a block, `/-` can only take out another block");
                if !self.cursor.is_at_end_of_entry() {
                    self.finish(pending);
                    return self.read_head(None, true);
                }
            }
            Some(b';') => self.cursor.advance(1),
            _ if self.cursor.is_at_end_of_entry() => {}
            _ => {
                let at = self.cursor.pos;
                self.cursor.count(1);
                self.report_syntax(at..at + self.char_len(), "something stands on the line behind `}`");
                pending.is_broken = true;
            }
        }
        self.finish(pending);
        Step::Line
    }

    pub(super) fn finish(&mut self, pending: Pending) {
        if pending.is_dropped {
            return;
        }
        match self.blocks.last_mut() {
            Some(block) => block.entries.push(pending.entry),
            None => self.top.push(pending.entry),
        }
    }

    /// `;` ends an entry; by itself it is none. One report for a run of them.
    fn skip_stray_semicolons(&mut self) -> Step {
        let start = self.cursor.pos;
        while self.cursor.peek() == Some(b';') {
            self.cursor.advance(1);
        }
        self.report_syntax(start..self.cursor.pos, "there is no entry before this `;`");
        Step::Line
    }

    pub(super) fn report_syntax(&mut self, at: std::ops::Range<usize>, cause: &str) {
        if !self.log.is_full() {
            let found = self.log.finding(codes::SYNTAX, at, cause.to_owned());
            self.log.push(found);
        }
    }

    pub(super) fn char_len(&self) -> usize {
        self.cursor.peek().map_or(0, super::chars::char_len)
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        self.log.span(&(start..end))
    }

    pub(super) fn spanned<T>(&self, value: T, range: &std::ops::Range<usize>) -> Spanned<T> {
        Spanned { value, span: self.log.span(range) }
    }

    pub(super) fn is_at_word(&self) -> bool {
        self.cursor.peek().is_some_and(|byte| match class(byte) {
            Class::Word => true,
            Class::Wide => super::chars::word_char_len(self.cursor.bytes, self.cursor.pos) > 0,
            Class::Space | Class::Newline | Class::Mark => false,
        })
    }
}
