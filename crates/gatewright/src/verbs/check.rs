//! `check`: every mistake of the workspace in one run, for every environment.

pub(crate) mod findings;
mod fix;
pub(crate) mod human;
pub(crate) mod json;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use wright::{Outcome, Unreadable, compile};

use crate::context::{Context, Report};
use crate::failure::Failure;

use findings::Findings;

/// Find every mistake of a workspace
///
/// Reads, resolves and checks everything, for every environment, and proves that in each of them every organisation
/// has an owner who can sign in. All mistakes show in one run, each with its place and what to do about it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright check\n  gatewright check policies --deny W\n  gatewright check --fix\n  gatewright check --output json"
)]
pub(crate) struct Check {
    /// A folder or a file in the workspace; all of the workspace is checked
    path: Option<PathBuf>,
    /// Make the repairs that a machine can make, then check
    #[arg(long)]
    fix: bool,
    /// Treat warnings as errors: all of them (W), or one by its code (GW0108)
    #[arg(long, value_name = "W|CODE", value_parser = findings::parse_denied)]
    deny: Vec<findings::Denied>,
}

impl Check {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let world = context.workspace(self.path.as_deref())?;
        let repaired = if self.fix { fix::repair(&world, context.as_of())? } else { fix::Repaired::default() };
        let outcome = compile(&world, threads(), context.as_of());
        refuse_unreadable(&outcome.unreadable)?;
        let findings = Findings::new(&outcome, &self.deny);
        let report = if context.wants_json() {
            json::report(&outcome, &findings, context)?
        } else {
            human::report(&outcome, &findings, context)
        };
        Ok(if self.fix { report.hint(repaired.to_string()) } else { report })
    }
}

/// Findings as `compile` reports them, where they stand in its way.
pub(crate) fn report(outcome: &Outcome, context: &Context) -> Result<Report, Failure> {
    let findings = Findings::new(outcome, &[]);
    if context.wants_json() {
        json::report(outcome, &findings, context)
    } else {
        Ok(human::report(outcome, &findings, context))
    }
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
