//! Human: results for a terminal: each suite with its cases and laws, what is wrong at its place, one line that sums up.

use std::fmt::Write as _;

use wright::Outcome;
use wright::trial::{Coverage, Kind, Trial, Verdict};
use wright_syntax::render_human;

use super::Results;
use crate::context::Context;
use crate::located::Places;
use crate::style::{Style, plain};

/// More than this nobody reads in a terminal; the count says how many there are.
const DRAWN_MAX: usize = 50;

pub(super) fn report(results: &Results, outcome: &Outcome, context: &Context) -> String {
    let style = context.style();
    let mut body = String::new();
    let mut places = Places::new(outcome.workspace.sources());
    let mut heading = None;
    for trial in &results.trials {
        let file = places.range(trial.place.at).file.unwrap_or_default();
        if heading.as_ref() != Some(&(file.clone(), trial.suite.clone())) {
            let suite = trial.suite.as_deref().map_or_else(|| "laws of the platform".to_owned(), plain);
            let _ = writeln!(body, "{} {}", style.bold(suite), style.dim(plain(&file)));
            heading = Some((file, trial.suite.clone()));
        }
        let _ = writeln!(body, "  {}", line(trial, style));
    }
    if !results.trials.is_empty() {
        body.push('\n');
    }
    let findings = results.findings();
    for found in findings.iter().take(DRAWN_MAX) {
        body.push_str(&render_human(found, &outcome.printable, style.coloured, context.around.columns));
        body.push('\n');
    }
    if findings.len() > DRAWN_MAX {
        let more = findings.len() - DRAWN_MAX;
        let _ = writeln!(body, "{more} more are not drawn here: --output json lists all\n");
    }
    results.coverage.iter().flatten().for_each(|of_org| covered(of_org, style, &mut body));
    let _ = writeln!(body, "{}", summary(results, outcome, style));
    body
}

fn line(trial: &Trial, style: Style) -> String {
    let mark = match trial.verdict {
        Verdict::Passed => style.green("✓"),
        Verdict::Vacuous(_) => style.cyan("∅"),
        Verdict::Failed { .. } => style.red("✗"),
    };
    let kind = match trial.kind {
        Kind::Case => "",
        Kind::Law => "law: ",
    };
    format!("{mark} {kind}{}", plain(&trial.title))
}

fn covered(of_org: &Coverage, style: Style, body: &mut String) {
    let untested: Vec<_> = of_org.lines.iter().filter(|line| !line.covered).collect();
    let tested = of_org.lines.len() - untested.len();
    let _ = writeln!(body, "{} {tested} of {} grants and blocks tested", style.bold(&of_org.org), of_org.lines.len());
    for line in untested {
        let _ = writeln!(body, "  {} {}", style.dim("·"), plain(&line.path));
    }
    body.push('\n');
}

fn summary(results: &Results, outcome: &Outcome, style: Style) -> String {
    let failed = results.count(|verdict| matches!(verdict, Verdict::Failed { .. }));
    let vacuous = results.count(|verdict| matches!(verdict, Verdict::Vacuous(_)));
    let passed = results.count(|verdict| *verdict == Verdict::Passed);
    let environments = match outcome.environments.len() {
        1 => "1 environment".to_owned(),
        many => format!("{many} environments"),
    };
    let says_nothing = if vacuous == 0 { String::new() } else { format!(", {vacuous} vacuous") };
    let counts = format!("{passed} passed{says_nothing}");
    if failed == 0 {
        return format!("{} {counts} in {environments}", style.green("✓"));
    }
    format!("{} {}, {counts} in {environments}", style.red("✗"), style.red(format!("{failed} failed")))
}
