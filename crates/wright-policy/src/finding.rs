//! Finding: a diagnostic, built in the order in which it reads.

use std::sync::Arc;

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
        sink.report(*self.0);
    }
}

/// `a`, `b` and `c`: what may stand here, in an order that does not change.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// A key as it stands in paths: bare where that is unambiguous, quoted where not.
pub(crate) fn path_key(text: &str) -> String {
    let bare = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-._@/ ".contains(c));
    if bare { text.to_owned() } else { format!("{text:?}") }
}
