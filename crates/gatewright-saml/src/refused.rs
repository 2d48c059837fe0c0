//! Refused: a refusal with its reason and its story for the operator's trace.
//!
//! Invariant: a story holds what was checked and what was seen, never an assertion or a key.

use std::fmt;

use gatewright_terms::Refusal;

/// The longest text that a step takes over from a peer. In characters.
const ECHO_CHARS_MAX: usize = 120;

/// One thing that happened, for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `screen`, `signature`, `decryption`, `response`, `assertion`, `subject` or `attributes`.
    pub stage: &'static str,
    pub text: String,
}

/// Somebody is kept out: why, and what led there, oldest step first. The last step is the reason in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub refusal: Refusal,
    /// A stable word for the very rule that was broken, such as `two-assertions`: finer than the refusal, for tests,
    /// traces and counts.
    pub reason: &'static str,
    pub story: Vec<Step>,
}

impl Step {
    pub(crate) fn new(stage: &'static str, text: impl Into<String>) -> Self {
        Self { stage, text: text.into() }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.stage, self.text)
    }
}

impl Refused {
    pub(crate) fn new(refusal: Refusal, reason: &'static str, stage: &'static str, text: impl Into<String>) -> Self {
        Self { refusal, reason, story: vec![Step::new(stage, text)] }
    }

    /// The same refusal with the steps that came before it.
    #[must_use]
    pub(crate) fn after(mut self, mut earlier: Vec<Step>) -> Self {
        earlier.append(&mut self.story);
        self.story = earlier;
        self
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.refusal, self.reason)?;
        self.story.last().map_or(Ok(()), |step| write!(out, " ({step})"))
    }
}

impl std::error::Error for Refused {}

/// A text of a peer, made fit for a story: printable ASCII, short, in back-ticks.
pub(crate) fn echo(text: &str) -> String {
    let printable: String =
        text.chars().take(ECHO_CHARS_MAX).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    let cut = if text.chars().nth(ECHO_CHARS_MAX).is_some() { "…" } else { "" };
    format!("`{}{cut}`", printable.replace('`', "'"))
}
