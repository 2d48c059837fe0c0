//! Names: the same few words stand in a file again and again; each is stored once.

use std::sync::Arc;

/// More than the words of the language that one file uses.
const SLOTS: usize = 64;

/// A small cache: a word that loses its slot to another is only stored once more.
#[derive(Debug)]
pub(super) struct Names {
    slots: Vec<Option<Arc<str>>>,
}

impl Names {
    pub(super) fn new() -> Self {
        Self { slots: vec![None; SLOTS] }
    }

    pub(super) fn get(&mut self, name: &str) -> Arc<str> {
        let bytes = name.as_bytes();
        let byte = |at: usize| usize::from(bytes.get(at).copied().unwrap_or_default());
        let mixed = byte(0) + byte(bytes.len() / 2) * 7 + byte(bytes.len().saturating_sub(1)) * 31 + bytes.len() * 13;
        let Some(slot) = self.slots.get_mut(mixed % SLOTS) else { return Arc::from(name) };
        match slot {
            Some(known) if **known == *name => Arc::clone(known),
            Some(_) | None => Arc::clone(slot.insert(Arc::from(name))),
        }
    }
}
