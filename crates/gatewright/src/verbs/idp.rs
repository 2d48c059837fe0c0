//! `idp fetch` and `idp test`: what an identity provider publishes, vendored; and a link that tries a connection.

use clap::{Args, Subcommand};
use gatewright_terms::{OrgId, Slug};
use serde_json::{Value, json};

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::runtime::Runtime;
use crate::style::plain;

mod download;
mod fetch;

/// Take over an identity provider's metadata, or try a connection
#[derive(Debug, Args)]
pub(crate) struct Idp {
    #[command(subcommand)]
    verb: IdpVerb,
}

#[derive(Debug, Subcommand)]
enum IdpVerb {
    Fetch(fetch::Fetch),
    Test(Test),
}

/// Make a link that tries a connection once
///
/// Whoever opens it signs in at the identity provider and sees a trace of what was checked; no session is made. It works
/// in every stage, and is how a connection is tried before anybody depends on it. The token needs the scope `members`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  export GATEWRIGHT_TOKEN_FILE=~/.config/gatewright/token\n  gatewright idp test acme/okta --runtime http://127.0.0.1:8081"
)]
struct Test {
    /// The connection, as ORG/CONNECTION
    #[arg(value_name = "ORG/CONNECTION", value_parser = parse_target)]
    target: Target,
    /// The admin listener of the runtime [default: GATEWRIGHT_RUNTIME]
    #[arg(long, value_name = "URL")]
    runtime: Option<String>,
}

/// `acme/okta`.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) org: OrgId,
    pub(crate) connection: Slug,
}

fn parse_target(text: &str) -> Result<Target, String> {
    let parts = text.split_once('/').and_then(|(org, connection)| {
        Some(Target { org: OrgId::parse(org).ok()?, connection: Slug::parse(connection).ok()? })
    });
    parts.ok_or_else(|| "write the organisation and its connection, such as acme/okta".into())
}

impl Idp {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        match &self.verb {
            IdpVerb::Fetch(fetch) => fetch.run(context),
            IdpVerb::Test(test) => test.run(context),
        }
    }
}

impl Test {
    fn run(&self, context: &Context) -> Result<Report, Failure> {
        let Target { org, connection } = &self.target;
        let runtime = Runtime::from_context(self.runtime.as_deref(), context)?;
        let path = ["v1", "orgs", org.as_str(), "connections", connection.as_str(), "test-links"];
        let answer = runtime.post(&path, &json!({}))?;
        if context.wants_json() {
            return Ok(Report::done(context::json(&answer)?));
        }
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(plain);
        let url = text("url").ok_or_else(|| Failure::other_side("the runtime answers without a link"))?;
        let report = Report::done(format!("{url}\n"));
        let until = text("expires").map(|expires| format!(", until {expires}")).unwrap_or_default();
        Ok(report
            .hint(format!("open it in a browser: it works once{until}"))
            .hint("it signs nobody in: the page shows what was checked, and what came of it"))
    }
}
