//! Hosted domain missing (GW0409): without a pin a client takes any account of the provider. Part of ST-OIDC-13.
//!
//! Not only one that organisations share: anybody may make a private Google account with an address at work, verified
//! once, and it outlives both the job and the mailbox. What tells it apart from a Workspace's is `hd` alone.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;
use crate::profile::PinKind;

const HOSTED_DOMAIN_MISSING: Code = error(409, "hosted-domain-missing");

pub(super) const CHECK: Check = Check::new(&[HOSTED_DOMAIN_MISSING], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        for connection in &org.connections {
            let pinned_by_domain =
                connection.oidc_profile().is_some_and(|profile| profile.pin == Some(PinKind::HostedDomain));
            let Some(oidc) = connection.oidc.as_ref().filter(|_| pinned_by_domain && !org.incomplete) else { continue };
            let None = oidc.hosted_domain else { continue };
            let (at, which, mark) = match &oidc.shared_client {
                Some(shared) => (shared.span, "shared Google client", "shared, and not pinned to a Workspace"),
                None => (oidc.written.at, "Google client", "not pinned to a Workspace"),
            };
            let domain = org.domains.first().map_or("acme.com", |domain| domain.name.as_str());
            Finding::new(
                HOSTED_DOMAIN_MISSING,
                at,
                format!("a {which} without `hosted-domain` admits any Google account"),
            )
            .mark(mark)
            .help(format!("name the Workspace: `hosted-domain \"{domain}\"`"))
            .path(&connection.written.path)
            .report(sink);
        }
    }
}
