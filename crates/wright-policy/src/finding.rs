//! Finding: a diagnostic, built in the order in which it reads.

use std::borrow::Cow;
use std::sync::Arc;

use gatewright_bundle::path::shortened;
use wright_syntax::diagnostic::{Code, Diagnostic, Fix, Sink};
use wright_syntax::source::Span;

/// A diagnostic that is being written. Nothing is reported before [`Finding::report`].
#[must_use = "a finding that is not reported helps nobody"]
pub(crate) struct Finding(Box<Diagnostic>);

impl Finding {
    /// `message`: small first letter, no final period, the author's words in back-ticks.
    pub(crate) fn new(code: Code, at: Span, message: impl Into<String>) -> Self {
        Self(Box::new(Diagnostic {
            code,
            message: message.into(),
            primary: (at, String::new()),
            related: Vec::new(),
            help: None,
            fix: None,
            path: Arc::from(""),
            org: None,
        }))
    }

    /// What stands beside the mark.
    pub(crate) fn mark(mut self, text: impl Into<String>) -> Self {
        self.0.primary.1 = text.into();
        self
    }

    /// Another place that matters.
    pub(crate) fn also(mut self, at: Span, text: impl Into<String>) -> Self {
        self.0.related.push((at, text.into()));
        self
    }

    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.0.help = Some(text.into());
        self
    }

    /// A replacement that a machine may make without asking.
    pub(crate) fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.0.fix = Some(Fix { span, text: text.into() });
        self
    }

    /// The thing that it is about. What lies below an organisation concerns it.
    pub(crate) fn path(mut self, path: &str) -> Self {
        self.0.org = path.strip_prefix("org[").and_then(|rest| rest.split(']').next()).map(Arc::from);
        self.0.path = Arc::from(path);
        self
    }

    /// `did you mean`, where some name is near; `otherwise` else. With `fix`, the quoted name replaces the mark.
    pub(crate) fn did_you_mean(self, near: Option<&str>, quoted: bool, otherwise: impl Into<String>) -> Self {
        let at = self.0.primary.0;
        match near {
            Some(name) if quoted => self.help(format!("did you mean \"{name}\"?")).fix(at, format!("\"{name}\"")),
            Some(name) => self.help(format!("did you mean `{name}`?")).fix(at, name),
            None => self.help(otherwise),
        }
    }

    pub(crate) fn report(self, sink: &mut Sink) {
        sink.report(*self.shortened().0);
    }

    /// Reports it such that nothing hides it, and that nothing else is said about its place.
    pub(crate) fn report_alone(self, sink: &mut Sink) {
        let at = self.0.primary.0;
        sink.report_unread(*self.shortened().0, at);
    }

    fn shortened(mut self) -> Self {
        let found = &mut *self.0;
        let labels = found.related.iter_mut().map(|(_, text)| text);
        for text in labels.chain([&mut found.message, &mut found.primary.1]).chain(&mut found.help) {
            if let Cow::Owned(short) = shortened(text, TEXT_CHARS_MAX) {
                *text = short;
            }
        }
        self
    }
}

/// More than this nobody reads; the most words that may stand in one place are 14.
const LISTED_MAX: usize = 20;

/// A message is read in one breath. What is longer repeats something that an author made long.
const TEXT_CHARS_MAX: usize = 1_000;

/// `a`, `b` and `c`: what may stand here, in an order that does not change. Of a long list, the first ones.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words = words.into_iter();
    let mut shown: Vec<String> = words.by_ref().take(LISTED_MAX).map(|word| format!("`{word}`")).collect();
    match words.count() {
        0 => {}
        more => shown.push(format!("{more} more")),
    }
    match shown.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_and_long_words_are_cut() {
        let words: Vec<String> = (0..25).map(|at| format!("w{at}")).collect();
        let shown = listed(words.iter().map(String::as_str));
        assert!(shown.starts_with("`w0`, `w1`") && shown.ends_with("`w19` and 5 more"), "{shown}");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
