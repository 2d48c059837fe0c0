//! Forge: findings in the formats that forges and their CI read.
//!
//! Invariant: what authors wrote is data in each format: it cannot end a line, a field or an element, nor mention anybody.

mod github;
mod gitlab;
mod junit;
mod sarif;

use wright_syntax::diagnostic::Diagnostic;
use wright_syntax::source::Source;

use crate::located::{Located, under};
use crate::style::plain;

pub(crate) use github::github;
pub(crate) use gitlab::gitlab;
pub(crate) use junit::{Case, junit};
pub(crate) use sarif::sarif;

/// Findings of a workspace, and how it is called from where the command runs: forges name files from their root.
pub(crate) struct Findings<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) found: &'a [Diagnostic],
    pub(crate) sources: &'a [Source],
}

impl Findings<'_> {
    pub(crate) fn located(&self) -> Vec<Located<'_>> {
        under(self.prefix, self.found, self.sources)
    }
}

/// Findings as plain lines: `orgs/acme/org.kdl:46 GW0102 there is no project …`.
pub(crate) fn texts(findings: &Findings<'_>) -> Vec<String> {
    let line = |located: &Located<'_>| {
        let file = located.at.file.as_deref().unwrap_or_default();
        let help = located.found.help.as_deref().map(|help| format!(" ({help})")).unwrap_or_default();
        plain(&format!("{file}:{} {} {}{help}", located.at.start.line, located.code(), located.found.message))
    };
    findings.located().iter().map(line).collect()
}
