//! Client authentication unavailable (GW0414): the provider does not offer this way.

use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::tree::Spanned;

use super::{Check, error};
use crate::finding::{Finding, listed};
use crate::policy::{Policy, Written};
use crate::profile::{Auth, Profile};

const CLIENT_AUTH_UNAVAILABLE: Code = error(414, "client-auth-unavailable");

pub(super) const CHECK: Check = Check::new(&[CLIENT_AUTH_UNAVAILABLE], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for connection in policy.orgs.iter().flat_map(|org| &org.connections) {
        let written = connection.oidc.as_ref().and_then(|oidc| oidc.client_auth.as_ref());
        offered(connection.profile(), written, &connection.written, sink);
    }
    for client in policy.environments.iter().flat_map(|environment| &environment.shared_clients) {
        offered(client.provider, client.client_auth.as_ref(), &client.written, sink);
    }
}

fn offered(profile: Option<&Profile>, auth: Option<&Spanned<Auth>>, written: &Written, sink: &mut Sink) {
    let (Some(profile), Some(auth)) = (profile, auth) else { return };
    let Some(oidc) = &profile.oidc else { return };
    if oidc.client_auth.contains(&auth.value) {
        return;
    }
    let offers = listed(oidc.client_auth.iter().map(|auth| auth.word()));
    let secret =
        if oidc.client_auth.first().is_some_and(|auth| auth.needs_secret()) { "; name a `secret`" } else { "" };
    Finding::new(CLIENT_AUTH_UNAVAILABLE, auth.span, format!("`{}` offers no `{}`", profile.name, auth.value.word()))
        .mark("not offered")
        .help(format!("{} offers {offers}{secret}", profile.title))
        .path(&written.path)
        .report(sink);
}
