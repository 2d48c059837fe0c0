//! `review`: whether a change may go through: its classes against the approvals, its size against the brakes, and its
//! departures against `retired-org`.
//!
//! Invariant: approvals and brakes are those of the base: a change cannot approve itself.
//! Invariant: an approval binds change ids and nothing else: it survives a rebase and a merge in between, and not a change
//! of what it approved.

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod reviews;
pub(crate) mod verdict;

use std::path::PathBuf;

use clap::Args;

use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::verbs::diff;

use reviews::Reviews;
use verdict::Verdict;

/// Say whether a change may go through
///
/// Compares as `diff` does, and holds the changes against the manifest of the base: whose approval each class needs, how
/// many organisations one change may reach; and every organisation that is gone against `retired-org`. Ends in exit 4
/// while anything is missing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright review main\n  gatewright review origin/main --reviews reviews.json --output json"
)]
pub(crate) struct Review {
    /// A git revision: its manifest says what is needed
    base: String,
    /// The same [default: the workspace as it lies there]
    head: Option<String>,
    /// Who approved which changes, as the forge knows it: gatewright.reviews/1
    #[arg(long, value_name = "FILE")]
    reviews: Option<PathBuf>,
}

impl Review {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let reviews = Reviews::read(self.reviews.as_slice())?;
        let (base, head, folded) = diff::compared((&self.base, None), self.head.as_deref(), context)?;
        let (Some(of_base), Some(of_head)) = (&base.rules, &head.rules) else {
            return Err(Failure::usage("a bundle has no manifest to review against").help("name git revisions"));
        };
        let verdict = Verdict::of(&folded, (&base, &of_base.governance), (&head, &of_head.governance), &reviews);
        let body = if context.wants_json() {
            context::json(&json::report(&verdict, &base, &head))?
        } else {
            human::report(&verdict, &base, &head, context.style())
        };
        Ok(Report::new(body, if verdict.is_open() { Exit::Done } else { Exit::Gate }))
    }
}
