//! No connection (GW0401): single sign-on without anything to sign in with.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const NO_CONNECTION: Code = error(401, "no-connection");

pub(super) const CHECK: Check = Check::new(&[NO_CONNECTION], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in policy.orgs.iter().filter(|org| !org.incomplete && org.connections.is_empty()) {
        let Some(members) = org.sso else { continue };
        Finding::new(NO_CONNECTION, members, format!("org `{}` wants single sign-on and has no connection", org.id))
            .mark("nothing to sign in with")
            .help("such as `connection \"okta\" { provider \"okta\"; oidc { … } }`")
            .path(&org.written.path)
            .report(sink);
    }
}
