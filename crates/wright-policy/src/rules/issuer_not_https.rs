//! Issuer not https (GW0407): without TLS anybody on the way is the identity provider. Part of ST-LINT-11.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::kind::is_loopback;
use crate::policy::Policy;

const ISSUER_NOT_HTTPS: Code = error(407, "issuer-not-https");

pub(super) const CHECK: Check = Check::new(&[ISSUER_NOT_HTTPS], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for (environment, org) in policy.each_org() {
        for connection in &org.connections {
            let Some(issuer) = connection.oidc.as_ref().and_then(|oidc| oidc.issuer.as_ref()) else { continue };
            let local = is_loopback(&issuer.value);
            if local && environment.is_dev() || !local && issuer.value.starts_with("https://") {
                continue;
            }
            let (mark, help) = if local {
                (
                    "this machine, whichever runs the gate",
                    "only the environment `dev` may use an issuer on this machine",
                )
            } else {
                (
                    "not encrypted",
                    "write it as the provider does, with `https://`; one that has none is no provider to trust",
                )
            };
            Finding::new(ISSUER_NOT_HTTPS, issuer.span, "issuer must be `https://` and another machine")
                .mark(mark)
                .help(help)
                .path(&connection.written.path)
                .report(sink);
        }
    }
}
