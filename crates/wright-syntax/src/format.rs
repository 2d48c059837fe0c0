//! Format: the one way to write a policy file down, for a text that is read without a mistake.
//!
//! Text → tokens → layout (entries with their comments) → sorted → text. docs/format.md says what the result looks like.
//!
//! Invariant: the result is read again. It means the same tree and holds the same comments and the same things taken
//! out with `/-`, or it is not given.
//! Invariant: a result, formatted, is itself.
//! Invariant: functions call themselves once for each open block: at most [`DEPTH_MAX`](crate::DEPTH_MAX) deep, since the
//! reader has refused whatever is deeper.

mod layout;
mod parse;
mod print;
mod same;
mod sort;

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::Sink;
use crate::source::{FileId, Source};
use crate::tree::Block;
use crate::{FILE_BYTES_MAX, ReadContext, kdl, read_kdl};

/// The names of the properties that an entry may have, in their order; the entry is named by the words of the blocks
/// around it and its own, outermost first. Names that are missing come last, by the alphabet.
pub type PropertyOrder = fn(&[&str]) -> Vec<&'static str>;

/// The result did not mean what the text does: a bug of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfaithful;

impl fmt::Display for Unfaithful {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the formatted text does not mean what the file means")
    }
}

impl std::error::Error for Unfaithful {}

/// The text in its canonical form; `None` where the reader has something to say, which is reported.
pub fn format_kdl(
    source: &Source,
    file: FileId,
    context: ReadContext,
    order: PropertyOrder,
    sink: &mut Sink,
) -> Result<Option<String>, Unfaithful> {
    let (tree, mistakes) = read(source, file, context);
    if mistakes.refuses() {
        sink.merge(mistakes);
        return Ok(None);
    }
    let text = written(&source.text, order);
    if text.len() > FILE_BYTES_MAX {
        kdl::report_size(text.len(), "written out, this file holds", file, sink);
        return Ok(None);
    }
    let result = Source { path: Arc::clone(&source.path), text: text.as_str().into() };
    let (again, mistakes) = read(&result, file, context);
    let is_faithful = !mistakes.refuses() && same::trees(&tree, &again) && same::tokens(&source.text, &text);
    if is_faithful { Ok(Some(text)) } else { Err(Unfaithful) }
}

fn read(source: &Source, file: FileId, context: ReadContext) -> (Block, Sink) {
    let mut sink = Sink::default();
    (read_kdl(source, file, context, &mut sink), sink)
}

fn written(text: &str, order: PropertyOrder) -> String {
    let mut layout = parse::layout(text);
    sort::properties(&mut layout, &mut Vec::new(), order);
    sort::entries(&mut layout);
    print::text(&layout)
}

#[cfg(test)]
mod tests;
