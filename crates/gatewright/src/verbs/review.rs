//! `review`: whether a change may go through: its classes against the approvals, its size against the brakes, and its
//! departures against `retired-org`.
//!
//! Invariant: approvals and brakes are those of the base: a change cannot approve itself.
//! Invariant: an approval binds change ids and nothing else: it survives a rebase and a merge in between, and not a change
//! of what it approved.

mod approval;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod reviews;
pub(crate) mod verdict;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::verbs::diff;
use crate::verbs::diff::folded::{Folded, Row};
use crate::verbs::diff::people;
use crate::{files, keys};

use approval::Envelope;
use reviews::Reviews;
use verdict::Verdict;

/// Say whether a change may go through
///
/// Compares as `diff` does, and holds the changes against the manifest of the base: whose approval each class needs, how
/// many organisations one change may reach; and every organisation that is gone against `retired-org`. Ends in exit 4
/// while anything is missing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright review main\n  gatewright review origin/main --reviews reviews.json --output json\n  gatewright review main --sign ada.key --out ada.json"
)]
pub(crate) struct Review {
    /// A git revision: its manifest says what is needed
    base: String,
    /// The same [default: the workspace as it lies there]
    head: Option<String>,
    /// Who approved which changes, as the forge knows it: gatewright.reviews/1
    #[arg(long, value_name = "FILE")]
    reviews: Option<PathBuf>,
    /// Whose signatures count, and for which teams: gatewright.approvers/1; what is not signed then counts for nothing
    #[arg(long, value_name = "FILE", requires = "reviews")]
    approvers: Option<PathBuf>,
    /// Count the people who lose something: a file of `gatewright snapshot`
    #[arg(long, value_name = "SNAPSHOT", conflicts_with = "sign")]
    members: Option<String>,
    /// Approve every change of the comparison by a signature
    #[arg(long, value_name = "KEY", requires = "out", conflicts_with = "reviews")]
    sign: Option<PathBuf>,
    /// Where the signed approval is written
    #[arg(long, value_name = "FILE", requires = "sign")]
    out: Option<PathBuf>,
}

impl Review {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let snapshot = self.members.as_deref().map(|named| people::snapshot(named, None, context)).transpose()?;
        let (base, head, mut folded) = diff::compared((&self.base, None), self.head.as_deref(), context)?;
        if let Some(snapshot) = snapshot {
            people::count(&mut folded, (&base, &head), snapshot)?;
        }
        let (Some(of_base), Some(of_head)) = (&base.rules, &head.rules) else {
            return Err(Failure::usage("a bundle has no manifest to review against").help("name git revisions"));
        };
        if let (Some(key), Some(out)) = (&self.sign, &self.out) {
            return sign(key, out, &of_base.governance.workspace, &folded, context);
        }
        let reviews = Reviews::read(self.reviews.as_slice(), self.approvers.as_deref(), &of_base.governance.workspace)?;
        let verdict = Verdict::of(&folded, (&base, &of_base.governance), (&head, &of_head.governance), &reviews);
        let body = if context.wants_json() {
            context::json(&json::report(&verdict, &base, &head))?
        } else {
            human::report(&verdict, &base, &head, context.style())
        };
        Ok(Report::new(body, if verdict.is_open() { Exit::Done } else { Exit::Gate }))
    }
}

/// An approval of all that was compared.
fn sign(key: &Path, out: &Path, workspace: &str, folded: &Folded, context: &Context) -> Result<Report, Failure> {
    let key = keys::read(key)?;
    let changes: BTreeSet<String> = folded.rows.iter().flat_map(Row::ids).map(|id| id.as_str().to_owned()).collect();
    if changes.is_empty() {
        return Err(Failure::usage("nothing changes, so there is nothing to approve"));
    }
    let count = changes.len();
    let text = context::json(&Envelope::sign(&key, workspace, changes)?)?;
    files::write("the approval", out, text.as_bytes())?;
    if context.wants_json() {
        return Ok(Report::done(text));
    }
    let noun = if count == 1 { "change" } else { "changes" };
    let (mark, shown) = (context.style().green("✓"), out.display());
    Ok(Report::done(format!("{mark} {shown} approves {count} {noun} of `{workspace}`\n"))
        .hint("it goes into `signed` of the reviews file; gatewright diff shows what was approved"))
}
