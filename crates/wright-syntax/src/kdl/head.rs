//! Head: the line of an entry, from its word to its end or its `{`.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use unicode_security::MixedScript as _;

use super::bare::is_identifier;
use super::item::Token;
use super::reader::{Doubt, Pending, Reader, Step};
use crate::codes;
use crate::hidden::quote;
use crate::source::Span;
use crate::tree::{Entry, Spanned};

/// Up to here comparing each with each is faster than a table.
const FEW_PROPERTIES: usize = 8;

impl Reader<'_> {
    pub(super) fn read_head(&mut self, indent: Option<usize>, is_dropped: bool) -> Step {
        (self.found_before_head, self.is_quote_missing) = (self.log.len(), false);
        let mut is_broken = false;
        let word = self.read_word(&mut is_broken);
        let span = word.span;
        let entry = Entry { word, arguments: Vec::new(), properties: Vec::new(), children: None, span };
        let mut pending = Pending { entry, indent, is_dropped, is_broken, doubt: Doubt::Nothing };
        let mut is_spaced = self.skip_space();
        if self.cursor.peek() == Some(b'=') {
            self.skip_equals(&mut pending);
            is_spaced = true;
        }
        let mut has_dropped_block = false;
        while !self.cursor.is_at_end_of_entry() && self.cursor.peek() != Some(b'{') {
            if self.cursor.is_at("/-") {
                let start = self.cursor.pos;
                self.require_space(is_spaced, &mut pending);
                self.skip_slashdash(&pending);
                if self.cursor.peek() == Some(b'{') {
                    has_dropped_block = true;
                    break;
                }
                is_spaced = self.read_dropped_item(start, &mut pending);
                continue;
            }
            self.require_space(is_spaced || self.cursor.peek() == Some(b'('), &mut pending);
            is_spaced = self.read_item(&mut pending);
        }
        self.end_head(&mut pending);
        if has_dropped_block { self.open_block(pending, false) } else { Step::Tail(pending) }
    }

    pub(super) fn require_space(&mut self, is_spaced: bool, pending: &mut Pending) {
        if is_spaced || pending.is_broken {
            return;
        }
        let is_comma = self.cursor.peek() == Some(b',');
        let (cause, len) = if self.cursor.is_at("/-") {
            ("a space is missing before `/-`", 2)
        } else if is_comma {
            ("no comma stands between the parts of an entry", 1)
        } else {
            ("a space is missing before this", self.char_len())
        };
        if !self.log.is_full() {
            let at = self.cursor.pos..self.cursor.pos + len;
            let mut found = self.log.finding(codes::SYNTAX, at.clone(), cause.to_owned());
            if is_comma {
                found.fix = Some(self.log.fix(at, ""));
            } else if self.is_at_word() {
                found.help = Some("a quotation mark inside of a text is written `\\\"`".to_owned());
            }
            self.log.push(found);
        }
        (pending.is_broken, pending.doubt) = (true, Doubt::Stray);
    }

    fn end_head(&mut self, pending: &mut Pending) {
        pending.is_broken |= self.is_quote_missing;
        pending.entry.span.end = pending.entry.span.end.max(self.span(0, self.last_end).end);
        // Two lines that became one have their properties twice, for one reason.
        if pending.doubt == Doubt::Nothing && !self.is_quote_missing {
            self.drop_doubled_properties(&mut pending.entry);
        }
        if pending.is_broken {
            let start = usize::try_from(pending.entry.span.start).unwrap_or_default();
            self.log.mark(start..self.last_end);
        }
    }

    fn read_word(&mut self, is_broken: &mut bool) -> Spanned<Arc<str>> {
        if self.skip_annotation() {
            self.skip_space();
        }
        let start = self.cursor.pos;
        if self.is_at_word() {
            let word = self.cursor.take_word();
            self.last_end = self.cursor.pos;
            let at = start..self.last_end;
            if !is_identifier(word) {
                self.report_syntax(at.clone(), &format!("{} cannot be the word of an entry", quote(word)));
                *is_broken = true;
            }
            self.check_script(word, &at);
            return Spanned { value: self.names.get(word), span: self.log.span(&at) };
        }
        if self.is_at_string() {
            let text = self.read_string();
            self.last_end = self.cursor.pos;
            let at = start..self.last_end;
            self.report_quoted_name(&text, &at);
            return self.spanned(text, &at);
        }
        let stray = self.take_stray();
        let at = start..self.cursor.pos;
        self.last_end = at.end;
        *is_broken = true;
        let cause = if stray.is_empty() {
            "a word is missing here".to_owned()
        } else {
            format!("{} cannot begin an entry", quote(stray))
        };
        self.report_syntax(at.clone(), &cause);
        self.spanned(Arc::from(stray), &at)
    }

    pub(super) fn report_quoted_name(&mut self, text: &str, at: &Range<usize>) {
        self.check_script(text, at);
        if self.log.is_full() {
            return;
        }
        let cause = "words and the names of properties stand without quotes".to_owned();
        let mut found = self.log.finding(codes::SYNTAX, at.clone(), cause);
        if is_identifier(text) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            found.help = Some(format!("write {}", quote(text)));
            found.fix = Some(self.log.fix(at.clone(), text));
        }
        self.log.push(found);
    }

    pub(super) fn check_script(&mut self, name: &str, at: &Range<usize>) {
        self.cursor.count(name.len());
        if name.is_ascii() || name.is_single_script() || self.log.is_full() {
            return;
        }
        let message = format!("{} mixes the letters of several scripts", quote(name));
        let mut found = self.log.finding(codes::MIXED_SCRIPT, at.clone(), message);
        let foreign = name.chars().find(|character| !character.is_ascii());
        found.primary.1.push_str("some of these letters only look like others");
        found.help =
            foreign.map(|one| format!("type it again; {} is U+{:04X}", quote(&one.to_string()), u32::from(one)));
        self.log.push(found);
    }

    /// `name = "Acme"`, as other languages have it.
    fn skip_equals(&mut self, pending: &mut Pending) {
        let at = self.cursor.pos..self.cursor.pos + 1;
        self.cursor.advance(1);
        self.last_end = at.end;
        self.skip_space();
        if !pending.is_broken && !self.log.is_full() {
            let cause = "no `=` stands between a word and its value".to_owned();
            let mut found = self.log.finding(codes::SYNTAX, at.clone(), cause);
            found.help = Some(format!("write {}", quote(&format!("{} …", pending.entry.word.value))));
            let word_end = usize::try_from(pending.entry.word.span.end).unwrap_or(at.start);
            found.fix = Some(self.log.fix(word_end..self.cursor.pos, " "));
            self.log.push(found);
        }
        pending.is_broken = true;
    }

    /// `/-` before an argument or a property.
    fn read_dropped_item(&mut self, start: usize, pending: &mut Pending) -> bool {
        if self.cursor.is_at_end_of_entry() {
            self.report_syntax(start..start + 2, "nothing stands behind this `/-`");
            return true;
        }
        let (arguments, properties) = (pending.entry.arguments.len(), pending.entry.properties.len());
        let doubt = pending.doubt;
        let is_spaced = self.read_item(pending);
        if pending.doubt == Doubt::BareWord {
            pending.doubt = doubt;
        }
        pending.entry.arguments.truncate(arguments);
        pending.entry.properties.truncate(properties);
        is_spaced
    }

    /// KDL keeps the last of two, silently. We keep the first and say so.
    fn drop_doubled_properties(&mut self, entry: &mut Entry) {
        let properties = &entry.properties;
        self.cursor.count(properties.len());
        if properties.len() < 2 {
            return;
        }
        let mut doubled: Vec<(usize, Span)> = Vec::new();
        if properties.len() <= FEW_PROPERTIES {
            for (at, (name, _)) in properties.iter().enumerate() {
                if let Some((first, _)) = properties.iter().take(at).find(|(other, _)| other.value == name.value) {
                    doubled.push((at, first.span));
                }
            }
        } else {
            let mut firsts: HashMap<&str, Span> = HashMap::with_capacity(properties.len());
            for (at, (name, _)) in properties.iter().enumerate() {
                match firsts.get(&*name.value) {
                    Some(first) => doubled.push((at, *first)),
                    None => drop(firsts.insert(&name.value, name.span)),
                }
            }
        }
        for (at, first) in &doubled {
            if let Some((name, value)) = entry.properties.get(*at) {
                self.report_doubled(name, *first, value.span.end);
            }
        }
        let mut at = 0;
        let mut gone = doubled.into_iter().map(|(at, _)| at).peekable();
        entry.properties.retain(|_| {
            at += 1;
            gone.next_if_eq(&(at - 1)).is_none()
        });
    }

    fn report_doubled(&mut self, name: &Spanned<Arc<str>>, first: Span, end: u32) {
        if self.log.is_full() {
            return;
        }
        let mut found = self.log.finding(
            codes::DUPLICATE_PROPERTY,
            0..0,
            format!("{} is given twice on one line", quote(&name.value)),
        );
        found.primary = (name.span, "KDL would silently keep this one".to_owned());
        found.related.push((first, "first given here".to_owned()));
        found.help = Some("keep one".to_owned());
        self.log.push_with(found, Span { end, ..name.span });
    }
}

/// The name of a property as the tree holds it.
pub(super) fn name_of(
    reader: &mut Reader<'_>,
    token: Token<'_>,
    at: &Range<usize>,
    is_broken: &mut bool,
) -> Spanned<Arc<str>> {
    let value = match token {
        Token::Text(text) => {
            reader.report_quoted_name(&text, at);
            text
        }
        Token::Bare(word) | Token::Keyword(word) => {
            if !matches!(token, Token::Bare(_)) || !is_identifier(word) {
                reader.report_syntax(at.clone(), &format!("{} cannot be the name of a property", quote(word)));
                *is_broken = true;
            }
            reader.check_script(word, at);
            reader.names.get(word)
        }
    };
    reader.spanned(value, at)
}
