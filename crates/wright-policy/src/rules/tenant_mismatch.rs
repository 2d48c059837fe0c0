//! Tenant mismatch (GW0416): issuer and pin name two tenants, so that nobody could sign in.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const TENANT_MISMATCH: Code = error(416, "tenant-mismatch");

pub(super) const CHECK: Check = Check::new(&[TENANT_MISMATCH], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for connection in policy.each_view().flat_map(|org| &org.connections) {
        let (Some(profile), Some(oidc)) = (connection.oidc_profile(), &connection.oidc) else { continue };
        let (Some(issuer), Some(tenant)) = (&oidc.issuer, &oidc.tenant) else { continue };
        let Some(named) = profile.tenant_of(&issuer.value).filter(|named| *named != &*tenant.value) else { continue };
        Finding::new(TENANT_MISMATCH, tenant.span, format!("the issuer is of tenant `{named}`, the pin of another"))
            .mark("not the issuer's tenant")
            .also(issuer.span, "the issuer")
            .help("leave `tenant` out: it is taken from the issuer")
            .path(&connection.written.path)
            .report(sink);
    }
}
