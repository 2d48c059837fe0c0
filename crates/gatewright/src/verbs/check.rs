//! `check`: every mistake of the workspace in one run, for every environment.

mod changed;
pub(crate) mod findings;
mod fix;
pub(crate) mod human;
mod json;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use wright::{Outcome, Unreadable, compile};
use wright_policy::MANIFEST;

use crate::args::Output;
use crate::context::{Context, Report};
use crate::failure::Failure;
use crate::forge;
use crate::located::Located;

use findings::Findings;
pub(crate) use json::rows;

/// Find every mistake of a workspace
///
/// Reads, resolves and checks everything, for every environment, and proves that in each of them every organisation
/// has an owner or an admin who can sign in. All mistakes show in one run, each with its place and what to do about it.
/// With --changed only the organisations that differ are checked, which is for the moment before a commit.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright check\n  gatewright check policies --deny W\n  gatewright check --changed\n  gatewright check --changed=origin/main\n  gatewright check --fix\n  gatewright check --output sarif"
)]
pub(crate) struct Check {
    /// A folder or a file in the workspace; all of the workspace is checked
    path: Option<PathBuf>,
    /// Check the organisations that differ from a git revision, and those that they may be at odds with
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = changed::HEAD, require_equals = true)]
    changed: Option<String>,
    /// Make the repairs that a machine can make, then check
    #[arg(long, conflicts_with = "changed")]
    fix: bool,
    /// Treat warnings as errors: all of them (W), or one by its code (GW0108)
    #[arg(long, value_name = "W|CODE", value_parser = findings::parse_denied)]
    deny: Vec<findings::Denied>,
}

impl Check {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let world = context.workspace(self.path.as_deref())?;
        let repaired = if self.fix { fix::repair(&world, context.as_of())? } else { fix::Repaired::default() };
        let (outcome, hint) = match &self.changed {
            Some(revision) => changed::outcome(&world, revision, context.as_of())?,
            None => (compile(&world, threads(), context.as_of()), repaired.to_string()),
        };
        refuse_unreadable(&outcome.unreadable)?;
        let findings = Findings::new(&outcome, &self.deny);
        let report = shown(&world.prefix_from(&context.around.folder), &outcome, &findings, context)?;
        Ok(if self.fix || self.changed.is_some() { report.hint(hint) } else { report })
    }
}

/// Findings as other verbs report them, where they stand in their way.
pub(crate) fn report(outcome: &Outcome, context: &Context) -> Result<Report, Failure> {
    report_under("", outcome, context)
}

/// The same for verbs that report to forges. `prefix`: how the workspace is called from here.
pub(crate) fn report_under(prefix: &str, outcome: &Outcome, context: &Context) -> Result<Report, Failure> {
    shown(prefix, outcome, &Findings::new(outcome, &[]), context)
}

fn shown(prefix: &str, outcome: &Outcome, findings: &Findings, context: &Context) -> Result<Report, Failure> {
    let of_forge = forge::Findings { prefix, found: &findings.all, sources: outcome.workspace.sources() };
    let body = match context.common.output {
        Output::Human | Output::Markdown => return Ok(human::report(outcome, findings, context)),
        Output::Json => return json::report(outcome, findings, context),
        Output::Sarif => forge::sarif(&of_forge)?,
        Output::Github => forge::github(&of_forge),
        Output::Gitlab => forge::gitlab(&of_forge)?,
        Output::Junit => forge::junit(&cases(&of_forge)),
    };
    Ok(Report::new(body, findings.exit()))
}

/// A test for each finding, failed where it refuses a bundle; one that passes where there is nothing to say.
fn cases(findings: &forge::Findings<'_>) -> Vec<forge::Case> {
    let texts = forge::texts(findings);
    let case = |(located, text): (Located<'_>, String)| forge::Case {
        group: located.at.file.clone().unwrap_or_default(),
        name: format!("{} {}", located.code(), located.found.code.slug),
        line: located.at.start.line,
        failure: located.refuses().then(|| vec![text]),
        file: located.at.file.unwrap_or_default(),
    };
    let cases: Vec<_> = findings.located().into_iter().zip(texts).map(case).collect();
    if !cases.is_empty() {
        return cases;
    }
    let (group, name) = ("gatewright".to_owned(), "check".to_owned());
    vec![forge::Case { group, name, file: format!("{}{MANIFEST}", findings.prefix), line: 1, failure: None }]
}

/// As many as the machine has; the result does not depend on it.
pub(crate) fn threads() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// A file that the system keeps from us is no finding about the policy.
pub(crate) fn refuse_unreadable(unreadable: &[Unreadable]) -> Result<(), Failure> {
    let Some(first) = unreadable.first() else { return Ok(()) };
    let failure = Failure::usage(format!("cannot read `{}` of the workspace: {}", first.path, first.reason));
    let others = unreadable.len() - 1;
    Err(if others == 0 { failure } else { failure.help(format!("and {others} more like it")) })
}
