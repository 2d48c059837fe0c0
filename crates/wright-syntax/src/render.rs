//! Render: one diagnostic as text for a terminal, drawn by miette.
//!
//! Reads a diagnostic and the sources; gives text that ends in a newline.
//!
//! Invariant: nothing that an author wrote reaches the terminal with a control or a hidden character in it.

mod shown;

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, ThemeCharacters, ThemeStyles};

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::hidden::{quote, visible};
use crate::source::{LineIndex, Source, Span};
use shown::Shown;

/// Places further apart than this get drawings of their own, the mistake's first: what lies between says nothing.
const LINES_BETWEEN_MAX: u32 = 8;

/// Narrower, the drawing has no room for its own frame.
const WIDTH_MIN: usize = 40;

/// `sources` in the order of their `FileId`. `width` in columns.
pub fn render_human(diagnostic: &Diagnostic, sources: &[Source], color: bool, width: usize) -> String {
    let near = near(&diagnostic.primary.0, sources);
    let here = diagnostic.related.iter().filter(|(span, _)| near(span));
    let header = format!("{}[{}] {}:", severity_word(diagnostic), code_text(diagnostic), diagnostic.code.slug);
    let main = Part {
        header,
        message: visible(&diagnostic.message).into_owned(),
        severity: diagnostic.code.severity,
        labels: std::iter::once((&diagnostic.primary, true)).chain(here.map(|label| (label, false))).collect(),
        help: diagnostic.help.as_deref().map(|help| visible(help).into_owned()),
    };
    let mut text = main.render(source_of(sources, &diagnostic.primary.0), color, width);
    for label in diagnostic.related.iter().filter(|(span, _)| !near(span)) {
        let message = visible(&label.1).into_owned();
        let header = "note:".to_owned();
        // The header says it already.
        let bare = (label.0, String::new());
        let part = Part { header, message, severity: Severity::Info, labels: vec![(&bare, false)], help: None };
        text.push_str(&part.render(source_of(sources, &label.0), color, width));
    }
    let is_told = |fix: &Fix| diagnostic.help.as_deref().is_some_and(|help| help.contains(fix.text.trim()));
    if let Some(fix) = diagnostic.fix.as_ref().filter(|fix| fix.text.trim().is_empty() || !is_told(fix)) {
        text.push_str(&fix_line(fix, sources));
    }
    text.push_str("  explain: gatewright explain ");
    text.push_str(&code_text(diagnostic));
    text.push('\n');
    text
}

/// Whether a place can stand in one drawing with the mistake.
fn near<'a>(primary: &'a Span, sources: &'a [Source]) -> impl Fn(&Span) -> bool + 'a {
    let lines = source_of(sources, primary).map(|source| (source, LineIndex::new(&source.text)));
    let line = move |at: u32| lines.as_ref().map_or(0, |(source, lines)| lines.place(&source.text, at).line);
    move |span| span.file == primary.file && line(span.start).abs_diff(line(primary.start)) <= LINES_BETWEEN_MAX
}

fn code_text(diagnostic: &Diagnostic) -> String {
    format!("GW{:04}", diagnostic.code.number)
}

fn severity_word(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.code.severity {
        Severity::Error => "error",
        Severity::Deny => "deny",
        Severity::Warn => "warning",
        Severity::Info => "info",
    }
}

fn source_of<'a>(sources: &'a [Source], span: &Span) -> Option<&'a Source> {
    usize::try_from(span.file.0).ok().and_then(|file| sources.get(file))
}

fn fix_line(fix: &Fix, sources: &[Source]) -> String {
    let (start, end) = (fix.span.start.try_into().unwrap_or(0), fix.span.end.try_into().unwrap_or(0));
    let old = source_of(sources, &fix.span).and_then(|source| source.text.get(start..end)).unwrap_or_default();
    match (old, fix.text.as_str()) {
        ("", new) => format!("  fix: add {}\n", quote(new.trim())),
        (old, "") => format!("  fix: remove {}\n", quote(old.trim())),
        (old, new) => format!("  fix: write {} for {}\n", quote(new), quote(old)),
    }
}

/// What miette draws at once: a message and its labels in one file.
struct Part<'a> {
    header: String,
    message: String,
    severity: Severity,
    labels: Vec<(&'a (Span, String), bool)>,
    help: Option<String>,
}

impl Part<'_> {
    fn render(&self, source: Option<&Source>, color: bool, width: usize) -> String {
        let places = self.labels.iter().flat_map(|((span, _), _)| [span.start, span.end]);
        let places: Vec<usize> = places.filter_map(|place| place.try_into().ok()).collect();
        let shown = source.map(|source| Shown::new(&source.text, &places));
        let labels = shown.as_ref().map(|shown| self.labels.iter().map(|label| spot(shown, label)).collect());
        let drawn = Drawn {
            part: self,
            labels: labels.unwrap_or_default(),
            source: source
                .zip(shown)
                .map(|(source, shown)| NamedSource::new(visible(&source.path), shown.text.into_owned())),
        };
        let handler = GraphicalReportHandler::new_themed(self.theme(color))
            .with_width(width.max(WIDTH_MIN))
            .with_links(false)
            .without_syntax_highlighting();
        let mut text = String::new();
        match handler.render_report(&mut text, &drawn) {
            Ok(()) => unindented(&text),
            // Only if writing to a string fails: the message alone still says it.
            Err(fmt::Error) => format!("{} {}\n", self.header, self.message),
        }
    }
}

impl Part<'_> {
    /// The mark at the mistake has the colour of the header, marks beside it the colour of help. miette colours marks in
    /// the order of their places.
    fn theme(&self, color: bool) -> GraphicalTheme {
        let sign = || self.header.clone();
        let characters =
            ThemeCharacters { error: sign(), warning: sign(), advice: sign(), ..ThemeCharacters::unicode() };
        let mut styles = if color { ThemeStyles::ansi() } else { ThemeStyles::none() };
        let main = match self.severity {
            Severity::Error | Severity::Deny => styles.error,
            Severity::Warn => styles.warning,
            Severity::Info => styles.advice,
        };
        let mut marks = self.labels.clone();
        marks.sort_by_key(|((span, _), _)| span.start);
        styles.highlights = marks.iter().map(|(_, is_primary)| if *is_primary { main } else { styles.help }).collect();
        GraphicalTheme { characters, styles }
    }
}

/// The header begins at the first column; miette leaves two for its sign. Empty lines hold no blanks.
fn unindented(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    for line in text.strip_prefix("  ").unwrap_or(text).lines() {
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    lines
}

/// The label as miette wants it.
fn spot(shown: &Shown<'_>, (label, is_primary): &(&(Span, String), bool)) -> LabeledSpan {
    let (span, text) = label;
    let (start, end) = (shown.offset(span.start), shown.offset(span.end));
    let text = (!text.is_empty()).then(|| visible(text).into_owned());
    let length = end.saturating_sub(start);
    if *is_primary {
        LabeledSpan::new_primary_with_span(text, (start, length))
    } else {
        LabeledSpan::new_with_span(text, (start, length))
    }
}

struct Drawn<'a> {
    part: &'a Part<'a>,
    labels: Vec<LabeledSpan>,
    source: Option<NamedSource<String>>,
}

impl miette::Diagnostic for Drawn<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.part.severity {
            Severity::Error | Severity::Deny => miette::Severity::Error,
            Severity::Warn => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.part.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.source.as_ref().map(|source| source as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.source.as_ref()?;
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl std::error::Error for Drawn<'_> {}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.part.message)
    }
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.part.message)
    }
}

#[cfg(test)]
mod tests;
