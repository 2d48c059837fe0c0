//! Tokens: a text without mistakes as a flat list. What the reader leaves out, the formatter keeps: comments, ends of
//! lines, what `/-` takes out.
//!
//! Reads a text of which [`read_kdl`](super::read_kdl) had nothing to say; of any other the list is some list.
//!
//! Invariant: every step moves on by one character at least, and every byte is looked at a bounded number of times.

use std::sync::Arc;

use super::ReadContext;
use super::bare::{Bare, classify};
use super::block::Guess;
use super::log::Log;
use super::reader::Reader;
use crate::source::FileId;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Token<'a> {
    /// With its marks, `//` or `/* */`; no line of it ends with spaces.
    Comment(String),
    /// One that ends a line; the newline behind `\` is none.
    Newline,
    Semicolon,
    Open,
    Close,
    /// `/-`.
    Drop,
    Equals,
    Text(Arc<str>),
    Integer(i64),
    /// Without quotes: the word of an entry, or the name of a property.
    Word(&'a str),
}

pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let log = Log::new(FileId(0), text);
    let mut reader = Reader::new(text, ReadContext::Organisation, log, Guess::default());
    let (mut tokens, mut is_continued) = (Vec::new(), false);
    while let Some(byte) = reader.cursor.peek() {
        if byte == b'\\' {
            reader.cursor.advance(1);
            is_continued = true;
            continue;
        }
        let Some(token) = reader.token(byte) else { continue };
        let is_newline = token == Token::Newline;
        if !(is_newline && is_continued) {
            tokens.push(token);
        }
        is_continued &= !is_newline;
    }
    tokens
}

impl<'a> Reader<'a> {
    /// What stands here; nothing of spaces.
    fn token(&mut self, byte: u8) -> Option<Token<'a>> {
        if self.cursor.newline_len() > 0 {
            self.cursor.advance(self.cursor.newline_len());
            return Some(Token::Newline);
        }
        let start = self.cursor.pos;
        if self.cursor.is_at("//") {
            self.cursor.skip_to_newline();
            return Some(self.comment(start));
        }
        if self.skip_block_comment() {
            return Some(self.comment(start));
        }
        if self.cursor.is_at("/-") {
            self.cursor.advance(2);
            return Some(Token::Drop);
        }
        if self.is_at_string() {
            return Some(Token::Text(self.read_string()));
        }
        if self.is_at_word() {
            return Some(bare(self.cursor.take_word()));
        }
        self.cursor.advance_char();
        sign(byte)
    }

    fn comment(&self, start: usize) -> Token<'a> {
        let lines: Vec<&str> = self.cursor.slice(start..self.cursor.pos).lines().map(str::trim_end).collect();
        Token::Comment(lines.join("\n"))
    }
}

fn bare(word: &str) -> Token<'_> {
    match classify(word) {
        Bare::Integer(value) => Token::Integer(value),
        Bare::TooLarge | Bare::OtherNumber | Bare::Unit | Bare::Boolean(_) | Bare::NoValue | Bare::Word => {
            Token::Word(word)
        }
    }
}

fn sign(byte: u8) -> Option<Token<'static>> {
    match byte {
        b';' => Some(Token::Semicolon),
        b'{' => Some(Token::Open),
        b'}' => Some(Token::Close),
        b'=' => Some(Token::Equals),
        _ => None,
    }
}
