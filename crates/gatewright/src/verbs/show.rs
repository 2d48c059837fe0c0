//! `show`: what an organisation comes to, every layer laid over the other, and where each line comes from.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use gatewright_bundle::program::Org;
use gatewright_terms::Slug;
use serde_json::{Value, json};
use wright::{Compiled, compile, effective};
use wright_policy::Origin;

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::style::plain;
use crate::verbs::bundle::parse_environment;
use crate::verbs::diff::side::nearest;
use crate::verbs::{check, choose};

mod leavers;

/// Show the effective policy of an organisation
#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Org(ShowOrg),
}

/// Show every line of an organisation as an environment enforces it
///
/// Defaults, the organisation's file and the environment laid over each other: what is built in and what a provider's
/// profile says stands there too. Below them stands how long somebody keeps access whom the identity provider has
/// deactivated, step by step.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  gatewright show org acme --origins\n  gatewright show org acme --output json")]
struct ShowOrg {
    /// The organisation
    org: String,
    /// Also where each line is written; in brackets, the line that it stands in
    #[arg(long)]
    origins: bool,
    /// The environment [default: the only one, else `production`]
    #[arg(long, value_name = "ENV", value_parser = parse_environment)]
    environment: Option<Slug>,
}

impl Show {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        match &self.what {
            What::Org(args) => args.run(context),
        }
    }
}

/// A line, and where it is written.
struct Shown<'a> {
    path: String,
    value: String,
    origin: Option<&'a Origin>,
    /// The origin is the line's own, not that of what it stands in.
    exact: bool,
}

impl ShowOrg {
    fn run(&self, context: &Context) -> Result<Report, Failure> {
        let outcome = compile(&context.workspace(None)?, check::threads(), context.as_of());
        check::refuse_unreadable(&outcome.unreadable)?;
        let environment = choose::environment(self.environment.as_ref(), &outcome)?;
        let Some(compiled) = outcome.programs.get(environment) else {
            return Ok(check::report(&outcome, context)?.hint("the policy has to be right before it can be shown"));
        };
        let org = choose::org(&self.org, &compiled.program)?;
        let lines = shown(compiled, org);
        if context.wants_json() {
            let rows: Vec<Value> = lines.iter().map(row).collect();
            return Ok(Report::done(context::json(&json!({
                "schema": "gatewright.show/1",
                "environment": environment.as_str(),
                "org": org.id.as_str(),
                "lines": rows,
                "revocation_bound": leavers::json(compiled, org),
            }))?));
        }
        let style = context.style();
        let prefix = format!("org[{}].", org.id);
        let mut body = format!("{} {} in `{environment}`\n", style.bold(&org.id), plain(&org.name));
        for line in &lines {
            let path = line.path.strip_prefix(&prefix).unwrap_or(&line.path);
            let place =
                line.origin.filter(|_| self.origins).map(|origin| place(origin, line.exact)).unwrap_or_default();
            let text = format!("  {}  {}  {}", plain(path), style.bold(plain(&line.value)), style.dim(plain(&place)));
            let _ = writeln!(body, "{}", text.trim_end());
        }
        body.push_str(&leavers::human(compiled, org, self.origins, style));
        Ok(Report::done(body))
    }
}

fn shown<'a>(compiled: &'a Compiled, org: &Org) -> Vec<Shown<'a>> {
    let lines = effective(&compiled.program, org).into_iter();
    let one = |(path, value): (String, String)| {
        let own = compiled.provenance.of(&path);
        let origin = own.or_else(|| nearest(&compiled.provenance, &path));
        Shown { exact: own.is_some(), origin, path, value }
    };
    lines.map(one).collect()
}

fn place(origin: &Origin, exact: bool) -> String {
    let place = if origin.line == 0 { origin.file.to_string() } else { format!("{}:{}", origin.file, origin.line) };
    if exact { place } else { format!("({place})") }
}

fn row(line: &Shown<'_>) -> Value {
    let written = line.origin.filter(|origin| origin.line > 0);
    json!({
        "path": line.path,
        "value": line.value,
        "file": written.map(|origin| &*origin.file),
        "line": written.map(|origin| origin.line),
        "exact": line.exact,
    })
}
