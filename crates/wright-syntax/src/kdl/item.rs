//! Item: an argument or a property, and what may be one of their values.

use std::ops::Range;
use std::sync::Arc;

use super::bare::{Bare, classify, is_identifier};
use super::chars::{Class, class, is_blank};
use super::head::name_of;
use super::reader::{Doubt, Pending, Reader};
use crate::codes;
use crate::diagnostic::Code;
use crate::hidden::quote;
use crate::tree::{Spanned, Value};

#[derive(Debug)]
pub(super) enum Token<'a> {
    Text(Arc<str>),
    /// Without quotes, such as `30` or `acme`.
    Bare(&'a str),
    /// With its `#`, such as `#true`.
    Keyword(&'a str),
}

impl<'a> Reader<'a> {
    /// One argument or property and the space behind it; gives whether there was space. Moves on by one character at least.
    pub(super) fn read_item(&mut self, pending: &mut Pending) -> bool {
        if self.skip_annotation() {
            self.last_end = self.cursor.pos;
            self.skip_space();
            if self.cursor.is_at_end_of_entry() || self.cursor.peek() == Some(b'{') {
                return true;
            }
        }
        let start = self.cursor.pos;
        let Some(token) = self.read_token(pending) else { return self.skip_space() };
        self.last_end = self.cursor.pos;
        let at = start..self.last_end;
        let is_spaced = self.skip_space();
        if self.cursor.peek() == Some(b'=') {
            return self.read_property(pending, token, &at) | self.skip_space();
        }
        let is_name = matches!(token, Token::Bare(word) if is_identifier(word));
        if let Some(name) = self.name_before_string(&token, is_spaced) {
            self.report_missing_equals(pending, name, &at);
            let name_at = at.start..at.start + name.len();
            return self.read_property_value(pending, Token::Bare(name), &name_at) | self.skip_space();
        }
        if let (Token::Bare(word), true) = (&token, pending.doubt == Doubt::Stray) {
            // Very likely a part of what was already reported, as in `[a, b]`.
            let value = self.spanned(Value::Text(Arc::from(*word)), &at);
            pending.entry.arguments.push(value);
            return is_spaced;
        }
        if is_name {
            pending.doubt = Doubt::BareWord;
        }
        let (value, is_spaced) = self.read_value(token, at, is_spaced, pending);
        pending.entry.arguments.push(value);
        is_spaced
    }

    fn read_property(&mut self, pending: &mut Pending, token: Token<'a>, at: &Range<usize>) -> bool {
        self.cursor.advance(1);
        self.last_end = self.cursor.pos;
        self.skip_space();
        self.read_property_value(pending, token, at)
    }

    /// The name in `about"See it"` and in `about: "See it"`.
    fn name_before_string(&mut self, token: &Token<'a>, is_spaced: bool) -> Option<&'a str> {
        let Token::Bare(word) = token else { return None };
        let name = if is_spaced { word.strip_suffix(':')? } else { word.strip_suffix(':').unwrap_or(word) };
        (is_identifier(name) && self.is_at_string()).then_some(name)
    }

    fn report_missing_equals(&mut self, pending: &mut Pending, name: &str, at: &Range<usize>) {
        if pending.doubt != Doubt::Stray && !self.log.is_full() {
            let cause = format!("`=` is missing behind {}", quote(name));
            let mut found = self.log.finding(codes::SYNTAX, at.clone(), cause);
            found.fix = Some(self.log.fix(at.start + name.len()..self.cursor.pos, "="));
            self.log.push(found);
        }
        pending.is_broken = true;
    }

    /// Behind the `=`.
    fn read_property_value(&mut self, pending: &mut Pending, token: Token<'a>, at: &Range<usize>) -> bool {
        let name = name_of(self, token, at, &mut pending.is_broken);
        if self.skip_annotation() {
            self.skip_space();
        }
        if self.cursor.is_at_end_of_entry() || self.cursor.peek() == Some(b'{') {
            if !pending.is_broken {
                let cause = format!("{} has no value", quote(&name.value));
                self.report_syntax(at.start..self.last_end, &cause);
            }
            pending.is_broken = true;
            return true;
        }
        let start = self.cursor.pos;
        let Some(token) = self.read_token(pending) else { return false };
        self.last_end = self.cursor.pos;
        let range = start..self.last_end;
        let (value, is_spaced) = self.read_value(token, range, false, pending);
        pending.entry.properties.push((name, value));
        is_spaced
    }

    fn read_token(&mut self, pending: &mut Pending) -> Option<Token<'a>> {
        if self.is_at_string() {
            return Some(Token::Text(self.read_string()));
        }
        let start = self.cursor.pos;
        if self.is_at_word() {
            self.cursor.take_word();
            self.take_rest_of_bare(start);
            return Some(Token::Bare(self.cursor.slice(start..self.cursor.pos)));
        }
        if self.cursor.peek() == Some(b'#') {
            self.cursor.advance(1);
            self.cursor.take_word();
            let keyword = self.cursor.slice(start..self.cursor.pos);
            if matches!(keyword, "#true" | "#false" | "#null" | "#inf" | "#-inf" | "#nan") {
                return Some(Token::Keyword(keyword));
            }
        }
        self.take_stray();
        let at = start..self.cursor.pos;
        self.last_end = at.end;
        if !pending.is_broken {
            let cause = format!("{} is no value", quote(self.cursor.slice(at.clone())));
            let mut found = self.log.finding(codes::SYNTAX, at, cause);
            found.help = Some("values are strings in quotes and integers".to_owned());
            self.log.push(found);
        }
        (pending.is_broken, pending.doubt) = (true, Doubt::Stray);
        None
    }

    /// `America/New_York`, `https://acme.com`: no bare word of KDL, but one thing to its author.
    fn take_rest_of_bare(&mut self, start: usize) {
        loop {
            let is_url = self.cursor.is_at("//") && self.cursor.slice(start..self.cursor.pos).ends_with(':');
            match self.cursor.peek() {
                Some(b'/') if !is_url && matches!(self.cursor.peek_next(), Some(b'*' | b'/' | b'-')) => return,
                Some(b'/') if is_url => self.cursor.advance(2),
                Some(b'/' | b'(' | b')' | b'[' | b']' | b'#') => self.cursor.advance(1),
                _ => return,
            }
            self.cursor.take_word();
        }
    }

    /// What cannot be read, up to where something else may begin. Moves by one character unless at the end of the entry.
    pub(super) fn take_stray(&mut self) -> &'a str {
        let start = self.cursor.pos;
        while let Some(byte) = self.cursor.peek() {
            let is_first = self.cursor.pos == start;
            match class(byte) {
                Class::Space | Class::Newline => break,
                Class::Mark if matches!(byte, b'{' | b'}' | b';') => break,
                Class::Mark if !is_first && matches!(byte, b'"' | b'/' | b'\\') => break,
                Class::Wide if self.cursor.newline_len() + self.cursor.space_len() > 0 => break,
                Class::Mark | Class::Wide | Class::Word => self.cursor.advance_char(),
            }
        }
        self.cursor.slice(start..self.cursor.pos)
    }

    /// `(type)`: reported and left out.
    pub(super) fn skip_annotation(&mut self) -> bool {
        if self.cursor.peek() != Some(b'(') {
            return false;
        }
        let start = self.cursor.pos;
        self.cursor.advance(1);
        self.skip_space();
        if self.is_at_string() {
            self.skip_string();
        }
        while let Some(byte) = self.cursor.peek() {
            if matches!(byte, b'{' | b'}' | b';' | b'"') || (self.cursor.newline_len() > 0) {
                break;
            }
            if !self.skip_space() {
                self.cursor.advance_char();
            }
            if byte == b')' {
                break;
            }
        }
        let at = start..self.cursor.pos;
        let shown = quote(self.cursor.slice(at.clone()));
        let mut found = self.log.finding(codes::NOT_A_VALUE, at.clone(), format!("{shown} is a type annotation"));
        found.help = Some("remove it; the word says what type its value has".to_owned());
        found.fix = Some(self.log.fix(at, ""));
        self.log.push(found);
        true
    }

    /// The value of a token, and whether space follows it. Bare words in a row are one mistake.
    fn read_value(
        &mut self,
        token: Token<'a>,
        mut at: Range<usize>,
        is_spaced: bool,
        pending: &Pending,
    ) -> (Spanned<Value>, bool) {
        let (value, spaced) = match token {
            Token::Text(text) => (Value::Text(text), is_spaced),
            Token::Keyword(word) => (self.value_of_keyword(word.trim_start_matches('#'), &at, pending), is_spaced),
            Token::Bare(word) => {
                self.cursor.count(word.len());
                let first = classify(word);
                let (end, is_spaced) = match first {
                    Bare::Boolean(_) | Bare::NoValue => (at.end, is_spaced),
                    Bare::Integer(_) | Bare::TooLarge | Bare::OtherNumber | Bare::Unit | Bare::Word => {
                        self.take_more_words(at.end, is_spaced)
                    }
                };
                let is_longer = end > at.end;
                at.end = end;
                self.last_end = end;
                (self.value_of_bare(first, is_longer, &at, pending), is_spaced)
            }
        };
        (self.spanned(value, &at), spaced)
    }

    /// Further bare words on the same line that name no property: where the last one ends, and whether space follows.
    fn take_more_words(&mut self, mut end: usize, mut is_spaced: bool) -> (usize, bool) {
        if !is_spaced {
            is_spaced = self.skip_space();
        }
        loop {
            let before = self.cursor.pos;
            let is_gap = before > end && is_blank(self.cursor.slice(end..before));
            if !is_gap || !self.is_at_word() {
                return (end, is_spaced);
            }
            let word = self.cursor.take_word();
            let is_word = classify(word) == Bare::Word;
            self.take_rest_of_bare(before);
            let word_end = self.cursor.pos;
            let is_spaced_behind = self.skip_space();
            if !self.is_lost && (!is_word || self.cursor.peek() == Some(b'=')) {
                self.cursor.pos = before;
                return (end, is_spaced);
            }
            (end, is_spaced) = (word_end, is_spaced_behind);
        }
    }

    fn value_of_keyword(&mut self, word: &str, at: &Range<usize>, pending: &Pending) -> Value {
        let kind = classify(word);
        self.value_of_bare(kind, false, at, pending)
    }

    fn value_of_bare(&mut self, kind: Bare, is_longer: bool, at: &Range<usize>, pending: &Pending) -> Value {
        let text = self.cursor.slice(at.clone());
        match kind {
            Bare::Integer(value) if !is_longer => return Value::Integer(value),
            Bare::Boolean(is_true) => {
                self.report_boolean(is_true, at, pending);
                return Value::Text(Arc::from(if is_true { "on" } else { "off" }));
            }
            Bare::NoValue => self.report_value(at, "is not a policy value"),
            Bare::Integer(_) | Bare::Unit => self.report_unquoted(codes::UNQUOTED_UNIT, at),
            Bare::OtherNumber | Bare::TooLarge if is_longer => self.report_unquoted(codes::UNQUOTED_UNIT, at),
            Bare::Word => self.report_unquoted(codes::UNQUOTED_WORD, at),
            Bare::TooLarge => self.report_value(at, "is too large a number"),
            Bare::OtherNumber => self.report_value(at, "is not a decimal integer"),
        }
        Value::Text(Arc::from(text))
    }

    fn report_value(&mut self, at: &Range<usize>, what: &str) {
        if self.log.is_full() {
            return;
        }
        let message = format!("{} {what}", quote(self.cursor.slice(at.clone())));
        let mut found = self.log.finding(codes::NOT_A_VALUE, at.clone(), message);
        found.help = Some("values are strings in quotes and decimal integers of 64 bits".to_owned());
        self.log.push(found);
    }

    fn report_unquoted(&mut self, code: Code, at: &Range<usize>) {
        if self.log.is_full() {
            return;
        }
        let text = self.cursor.slice(at.clone());
        let mut found = self.log.finding(code, at.clone(), format!("{} must be quoted", quote(text)));
        // Quotation marks of other languages and of word processors.
        let plain = text.trim_matches(['\'', '`', '‘', '’', '“', '”', '„', '«', '»']);
        found.help = Some(format!("write {}", quote(&format!("\"{plain}\""))));
        found.fix = Some(self.log.fix(at.clone(), format!("\"{plain}\"")));
        self.log.push(found);
    }

    fn report_boolean(&mut self, is_true: bool, at: &Range<usize>, pending: &Pending) {
        if self.log.is_full() {
            return;
        }
        let shown = quote(self.cursor.slice(at.clone()));
        let mut found = self.log.finding(codes::BARE_BOOLEAN, at.clone(), format!("{shown} is not a policy value"));
        if is_true {
            found.help = Some("write `\"on\"`, or remove the line".to_owned());
            found.fix = Some(self.log.fix(at.clone(), "\"on\""));
        } else {
            found.help = Some("remove it: what is not written is off".to_owned());
            found.fix = self.removal(at, pending).map(|at| self.log.fix(at, ""));
        }
        self.log.push(found);
    }

    /// What to remove with a `false`: its entry, if that holds nothing else.
    fn removal(&self, at: &Range<usize>, pending: &Pending) -> Option<Range<usize>> {
        let entry = &pending.entry;
        let is_alone = entry.arguments.is_empty()
            && entry.properties.is_empty()
            && self.cursor.is_at_end_of_entry()
            && is_blank(self.cursor.slice(at.end..self.cursor.pos))
            && usize::try_from(entry.word.span.end).is_ok_and(|end| is_blank(self.cursor.slice(end..at.start)));
        let start = usize::try_from(entry.word.span.start).ok()?;
        is_alone.then_some(start..at.end)
    }
}
