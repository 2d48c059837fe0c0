//! Settings: every line that access does not hang on, with its value and what a change of it means.
//!
//! Invariant: every structure is taken apart by name, so that a new field of a program cannot be left out.

mod connection;
mod defence;
mod org;
mod platform;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use gatewright_bundle::program::{Org, Program};
use gatewright_terms::OrgId;

use super::change::{Change, Class};

/// What a line is to those who review it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// A name, a label: nothing is decided by it.
    Label,
    /// Whom we believe, or where people are sent.
    Trust,
    /// A defence and its strength: more is stronger. A change that keeps the strength counts as weaker, since nobody can tell.
    Defence(i64),
    /// Nobody gets in while it stands so.
    Closed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    value: String,
    meaning: Meaning,
}

/// Every line of one owner, by path.
pub(super) type Lines = BTreeMap<String, Line>;

/// Writes lines below one path.
pub(super) struct Pen<'l> {
    pub(super) lines: &'l mut Lines,
    pub(super) path: String,
}

impl Pen<'_> {
    fn note(&mut self, word: &str, value: String, meaning: Meaning) {
        self.lines.insert(format!("{}{word}", self.path), Line { value, meaning });
    }

    fn label(&mut self, word: &str, value: impl Display) {
        self.note(word, value.to_string(), Meaning::Label);
    }

    pub(super) fn trust(&mut self, word: &str, value: impl Display) {
        self.note(word, value.to_string(), Meaning::Trust);
    }

    pub(super) fn defence(&mut self, word: &str, value: impl Display, strength: i64) {
        self.note(word, value.to_string(), Meaning::Defence(strength));
    }

    fn closed(&mut self, word: &str, value: impl Display) {
        self.note(word, value.to_string(), Meaning::Closed);
    }

    fn below(&mut self, path: impl AsRef<str>) -> Pen<'_> {
        Pen { path: format!("{}{}", self.path, path.as_ref()), lines: self.lines }
    }
}

/// An organisation that came or went is one line, which `access` says.
pub(super) fn changes(before: &Program, after: &Program) -> Vec<Change> {
    let mut changes = compare(None, &platform::lines(before), &platform::lines(after));
    let old: BTreeMap<&OrgId, _> = before.orgs.iter().map(|org| (&org.id, org)).collect();
    let same_names = platform::has_same_names(before, after);
    for org in &after.orgs {
        let Some(before_org) = old.get(&org.id) else { continue };
        if *before_org == org && same_names {
            continue;
        }
        changes.extend(compare(Some(&org.id), &org::lines(before_org, before), &org::lines(org, after)));
    }
    changes
}

/// The lines of one organisation with their values.
pub(super) fn of_org(org: &Org, program: &Program) -> impl Iterator<Item = (String, String)> {
    org::lines(org, program).into_iter().map(|(path, line)| (path, line.value))
}

/// The lines of the platform with their values.
pub(super) fn of_platform(program: &Program) -> impl Iterator<Item = (String, String)> {
    platform::lines(program).into_iter().map(|(path, line)| (path, line.value))
}

pub(super) fn compare(org: Option<&OrgId>, before: &Lines, after: &Lines) -> Vec<Change> {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = paths.into_iter().filter_map(|path| {
        let (old, new) = (before.get(path), after.get(path));
        (old != new).then(|| change(org, path, old, new))
    });
    changed.collect()
}

fn change(org: Option<&OrgId>, path: &str, before: Option<&Line>, after: Option<&Line>) -> Change {
    let classes = classes(before, after);
    let (before, after) = (before.map(|line| line.value.clone()), after.map(|line| line.value.clone()));
    Change::setting(org, path.to_owned(), classes, before, after)
}

fn classes(before: Option<&Line>, after: Option<&Line>) -> BTreeSet<Class> {
    let is_closed = |line: Option<&Line>| line.is_some_and(|line| line.meaning == Meaning::Closed);
    match (is_closed(before), is_closed(after)) {
        (false, true) => BTreeSet::from([Class::ShutOut]),
        // Everybody whom the grants name gets in, and nobody counts here what they may do.
        (true, false) => BTreeSet::from([Class::Privileged, Class::Widening]),
        (false, false) | (true, true) => BTreeSet::from([class(before, after)]),
    }
}

/// The graver of what the line was and what it is.
fn class(before: Option<&Line>, after: Option<&Line>) -> Class {
    let meaning = |line: Option<&Line>| line.map(|line| line.meaning);
    match (meaning(before), meaning(after)) {
        (Some(Meaning::Trust), _) | (_, Some(Meaning::Trust)) => Class::TrustRoot,
        (None | Some(Meaning::Label), None | Some(Meaning::Label)) => Class::Cosmetic,
        (old, new) if strength(new) > strength(old) => Class::Strengthening,
        (_, _) => Class::Weakening,
    }
}

/// A defence that is not there has none. One that is there by its absence alone has less than none.
fn strength(meaning: Option<Meaning>) -> i64 {
    match meaning {
        Some(Meaning::Defence(strength)) => strength,
        Some(Meaning::Label | Meaning::Trust | Meaning::Closed) | None => 0,
    }
}
