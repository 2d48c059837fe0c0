//! Response: a captured SAML response or ID token, as the form field, the browser's tools or a file of claims hold it.

use std::path::Path;

use gatewright_bundle::program::{Connection, Org, Program};
use gatewright_decide::Explanation;
use gatewright_saml::FORM_VALUE_BYTES_MAX;
use gatewright_terms::Timestamp;
use wright::{KeptOut, Said, recorded};

use super::judge;
use super::report::Verdict;
use crate::failure::Failure;
use crate::files;

/// What was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Captured<'a> {
    Saml(&'a Path),
    Token(&'a Path),
}

pub(super) fn tried(
    captured: Captured<'_>,
    program: &Program,
    org: &Org,
    connection: &Connection,
    at: Timestamp,
) -> Result<Verdict, Failure> {
    let is_saml = connection.saml().is_some();
    let bytes = match captured {
        Captured::Saml(file) if is_saml => files::read("the response", file, FORM_VALUE_BYTES_MAX)?,
        Captured::Token(file) if !is_saml => files::read("the token", file, FORM_VALUE_BYTES_MAX)?,
        Captured::Saml(_) => return Err(of_other_kind(org, connection, "SAML", "--saml")),
        Captured::Token(_) => return Err(of_other_kind(org, connection, "OpenID Connect", "--token")),
    };
    Ok(match recorded(&bytes, program, org, connection, at) {
        Ok(Said { facts, steps }) => judge(program, org, &facts, steps),
        Err(KeptOut { refusal, rule, steps }) => Verdict { explanation: Explanation::refused(refusal, steps), rule },
    })
}

fn of_other_kind(org: &Org, connection: &Connection, kind: &str, flag: &str) -> Failure {
    Failure::usage(format!("`{}/{}` is no {kind} connection", org.id, connection.slug))
        .help(format!("leave {flag} out, and say who comes: --email and --group"))
}
