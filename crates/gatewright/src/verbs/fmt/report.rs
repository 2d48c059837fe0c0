//! Report: which files changed or would, after what is wrong with those that were left alone.

use serde_json::json;
use wright::Formatting;

use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::style::plain;

use super::super::check::findings::Findings;
use super::super::check::{human, rows};

pub(super) fn report(formatting: &Formatting, is_check: bool, context: &Context) -> Result<Report, Failure> {
    let changed: Vec<&str> = super::changes(formatting).map(|(path, _)| path).collect();
    let findings = Findings::of(formatting.diagnostics.clone(), &[]);
    let would_change = if is_check && !changed.is_empty() { Exit::Policy } else { Exit::Done };
    let exit = Exit::of_all([findings.exit(), would_change]);
    if context.wants_json() {
        return Ok(Report::new(as_json(formatting, &findings, &changed, is_check)?, exit));
    }
    let mut body = human::drawn(&findings, &formatting.printable, context);
    for path in &changed {
        body.push_str(&plain(path));
        body.push('\n');
    }
    let report = human::hints(&findings).into_iter().fold(Report::new(body, exit), Report::hint);
    Ok(report.hint(summary(changed.len(), formatting.files, is_check)))
}

fn as_json(formatting: &Formatting, findings: &Findings, changed: &[&str], is_check: bool) -> Result<String, Failure> {
    let mut value = json!({
        "schema": "gatewright.fmt/1",
        "checked": is_check,
        "files": formatting.files,
        "changed": changed,
    });
    if let Some(object) = value.as_object_mut().filter(|_| !findings.all.is_empty()) {
        object.insert("diagnostics".into(), rows(formatting.workspace.sources(), &findings.all).into());
    }
    context::json(&value)
}

/// `2 of 9 files formatted`.
fn summary(changed: usize, files: usize, is_check: bool) -> String {
    let done = if is_check { "would change: gatewright fmt" } else { "formatted" };
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    if changed == 0 { format!("nothing to change in {files}") } else { format!("{changed} of {files} {done}") }
}
