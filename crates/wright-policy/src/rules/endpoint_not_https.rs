//! Endpoint not https (GW0419): people and our requests would be sent over a line that others read. Part of ST-LINT-11.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::kind::{endpoint, is_loopback};
use crate::policy::{Environment, Policy, Saml};

const ENDPOINT_NOT_HTTPS: Code = error(419, "endpoint-not-https");

pub(super) const CHECK: Check = Check::new(&[ENDPOINT_NOT_HTTPS], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for (environment, org) in policy.each_org() {
        for connection in &org.connections {
            let Some(saml) = &connection.saml else { continue };
            let Some(file) = &saml.metadata else { continue };
            for url in endpoints(saml) {
                let Some(reason) = refused(url, environment) else { continue };
                Finding::new(
                    ENDPOINT_NOT_HTTPS,
                    file.span,
                    format!("the metadata sends people to `{url}`, which is not taken: {reason}"),
                )
                .mark("an endpoint in this file")
                .help(
                    "an endpoint is `https://` at a host by its name; only the environment `dev` may use this machine",
                )
                .path(&connection.written.path)
                .report(sink);
            }
        }
    }
}

/// Those that would be used.
fn endpoints(saml: &Saml) -> impl Iterator<Item = &str> {
    let logout = saml.logout().into_iter().flat_map(|(_, url, answers)| [Some(url.as_str()), answers.as_deref()]);
    saml.sign_in().map(|(_, url)| url).into_iter().chain(logout.flatten())
}

fn refused(url: &str, environment: &Environment) -> Option<&'static str> {
    if let Err(reason) = endpoint(url) {
        return Some(reason);
    }
    match (is_loopback(url), url.starts_with("https://")) {
        (true, _) if environment.is_dev() => None,
        (true, _) => Some("it is this machine, whichever runs the gate"),
        (false, true) => None,
        (false, false) => Some("it is not encrypted"),
    }
}
