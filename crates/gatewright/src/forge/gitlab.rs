//! Gitlab: findings as a code quality report, which GitLab shows in a merge request.
//!
//! Source: GitLab documentation, "Code Quality", the report format.

use gatewright_bundle::Digest;
use serde_json::json;
use wright_syntax::diagnostic::Severity;

use super::Findings;
use crate::context;
use crate::failure::Failure;

pub(crate) fn gitlab(findings: &Findings<'_>) -> Result<String, Failure> {
    let rows: Vec<_> = findings
        .located()
        .iter()
        .map(|located| {
            json!({
                "description": format!("{}: {}", located.code(), located.found.message),
                "check_name": format!("{} {}", located.code(), located.found.code.slug),
                // A fingerprint of letters and digits alone is wanted there.
                "fingerprint": Digest::of(located.fingerprint.as_bytes()).to_string(),
                "severity": severity(located.found.code.severity),
                "location": {
                    "path": located.at.file.as_deref().unwrap_or_default(),
                    "lines": {"begin": located.at.start.line, "end": located.at.end.line},
                },
            })
        })
        .collect();
    context::json(&rows)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Deny => "major",
        Severity::Warn => "minor",
        Severity::Info => "info",
    }
}
