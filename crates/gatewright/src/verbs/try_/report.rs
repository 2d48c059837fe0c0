//! Report: a verdict for people, or as `gatewright.try/1`.

use std::fmt::Write;

use gatewright_bundle::program::{Connection, Org};
use gatewright_decide::Admission;
use gatewright_terms::{Refusal, Slug, Timestamp};
use serde_json::{Value, json};

use super::steps::Step;
use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::style::plain;

/// What came of it.
pub(super) struct Verdict {
    /// `None`: admitted.
    refusal: Option<Refusal>,
    /// Finer than the refusal, where there is such a word.
    rule: Option<&'static str>,
    /// Role or permission, with the project that it is held in.
    roles: Vec<(String, Option<Slug>)>,
    permissions: Vec<(String, Option<Slug>)>,
    steps: Vec<Step>,
}

impl Verdict {
    pub(super) fn admitted(admission: &Admission<'_>, steps: Vec<Step>) -> Self {
        let roles = admission.roles().into_iter();
        let permissions = admission.permissions().into_iter();
        Self {
            refusal: None,
            rule: None,
            roles: roles.map(|(project, role)| (role.slug.to_string(), project.map(|it| it.slug.clone()))).collect(),
            permissions: permissions.map(|(project, name)| (name.to_string(), project.cloned())).collect(),
            steps,
        }
    }

    pub(super) fn refused(refusal: Refusal, rule: Option<&'static str>, steps: Vec<Step>) -> Self {
        Self { refusal: Some(refusal), rule, roles: Vec::new(), permissions: Vec::new(), steps }
    }

    fn exit(&self) -> Exit {
        if self.refusal.is_none() { Exit::Done } else { Exit::Gate }
    }
}

pub(super) fn print(
    verdict: &Verdict,
    environment: &Slug,
    org: &Org,
    connection: &Connection,
    at: Timestamp,
    context: &Context,
) -> Result<Report, Failure> {
    if context.wants_json() {
        let value = json!({
            "schema": "gatewright.try/1",
            "environment": environment.as_str(),
            "org": org.id.as_str(),
            "connection": connection.slug.as_str(),
            "at": at.to_string(),
            "outcome": if verdict.refusal.is_none() { "admit" } else { "refuse" },
            "reason": verdict.refusal.map(Refusal::slug),
            "rule": verdict.rule,
            "roles": rows("role", &verdict.roles),
            "permissions": rows("permission", &verdict.permissions),
            "steps": verdict.steps.iter().map(|step| json!({"stage": step.stage, "text": step.text})).collect::<Vec<_>>(),
        });
        return Ok(Report::new(context::json(&value)?, verdict.exit()));
    }
    let style = context.style();
    let mut body = String::new();
    for step in &verdict.steps {
        // Writing to a string does not fail, here and below.
        let _ = writeln!(body, "  {} {}", style.dim(format!("{:<10}", step.stage)), plain(&step.text));
    }
    match verdict.refusal {
        None => {
            let _ = writeln!(body, "{} admitted to `{}`", style.green("✓"), org.id);
            let _ = writeln!(body, "  may {}", listed(&verdict.permissions));
            Ok(Report::new(body, verdict.exit()))
        }
        Some(refusal) => {
            let page = refusal.page();
            let rule = verdict.rule.map(|rule| format!(" ({rule})")).unwrap_or_default();
            let _ = writeln!(body, "{} {refusal}{rule}: {}", style.red("✗"), page.title);
            let report = Report::new(body, verdict.exit());
            Ok(report.hint(page.repair).hint(format!("more: gatewright explain {refusal}")))
        }
    }
}

fn rows(word: &str, all: &[(String, Option<Slug>)]) -> Vec<Value> {
    let row = |(name, project): &(String, Option<Slug>)| match project {
        Some(project) => json!({word: name, "project": project.as_str()}),
        None => json!({word: name}),
    };
    all.iter().map(row).collect()
}

fn listed(all: &[(String, Option<Slug>)]) -> String {
    if all.is_empty() {
        return "nothing".to_owned();
    }
    let one = |(name, project): &(String, Option<Slug>)| match project {
        Some(project) => format!("{name} on {project}"),
        None => name.clone(),
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}
