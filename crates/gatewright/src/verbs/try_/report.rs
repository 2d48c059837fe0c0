//! Report: a verdict for people, or as `gatewright.try/1`.

use std::fmt::Write;

use gatewright_bundle::program::{Connection, Org};
use gatewright_decide::{Closest, Explanation, Step};
use gatewright_terms::{GroupName, Refusal, Slug, Timestamp, Trait};
use serde_json::{Value, json};
use wright_policy::{Origin, Provenance};

use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::style::plain;

/// What came of it.
pub(super) struct Verdict {
    pub(super) explanation: Explanation,
    /// Finer than the refusal, where there is such a word.
    pub(super) rule: Option<&'static str>,
}

/// What was asked, and of which policy.
pub(super) struct Tried<'a> {
    pub(super) environment: &'a Slug,
    pub(super) org: &'a Org,
    pub(super) connection: &'a Connection,
    pub(super) at: Timestamp,
    pub(super) provenance: &'a Provenance,
}

impl Tried<'_> {
    /// Where the line of a step stands.
    fn place(&self, step: &Step) -> Option<&Origin> {
        self.provenance.of(step.path.as_deref()?).filter(|origin| origin.line > 0)
    }
}

impl Verdict {
    fn exit(&self) -> Exit {
        if self.explanation.refusal.is_none() { Exit::Done } else { Exit::Gate }
    }
}

pub(super) fn print(verdict: &Verdict, tried: &Tried<'_>, context: &Context) -> Result<Report, Failure> {
    if context.wants_json() {
        return Ok(Report::new(context::json(&json(verdict, tried))?, verdict.exit()));
    }
    let (style, told) = (context.style(), &verdict.explanation);
    let mut body = String::new();
    for step in &told.steps {
        let place = tried.place(step).map(|origin| style.dim(format!("   {}:{}", plain(&origin.file), origin.line)));
        // Writing to a string does not fail, here and below.
        let _ = writeln!(
            body,
            "  {} {}{}",
            style.dim(format!("{:<10}", step.stage)),
            plain(&step.text),
            place.unwrap_or_default()
        );
    }
    match told.refusal {
        None => {
            let _ = writeln!(body, "{} admitted to `{}`", style.green("✓"), tried.org.id);
            let _ = writeln!(body, "  may {}", listed(&told.permissions));
            Ok(Report::new(body, verdict.exit()))
        }
        Some(refusal) => {
            let page = refusal.page();
            let rule = verdict.rule.map(|rule| format!(" ({rule})")).unwrap_or_default();
            let _ = writeln!(body, "{} {refusal}{rule}: {}", style.red("✗"), page.title);
            if let Some(closest) = &told.closest {
                let _ = writeln!(body, "  would get in: {}", plain(&closest.to_string()));
            }
            let report = Report::new(body, verdict.exit());
            Ok(report.hint(page.repair).hint(format!("more: gatewright explain {refusal}")))
        }
    }
}

fn json(verdict: &Verdict, tried: &Tried<'_>) -> Value {
    let step = |step: &Step| {
        let place = tried.place(step);
        json!({
            "stage": step.stage,
            "text": step.text,
            "file": place.map(|origin| &*origin.file),
            "line": place.map(|origin| origin.line),
        })
    };
    let told = &verdict.explanation;
    json!({
        "schema": "gatewright.try/1",
        "environment": tried.environment.as_str(),
        "org": tried.org.id.as_str(),
        "connection": tried.connection.slug.as_str(),
        "at": tried.at.to_string(),
        "outcome": if told.refusal.is_none() { "admit" } else { "refuse" },
        "reason": told.refusal.map(Refusal::slug),
        "rule": verdict.rule,
        "roles": rows("role", &told.roles),
        "permissions": rows("permission", &told.permissions),
        "steps": told.steps.iter().map(step).collect::<Vec<_>>(),
        "closest": told.closest.as_ref().map(closest),
    })
}

fn closest(closest: &Closest) -> Value {
    json!({
        "through": closest.through.as_ref().map(Slug::as_str),
        "without": closest.without.iter().map(GroupName::as_str).collect::<Vec<_>>(),
        "with": closest.with.as_ref().and_then(Trait::group).map(GroupName::as_str),
        "with_attribute": closest.with.as_ref().and_then(Trait::attribute).map(ToString::to_string),
    })
}

fn rows<T: ToString>(word: &str, all: &[(T, Option<Slug>)]) -> Vec<Value> {
    let row = |(name, project): &(T, Option<Slug>)| match project {
        Some(project) => json!({word: name.to_string(), "project": project.as_str()}),
        None => json!({word: name.to_string()}),
    };
    all.iter().map(row).collect()
}

fn listed<T: ToString>(all: &[(T, Option<Slug>)]) -> String {
    if all.is_empty() {
        return "nothing".to_owned();
    }
    let one = |(name, project): &(T, Option<Slug>)| match project {
        Some(project) => format!("{} on {project}", name.to_string()),
        None => name.to_string(),
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}
