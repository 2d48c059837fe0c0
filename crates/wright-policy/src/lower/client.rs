//! Client: connections with every setting of their profile written out.

use gatewright_bundle::program;
use gatewright_terms::Slug;
use wright_syntax::tree::Spanned;

use super::index;
use crate::policy::{Connection, Environment, PinnedTo, SharedClient};
use crate::profile::{Auth, Profile};

/// `None` only where a part is missing, which no valid policy does.
pub(super) fn connection(connection: &Connection, environment: &Environment) -> Option<program::Connection> {
    let (profile, issuer) = (connection.profile()?, connection.issuer()?);
    let oidc = program::Oidc {
        issuer: issuer.to_string(),
        client: client(connection, environment)?,
        scopes: profile.scopes.iter().map(ToString::to_string).collect(),
        algorithms: profile.algorithms.clone(),
        subject_claim: profile.subject_claim.to_string(),
        claims: claims(connection, profile),
        email_trust: connection.email_trust()?,
        pin: connection.pin().map(|pin| match pin {
            PinnedTo::HostedDomain(domain) => program::Pin::HostedDomain(domain),
            PinnedTo::Tenant(tenant) => program::Pin::Tenant(tenant.to_string()),
        }),
        clock_skew: profile.clock_skew,
        group_overage: profile.overage,
    };
    Some(program::Connection { slug: connection.slug.clone(), provider: provider(profile)?, oidc })
}

pub(super) fn shared(client: &SharedClient) -> Option<program::SharedClient> {
    Some(program::SharedClient {
        slug: client.slug.clone(),
        provider: provider(client.provider?)?,
        client_id: client.client_id.as_ref()?.value.to_string(),
        client_auth: auth(client.auth()?, client.secret.as_ref())?,
    })
}

fn provider(profile: &Profile) -> Option<Slug> {
    Slug::parse(&profile.name).ok()
}

fn client(connection: &Connection, environment: &Environment) -> Option<program::Client> {
    let oidc = connection.oidc.as_ref()?;
    if let Some(reference) = &oidc.shared_client {
        let (at, _) = environment.shared_client(&reference.value)?;
        return Some(program::Client::Shared(index(at)));
    }
    let client_id = oidc.client_id.as_ref()?.value.to_string();
    Some(program::Client::Own { client_id, client_auth: auth(connection.auth()?, oidc.secret.as_ref())? })
}

fn auth(auth: Auth, secret: Option<&Spanned<(Slug, Slug)>>) -> Option<program::ClientAuth> {
    let secret = || {
        let (owner, name) = secret?.value.clone();
        Some(program::SecretName { owner, name })
    };
    Some(match auth {
        Auth::PrivateKeyJwt => program::ClientAuth::PrivateKeyJwt,
        Auth::SecretBasic => program::ClientAuth::SecretBasic { secret: secret()? },
        Auth::SecretPost => program::ClientAuth::SecretPost { secret: secret()? },
        Auth::None => program::ClientAuth::None,
    })
}

fn claims(connection: &Connection, profile: &Profile) -> program::Claims {
    let written = &connection.claims;
    let either = |written: &Option<Spanned<std::sync::Arc<str>>>, known: Option<&std::sync::Arc<str>>| {
        written.as_ref().map(|claim| &claim.value).or(known).map(ToString::to_string)
    };
    program::Claims {
        email: either(&written.email, Some(&profile.email)).unwrap_or_default(),
        given_name: either(&written.given_name, profile.given_name.as_ref()),
        family_name: either(&written.family_name, profile.family_name.as_ref()),
        groups: either(&written.groups, profile.groups.as_ref()),
    }
}
