//! Hosted domain missing (GW0409): a client that many organisations share takes any account of the provider.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;
use crate::profile::PinKind;

const HOSTED_DOMAIN_MISSING: Code = error(409, "hosted-domain-missing");

pub(super) const CHECK: Check = Check { codes: &[HOSTED_DOMAIN_MISSING], run };

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        for connection in &org.connections {
            let pinned_by_domain =
                connection.profile().is_some_and(|profile| profile.pin == Some(PinKind::HostedDomain));
            let Some(oidc) = connection.oidc.as_ref().filter(|_| pinned_by_domain && !org.incomplete) else { continue };
            let (Some(shared), None) = (&oidc.shared_client, &oidc.hosted_domain) else { continue };
            let domain = org.domains.first().map_or("acme.com", |domain| domain.name.as_str());
            Finding::new(
                HOSTED_DOMAIN_MISSING,
                shared.span,
                "a shared Google client without `hosted-domain` admits any Google account",
            )
            .mark("shared, and not pinned to a Workspace")
            .help(format!("name the Workspace: `hosted-domain \"{domain}\"`"))
            .path(&connection.written.path)
            .report(sink);
        }
    }
}
