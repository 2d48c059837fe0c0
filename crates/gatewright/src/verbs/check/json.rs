//! Json: findings as `gatewright.diagnostics/1`.

use serde_json::{Value, json};
use wright::Outcome;
use wright_syntax::diagnostic::{Diagnostic, Severity};
use wright_syntax::source::Source;

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::located::{Located, Point, Range, located};

use super::findings::Findings;

pub(crate) fn report(outcome: &Outcome, findings: &Findings, context: &Context) -> Result<Report, Failure> {
    let mut value = json!({
        "schema": "gatewright.diagnostics/1",
        "tool": {"name": "gatewright", "version": env!("CARGO_PKG_VERSION")},
        "summary": {
            "errors": findings.count(Severity::Error),
            "denied": findings.count(Severity::Deny),
            "warnings": findings.count(Severity::Warn),
            "infos": findings.count(Severity::Info),
            "orgs": outcome.orgs.len(),
            "orgs_with_findings": findings.orgs(),
            "environments": outcome.environments.iter().map(ToString::to_string).collect::<Vec<_>>(),
        },
        "diagnostics": rows(outcome.workspace.sources(), &findings.all),
    });
    if let (Some(as_of), Some(object)) = (context.common.as_of, value.as_object_mut()) {
        object.insert("as_of".into(), as_of.to_string().into());
    }
    Ok(Report::new(context::json(&value)?, findings.exit()))
}

/// The findings as every document lists them.
pub(crate) fn rows(sources: &[Source], found: &[Diagnostic]) -> Vec<Value> {
    located(found, sources).iter().map(row).collect()
}

fn row(located: &Located<'_>) -> Value {
    let found = located.found;
    let related: Vec<_> = located
        .related
        .iter()
        .map(|(at, text)| json!({"file": at.file, "range": range(at), "message": text}))
        .collect();
    let fix = located.fix.as_ref().map(|(at, text)| json!({"file": at.file, "range": range(at), "text": text}));
    json!({
        "code": located.code(),
        "slug": found.code.slug,
        "severity": severity(found.code.severity),
        "message": found.message,
        "label": found.primary.1,
        "help": found.help,
        "org": found.org.as_deref(),
        "path": &*found.path,
        "file": located.at.file,
        "range": range(&located.at),
        "related": related,
        "fix": fix,
        "fingerprint": located.fingerprint,
        "docs": format!("gatewright explain {}", located.code()),
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Deny => "deny",
        Severity::Warn => "warn",
        Severity::Info => "info",
    }
}

fn range(range: &Range) -> Value {
    let point = |point: &Point| json!({"line": point.line, "column": point.column, "offset": point.offset});
    json!({"start": point(&range.start), "end": point(&range.end)})
}
