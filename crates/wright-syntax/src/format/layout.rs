//! Layout: a text as its author laid it out: entries with the comments that belong to them, and comments by themselves.

use std::fmt::Write as _;

use crate::hidden::push_visible;

/// A file, or what stands between two braces.
#[derive(Debug, Default)]
pub(super) struct Block<'a> {
    /// Comments behind `{`, on its line.
    pub(super) opening: Vec<String>,
    pub(super) items: Vec<Item<'a>>,
}

#[derive(Debug)]
pub(super) enum Item<'a> {
    Entry(Entry<'a>),
    /// Comments that belong to no entry: a blank line follows, or the end.
    Aside {
        is_spaced: bool,
        comments: Vec<String>,
    },
}

impl Item<'_> {
    /// Whether a blank line stands before it.
    pub(super) fn is_spaced(&self) -> bool {
        match self {
            Self::Entry(entry) => entry.is_spaced,
            Self::Aside { is_spaced, .. } => *is_spaced,
        }
    }
}

#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) is_spaced: bool,
    /// Comments on the lines above it.
    pub(super) above: Vec<String>,
    /// Taken out with `/-`.
    pub(super) is_dropped: bool,
    pub(super) word: &'a str,
    pub(super) arguments: Vec<Argument>,
    pub(super) properties: Vec<Property<'a>>,
    /// One that counts at most; any number that are taken out.
    pub(super) blocks: Vec<Child<'a>>,
    /// Comments at the end of its last line; only the last of them begins with `//`.
    pub(super) behind: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Argument {
    pub(super) is_dropped: bool,
    pub(super) value: String,
}

#[derive(Debug)]
pub(super) struct Property<'a> {
    pub(super) is_dropped: bool,
    pub(super) name: &'a str,
    pub(super) value: String,
}

#[derive(Debug)]
pub(super) struct Child<'a> {
    pub(super) is_dropped: bool,
    pub(super) block: Block<'a>,
}

impl Entry<'_> {
    /// Its line, up to its first block.
    pub(super) fn head(&self) -> String {
        let mut line = format!("{}{}", mark(self.is_dropped), self.word);
        for Argument { is_dropped, value } in &self.arguments {
            // Writing to a string cannot fail.
            let _ = write!(line, " {}{value}", mark(*is_dropped));
        }
        for Property { is_dropped, name, value } in &self.properties {
            let _ = write!(line, " {}{name}={value}", mark(*is_dropped));
        }
        line
    }
}

pub(super) fn mark(is_dropped: bool) -> &'static str {
    if is_dropped { "/- " } else { "" }
}

/// Whether a comment takes the rest of its line.
pub(super) fn takes_line(comment: &str) -> bool {
    comment.starts_with("//")
}

/// A text in quotes, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
            quoted.push(character);
        } else {
            push_visible(&mut quoted, character);
        }
    }
    quoted.push('"');
    quoted
}
