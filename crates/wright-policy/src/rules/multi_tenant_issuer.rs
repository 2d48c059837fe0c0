//! Multi-tenant issuer (GW0408): such an issuer signs for every customer of the provider, and for private accounts.

use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::source::Span;

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::{Connection, Policy};
use crate::profile::PinKind;

const MULTI_TENANT_ISSUER: Code = error(408, "multi-tenant-issuer");

pub(super) const CHECK: Check = Check::new(&[MULTI_TENANT_ISSUER], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for connection in policy.each_view().flat_map(|org| &org.connections) {
        if let Some((at, what)) = open_door(connection) {
            Finding::new(MULTI_TENANT_ISSUER, at, format!("{what} accepts every tenant in the world"))
                .mark("no tenant of yours")
                .help("name the organisation's own tenant by its GUID: in `issuer`, or as `tenant` beside a shared client")
                .path(&connection.written.path)
                .report(sink);
        }
    }
}

/// The place that lets everybody in, and what it is.
fn open_door(connection: &Connection) -> Option<(Span, String)> {
    let (profile, oidc) = (connection.oidc_profile()?, connection.oidc.as_ref()?);
    if profile.pin != Some(PinKind::Tenant) {
        return None;
    }
    let everybodys = |tenant: &&str| profile.is_everybodys(tenant);
    if let Some(issuer) = &oidc.issuer
        && profile.tenant_in(&issuer.value).as_ref().is_some_and(everybodys)
    {
        return Some((issuer.span, format!("`{}`", issuer.value)));
    }
    if let Some(tenant) = &oidc.tenant
        && everybodys(&&*tenant.value)
    {
        return Some((tenant.span, format!("tenant `{}`", tenant.value)));
    }
    let unpinned = oidc.issuer.is_none() && oidc.tenant.is_none();
    let shared = oidc.shared_client.as_ref().filter(|_| unpinned)?;
    Some((shared.span, format!("a shared client of {} without `tenant`", connection.profile()?.title)))
}
