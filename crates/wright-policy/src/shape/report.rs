//! Report: the findings of shaping, each in one place.

use std::sync::Arc;

use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::source::Span;
use wright_syntax::suggest;
use wright_syntax::tree::Spanned;

use super::inside;
use super::node::Node;
use crate::codes::{
    FIELD_OF_OTHER_KIND, MISSING_FIELD, OVERLAY_FORBIDDEN_FIELD, RESERVED_WORD, UNKNOWN_WORD, WRONG_PLACE,
};
use crate::finding::{Finding, listed};
use crate::words::{Block, Field};

/// The word that was probably meant, if any.
pub(super) fn unknown(
    word: &Spanned<Arc<str>>,
    block: &Block,
    known: &[&'static str],
    path: &str,
    sink: &mut Sink,
) -> Option<&'static str> {
    let near = suggest(&word.value, known.iter().copied());
    let otherwise = match block.word {
        "" => String::new(),
        word => format!("; see `gatewright explain {word}`"),
    };
    let otherwise = format!("{} may stand here{otherwise}", listed(known.iter().copied()));
    Finding::new(UNKNOWN_WORD, word.span, format!("`{}` is not known {}", word.value, inside(block)))
        .mark("unknown word")
        .did_you_mean(near, false, otherwise)
        .path(path)
        .report(sink);
    near
}

pub(super) fn reserved(word: &Spanned<Arc<str>>, path: &str, sink: &mut Sink) {
    Finding::new(RESERVED_WORD, word.span, format!("`{}` is reserved", word.value))
        .mark("not part of the language")
        .help("a `block` keeps a whole group out; there is no grant with an exception")
        .path(path)
        .report(sink);
}

/// A field of the other kind of connection.
pub(super) fn of_other_kind(word: &Spanned<Arc<str>>, belongs: &str, stands: &str, path: &str, sink: &mut Sink) {
    let message = format!("`{}` belongs to `{belongs}`; this is `{stands}`", word.value);
    Finding::new(FIELD_OF_OTHER_KIND, word.span, message)
        .mark("means nothing here")
        .help(format!("remove it, or write `{belongs} {{ … }}` in the place of `{stands} {{ … }}`"))
        .path(path)
        .report(sink);
}

pub(super) fn line_as_property(field: &Field, block: &Block, at: Span, path: &str, sink: &mut Sink) {
    Finding::new(WRONG_PLACE, at, format!("`{}` is a line inside `{}`, not a property", field.word, block.word))
        .mark("not here")
        .help(format!("inside its braces: `{}`", first_line(field.example)))
        .path(path)
        .report(sink);
}

pub(super) fn property_as_line(field: &Field, block: &Block, at: Span, path: &str, sink: &mut Sink) {
    Finding::new(WRONG_PLACE, at, format!("`{}` is a property of `{}`, not a line inside it", field.word, block.word))
        .mark("not here")
        .help(format!("on the line of `{}`: `{}`", block.word, field.example))
        .path(path)
        .report(sink);
}

pub(super) fn missing(field: &Field, who: &str, node: &Node, sink: &mut Sink) {
    Finding::new(MISSING_FIELD, node.head, format!("{who} has no `{}`", field.word))
        .mark(format!("`{}` is missing", field.word))
        .help(format!("such as `{}`", first_line(field.example)))
        .path(&node.path)
        .report(sink);
}

pub(super) fn forbidden(field: &Field, at: Span, path: &str, sink: &mut Sink) {
    Finding::new(OVERLAY_FORBIDDEN_FIELD, at, format!("an environment may not change `{}`", field.word))
        .mark("the same in every environment")
        .help("write it in the organisation's own file; an environment changes `issuer`, `client-id`, `secret`, `entity-id` and `metadata`")
        .path(path)
        .report(sink);
}

pub(super) fn twice(code: Code, what: &str, earlier: Span, later: Span, path: &str, sink: &mut Sink) {
    Finding::new(code, later, format!("`{what}` stands twice"))
        .mark("again here")
        .also(earlier, "first here")
        .help("keep one of the two")
        .path(path)
        .report(sink);
}

pub(super) fn first_line(example: &str) -> &str {
    example.lines().next().unwrap_or(example)
}
