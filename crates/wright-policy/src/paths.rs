//! Paths: what a guardrail can speak of, each path with its type and the values that an organisation has there.
//!
//! Reads one organisation as one environment sees it, every layer laid over the other. Gives what stands at a path, with
//! the line that says it.
//!
//! Invariant: the type of a path is the type of its word in the field table; there is no second opinion.
//! Invariant: what is built in, or said by a provider's profile, stands there like what is written.

mod connection;
mod org;
mod table;
mod value;

use std::fmt::Write as _;
use std::sync::Arc;

use wright_syntax::source::Span;

use crate::kind::Kind;
use crate::policy::{Catalogue, Connection, Org, Project, StepUp, Written};
use crate::words::{Block, Form, Key};

pub(crate) use org::{deciding, rules};
pub(crate) use table::PATHS;
pub use value::Value;

/// One path.
pub(crate) struct PathRow {
    /// `connection[*].saml.want-signed`.
    pub(crate) path: &'static str,
    typed: Typed,
    /// Any number of values may stand there, none too.
    pub(crate) is_set: bool,
    read: Read,
}

/// Where the type of a path, and the sentence about it, come from.
enum Typed {
    /// A word of the field table.
    Word(&'static Block, &'static str),
    /// What no word says.
    Computed(Kind, &'static str),
}

/// What the values are read from. `None` where the path leads through something of another kind.
enum Read {
    Org(fn(&Org, &Catalogue) -> Vec<Held>),
    Connection(fn(&Connection) -> Option<Vec<Held>>),
    Project(fn(&Project, &Catalogue) -> Vec<Held>),
    StepUp(fn(&StepUp) -> Vec<Held>),
}

/// Which of the things with a key a path means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    /// `[*]`, or a path without a key.
    All,
    Named(Arc<str>),
}

/// A value and the line that says it; `None` where no line does.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) value: Value,
    pub(crate) from: Option<Written>,
}

/// What stands at a path in one place.
#[derive(Debug)]
pub(crate) struct Found {
    /// `org[acme].connection[okta].saml.want-signed`.
    pub(crate) path: String,
    /// What the values stand in.
    pub(crate) holder: Span,
    /// Nothing has the name that the path gives.
    pub(crate) is_nowhere: bool,
    pub(crate) values: Vec<Held>,
}

impl std::fmt::Debug for PathRow {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.path)
    }
}

impl PathRow {
    pub(crate) fn kind(&self) -> Kind {
        match self.typed {
            Typed::Computed(kind, _) => kind,
            Typed::Word(block, word) => kind_of(block, word),
        }
    }

    /// No line of its own says it.
    pub(crate) fn is_computed(&self) -> bool {
        self.path.starts_with("revocation-bound.")
    }

    fn about(&self) -> &'static str {
        match self.typed {
            Typed::Computed(_, about) => about,
            Typed::Word(block, word) => {
                block.fields.iter().find(|field| field.word == word).map_or("", |field| field.about)
            }
        }
    }

    /// `connection`, where a key belongs into the path.
    pub(crate) fn keyed_by(&self) -> Option<&'static str> {
        self.path.split_once("[*]").map(|(word, _)| word)
    }

    /// Everything that stands at the path in one organisation.
    pub(crate) fn find(&self, which: &Which, org: &Org, catalogue: &Catalogue) -> Vec<Found> {
        let found = match self.read {
            Read::Org(read) => {
                let path = format!("org[{}].{}", org.id, self.path);
                return vec![Found { path, holder: org.written.at, is_nowhere: false, values: read(org, catalogue) }];
            }
            Read::Connection(read) => {
                self.each(which, org, org.connections.iter().map(|it| (it.slug.as_str(), &it.written, read(it))))
            }
            Read::Project(read) => {
                let projects = org.projects.iter();
                self.each(which, org, projects.map(|it| (it.slug.as_str(), &it.written, Some(read(it, catalogue)))))
            }
            Read::StepUp(read) => {
                let named = org.step_ups.iter().filter_map(|step_up| {
                    let permission = catalogue.permissions.get(step_up.permission)?;
                    Some((permission.name.as_str(), &step_up.written, Some(read(step_up))))
                });
                self.each(which, org, named)
            }
        };
        match which {
            Which::Named(key) if found.is_none() => {
                let path = self.spelled(org, key);
                vec![Found { path, holder: org.written.at, is_nowhere: true, values: Vec::new() }]
            }
            Which::Named(_) | Which::All => found.unwrap_or_default(),
        }
    }

    /// `None` where nothing has the key.
    fn each<'a>(
        &self,
        which: &Which,
        org: &Org,
        all: impl Iterator<Item = (&'a str, &'a Written, Option<Vec<Held>>)>,
    ) -> Option<Vec<Found>> {
        let mut found = None;
        for (key, written, values) in all {
            if matches!(which, Which::Named(named) if **named != *key) {
                continue;
            }
            let found = found.get_or_insert_with(Vec::new);
            let Some(values) = values else { continue };
            found.push(Found { path: self.spelled(org, key), holder: written.at, is_nowhere: false, values });
        }
        found
    }

    fn spelled(&self, org: &Org, key: &str) -> String {
        format!(
            "org[{}].{}",
            org.id,
            self.path.replacen("[*]", &format!("[{}]", gatewright_bundle::path::path_key(key)), 1)
        )
    }
}

/// Of an entry, the type of its key.
fn kind_of(block: &Block, word: &str) -> Kind {
    let form = block.fields.iter().find(|field| field.word == word).map(|field| &field.form);
    match form {
        Some(Form::Fact(kind) | Form::Property(kind)) => *kind,
        Some(Form::Entry(inner)) => match inner.key {
            Key::One(kind) | Key::OneAnd(kind, _) | Key::OneAndAll(kind) => kind,
            Key::None | Key::Properties => Kind::Text,
        },
        None => Kind::Text,
    }
}

/// `connection[okta].saml` is `connection[*].saml` and `okta`. Keys may hold dots.
pub(crate) fn split(text: &str) -> (String, Option<&str>) {
    let parts = text.split_once('[').and_then(|(word, rest)| Some((word, rest.split_once(']')?)));
    match parts {
        Some((word, (key, tail))) => (format!("{word}[*]{tail}"), Some(key)),
        None => (text.to_owned(), None),
    }
}

/// Every path with its type, as Markdown.
pub(crate) fn reference() -> String {
    let mut text = String::from("| Path | Type | What it is |\n|---|---|---|\n");
    for row in PATHS {
        let set = if row.is_set { ", a set" } else { "" };
        let about = row.about().replace('|', "\\|");
        let _ = writeln!(text, "| `{}` | {}{set} | {about} |", row.path, row.kind().described());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_out_of_paths() {
        assert_eq!(split("session.idle"), ("session.idle".to_owned(), None));
        assert_eq!(split("step-up[org.delete].within"), ("step-up[*].within".to_owned(), Some("org.delete")));
        assert_eq!(split("connection[*].unsafe"), ("connection[*].unsafe".to_owned(), Some("*")));
        assert_eq!(split("connection[okta"), ("connection[okta".to_owned(), None));
    }

    #[test]
    fn every_path_has_a_sentence_a_type_and_its_place() {
        for row in PATHS {
            assert!(row.about().ends_with('.'), "{}", row.path);
            assert!(!matches!(row.kind(), Kind::Text), "{}: has no type", row.path);
            let keyed = !matches!(row.read, Read::Org(_));
            assert_eq!(row.keyed_by().is_some(), keyed, "{}", row.path);
        }
        assert!(PATHS.is_sorted_by(|one, two| one.path < two.path));
    }
}
