//! Github: findings as workflow commands, which GitHub shows beside the lines of a pull request.
//!
//! Source: GitHub Actions, "Workflow commands"; its runner's escapes.

use std::fmt::Write as _;

use wright_syntax::diagnostic::Severity;

use super::Findings;
use crate::style::plain;

/// GitHub shows ten annotations of each kind for a step and drops the others without a word.
const ANNOTATIONS_MAX: usize = 10;

/// The first ten, which are the worst, then how many more there are.
pub(crate) fn github(findings: &Findings<'_>) -> String {
    let mut text = String::new();
    let mut all = findings.located();
    all.sort_by_key(|located| located.found.code.severity);
    for located in all.iter().take(ANNOTATIONS_MAX) {
        let command = match located.found.code.severity {
            Severity::Error | Severity::Deny => "error",
            Severity::Warn => "warning",
            Severity::Info => "notice",
        };
        let help = located.found.help.as_deref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "::{command} file={},line={},col={},endLine={},title={}::{}",
            property(located.at.file.as_deref().unwrap_or_default()),
            located.at.start.line,
            located.at.start.column,
            located.at.end.line,
            property(&format!("{} {}", located.code(), located.found.code.slug)),
            data(&located.found.message, &help),
        );
    }
    if let Some(more) = all.len().checked_sub(ANNOTATIONS_MAX).filter(|more| *more > 0) {
        let _ = writeln!(
            text,
            "::notice title=gatewright::{more} more findings: the same command with --output human shows all"
        );
    }
    text
}

/// The message, then our own help on a line of its own.
fn data(message: &str, help: &str) -> String {
    let escaped = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    format!(
        "{}{}",
        escaped(&plain(message)),
        help.split('\n').map(plain).map(|line| escaped(&line)).collect::<Vec<_>>().join("%0A")
    )
}

fn property(text: &str) -> String {
    plain(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_cannot_begin_a_command_of_their_own() {
        assert_eq!(data("a\n::set-output name=x::y%", ""), "a\u{fffd}::set-output name=x::y%25");
        assert_eq!(data("a", "\nhelp: b"), "a%0Ahelp: b");
        assert_eq!(property("a,b:c%\r\n"), "a%2Cb%3Ac%25\u{fffd}\u{fffd}");
    }
}
