//! Json: findings as `gatewright.diagnostics/1`.
//!
//! Invariant: a fingerprint is made of the code and the path of the thing, or of the file where nothing was understood:
//! it does not change when lines move. Of several with one fingerprint the later ones are numbered: whoever folds by it
//! loses none.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wright::Outcome;
use wright_syntax::LineIndex;
use wright_syntax::diagnostic::{Diagnostic, Severity};
use wright_syntax::source::{FileId, Source, Span};

use crate::context::{self, Context, Report};
use crate::failure::Failure;

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
        "diagnostics": diagnostics(outcome.workspace.sources(), findings),
    });
    if let (Some(as_of), Some(object)) = (context.common.as_of, value.as_object_mut()) {
        object.insert("as_of".into(), as_of.to_string().into());
    }
    Ok(Report::new(context::json(&value)?, findings.exit()))
}

/// One row for each finding.
pub(crate) fn diagnostics(sources: &[Source], findings: &Findings) -> Vec<Value> {
    let mut places = Places { sources, lines: BTreeMap::new() };
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut fingerprint = |found: &Diagnostic, places: &Places<'_>| {
        let path = if found.path.is_empty() {
            places.file(&found.primary.0).unwrap_or_default()
        } else {
            found.path.to_string()
        };
        let bare = format!("GW{:04}:{path}", found.code.number);
        let count = seen.entry(bare.clone()).and_modify(|count| *count += 1).or_insert(1);
        if *count == 1 { bare } else { format!("{bare}#{count}") }
    };
    let rows = findings.all.iter().map(|found| {
        let fingerprint = fingerprint(found, &places);
        diagnostic(found, &fingerprint, &mut places)
    });
    rows.collect()
}

fn diagnostic(found: &Diagnostic, fingerprint: &str, places: &mut Places<'_>) -> Value {
    let code = format!("GW{:04}", found.code.number);
    let related: Vec<_> = found
        .related
        .iter()
        .map(|(span, text)| json!({"file": places.file(span), "range": places.range(span), "message": text}))
        .collect();
    let fix = found
        .fix
        .as_ref()
        .map(|fix| json!({"file": places.file(&fix.span), "range": places.range(&fix.span), "text": fix.text}));
    json!({
        "code": code,
        "slug": found.code.slug,
        "severity": severity(found.code.severity),
        "message": found.message,
        "label": found.primary.1,
        "help": found.help,
        "org": found.org.as_deref(),
        "path": &*found.path,
        "file": places.file(&found.primary.0),
        "range": places.range(&found.primary.0),
        "related": related,
        "fix": fix,
        "fingerprint": fingerprint,
        "docs": format!("gatewright explain {code}"),
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

/// Spans to places, with one line index for each file that has findings.
struct Places<'a> {
    sources: &'a [Source],
    lines: BTreeMap<FileId, LineIndex>,
}

impl Places<'_> {
    fn source(&self, file: FileId) -> Option<&Source> {
        self.sources.get(usize::try_from(file.0).ok()?)
    }

    fn file(&self, span: &Span) -> Option<String> {
        self.source(span.file).map(|source| source.path.to_string())
    }

    fn range(&mut self, span: &Span) -> Value {
        let text = self.source(span.file).map(|source| source.text.clone()).unwrap_or_default();
        let lines = self.lines.entry(span.file).or_insert_with(|| LineIndex::new(&text));
        let place = |offset: u32| {
            let place = lines.place(&text, offset);
            json!({"line": place.line, "column": place.column, "offset": offset})
        };
        json!({"start": place(span.start), "end": place(span.end)})
    }
}
