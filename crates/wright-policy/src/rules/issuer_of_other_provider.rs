//! Issuer of other provider (GW0415): a profile's assumptions hold for its own issuers alone.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::{Finding, listed};
use crate::kind::is_loopback;
use crate::policy::Policy;
use crate::profile::OidcProfile;

const ISSUER_OF_OTHER_PROVIDER: Code = error(415, "issuer-of-other-provider");

pub(super) const CHECK: Check = Check::new(&[ISSUER_OF_OTHER_PROVIDER], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for connection in policy.each_view().flat_map(|org| &org.connections) {
        let (Some(profile), Some(oidc)) = (connection.profile(), connection.oidc_profile()) else { continue };
        let Some(issuer) = connection.oidc.as_ref().and_then(|oidc| oidc.issuer.as_ref()) else { continue };
        // A provider on this machine stands in for any; where that is not allowed, GW0407 says so.
        if is_loopback(&issuer.value) || fits(oidc, &issuer.value) {
            continue;
        }
        let finding = Finding::new(
            ISSUER_OF_OTHER_PROVIDER,
            issuer.span,
            format!("`{}` is no issuer of {}", issuer.value, profile.title),
        )
        .mark("another provider's, or misspelt")
        .path(&connection.written.path);
        // Issuers are compared byte for byte (OpenID Connect Core §3.1.3.7): a slash is enough.
        let bare = |text: &str| text.trim_end_matches('/').to_owned();
        let meant = oidc.issuers.iter().find(|known| bare(known) == bare(&issuer.value));
        match meant {
            Some(known) => finding.help(format!("it is spelled \"{known}\"")).fix(issuer.span, format!("\"{known}\"")),
            None if oidc.issuers.is_empty() => finding.help(format!("it looks like \"{}\"", oidc.issuer_looks_like)),
            None => {
                finding.help(format!("{} has {}", profile.title, listed(oidc.issuers.iter().map(|known| &**known))))
            }
        }
        .report(sink);
    }
}

fn fits(oidc: &OidcProfile, issuer: &str) -> bool {
    if oidc.issuer_of_tenant.is_some() {
        // Everybody's tenant is the business of GW0408.
        return oidc.tenant_of(issuer).is_some()
            || oidc.tenant_in(issuer).is_some_and(|tenant| oidc.is_everybodys(tenant));
    }
    oidc.issuers.is_empty() || oidc.issuers.iter().any(|known| **known == *issuer)
}
