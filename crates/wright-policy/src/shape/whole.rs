//! Whole: what can only be said once all of an entry is read: what stands twice in it, and what is absent.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::source::Span;

use super::node::Node;
use super::report;
use crate::codes::{DUPLICATE_DEFINITION, SET_TWICE};
use crate::kind::{Kind, Scalar};
use crate::words::{Form, Key, MEMBERS_TWICE};

impl Node {
    /// Doubled facts and doubled definitions, both places shown. The first one stays.
    pub(super) fn doubles(&mut self, sink: &mut Sink) {
        let mut seen: BTreeMap<(&str, String), Span> = BTreeMap::new();
        let path = self.path.clone();
        self.given.retain(|later| {
            // A second value where one stands was refused when it was met.
            match seen.entry((later.field.word, later.value.value.shown())) {
                Slot::Occupied(earlier) => {
                    let word = later.field.word;
                    report::twice(DUPLICATE_DEFINITION, word, *earlier.get(), later.value.span, &path, sink);
                }
                Slot::Vacant(slot) => {
                    slot.insert(later.value.span);
                    return true;
                }
            }
            false
        });
        let block = self.block;
        self.entries.retain(|later| {
            if matches!(later.block.key, Key::Properties) {
                return true;
            }
            let one = matches!(block.child(later.block.word), Some(field) if !field.many);
            let identity = if one { String::new() } else { later.path.to_string() };
            match seen.entry((later.block.word, identity)) {
                Slot::Occupied(earlier) => {
                    report::twice(doubled(later, one), &later.title(), *earlier.get(), later.head, &later.path, sink);
                }
                Slot::Vacant(slot) => {
                    slot.insert(later.head);
                    return true;
                }
            }
            false
        });
    }

    /// `project research`, `session`.
    fn title(&self) -> String {
        if self.name.is_empty() { self.block.word.to_owned() } else { format!("{} {}", self.block.word, self.name) }
    }

    /// Required fields that stand nowhere. Where the reader complained, they may stand in what it could not read.
    pub(super) fn absences(&self, sink: &mut Sink) {
        // A variant that is not known (`members "…"`) may have other fields.
        let is_strange = matches!((&self.block.key, &self.key), (Key::One(Kind::Words(_)), Some(key)) if matches!(key.value, Scalar::Broken(_)));
        if self.incomplete || is_strange {
            return;
        }
        let who = if self.block.is_file() { "the file".to_owned() } else { self.called() };
        for field in self.block.fields.iter().filter(|field| field.required && !self.was_tried(field.word)) {
            if self.has_strange_block && matches!(field.form, Form::Entry(_)) {
                continue;
            }
            report::missing(field, &who, self, sink);
        }
    }

    /// Of itself and of all that stands in it, once every layer is laid.
    pub(super) fn all_absences(&mut self, sink: &mut Sink) {
        let mut local = Sink::default();
        self.absences(&mut local);
        // The table is finite and has no circle: so has this recursion.
        self.entries.iter_mut().for_each(|entry| entry.all_absences(&mut local));
        self.incomplete |= local.refuses();
        sink.merge(local);
    }

    /// ``project `research` ``, `` `session` ``.
    fn called(&self) -> String {
        if self.name.is_empty() {
            format!("`{}`", self.block.word)
        } else {
            format!("{} `{}`", self.block.word, self.name)
        }
    }
}

fn doubled(entry: &Node, one: bool) -> Code {
    match entry.block.word {
        "members" => MEMBERS_TWICE,
        _ if one => SET_TWICE,
        _ => DUPLICATE_DEFINITION,
    }
}
