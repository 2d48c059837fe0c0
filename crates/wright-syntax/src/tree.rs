//! Tree: what every spelling of a policy file is read into. Entries in the order of the text, every part with its span.

use std::sync::Arc;

use crate::source::Span;

/// A file, or the children of an entry.
#[derive(Debug, Clone, Default)]
pub struct Block {
    pub entries: Vec<Entry>,
}

/// `word "argument"… property="value"… { children }`.
#[derive(Debug, Clone)]
pub struct Entry {
    pub word: Spanned<Arc<str>>,
    pub arguments: Vec<Spanned<Value>>,
    pub properties: Vec<(Spanned<Arc<str>>, Spanned<Value>)>,
    /// `None` where no braces stand.
    pub children: Option<Block>,
    /// From the word to the last byte of the line or the closing brace.
    pub span: Span,
}

/// A value of the language: a string or an integer. Whatever else KDL allows was reported while reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(Arc<str>),
    Integer(i64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}
