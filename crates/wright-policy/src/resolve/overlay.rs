//! Overlay: what an environment changes in an organisation, laid over it.

use wright_syntax::diagnostic::Sink;
use wright_syntax::tree::Spanned;

use super::Names;
use crate::codes::UNKNOWN_REFERENCE;
use crate::finding::Finding;
use crate::shape::Node;

/// The organisation with the values of the overlay in the place of its own. What it has not cannot be changed.
pub(super) fn lay(base: &Node, over: &Node, sink: &mut Sink) -> Node {
    let mut merged = base.clone();
    for given in &over.given {
        merged.given.retain(|below| below.field.word != given.field.word);
        merged.given.push(given.clone());
    }
    // The table is finite and has no circle: so has this recursion.
    for entry in &over.entries {
        let same = |below: &&mut Node| below.block.word == entry.block.word && below.name == entry.name;
        if let Some(below) = merged.entries.iter_mut().find(same) {
            *below = lay(below, entry, sink);
        } else if !base.incomplete {
            nothing_to_change(base, entry, sink);
        }
    }
    merged.incomplete |= over.incomplete;
    merged
}

fn nothing_to_change(base: &Node, entry: &Node, sink: &mut Sink) {
    if entry.key.is_none() {
        let word = entry.block.word;
        let message = format!("{} `{}` has no `{word}` to change", base.block.word, base.name);
        return Finding::new(UNKNOWN_REFERENCE, entry.head, message)
            .mark("not there below")
            .help("an environment changes what the organisation has; it adds nothing")
            .path(&entry.path)
            .report(sink);
    }
    let siblings: Vec<&Node> = base.entries(entry.block.word).collect();
    let known = siblings.iter().map(|sibling| (&*sibling.name, sibling.head));
    let names = Names::new(entry.block.word, format!(" in {} `{}`", base.block.word, base.name), known, []);
    let span = entry.key.as_ref().map_or(entry.head, |key| key.span);
    names.unknown(&Spanned { value: entry.name.clone(), span }, &entry.path).report(sink);
}
