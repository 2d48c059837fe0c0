//! Layers: an organisation over the presets that it uses.
//!
//! Invariant: what the organisation says itself is stronger; sets and entries unite by what identifies them.
//! Invariant: two presets that say different things are an error, unless the organisation decides.

use wright_syntax::diagnostic::Sink;

use super::node::{Given, Node};
use crate::codes::{NOTHING_TO_REMOVE, PRESETS_DISAGREE};
use crate::finding::Finding;

/// The organisation with what its presets say laid under it.
pub(super) fn lay(mut org: Node, mut presets: Vec<Node>, sink: &mut Sink) -> Node {
    let mut local = Sink::default();
    for (at, later) in presets.iter().enumerate() {
        for earlier in presets.iter().take(at) {
            disagreements(earlier, later, Some(&org), &mut local);
        }
    }
    take_away(&org, &mut presets, &mut local);
    for preset in presets {
        lay_under(&mut org, preset);
    }
    org.incomplete |= local.refuses();
    sink.merge(local);
    org
}

/// Facts of both that differ, where the organisation says neither.
fn disagreements(one: &Node, other: &Node, org: Option<&Node>, sink: &mut Sink) {
    for given in one.given.iter().filter(|given| !given.field.many) {
        let word = given.field.word;
        let decided = org.is_some_and(|org| org.given(word).is_some());
        match other.given(word) {
            Some(second) if !decided && second.value.value != given.value.value => {
                disagree(given, second, &one.path, sink);
            }
            Some(_) | None => {}
        }
    }
    // The table is finite and has no circle: so has this recursion, and the next.
    for entry in &one.entries {
        if let Some(second) = same(&other.entries, entry) {
            disagreements(entry, second, org.and_then(|org| same(&org.entries, entry)), sink);
        }
    }
}

fn same<'a>(entries: &'a [Node], entry: &Node) -> Option<&'a Node> {
    entries.iter().find(|other| other.path == entry.path)
}

fn disagree(one: &Given, other: &Given, path: &str, sink: &mut Sink) {
    let word = one.field.word;
    let (first, second) = (one.value.value.shown(), other.value.value.shown());
    Finding::new(PRESETS_DISAGREE, other.value.span, format!("two presets disagree about `{word}`"))
        .mark(format!("`{second}` here"))
        .also(one.value.span, format!("`{first}` here"))
        .help(format!("write `{word}` in the organisation, or use one of the two presets"))
        .path(path)
        .report(sink);
}

/// `without` lines.
fn take_away(org: &Node, presets: &mut [Node], sink: &mut Sink) {
    for without in org.entries("without") {
        if let Some(own) = org.entries.iter().find(|entry| is_meant(without, entry)) {
            stands_itself(without, own, sink);
            continue;
        }
        let before: usize = presets.iter().map(|preset| preset.entries.len()).sum();
        for preset in &mut *presets {
            preset.entries.retain(|entry| !is_meant(without, entry));
        }
        let after: usize = presets.iter().map(|preset| preset.entries.len()).sum();
        if before == after && !without.incomplete && !presets.iter().any(|preset| preset.incomplete) {
            Finding::new(
                NOTHING_TO_REMOVE,
                without.head,
                format!("no preset of the organisation gives this `{}`", without.name),
            )
            .mark("takes nothing away")
            .help("write the line as it stands in the preset; a line of the organisation itself is simply deleted")
            .path(&without.path)
            .report(sink);
        }
    }
}

fn stands_itself(without: &Node, own: &Node, sink: &mut Sink) {
    Finding::new(NOTHING_TO_REMOVE, without.head, format!("the organisation says this `{}` itself", without.name))
        .mark("takes away what the organisation gives")
        .also(own.head, "said here")
        .help("delete one of the two lines")
        .path(&without.path)
        .report(sink);
}

/// Labels are no part of a line's identity.
fn is_meant(without: &Node, entry: &Node) -> bool {
    let key = |path: &str, word: &str| path.rsplit_once(&format!(".{word}[")).map(|(_, key)| key.to_owned());
    if entry.block.word != &*without.name {
        return false;
    }
    let wanted = key(&without.path, "without").and_then(|key| Some(key.split_once(',')?.1.to_owned()));
    wanted == key(&entry.path, entry.block.word)
}

fn lay_under(node: &mut Node, below: Node) {
    for given in below.given {
        let word = given.field.word;
        let is_said = node
            .given
            .iter()
            .any(|said| said.field.word == word && (!given.field.many || said.value.value == given.value.value));
        if !is_said {
            node.given.push(given);
        }
    }
    for entry in below.entries {
        match node.entries.iter_mut().find(|said| said.path == entry.path) {
            Some(said) => lay_under(said, entry),
            None => node.entries.push(entry),
        }
    }
    for (word, at) in below.tried {
        node.tried.entry(word).or_insert(at);
    }
    node.meant.extend(below.meant);
    node.has_strange_block |= below.has_strange_block;
    node.incomplete |= below.incomplete;
}
