//! `snapshot`: the members of an environment, without who they are, in a file that `diff` and `review` count people from.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::files;
use crate::members::{SNAPSHOT_BYTES_MAX, Snapshot};
use crate::runtime::Runtime;
use crate::style::plain;

/// Fetch the members that a runtime knows, without who they are
///
/// Writes the groups and attributes of every member as they last signed in, under pseudonyms whose key stays with the
/// runtime. `diff --members` and `review --members` count people from it. The token needs the scope `read`, and the reading
/// is recorded. Who holds the file knows the size of every group: keep it as you keep a list of members.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright snapshot --out members.json --runtime http://127.0.0.1:8081\n  gatewright diff main --members members.json"
)]
pub(crate) struct Take {
    /// Where the snapshot is written
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The admin listener of the runtime [default: GATEWRIGHT_RUNTIME]
    #[arg(long, value_name = "URL")]
    runtime: Option<String>,
}

impl Take {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let runtime = Runtime::from_context(self.runtime.as_deref(), context)?;
        let (bytes, snapshot) = fetch(&runtime)?;
        files::write_private("the snapshot", &self.out, &bytes)?;
        let (members, orgs, unrecorded) =
            (snapshot.count(), snapshot.members.len(), snapshot.unrecorded.values().sum());
        if context.wants_json() {
            return Ok(Report::done(context::json(&json!({
                "schema": "gatewright.snapshot/1",
                "file": self.out.display().to_string(),
                "environment": snapshot.environment.as_str(),
                "bundle": snapshot.bundle,
                "taken": snapshot.taken.to_string(),
                "orgs": orgs,
                "members": members,
                "unrecorded": unrecorded,
            }))?));
        }
        let (mark, file) = (context.style().green("✓"), plain(&self.out.display().to_string()));
        let (members, orgs) = (counted(members, "member"), counted(orgs, "organisation"));
        let line = format!("{mark} {file}: {members} of {orgs} of `{}`\n", snapshot.environment);
        Ok(told(Report::done(line), unrecorded))
    }
}

/// What the runtime gives, read to its end.
pub(crate) fn fetch(runtime: &Runtime) -> Result<(Vec<u8>, Snapshot), Failure> {
    let bytes = runtime.members_snapshot(SNAPSHOT_BYTES_MAX)?;
    let snapshot = Snapshot::parse("the runtime", &bytes)
        .map_err(|why| runtime.failed(&format!("gives a members snapshot that is none: {why}")))?;
    Ok((bytes, snapshot))
}

/// Whom a count leaves out.
pub(crate) fn told(report: Report, unrecorded: usize) -> Report {
    if unrecorded == 0 {
        return report;
    }
    let who = counted(unrecorded, "more member");
    report.hint(format!("of {who} nothing is known until they sign in again; they are not counted"))
}

pub(crate) fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
