//! Same: whether two texts without mistakes mean the same and hold the same comments.
//!
//! Invariant: nothing that could get lost is left out: what the tree does not hold is compared token by token.

use std::collections::HashMap;

use crate::kdl::{self, Token};
use crate::tree::{Block, Entry};

/// Spans aside, and the order of properties and of neighbours with one word, which mean nothing.
pub(super) fn trees(one: &Block, two: &Block) -> bool {
    spelled(one) == spelled(two)
}

fn spelled(block: &Block) -> String {
    let mut entries: Vec<(&str, String)> =
        block.entries.iter().map(|entry| (&*entry.word.value, spelled_entry(entry))).collect();
    for run in entries.chunk_by_mut(|before, after| before.0 == after.0) {
        run.sort();
    }
    entries.into_iter().map(|(_, text)| text).collect()
}

fn spelled_entry(entry: &Entry) -> String {
    let arguments: Vec<_> = entry.arguments.iter().map(|argument| &argument.value).collect();
    let mut properties: Vec<_> = entry.properties.iter().map(|(name, value)| (&name.value, &value.value)).collect();
    properties.sort_by_key(|(name, _)| *name);
    let children = entry.children.as_ref().map(spelled);
    let block = children.map(|children| format!("{{{children}}}")).unwrap_or_default();
    format!("{:?}{arguments:?}{properties:?}{block}\n", entry.word.value)
}

/// The same comments, values, names, braces and `/-`, each as often.
pub(super) fn tokens(one: &str, two: &str) -> bool {
    let mut counts: HashMap<Token<'_>, i64> = HashMap::new();
    for (text, step) in [(one, 1), (two, -1)] {
        for token in kdl::tokens(text).into_iter().filter(|token| !matches!(token, Token::Newline | Token::Semicolon)) {
            *counts.entry(token).or_default() += step;
        }
    }
    counts.into_values().all(|count| count == 0)
}
