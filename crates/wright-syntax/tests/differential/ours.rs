//! Ours: what our reader makes of a text, in the form in which both are compared.

use std::sync::Arc;

use wright_syntax::diagnostic::{Diagnostic, Sink};
use wright_syntax::source::{FileId, Source};
use wright_syntax::tree::{Block, Value};
use wright_syntax::{ReadContext, codes, read_kdl};

use crate::oracle::{LENIENT, QUOTED_NAME, Tree, is_leniency};

#[derive(Debug)]
pub(crate) struct Ours {
    pub(crate) tree: Tree,
    /// The numbers of the codes that were reported.
    pub(crate) classes: Vec<u16>,
    /// The text of each entry, two levels deep.
    pub(crate) pieces: Vec<String>,
}

pub(crate) fn read(text: &str) -> Ours {
    let (block, found) = read_all(text);
    let mut classes: Vec<u16> = found.iter().map(|found| class(text, found)).collect();
    classes.sort_unstable();
    classes.dedup();
    let deeper = block.entries.iter().filter_map(|entry| entry.children.as_ref()).flat_map(|block| &block.entries);
    let spans = block.entries.iter().chain(deeper).map(|entry| entry.span);
    let pieces = spans.map(|span| text[span.start as usize..span.end as usize].to_owned()).collect();
    Ours { tree: tree(&block), classes, pieces }
}

fn read_all(text: &str) -> (Block, Vec<Diagnostic>) {
    let source = Source { path: Arc::from("org.kdl"), text: Arc::from(text) };
    let mut sink = Sink::default();
    let block = read_kdl(&source, FileId(0), ReadContext::Organisation, &mut sink);
    (block, sink.into_sorted())
}

/// Of all that is `syntax`, the quoted name is KDL, though not ours.
fn class(text: &str, found: &Diagnostic) -> u16 {
    if found.code == codes::SYNTAX && found.message.contains("stand without quotes") {
        return QUOTED_NAME;
    }
    if is_leniency(text, &found.message) {
        return LENIENT;
    }
    found.code.number
}

fn tree(block: &Block) -> Tree {
    let mut lines = Vec::new();
    let mut open = vec![(0usize, block.entries.iter())];
    while let Some((depth, entries)) = open.last_mut() {
        let depth = *depth;
        let Some(entry) = entries.next() else {
            open.pop();
            continue;
        };
        let mut line = format!("{depth} {:?}", entry.word.value);
        for argument in &entry.arguments {
            line.push_str(&format!(" {}", value(&argument.value)));
        }
        for (name, of) in &entry.properties {
            line.push_str(&format!(" {:?}={}", name.value, value(&of.value)));
        }
        if let Some(children) = &entry.children {
            line.push_str(" {}");
            open.push((depth + 1, children.entries.iter()));
        }
        lines.push(line);
    }
    Tree(lines)
}

fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
    }
}

/// The text with every fix applied.
pub(crate) fn fixed(text: &str) -> String {
    let (_, mut found) = read_all(text);
    found.sort_by_key(|found| std::cmp::Reverse(found.primary.0));
    let mut fixed = text.to_owned();
    for fix in found.into_iter().filter_map(|found| found.fix) {
        fixed.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.text);
    }
    fixed
}
