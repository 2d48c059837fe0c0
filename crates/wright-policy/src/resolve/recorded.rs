//! Recorded: the files of what providers once sent, and the identities of policy tests that they stand for.
//!
//! Invariant: a file that no identity names is stray, as any other file that belongs to nothing (GW0009).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wright_syntax::codes::{LIMITS, STRAY_FILE};
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::{FileId, Source, Span};
use wright_syntax::tree::Spanned;

use super::Names;
use crate::codes::{FIELD_OF_OTHER_KIND, MISSING_FIELD, UNKNOWN_REFERENCE};
use crate::finding::Finding;
use crate::policy::{Environment, Sent};
use crate::shape::Node;

/// The gate reads no longer message, of either protocol.
const RECORDED_BYTES_MAX: usize = 256 * 1024;

/// Every such file by its path, and those that were named.
pub(super) struct Recordings<'a> {
    files: BTreeMap<&'a str, (FileId, &'a Source)>,
    environments: Names,
    named: RefCell<BTreeSet<FileId>>,
}

/// Those of one folder.
pub(super) struct Beside<'a> {
    all: &'a Recordings<'a>,
    place: &'a str,
}

impl<'a> Recordings<'a> {
    pub(super) fn new(files: &[FileId], sources: &'a [Source], environments: &[Environment], partial: bool) -> Self {
        let file = |file: &FileId| {
            let source = sources.get(usize::try_from(file.0).ok()?)?;
            Some((&*source.path, (*file, source)))
        };
        let known = environments.iter().map(|environment| (environment.name.as_str(), environment.written.at));
        Self {
            files: files.iter().filter_map(file).collect(),
            environments: Names::new("environment", "", known, []).partial(partial),
            named: RefCell::default(),
        }
    }

    pub(super) fn beside(&'a self, place: &'a str) -> Beside<'a> {
        Beside { all: self, place }
    }

    /// `complete`: folders of which every test was understood, as only there the absence of a name means something.
    pub(super) fn strays(&self, complete: impl Fn(&str) -> bool, sink: &mut Sink) {
        let named = self.named.borrow();
        for (path, (file, _)) in self.files.iter().filter(|(_, (file, _))| !named.contains(file)) {
            if !complete(path.rsplit_once('/').map_or("", |(place, _)| place)) {
                continue;
            }
            Finding::new(STRAY_FILE, Span::new(*file, 0, 0), format!("`{path}` is no part of the program"))
                .mark("no identity of a policy test names it")
                .help("name it in the identity that it belongs to, or remove it")
                .report(sink);
        }
    }
}

impl Beside<'_> {
    /// What the entry `recorded` stands for.
    pub(super) fn sent(&self, entry: &Node, sink: &mut Sink) -> Option<Sent> {
        let environment = entry.text("environment")?;
        let environment = self.all.environments.find(&environment, &entry.path, sink).and(Some(environment));
        let key = entry.key.as_ref()?;
        let path = format!("{}/{}", self.place, entry.name);
        let Some((file, source)) = self.all.files.get(&*path) else {
            Finding::new(UNKNOWN_REFERENCE, key.span, format!("`{}` is not next to the policy test", entry.name))
                .mark("no such file")
                .help("put the response there, or the claims of the token as JSON")
                .path(&entry.path)
                .report(sink);
            return None;
        };
        self.all.named.borrow_mut().insert(*file);
        if source.text.len() > RECORDED_BYTES_MAX {
            Finding::new(LIMITS, key.span, format!("`{}` is longer than {RECORDED_BYTES_MAX} bytes", entry.name))
                .mark("more than any gate reads")
                .help("keep the response or the claims alone")
                .path(&entry.path)
                .report(sink);
            return None;
        }
        let environment = gatewright_terms::Slug::parse(&environment?.value).ok()?;
        Some(Sent::Recorded { file: source.path.clone(), text: source.text.clone(), environment })
    }
}

/// A response is good for some minutes.
pub(super) fn without_time(case: &Node, who: &Spanned<Arc<str>>, sink: &mut Sink) {
    Finding::new(MISSING_FIELD, who.span, format!("case `{}` has no `at`, and `{}` is recorded", case.name, who.value))
        .mark("what a provider sends is good for some minutes")
        .help("say when it was sent, in the case or in the suite: `at \"2026-12-01T09:00:00Z\"`")
        .path(&case.path)
        .report(sink);
}

/// What cannot even be read is refused, too.
pub(super) fn without_reason(case: &Node, who: &Spanned<Arc<str>>, sink: &mut Sink) {
    Finding::new(
        MISSING_FIELD,
        who.span,
        format!("case `{}` says no `reason`, and `{}` is recorded", case.name, who.value),
    )
    .mark("a file that nobody can read is refused as well")
    .help("say why it is refused: `reason \"blocked-group\"`")
    .path(&case.path)
    .report(sink);
}

pub(super) fn told_too(word: &str, at: Span, identity: &Node, sink: &mut Sink) {
    Finding::new(FIELD_OF_OTHER_KIND, at, format!("`{word}` stands beside `recorded`"))
        .mark("the file says it")
        .help("keep one of the two: what the provider sent, or what you say of it")
        .path(&identity.path)
        .report(sink);
}

pub(super) fn nothing_sent(identity: &Node, sink: &mut Sink) {
    Finding::new(
        MISSING_FIELD,
        identity.head,
        format!("identity `{}` has neither `email` nor `recorded`", identity.name),
    )
    .mark("`email` is missing")
    .help("say who comes: `email \"ada@acme.com\"`")
    .path(&identity.path)
    .report(sink);
}
