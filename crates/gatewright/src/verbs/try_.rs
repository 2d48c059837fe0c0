//! `try`: one sign-in, decided as the gate would decide it, and explained rule by rule.
//!
//! Reads the workspace and what is said of a person, or a captured SAML response or ID token. Decides with the gate's own
//! evaluator; a response goes through the gate's own screen and checks, its signatures through a verifier without C.
//!
//! Invariant: a response whose signatures were not found good is never called admitted; of a token, whose keys are at the
//! provider, it is said that this is assumed.

use std::path::PathBuf;

use clap::Args;
use gatewright_bundle::program::{Connection, Org, Program};
use gatewright_decide::{Facts, GroupSet, Groups, PreparedOrg, Step, explain};
use gatewright_terms::{Attribute, AttributeValue, EmailAddress, GroupName, Slug, Timestamp};
use wright::{compile, newcomer};

use crate::context::{Context, Report};
use crate::failure::Failure;
use crate::style::plain;
use crate::verbs::bundle::parse_environment;
use crate::verbs::{check, choose};

mod report;
mod response;

use report::Verdict;
use response::Captured;

/// Try one sign-in and say why it ends as it does
///
/// Compiles the workspace and decides as the gate would: for the person whom the options describe, or for a SAML response
/// or an ID token that a browser has captured. What only the runtime knows is assumed and said: that the domain is proved, and that the
/// person is new.
#[derive(Debug, Args)]
#[command(
    name = "try",
    after_help = "Examples:\n  gatewright try --org acme --email ada@acme.com --group lumen-admins\n  gatewright try --org acme --saml response.xml --at 2026-12-01T09:00:00Z\n  gatewright try --org globex --token claims.json --at 2026-12-01T09:00:00Z"
)]
pub(crate) struct Try {
    /// The organisation
    #[arg(long, value_name = "ORG")]
    org: String,
    /// The address that the provider sends
    #[arg(long, value_name = "EMAIL", required_unless_present_any = ["saml", "token"], conflicts_with_all = ["saml", "token"])]
    email: Option<String>,
    /// The connection that the person signs in through [default: the only one]
    #[arg(long, value_name = "CONNECTION")]
    connection: Option<String>,
    /// A group that the provider sends; may be repeated
    #[arg(long, value_name = "GROUP", conflicts_with_all = ["saml", "token"])]
    group: Vec<String>,
    /// An attribute that the provider sends, by the organisation's own name for it; may be repeated
    #[arg(long, value_name = "NAME=VALUE", conflicts_with_all = ["saml", "token"])]
    attribute: Vec<String>,
    /// A captured SAML response: XML, or base64 as the form field holds it
    #[arg(long, value_name = "FILE")]
    saml: Option<PathBuf>,
    /// A captured ID token, or its claims as JSON; its signature cannot be checked without the provider
    #[arg(long, value_name = "FILE", conflicts_with = "saml")]
    token: Option<PathBuf>,
    /// The moment of the sign-in [default: now]
    #[arg(long, value_name = "TIME", value_parser = crate::args::parse_time)]
    at: Option<Timestamp>,
    /// The environment whose gate it is [default: the only one, else `production`]
    #[arg(long, value_name = "ENV", value_parser = parse_environment)]
    environment: Option<Slug>,
}

impl Try {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let outcome = compile(&context.workspace(None)?, check::threads(), context.as_of());
        check::refuse_unreadable(&outcome.unreadable)?;
        let environment = choose::environment(self.environment.as_ref(), &outcome)?;
        let Some(compiled) = outcome.programs.get(environment) else {
            return Ok(
                check::report(&outcome, context)?.hint("the policy has to be right before anything can be tried")
            );
        };
        let program: &Program = &compiled.program;
        let org = choose::org(&self.org, program)?;
        let connection = self.connection(org)?;
        let at = self.at.unwrap_or(context.around.now);
        let saml = self.saml.as_deref().map(Captured::Saml);
        let verdict = match saml.or(self.token.as_deref().map(Captured::Token)) {
            Some(captured) => response::tried(captured, program, org, connection, at)?,
            None => judge(program, org, &self.facts(org, connection)?, Vec::new()),
        };
        report::print(
            &verdict,
            &report::Tried { environment, org, connection, at, provenance: &compiled.provenance },
            context,
        )
    }

    fn connection<'p>(&self, org: &'p Org) -> Result<&'p Connection, Failure> {
        let names: Vec<String> = org.connections.iter().map(|known| format!("`{}`", known.slug)).collect();
        let found = match (&self.connection, org.connections.as_slice()) {
            (Some(wanted), all) => all.iter().find(|known| known.slug.as_str() == wanted.as_str()),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        found.ok_or_else(|| {
            let message = match &self.connection {
                Some(wanted) => format!("`{}` has no connection `{}`", org.id, plain(wanted)),
                None => format!("`{}` has several connections: name one with --connection", org.id),
            };
            Failure::usage(message).help(format!("it has {}", names.join(", ")))
        })
    }

    fn facts(&self, org: &Org, connection: &Connection) -> Result<Facts, Failure> {
        let written = self.email.as_deref().unwrap_or_default();
        let email = EmailAddress::parse(written)
            .map_err(|_| Failure::usage(format!("`{}` is not an e-mail address", plain(written))))?;
        let groups: Result<Vec<GroupName>, Failure> = self
            .group
            .iter()
            .map(|group| {
                GroupName::parse(group)
                    .map_err(|_| Failure::usage(format!("`{}` cannot be the name of a group", plain(group))))
            })
            .collect();
        let groups = Groups::Known(GroupSet::new(groups?));
        let attributes = self.attribute.iter().map(|written| attribute(written, connection));
        let attributes = attributes.collect::<Result<_, Failure>>()?;
        Ok(Facts { attributes, ..newcomer(org, connection.slug.clone(), email, groups) })
    }
}

/// What the connection does not read never reaches the gate: a misspelt name is an error.
fn attribute(written: &str, connection: &Connection) -> Result<Attribute, Failure> {
    let unreadable = || {
        Failure::usage(format!("`{}` is no attribute with its value", plain(written)))
            .help("such as `--attribute department=Finance`")
    };
    let (name, value) = written.split_once('=').ok_or_else(unreadable)?;
    let name = Slug::parse(name).map_err(|_| unreadable())?;
    let value = AttributeValue::parse(value).map_err(|_| unreadable())?;
    let known = connection.own_attributes().iter().map(|own| own.name.as_str());
    if known.clone().any(|known| known == name.as_str()) {
        return Ok(Attribute { name, value });
    }
    let known: Vec<&str> = known.collect();
    let all = if known.is_empty() { "none of its own".to_owned() } else { known.join(", ") };
    Err(Failure::usage(format!("connection `{}` reads no attribute `{name}`", connection.slug))
        .help(format!("it reads {all}: `attributes {{ attribute \"{name}\" from=\"…\" }}` maps one")))
}

/// Asks the gate's evaluator. `before`: what happened until the person was known.
fn judge(program: &Program, org: &Org, facts: &Facts, before: Vec<Step>) -> Verdict {
    let prepared = PreparedOrg::new(std::sync::Arc::new(program.catalogue.clone()), org.clone());
    Verdict { explanation: explain(&prepared, facts, before), rule: None }
}
