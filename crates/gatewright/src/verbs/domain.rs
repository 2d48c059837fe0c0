//! `domain prove`: an operator states to a runtime that an organisation owns a domain that it claims.

use clap::{Args, Subcommand};
use gatewright_terms::{DomainName, NotADomain, OrgId};
use serde_json::{Value, json};

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::runtime::Runtime;
use crate::style::plain;

/// An operator writes why in a sentence, not in an essay.
const REASON_BYTES_MAX: usize = 500;

/// Prove to a runtime that an organisation owns a domain
#[derive(Debug, Args)]
pub(crate) struct Domain {
    #[command(subcommand)]
    verb: DomainVerb,
}

#[derive(Debug, Subcommand)]
enum DomainVerb {
    Prove(Prove),
}

/// Record the proof that an organisation owns a domain
///
/// The policy claims domains; the runtime holds the proofs. Until a domain is proved nobody new signs in with it.
/// With --manually you vouch for it yourself: your token's name and the reason stand in the audit trail for good.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  gatewright domain prove acme acme.com --manually --reason \"contract 2026-117, letter of 3 March\" \\\n      --runtime http://127.0.0.1:8081"
)]
struct Prove {
    /// The organisation
    org: String,
    /// One of the domains that it claims
    domain: String,
    /// Vouch for it yourself
    #[arg(long, required = true)]
    manually: bool,
    /// How you know; stands in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The admin listener of the runtime [default: GATEWRIGHT_RUNTIME]
    #[arg(long, value_name = "URL")]
    runtime: Option<String>,
}

impl Domain {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        match &self.verb {
            DomainVerb::Prove(prove) => prove.run(context),
        }
    }
}

impl Prove {
    fn run(&self, context: &Context) -> Result<Report, Failure> {
        let org = OrgId::parse(&self.org).map_err(|error| {
            let nearest = error.suggestion.map(|nearest| format!("do you mean `{nearest}`?"));
            Failure::usage(format!("`{}` is no organisation's id", plain(&self.org)))
                .help(nearest.unwrap_or_else(|| "small letters, digits and hyphens, as its folder is called".into()))
        })?;
        let domain = parse_domain(&self.domain)?;
        let reason = self.parse_reason()?;
        let runtime = Runtime::from_context(self.runtime.as_deref(), context)?;
        let body = json!({"method": "manual", "reason": reason});
        let answer = runtime.post(&["v1", "orgs", org.as_str(), "domains", domain.as_str(), "proofs"], &body)?;
        if context.wants_json() {
            return Ok(Report::done(context::json(&answer)?));
        }
        let by = answer
            .get("operator")
            .and_then(Value::as_str)
            .map(|name| format!(" by {}", plain(name)))
            .unwrap_or_default();
        Ok(Report::done(format!("{} `{domain}` is proved for `{org}`{by}\n", context.style().green("✓")))
            .hint("people with an address in it can sign in from now on; the proof stands in the audit trail"))
    }

    fn parse_reason(&self) -> Result<&str, Failure> {
        let reason = self.reason.trim();
        if reason.is_empty() {
            return Err(Failure::usage("the reason is empty")
                .help("say how you know that the domain is theirs: a contract, a ticket, a call"));
        }
        if reason.len() > REASON_BYTES_MAX || reason.chars().any(char::is_control) {
            return Err(Failure::usage(format!("the reason must be one line of at most {REASON_BYTES_MAX} bytes")));
        }
        Ok(reason)
    }
}

fn parse_domain(text: &str) -> Result<DomainName, Failure> {
    DomainName::parse(text).map_err(|error| {
        let failure = |why: &str| Failure::usage(format!("`{}` is no domain: {why}", plain(text)));
        match error {
            NotADomain::Spelling { canonical } => {
                failure("it is not spelt as policies spell it").help(format!("write `{canonical}`"))
            }
            NotADomain::Wildcard => failure("a claim is one exact host, without `*`"),
            NotADomain::IpAddress => failure("it is an IP address"),
            NotADomain::SingleLabel => failure("it has a single label"),
            NotADomain::Malformed => failure("it is malformed"),
        }
    })
}
