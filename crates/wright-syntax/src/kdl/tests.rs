//! Tests of the reader: each code with its place and message, recovery, and the shape of the tree.

use std::fmt::Write as _;
use std::sync::Arc;

use super::*;
use crate::diagnostic::Diagnostic;
use crate::tree::{Entry, Value};

mod mistakes;
mod recovery;
mod shape;

fn source(text: &str) -> Source {
    Source { path: Arc::from("orgs/acme/org.kdl"), text: Arc::from(text) }
}

fn read_in(context: ReadContext, text: &str) -> (Block, Vec<Diagnostic>) {
    let mut sink = Sink::default();
    let block = read_kdl(&source(text), FileId(0), context, &mut sink);
    (block, sink.into_sorted())
}

/// `GW0002 «30m» message` of each finding, for an organisation's file.
fn found(text: &str) -> Vec<String> {
    shown(text, &read_in(ReadContext::Organisation, text).1)
}

fn shown(text: &str, found: &[Diagnostic]) -> Vec<String> {
    let line = |found: &Diagnostic| {
        let span = found.primary.0;
        format!(
            "GW{:04} «{}» {}",
            found.code.number,
            text.get(span.start as usize..span.end as usize).unwrap(),
            found.message
        )
    };
    found.iter().map(line).collect()
}

/// The text with its fixes applied, last first.
fn fixed(text: &str) -> String {
    let mut text = text.to_owned();
    let (_, mut found) = read_in(ReadContext::Organisation, &text);
    found.reverse();
    for fix in found.into_iter().filter_map(|found| found.fix) {
        text.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.text);
    }
    text
}

/// The tree on one line: `word(arg, prop=value){child …}`.
fn tree(text: &str) -> String {
    outline(&read_in(ReadContext::Organisation, text).0)
}

fn outline(block: &Block) -> String {
    block.entries.iter().map(entry_outline).collect::<Vec<_>>().join(" ")
}

fn entry_outline(entry: &Entry) -> String {
    let show = |value: &Value| match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
    };
    let arguments = entry.arguments.iter().map(|argument| show(&argument.value));
    let properties = entry.properties.iter().map(|(name, value)| format!("{}={}", name.value, show(&value.value)));
    let items: Vec<String> = arguments.chain(properties).collect();
    let mut text = entry.word.value.to_string();
    if !items.is_empty() {
        let _ = write!(text, "({})", items.join(", "));
    }
    if let Some(children) = &entry.children {
        let _ = write!(text, "{{{}}}", outline(children));
    }
    text
}
