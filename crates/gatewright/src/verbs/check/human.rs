//! Human: findings for a terminal: each drawn at its place, then one line that sums up.

use wright::Outcome;
use wright_syntax::diagnostic::Severity;
use wright_syntax::render_human;
use wright_syntax::source::Source;

use crate::context::{Context, Report};
use crate::style::Style;

use super::findings::Findings;

/// More than this nobody reads in a terminal; the count says how many there are.
const DRAWN_MAX: usize = 50;

pub(crate) fn report(outcome: &Outcome, findings: &Findings, context: &Context) -> Report {
    let mut body = drawn(findings, &outcome.printable, context);
    body.push_str(&summary(outcome, findings, context.style()));
    body.push('\n');
    let report = Report::new(body, findings.exit());
    hints(findings).into_iter().fold(report, Report::hint)
}

/// Each at its place, the worst first.
pub(crate) fn drawn(findings: &Findings, printable: &[Source], context: &Context) -> String {
    let mut body = String::new();
    for found in findings.all.iter().take(DRAWN_MAX) {
        body.push_str(&render_human(found, printable, context.style().coloured, context.around.columns));
        body.push('\n');
    }
    body
}

pub(crate) fn hints(findings: &Findings) -> Vec<String> {
    let mut hints = Vec::new();
    if findings.all.len() > DRAWN_MAX {
        let more = findings.all.len() - DRAWN_MAX;
        hints.push(format!("{more} more are not drawn here: --output json lists all"));
    }
    let fixes = findings.all.iter().filter(|found| found.fix.is_some()).count();
    if fixes > 0 {
        hints.push(format!("{} can be repaired: gatewright check --fix", counted(fixes, "of them", "of them")));
    }
    hints
}

/// `2 errors, 1 warning in 1 of 12 organisations`, or that there is nothing.
fn summary(outcome: &Outcome, findings: &Findings, style: Style) -> String {
    let orgs = counted(outcome.orgs.len(), "organisation", "organisations");
    let environments = counted(outcome.environments.len(), "environment", "environments");
    if findings.all.is_empty() {
        return format!("{} nothing to say about {orgs} in {environments}", style.green("✓"));
    }
    let count = |severity, one, many| (findings.count(severity), one, many);
    let counts: Vec<_> = [
        count(Severity::Error, "error", "errors"),
        count(Severity::Deny, "denied lint", "denied lints"),
        count(Severity::Warn, "warning", "warnings"),
        count(Severity::Info, "remark", "remarks"),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, one, many)| counted(number, one, many))
    .collect();
    let counts = counts.join(", ");
    let counts = if findings.exit() == crate::exit::Exit::Done { style.bold(counts) } else { style.red(counts) };
    match findings.orgs() {
        0 => format!("{counts} in the workspace ({orgs}, {environments})"),
        some => format!("{counts} in {} of {orgs}", grouped(some)),
    }
}

pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// `10412` as `10,412`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }
}
