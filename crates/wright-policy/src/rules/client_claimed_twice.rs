//! Client claimed twice (GW0402): a token says issuer and client, and nothing else says whose it is. Holds ST-LINT-01.
//!
//! Two organisations with one pair could each be signed in to with the other's tokens (ASVS 6.8.1). A shared client is
//! the way to share one: its connections are pinned and have one callback.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_terms::OrgId;
use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::source::Span;

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::{Connection, Environment, Policy};

const OIDC_CLIENT_CLAIMED_TWICE: Code = error(402, "oidc-client-claimed-twice");

pub(super) const CHECK: Check = Check::new(&[OIDC_CLIENT_CLAIMED_TWICE], run);

/// Issuer and client: all that a token says about whom it is for.
type Pair = (Arc<str>, Arc<str>);

/// Who uses a pair of issuer and client, and where that is written.
struct Claim<'a> {
    org: &'a OrgId,
    at: Span,
    shared: Option<&'a str>,
}

fn run(policy: &Policy, sink: &mut Sink) {
    for environment in &policy.environments {
        let mut claimed: BTreeMap<Pair, Claim<'_>> = BTreeMap::new();
        for org in &environment.orgs {
            for connection in &org.connections {
                let Some((pair, claim)) = claim(&org.id, connection, environment) else { continue };
                let Some(first) = claimed.get(&pair) else {
                    claimed.insert(pair, claim);
                    continue;
                };
                if first.shared.is_some() && first.shared == claim.shared {
                    continue;
                }
                report(first, &claim, connection, sink);
            }
        }
    }
}

fn claim<'a>(org: &'a OrgId, connection: &'a Connection, environment: &'a Environment) -> Option<(Pair, Claim<'a>)> {
    let oidc = connection.oidc.as_ref()?;
    let issuer = connection.issuer()?;
    if let Some(reference) = &oidc.shared_client {
        let (_, client) = environment.shared_client(&reference.value)?;
        let id = client.client_id.as_ref()?.value.clone();
        return Some(((issuer, id), Claim { org, at: reference.span, shared: Some(client.slug.as_str()) }));
    }
    let id = oidc.client_id.as_ref()?;
    Some(((issuer, id.value.clone()), Claim { org, at: id.span, shared: None }))
}

/// The id of every client that an organisation signs in with, and whether it shares it.
pub(crate) fn clients(policy: &Policy) -> impl Iterator<Item = (Arc<str>, bool)> {
    policy.environments.iter().flat_map(|environment| {
        let connections =
            environment.orgs.iter().flat_map(|org| org.connections.iter().map(move |connection| (org, connection)));
        let claims = connections.filter_map(move |(org, connection)| claim(&org.id, connection, environment));
        claims.map(|((_, client), claim)| (client, claim.shared.is_some()))
    })
}

fn report(first: &Claim<'_>, second: &Claim<'_>, connection: &Connection, sink: &mut Sink) {
    Finding::new(
        OIDC_CLIENT_CLAIMED_TWICE,
        second.at,
        format!("issuer and client are already used by org `{}`", first.org),
    )
    .mark(format!("org `{}` uses them too", second.org))
    .also(first.at, "first used here")
    .help("register a client for each organisation, or make it a `shared-client` that each connection pins")
    .path(&connection.written.path)
    .report(sink);
}
