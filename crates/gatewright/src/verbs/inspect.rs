//! `inspect`: what is in a bundle, signed or not, without trusting it.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use gatewright_bundle::program::{Grantee, Org, Program, Stage, StepUp};
use gatewright_bundle::{BundleFile, FORMAT};
use gatewright_terms::Trait;
use serde_json::json;
use wright_policy::spell;

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::style::plain;
use crate::verbs::bundle;

mod connection;

/// Show what is in a bundle
///
/// Reads all of it and says what it holds; a file that is not sound is refused. Signatures are listed and not judged:
/// `verify` does that.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright inspect acme.signed\n  gatewright inspect acme.signed --org acme\n  gatewright inspect acme.bundle --output json"
)]
pub(crate) struct Inspect {
    /// What `compile` or `sign` wrote
    file: PathBuf,
    /// One organisation, in full
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
}

impl Inspect {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let file = bundle::read(&self.file)?;
        let program = bundle::decode(&self.file, &file)?;
        match &self.org {
            Some(org) => self.report_org(org, &program, context),
            None => report(&file, &program, context),
        }
    }

    fn report_org(&self, wanted: &str, program: &Program, context: &Context) -> Result<Report, Failure> {
        let found = program.orgs.iter().find(|org| org.id.as_str() == wanted);
        let org = found.ok_or_else(|| {
            Failure::usage(format!("`{}` holds no organisation `{}`", self.file.display(), plain(wanted)))
                .help(format!("gatewright inspect {}    lists them", self.file.display()))
        })?;
        let lines = lines_of(org, program);
        if context.wants_json() {
            let facts: Vec<_> = lines.iter().map(|(name, fact)| json!({"name": name, "value": fact})).collect();
            return Ok(Report::done(context::json(
                &json!({"schema": "gatewright.inspect-org/1", "org": org.id.as_str(), "facts": facts}),
            )?));
        }
        let style = context.style();
        let mut body = format!("{} {}\n", style.bold(&org.id), plain(&org.name));
        for (name, fact) in lines {
            // Writing to a string does not fail.
            let _ = writeln!(body, "  {} {}", style.dim(format!("{name:<10}")), plain(&fact));
        }
        Ok(Report::done(body))
    }
}

fn report(file: &BundleFile, program: &Program, context: &Context) -> Result<Report, Failure> {
    let statement = file.statement();
    let (sequence, expires) =
        (statement.map(|it| it.sequence), statement.and_then(|it| it.expires).map(|at| at.to_string()));
    let signatures: Vec<_> = file.signatures().iter().map(|(key, _)| key.to_string()).collect();
    let orgs: Vec<_> = program.orgs.iter().map(|org| org.id.to_string()).collect();
    let environment = &program.environment;
    if context.wants_json() {
        return Ok(Report::done(context::json(&json!({
            "schema": "gatewright.inspect/1", "format": FORMAT, "digest": bundle::digest(file.digest()),
            "environment": environment.name.as_str(), "base_url": environment.base_url,
            "sequence": sequence, "expires": expires, "provenance": bundle::digest(file.provenance()),
            "signatures": signatures, "apps": environment.apps.iter().map(|app| app.slug.as_str()).collect::<Vec<_>>(),
            "orgs": orgs,
        }))?));
    }
    let style = context.style();
    let mut body = String::new();
    let mut line = |name: &str, fact: String| {
        // Writing to a string does not fail.
        let _ = writeln!(body, "{} {}", style.dim(format!("{name:<12}")), plain(&fact));
    };
    line("environment", format!("{} at {}", environment.name, environment.base_url));
    line("digest", bundle::digest(file.digest()));
    line("provenance", bundle::digest(file.provenance()));
    line("sequence", sequence.map_or_else(|| "none: not signed".into(), |number| number.to_string()));
    line("expires", expires.unwrap_or_else(|| "never".into()));
    line(
        "signed by",
        if signatures.is_empty() { "nobody".into() } else { format!("{} (not verified here)", signatures.join(", ")) },
    );
    for app in &environment.apps {
        let of = app.org.as_ref().map(|org| format!(", {org} only")).unwrap_or_default();
        line("app", format!("{} at {}{of}", app.slug, app.origin));
    }
    line("orgs", format!("{}: {}", orgs.len(), orgs.join(" ")));
    Ok(Report::done(body))
}

/// An organisation's facts in the words of the language.
fn lines_of(org: &Org, program: &Program) -> Vec<(&'static str, String)> {
    let mut lines = vec![("plan", org.plan.to_string()), ("time-zone", org.time_zone.clone())];
    lines.extend(org.owners.iter().map(|owner| ("owner", owner.to_string())));
    lines.push(("stage", stage(org.stage).to_owned()));
    for connection in &org.connections {
        lines.extend(connection::lines_of(connection, program));
    }
    let connection = |index: u32| org.connections.get(index as usize).map(|it| it.slug.to_string()).unwrap_or_default();
    lines.extend(
        org.domains
            .iter()
            .map(|domain| ("domain", format!("{} signs in with {}", domain.name, connection(domain.connection)))),
    );
    for grant in &org.grants {
        let role =
            program.catalogue.roles.get(grant.role as usize).map(|role| role.slug.to_string()).unwrap_or_default();
        let project = grant
            .project
            .and_then(|index| org.projects.get(index as usize))
            .map(|it| format!(" on {}", it.slug))
            .unwrap_or_default();
        let to = match &grant.to {
            Grantee::Having { connection: of, what } => {
                let of = if org.has_several_connections() { format!(" of {}", connection(*of)) } else { String::new() };
                match what {
                    Trait::Group(group) => format!("group {group}{of}"),
                    Trait::Attribute(attribute) => format!("attribute {attribute}{of}"),
                }
            }
            Grantee::EveryoneIn(domain) => format!("everyone in {domain}"),
        };
        lines.push(("grant", format!("{role}{project} to {to}")));
    }
    lines.extend(org.blocked_groups.iter().map(|group| ("block", format!("group {group}"))));
    lines.push((
        "session",
        format!(
            "idle {}, absolute {}, {} at a time{}",
            spell(org.session.idle.0),
            spell(org.session.absolute.0),
            org.session.concurrent,
            org.session
                .max_authentication_age
                .map(|age| format!(", authenticated within {}", spell(age.0)))
                .unwrap_or_default()
        ),
    ));
    lines.extend(org.step_ups.iter().map(|step_up| ("step-up", step_up_line(step_up, program))));
    lines
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Test => "test",
        Stage::Optional => "optional",
        Stage::Required => "required",
    }
}

fn step_up_line(step_up: &StepUp, program: &Program) -> String {
    let permission = program.catalogue.permissions.get(step_up.permission as usize);
    let name = permission.map(|permission| permission.name.to_string()).unwrap_or_default();
    let acr = step_up.acr.as_ref().map(|acr| format!(" with acr {acr}")).unwrap_or_default();
    format!("{name} within {}{acr}", spell(step_up.within.0))
}
