//! `status`: which bundle a gate runs, how it is, and whether that is what was expected.

use std::fmt::Write as _;

use clap::Args;
use gatewright_terms::Slug;
use serde_json::{Value, json};

use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::runtime::{self, Runtime};
use crate::style::{Style, plain};
use crate::verbs::bundle;
use crate::verbs::diff::side::Side;

/// Say what a runtime runs, and whether it is what is expected
///
/// What is expected is a bundle, or a git revision, which is compiled for the environment of the runtime. Another one that
/// runs is drift: exit 4. A bundle that was refused ends in exit 5, a store that is away in 6, an expired bundle in 4.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright status --runtime http://127.0.0.1:8081\n  gatewright status origin/main --workspace policies"
)]
pub(crate) struct Status {
    /// What should run: a git revision or a bundle file
    expected: Option<String>,
    /// The admin listener of the runtime [default: GATEWRIGHT_RUNTIME]
    #[arg(long, value_name = "URL")]
    runtime: Option<String>,
}

impl Status {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let status = Runtime::from_context(self.runtime.as_deref(), context)?.status()?;
        let expected = self.expected.as_deref().map(|name| Expected::of(name, &status, context)).transpose()?;
        let exit = exit(&status, expected.as_ref());
        let body = if context.wants_json() {
            let expected = expected.as_ref().map_or(Value::Null, Expected::document);
            context::json(&status.within("gatewright.status/1", [("expected", expected)]))?
        } else {
            told(&status, expected.as_ref(), context.style())
        };
        Ok(Report::new(body, exit))
    }
}

/// What should run.
struct Expected {
    name: String,
    digest: String,
    runs: bool,
}

impl Expected {
    fn of(name: &str, status: &runtime::Status, context: &Context) -> Result<Self, Failure> {
        let side = Side::named(name, context)?;
        let environment = Slug::parse(&status.environment).ok();
        let half = environment.and_then(|environment| side.environments.get(&environment));
        let half = half.ok_or_else(|| {
            let shown = plain(&side.name);
            Failure::usage(format!("`{shown}` has no environment `{}`, which the runtime serves", status.environment))
        })?;
        let digest = half.digest.map(bundle::digest).unwrap_or_default();
        Ok(Self { name: side.name.clone(), runs: digest == status.digest, digest })
    }

    fn document(&self) -> Value {
        json!({"ref": self.name, "digest": self.digest, "runs": self.runs})
    }
}

fn exit(status: &runtime::Status, expected: Option<&Expected>) -> Exit {
    let drift = expected.is_some_and(|expected| !expected.runs);
    let health = match status.health.as_str() {
        "ok" => Exit::Done,
        "stale" => Exit::Gate,
        "degraded" if status.document.pointer("/refused/code").is_some_and(Value::is_string) => Exit::Trust,
        _ => Exit::OtherSide,
    };
    Exit::of_all([health, if drift { Exit::Gate } else { Exit::Done }].into_iter().filter(|exit| *exit != Exit::Done))
}

fn told(status: &runtime::Status, expected: Option<&Expected>, style: Style) -> String {
    let text = |at: &str| status.document.pointer(at).and_then(Value::as_str).map(plain);
    let mark = if status.health == "ok" { style.green("✓") } else { style.red("✗") };
    let mut body = format!("{mark} `{}` is {}: sequence {}\n", status.environment, status.health, status.sequence);
    let mut row = |name: &str, value: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(body, "  {} {value}", style.dim(format!("{name:<8}")));
    };
    row("runs", &status.digest);
    for (name, at) in [("since", "/running/activated"), ("expires", "/running/expires")] {
        if let Some(at) = text(at) {
            row(name, &at);
        }
    }
    if let Some(reason) = text("/refused/reason") {
        let code = text("/refused/code").map(|code| format!(" {}", style.dim(code))).unwrap_or_default();
        row("refused", &format!("{reason}{code}"));
    }
    if let Some(expected) = expected {
        let name = plain(&expected.name);
        if expected.runs {
            row("expected", &format!("{} {name}", style.green("✓")));
        } else {
            row("expected", &format!("{} {name}: {} {}", style.red("✗"), expected.digest, style.dim("GW1408")));
        }
    }
    body
}
