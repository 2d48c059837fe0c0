//! Parse: tokens to a layout. Decides to which entry a comment belongs.
//!
//! Reads the tokens of a text without mistakes. A comment on lines of its own belongs to the entry right below it; one at
//! the end of a line to what ends there; one between the words of a line moves above it.
//!
//! Invariant: every token is taken once; what cannot stand in a text without mistakes is passed over.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::layout::{Argument, Block, Child, Entry, Item, Property, quoted, takes_line};
use crate::kdl::{Token, tokens};

pub(super) fn layout(text: &str) -> Block<'_> {
    Parser { tokens: tokens(text).into_iter().peekable() }.block(true)
}

struct Parser<'a> {
    tokens: Peekable<IntoIter<Token<'a>>>,
}

/// What stands between two entries.
#[derive(Default)]
struct Gap {
    /// On the line of what stands before.
    same_line: Vec<String>,
    /// Each run of comments without a blank line in it, and whether one stands before it.
    runs: Vec<(bool, Vec<String>)>,
    /// Ends of lines since the last comment.
    newlines: usize,
}

impl Gap {
    fn push(&mut self, comment: String) {
        let is_same_line = self.newlines == 0 && self.runs.is_empty();
        match self.runs.last_mut() {
            _ if is_same_line => self.same_line.push(comment),
            Some((_, run)) if self.newlines < 2 => run.push(comment),
            _ => self.runs.push((self.newlines > 1, vec![comment])),
        }
        self.newlines = 0;
    }

    /// The comments right above what follows, and whether a blank line stands before it and them.
    fn take_above(&mut self) -> (bool, Vec<String>) {
        match self.newlines {
            2.. => (true, Vec::new()),
            0 if self.runs.is_empty() => (false, std::mem::take(&mut self.same_line)),
            _ => self.runs.pop().unwrap_or_default(),
        }
    }
}

impl<'a> Parser<'a> {
    /// Up to `}` or the end.
    fn block(&mut self, is_file: bool) -> Block<'a> {
        let mut block = Block::default();
        let mut newlines = usize::from(is_file);
        loop {
            let mut gap = self.gap(newlines);
            newlines = 0;
            let is_over = matches!(self.tokens.peek(), None | Some(Token::Close));
            let (is_spaced, above) = if is_over { Default::default() } else { gap.take_above() };
            block.take_gap(gap);
            if is_over {
                self.tokens.next();
                return block;
            }
            block.items.push(Item::Entry(self.entry(is_spaced, above)));
        }
    }

    fn gap(&mut self, newlines: usize) -> Gap {
        let mut gap = Gap { newlines, ..Gap::default() };
        loop {
            if self.tokens.next_if_eq(&Token::Newline).is_some() {
                gap.newlines += 1;
            } else if let Some(comment) = self.comment() {
                let takes_line = takes_line(&comment);
                gap.push(comment);
                if takes_line {
                    self.tokens.next_if_eq(&Token::Newline);
                    gap.newlines = 1;
                }
            } else {
                return gap;
            }
        }
    }

    fn comment(&mut self) -> Option<String> {
        match self.tokens.next_if(|token| matches!(token, Token::Comment(_))) {
            Some(Token::Comment(comment)) => Some(comment),
            _ => None,
        }
    }

    fn entry(&mut self, is_spaced: bool, above: Vec<String>) -> Entry<'a> {
        let (word, arguments, properties, blocks) = ("", Vec::new(), Vec::new(), Vec::new());
        let (is_dropped, behind) = (false, Vec::new());
        let mut entry = Entry { is_spaced, above, is_dropped, word, arguments, properties, blocks, behind };
        entry.is_dropped = self.drop_mark(&mut entry);
        if let Some(Token::Word(word)) = self.tokens.next() {
            entry.word = word;
        }
        loop {
            entry.behind.extend(self.comment());
            match self.tokens.peek() {
                Some(Token::Comment(_)) => {}
                None | Some(Token::Newline | Token::Close) => break,
                Some(Token::Semicolon) => {
                    self.tokens.next();
                    break;
                }
                Some(_) => self.part(&mut entry),
            }
        }
        entry
    }

    /// An argument, a property or a block. Comments before it do not stand at the end of the line.
    fn part(&mut self, entry: &mut Entry<'a>) {
        entry.above.append(&mut entry.behind);
        let is_dropped = self.drop_mark(entry);
        match self.tokens.next() {
            Some(Token::Open) => entry.blocks.push(Child { is_dropped, block: self.block(false) }),
            Some(Token::Text(text)) => entry.arguments.push(Argument { is_dropped, value: quoted(&text) }),
            Some(Token::Integer(value)) => entry.arguments.push(Argument { is_dropped, value: value.to_string() }),
            Some(Token::Word(name)) => {
                let value = self.value_of_property(entry);
                entry.properties.push(Property { is_dropped, name, value });
            }
            _ => {}
        }
    }

    /// `/-` and what stands between it and what it takes out.
    fn drop_mark(&mut self, entry: &mut Entry<'a>) -> bool {
        if self.tokens.next_if_eq(&Token::Drop).is_none() {
            return false;
        }
        loop {
            if let Some(comment) = self.comment() {
                entry.above.push(comment);
            } else if self.tokens.next_if_eq(&Token::Newline).is_none() {
                return true;
            }
        }
    }

    fn value_of_property(&mut self, entry: &mut Entry<'a>) -> String {
        loop {
            match self.tokens.next_if(|token| !matches!(token, Token::Newline | Token::Close)) {
                Some(Token::Comment(comment)) => entry.above.push(comment),
                Some(Token::Text(text)) => return quoted(&text),
                Some(Token::Integer(value)) => return value.to_string(),
                Some(_) => {}
                None => return String::new(),
            }
        }
    }
}

impl Block<'_> {
    /// What stands on the line of the entry before is its, or the brace's; the rest belongs to no entry.
    fn take_gap(&mut self, gap: Gap) {
        match self.items.last_mut() {
            Some(Item::Entry(entry)) => {
                entry.behind.extend(gap.same_line);
                entry.settle_behind();
            }
            Some(Item::Aside { .. }) | None => self.opening.extend(gap.same_line),
        }
        let asides = gap.runs.into_iter().map(|(is_spaced, comments)| Item::Aside { is_spaced, comments });
        self.items.extend(asides);
    }
}

impl Entry<'_> {
    /// What takes the rest of a line stands last on it, or above.
    fn settle_behind(&mut self) {
        let Some(last) = self.behind.pop() else { return };
        let (above, mut behind): (Vec<_>, Vec<_>) = self.behind.drain(..).partition(|comment| takes_line(comment));
        behind.push(last);
        self.above.extend(above);
        self.behind = behind;
    }
}
