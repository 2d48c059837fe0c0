//! `why`: one person at one time, as the gate that runs decides about them, rule by rule.
//!
//! Reads the admin listener; and the workspace, where it is what runs, for the file and line of each step.
//!
//! Invariant: a line is named only where the workspace compiles to the bundle that the gate explained by.

use std::fmt::Write as _;

use clap::Args;
use gatewright_bundle::program::Program;
use gatewright_terms::{EmailAddress, OrgId, Refusal, Slug, Timestamp};
use serde_json::{Value, json};
use wright_policy::Provenance;

use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::runtime::Runtime;
use crate::style::{Style, plain};
use crate::verbs::bundle::{self, parse_environment};
use crate::verbs::diff::side::Side;

/// Say what one person may do at a running gate, and why
///
/// Asks the runtime what it decides about a member as they last signed in, step by step: what they hold and through which
/// line, or what keeps them out and the closest change that would admit them; and which of their sessions are alive. Files and
/// lines are named where the workspace is what runs. Exit 0 where they are admitted, 4 where not. The token needs the
/// scope `read`, and the reading is recorded.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright why ada@acme.com --runtime http://127.0.0.1:8081\n  gatewright why ada@acme.com --org acme --at 2026-12-01T09:00:00Z --output json"
)]
pub(crate) struct Why {
    /// The address of the person
    person: String,
    /// The organisation [default: the one that claims the domain]
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// The environment that is meant; another one that the runtime serves is refused
    #[arg(long, value_name = "ENV", value_parser = parse_environment)]
    environment: Option<Slug>,
    /// The moment, now or later: which sessions are alive then, if nobody uses them [default: now]
    #[arg(long, value_name = "TIME", value_parser = crate::args::parse_time)]
    at: Option<Timestamp>,
    /// The admin listener of the runtime [default: GATEWRIGHT_RUNTIME]
    #[arg(long, value_name = "URL")]
    runtime: Option<String>,
}

impl Why {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let email = EmailAddress::parse(&self.person)
            .map_err(|_| Failure::usage(format!("`{}` is not an e-mail address", plain(&self.person))))?;
        let runtime = Runtime::from_context(self.runtime.as_deref(), context)?;
        let status = runtime.status()?;
        if let Some(meant) = self.environment.as_ref().filter(|meant| meant.as_str() != status.environment) {
            return Err(Failure::usage(format!("the runtime serves `{}`, not `{meant}`", status.environment)));
        }
        let org = self.org(&email, &runtime)?;
        let ids = members(&runtime, &org, &email)?;
        if ids.is_empty() {
            return Err(unknown(&org, &email));
        }
        let asked = ids.iter().map(|id| explained(&runtime, &org, id, self.at));
        let mut told = Told::of(asked.collect::<Result<_, _>>()?, &runtime)?;
        let lines = told.name_lines(&status.environment, context);
        let exit = if told.people.iter().any(is_admitted) { Exit::Done } else { Exit::Gate };
        let report = if context.wants_json() {
            Report::new(context::json(&told.document())?, exit)
        } else {
            Report::new(told.human(&org, context.style()), exit)
        };
        Ok(if lines {
            report
        } else {
            report.hint("files and lines are named where --workspace is what the gate runs")
        })
    }

    fn org(&self, email: &EmailAddress, runtime: &Runtime) -> Result<OrgId, Failure> {
        if let Some(named) = &self.org {
            return OrgId::parse(named)
                .map_err(|_| Failure::usage(format!("`{}` is no id of an organisation", plain(named))));
        }
        let program: Program = bundle::decode(std::path::Path::new("the running bundle"), &runtime.bundle()?)?;
        let claims = program.orgs.iter().find(|org| org.domains.iter().any(|it| it.name == *email.domain()));
        claims.map(|org| org.id.clone()).ok_or_else(|| {
            Failure::gate(format!("no organisation claims `{}`", email.domain()))
                .help("nobody of that domain gets in; --org names an organisation that they once were in")
        })
    }
}

fn unknown(org: &OrgId, email: &EmailAddress) -> Failure {
    Failure::gate(format!("`{org}` has no member with the address `{email}`")).help(format!(
        "whoever has not signed in yet holds nothing; gatewright try --org {org} --email {email} says what they would"
    ))
}

/// The ids of those who have the address; several where they come through several connections.
fn members(runtime: &Runtime, org: &OrgId, email: &EmailAddress) -> Result<Vec<String>, Failure> {
    let found = runtime.get_with(&["v1", "orgs", org.as_str(), "members"], &[("email", &email.to_string())])?;
    let members = found.get("members").and_then(Value::as_array);
    let ids: Option<Vec<String>> =
        members.and_then(|members| members.iter().map(|it| Some(it.get("id")?.as_str()?.to_owned())).collect());
    ids.ok_or_else(|| runtime.failed("says nothing that is a `gatewright.members/1`"))
}

fn explained(runtime: &Runtime, org: &OrgId, id: &str, at: Option<Timestamp>) -> Result<Value, Failure> {
    let at = at.map(|at| at.unix().to_string());
    let query: Vec<(&str, &str)> = at.iter().map(|at| ("at", at.as_str())).collect();
    runtime.get_with(&["v1", "orgs", org.as_str(), "members", id, "why"], &query)
}

/// Everybody who has the address, by one bundle.
struct Told {
    document: Value,
    bundle: String,
    people: Vec<Value>,
}

impl Told {
    fn of(documents: Vec<Value>, runtime: &Runtime) -> Result<Self, Failure> {
        let strange = || runtime.failed("says nothing that is a `gatewright.why/1`");
        let bundle = |document: &Value| document.get("bundle").and_then(Value::as_str).map(str::to_owned);
        let first = documents.first().and_then(bundle).ok_or_else(strange)?;
        if documents.iter().any(|document| bundle(document).as_ref() != Some(&first)) {
            return Err(runtime
                .failed("has changed its bundle in between")
                .help("run it again, so that what runs now is explained"));
        }
        let mut people = Vec::new();
        for document in &documents {
            let found = document.get("people").and_then(Value::as_array).ok_or_else(strange)?;
            if document.get("schema") != Some(&json!("gatewright.why/1")) || !found.iter().all(is_person) {
                return Err(strange());
            }
            people.extend(found.iter().cloned());
        }
        Ok(Self { document: documents.into_iter().next().unwrap_or_default(), bundle: first, people })
    }

    /// Whether it could.
    fn name_lines(&mut self, environment: &str, context: &Context) -> bool {
        let Some(provenance) = provenance(environment, &self.bundle, context) else { return false };
        let steps = self.people.iter_mut().filter_map(|it| it.get_mut("steps")?.as_array_mut()).flatten();
        for step in steps {
            let path = step.get("path").and_then(Value::as_str);
            let origin = path.and_then(|path| provenance.of(path)).filter(|origin| origin.line > 0).cloned();
            if let (Some(origin), Some(step)) = (origin, step.as_object_mut()) {
                step.insert("file".to_owned(), json!(&*origin.file));
                step.insert("line".to_owned(), json!(origin.line));
            }
        }
        true
    }

    fn document(&self) -> Value {
        let mut document = self.document.clone();
        if let Some(members) = document.as_object_mut() {
            members.insert("people".to_owned(), json!(self.people));
        }
        document
    }

    fn human(&self, org: &OrgId, style: Style) -> String {
        self.people.iter().map(|it| person(it, org, style)).collect::<Vec<_>>().join("\n")
    }
}

fn is_person(person: &Value) -> bool {
    let has = |at: &str| person.pointer(at).is_some();
    ["/member/email", "/member/connection", "/outcome", "/steps", "/sessions", "/permissions"].iter().all(|at| has(at))
}

fn is_admitted(person: &Value) -> bool {
    person.get("outcome") == Some(&json!("admit"))
}

/// Of the workspace, where it compiles to this bundle.
fn provenance(environment: &str, running: &str, context: &Context) -> Option<Provenance> {
    let side = Side::of_workspace(context).ok()?;
    side.provenance_of(&Slug::parse(environment).ok()?, running)
}

fn person(person: &Value, org: &OrgId, style: Style) -> String {
    let text = |at: &str| person.pointer(at).and_then(Value::as_str).map(plain).unwrap_or_default();
    let (email, last) = (text("/member/email"), text("/member/last_sign_in"));
    let mut body = format!("{} through `{}`, last sign-in {last}\n", style.bold(email), text("/member/connection"));
    for step in person.get("steps").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| step.get(name).and_then(Value::as_str).map(plain).unwrap_or_default();
        let place = step.get("line").and_then(Value::as_u64).map(|line| format!("   {}:{line}", text("file")));
        let stage = style.dim(format!("{:<10}", text("stage")));
        // Writing to a string does not fail, here and below.
        let _ = writeln!(body, "  {stage} {}{}", text("text"), style.dim(place.unwrap_or_default()));
    }
    if is_admitted(person) {
        let _ = writeln!(body, "{} admitted to `{org}`", style.green("✓"));
        let _ = writeln!(body, "  may {}", permissions(person));
    } else {
        let reason = text("/reason");
        let title = Refusal::from_slug(&reason).map(|refusal| refusal.page().title).unwrap_or_default();
        let _ = writeln!(body, "{} {reason}: {title}", style.red("✗"));
        if let Some(words) = person.pointer("/closest/words").and_then(Value::as_str) {
            let _ = writeln!(body, "  would get in: {}", plain(words));
        }
    }
    for session in person.get("sessions").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| session.get(name).and_then(Value::as_str).map(plain);
        let at = text("app").map(|app| format!(" at `{app}`")).unwrap_or_default();
        let (since, ends) = (text("created").unwrap_or_default(), text("ends").unwrap_or_default());
        let state =
            text("over").map_or_else(|| format!("ends {ends} at the latest"), |over| format!("is over: {over}"));
        let _ = writeln!(body, "  {} since {since}{at}, {state}", style.dim("session"));
    }
    body
}

fn permissions(person: &Value) -> String {
    let all = person.get("permissions").and_then(Value::as_array).into_iter().flatten();
    let one = |held: &Value| {
        let name = held.get("permission").and_then(Value::as_str).map(plain).unwrap_or_default();
        let project = held.get("project").and_then(Value::as_str).map(|it| format!(" on {}", plain(it)));
        name + &project.unwrap_or_default()
    };
    let all: Vec<String> = all.map(one).collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}
