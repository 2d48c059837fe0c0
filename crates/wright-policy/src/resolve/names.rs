//! Names: what is defined, to look references up in.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wright_syntax::diagnostic::Sink;
use wright_syntax::source::Span;
use wright_syntax::suggest;
use wright_syntax::tree::Spanned;

use crate::codes::UNKNOWN_REFERENCE;
use crate::finding::{Finding, listed};
use crate::kind::article;

/// Misspelt names of one kind in one place that are given advice.
const ADVICE_MAX: u32 = 100;

/// Names that a misspelt one is compared with: as many as there may be organisations.
const CANDIDATES_MAX: usize = 10_000;

/// The things of one kind in one place, numbered in the order in which they were handed over.
pub(crate) struct Names {
    /// `project`.
    what: &'static str,
    /// ` in org `acme``, or nothing.
    place: String,
    pub(super) known: BTreeMap<Arc<str>, (usize, Span)>,
    /// Defined, but wrong in itself and reported there.
    broken: BTreeSet<Arc<str>>,
    /// Some of what defines them could not be read at all, which was reported: an unknown name is no second mistake.
    partial: bool,
    /// How often a near name was looked for.
    advice: Cell<u32>,
}

impl Names {
    pub(crate) fn new<'a>(
        what: &'static str,
        place: impl Into<String>,
        known: impl IntoIterator<Item = (&'a str, Span)>,
        broken: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let numbered = known.into_iter().enumerate();
        let known = numbered.map(|(index, (name, at))| (Arc::from(name), (index, at))).collect();
        Self {
            what,
            place: place.into(),
            known,
            broken: broken.into_iter().map(Arc::from).collect(),
            partial: false,
            advice: Cell::new(0),
        }
    }

    /// With silence about names that may stand in what could not be read.
    pub(crate) fn partial(mut self, partial: bool) -> Self {
        self.partial = partial;
        self
    }

    pub(super) fn is_partial(&self) -> bool {
        self.partial
    }

    pub(crate) fn get(&self, name: &str) -> Option<usize> {
        self.known.get(name).map(|(index, _)| *index)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.known.contains_key(name) || self.broken.contains(name)
    }

    /// The number of the thing; an unknown name is reported.
    pub(crate) fn find(&self, reference: &Spanned<Arc<str>>, path: &str, sink: &mut Sink) -> Option<Spanned<usize>> {
        let index = self.get(&reference.value);
        if index.is_none() && !self.partial && !self.broken.contains(&reference.value) {
            self.unknown(reference, path).report(sink);
        }
        index.map(|value| Spanned { value, span: reference.span })
    }

    /// For names that stand for themselves: `None` where nothing has this name, which is reported. What was not read may have it.
    pub(crate) fn exists(&self, reference: &Spanned<Arc<str>>, path: &str, sink: &mut Sink) -> Option<()> {
        let found = self.find(reference, path, sink).is_some();
        (found || self.partial).then_some(())
    }

    /// The same for a name that is a part of the text at its place: what stands around it there is kept in a fix.
    pub(crate) fn exists_within(
        &self,
        reference: &Spanned<Arc<str>>,
        (before, after): (&str, &str),
        path: &str,
        sink: &mut Sink,
    ) -> Option<()> {
        let mut local = Sink::default();
        let found = self.exists(reference, path, &mut local);
        for mut finding in local.into_sorted() {
            if let Some(fix) = &mut finding.fix {
                fix.text = format!("\"{before}{}{after}\"", fix.text.trim_matches('"'));
            }
            sink.report(finding);
        }
        found
    }

    /// Distances cost: whoever misspells everything gets no advice in the end.
    fn near(&self, name: &str) -> Option<&str> {
        let spent = self.advice.get();
        if spent >= ADVICE_MAX {
            return None;
        }
        self.advice.set(spent + 1);
        suggest(name, self.known.keys().take(CANDIDATES_MAX).map(|name| &**name))
    }

    pub(crate) fn unknown(&self, reference: &Spanned<Arc<str>>, path: &str) -> Finding {
        let (what, place) = (self.what, &self.place);
        let near = self.near(&reference.value);
        let one = article(what);
        let otherwise = match self.known.len() {
            0 => format!("no {what} is defined{place}"),
            1..=12 => format!("defined: {}", listed(self.known.keys().map(|name| &**name))),
            _ => format!("define it, or write the name of {one} that is defined"),
        };
        let finding =
            Finding::new(UNKNOWN_REFERENCE, reference.span, format!("there is no {what} `{}`{place}", reference.value))
                .mark(format!("not {one}{place}"))
                .did_you_mean(near, true, otherwise)
                .path(path);
        match near.and_then(|near| self.known.get(near)) {
            Some((_, at)) if at.end > 0 => finding.also(*at, "this one is very close"),
            Some(_) | None => finding,
        }
    }
}
