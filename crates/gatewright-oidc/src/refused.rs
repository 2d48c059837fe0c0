//! Refused: a refusal with its story for the operator's trace.
//!
//! Invariant: a story holds what was checked and what was seen, never a token, a code or a secret.

use std::fmt;

use gatewright_terms::Refusal;

/// The longest text that a step takes over from a peer.
const ECHO_BYTES_MAX: usize = 120;

/// One thing that happened, for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `discovery`, `keys`, `callback`, `token endpoint`, `id token`, `userinfo` or `claims`.
    pub stage: &'static str,
    pub text: String,
}

impl Step {
    pub fn new(stage: &'static str, text: impl Into<String>) -> Self {
        Self { stage, text: text.into() }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.stage, self.text)
    }
}

/// Somebody is kept out: why, and what led there, oldest step first. The last step is the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub refusal: Refusal,
    pub story: Vec<Step>,
}

impl Refused {
    pub fn new(refusal: Refusal, stage: &'static str, text: impl Into<String>) -> Self {
        Self { refusal, story: vec![Step::new(stage, text)] }
    }

    /// The same refusal with the steps that came before it.
    #[must_use]
    pub fn after(mut self, mut earlier: Vec<Step>) -> Self {
        earlier.append(&mut self.story);
        self.story = earlier;
        self
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.refusal)?;
        self.story.last().map_or(Ok(()), |step| write!(out, " ({step})"))
    }
}

impl std::error::Error for Refused {}

/// A text of a peer, made fit for a story: printable ASCII, short, in back-ticks.
pub fn echo(text: &str) -> String {
    let printable: String =
        text.chars().take(ECHO_BYTES_MAX).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    let cut = if text.chars().nth(ECHO_BYTES_MAX).is_some() { "…" } else { "" };
    format!("`{}{cut}`", printable.replace('`', "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_is_short_and_printable() {
        assert_eq!(echo("access_denied"), "`access_denied`");
        assert_eq!(echo("a\r\nb`\u{1b}[31m"), "`a??b'?[31m`");
        assert!(echo(&"x".repeat(10_000)).len() < 140);
    }

    #[test]
    fn the_story_is_told_in_order() {
        let refused =
            Refused::new(Refusal::TokenNonce, "id token", "no nonce").after(vec![Step::new("callback", "came")]);
        assert_eq!(refused.story.iter().map(|step| step.stage).collect::<Vec<_>>(), ["callback", "id token"]);
        assert_eq!(refused.to_string(), "token-nonce (id token: no nonce)");
    }
}
