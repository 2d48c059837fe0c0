//! Sort: properties by the order of the language, neighbouring entries of one word by their lines.
//!
//! Invariant: nothing moves across a blank line, a comment that stands by itself, an entry of another word, or one that is
//! taken out with `/-`: an author's sections stay.

use super::PropertyOrder;
use super::layout::{Block, Entry, Item, Property};

/// `path` holds the words of the blocks around this one.
pub(super) fn properties<'a>(block: &mut Block<'a>, path: &mut Vec<&'a str>, order: PropertyOrder) {
    for item in &mut block.items {
        let Item::Entry(entry) = item else { continue };
        path.push(entry.word);
        if entry.properties.len() > 1 {
            sort_properties(&mut entry.properties, &order(path));
        }
        for child in &mut entry.blocks {
            properties(&mut child.block, path, order);
        }
        path.pop();
    }
}

fn sort_properties(properties: &mut [Property<'_>], order: &[&str]) {
    let place = |name: &str| order.iter().position(|known| *known == name).unwrap_or(order.len());
    // Stable: what is taken out stays behind or before its name's other value.
    properties.sort_by(|a, b| (place(a.name), a.name).cmp(&(place(b.name), b.name)));
}

pub(super) fn entries(block: &mut Block<'_>) {
    for item in &mut block.items {
        if let Item::Entry(entry) = item {
            entry.blocks.iter_mut().for_each(|child| entries(&mut child.block));
        }
    }
    for run in block.items.chunk_by_mut(is_one_run) {
        sort_run(run);
    }
}

fn is_one_run(before: &Item<'_>, after: &Item<'_>) -> bool {
    match (before, after) {
        (Item::Entry(before), Item::Entry(after)) => {
            before.word == after.word && !before.is_dropped && !after.is_dropped && !after.is_spaced
        }
        (Item::Entry(_) | Item::Aside { .. }, _) => false,
    }
}

/// The blank line before a run stays before it.
fn sort_run(run: &mut [Item<'_>]) {
    if run.len() < 2 {
        return;
    }
    let is_spaced = run.first().is_some_and(Item::is_spaced);
    run.sort_by_cached_key(|item| entry(item).map(Entry::head));
    for (at, item) in run.iter_mut().enumerate() {
        if let Item::Entry(entry) = item {
            entry.is_spaced = is_spaced && at == 0;
        }
    }
}

fn entry<'i, 'a>(item: &'i Item<'a>) -> Option<&'i Entry<'a>> {
    match item {
        Item::Entry(entry) => Some(entry),
        Item::Aside { .. } => None,
    }
}
