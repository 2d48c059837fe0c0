//! Foreign secret (GW0411): an organisation that names another one's secret could use it against its own provider.

use gatewright_terms::Slug;
use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::tree::Spanned;

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::{Policy, Written};

const FOREIGN_SECRET: Code = error(411, "foreign-secret");

pub(super) const CHECK: Check = Check::new(&[FOREIGN_SECRET], run);

/// Whose secrets shared clients use. No organisation can be called so.
const PLATFORM: &str = "platform";

fn run(policy: &Policy, sink: &mut Sink) {
    for org in policy.each_view() {
        for oidc in org.connections.iter().filter_map(|connection| connection.oidc.as_ref()) {
            own(org.id.as_str(), &format!("org `{}`", org.id), oidc.secret.as_ref(), &oidc.written, sink);
        }
    }
    for client in policy.environments.iter().flat_map(|environment| &environment.shared_clients) {
        own(PLATFORM, &format!("shared client `{}`", client.slug), client.secret.as_ref(), &client.written, sink);
    }
}

fn own(owner: &str, who: &str, secret: Option<&Spanned<(Slug, Slug)>>, written: &Written, sink: &mut Sink) {
    let Some(Spanned { value: (named, name), span }) = secret.filter(|secret| secret.value.0.as_str() != owner) else {
        return;
    };
    Finding::new(FOREIGN_SECRET, *span, format!("{who} names secret `{named}/{name}`"))
        .mark("somebody else's")
        .help(format!("its own secrets are called `{owner}/…`"))
        .path(&written.path)
        .report(sink);
}
