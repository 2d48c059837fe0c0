//! Located: findings with the places that they mark, as every report for programs needs them.
//!
//! Invariant: a fingerprint is made of the code and the path of the thing, or of the file where nothing was understood:
//! it does not change when lines move. Of several with one fingerprint the later ones are numbered: whoever folds by it
//! loses none.

use std::collections::BTreeMap;

use wright_syntax::LineIndex;
use wright_syntax::diagnostic::{Diagnostic, Severity};
use wright_syntax::source::{FileId, Source, Span};

/// A finding and where it is.
pub(crate) struct Located<'a> {
    pub(crate) found: &'a Diagnostic,
    pub(crate) at: Range,
    pub(crate) related: Vec<(Range, &'a str)>,
    pub(crate) fix: Option<(Range, &'a str)>,
    pub(crate) fingerprint: String,
}

/// From one place of a file to another.
pub(crate) struct Range {
    /// Relative to the workspace. `None`: in no file.
    pub(crate) file: Option<String>,
    pub(crate) start: Point,
    pub(crate) end: Point,
}

/// Line and column from 1, offset from 0.
pub(crate) struct Point {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) offset: u32,
}

impl Range {
    fn under(mut self, prefix: &str) -> Self {
        self.file = self.file.map(|file| format!("{prefix}{file}"));
        self
    }
}

impl Located<'_> {
    /// `GW0102`.
    pub(crate) fn code(&self) -> String {
        format!("GW{:04}", self.found.code.number)
    }

    /// Whether it stands in the way of a bundle.
    pub(crate) fn refuses(&self) -> bool {
        matches!(self.found.code.severity, Severity::Error | Severity::Deny)
    }
}

/// In the order in which they are given.
pub(crate) fn located<'a>(found: &'a [Diagnostic], sources: &'a [Source]) -> Vec<Located<'a>> {
    under("", found, sources)
}

/// The same with every file under a prefix, as whoever stands outside the workspace names it.
pub(crate) fn under<'a>(prefix: &str, found: &'a [Diagnostic], sources: &'a [Source]) -> Vec<Located<'a>> {
    let mut places = Places::new(sources);
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let one = |found: &'a Diagnostic| {
        let at = places.range(found.primary.0);
        let path = if found.path.is_empty() { at.file.as_deref().unwrap_or_default() } else { &*found.path };
        let bare = format!("GW{:04}:{path}", found.code.number);
        let count = seen.entry(bare.clone()).and_modify(|count| *count += 1).or_insert(1);
        let mut range = |span: Span| places.range(span).under(prefix);
        Located {
            found,
            related: found.related.iter().map(|(span, text)| (range(*span), text.as_str())).collect(),
            fix: found.fix.as_ref().map(|fix| (range(fix.span), fix.text.as_str())),
            fingerprint: if *count == 1 { bare } else { format!("{bare}#{count}") },
            at: at.under(prefix),
        }
    };
    found.iter().map(one).collect()
}

/// Spans to places, with one line index for each file that has findings.
pub(crate) struct Places<'a> {
    sources: &'a [Source],
    lines: BTreeMap<FileId, LineIndex>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(sources: &'a [Source]) -> Self {
        Self { sources, lines: BTreeMap::new() }
    }

    pub(crate) fn range(&mut self, span: Span) -> Range {
        let source = usize::try_from(span.file.0).ok().and_then(|file| self.sources.get(file));
        let text = source.map(|source| source.text.clone()).unwrap_or_default();
        let lines = self.lines.entry(span.file).or_insert_with(|| LineIndex::new(&text));
        let point = |offset: u32| {
            let place = lines.place(&text, offset);
            Point { line: place.line, column: place.column, offset }
        };
        Range { file: source.map(|source| source.path.to_string()), start: point(span.start), end: point(span.end) }
    }
}
