//! Client: connections with every setting of their profile written out.

use std::sync::Arc;

use gatewright_bundle::program;
use gatewright_terms::Slug;
use wright_syntax::tree::Spanned;

use super::{index, saml};
use crate::policy::{ClaimNames, Connection, Environment, Org, OwnAttribute, PinnedTo, SharedClient};
use crate::profile::{Auth, OidcProfile, Profile};

/// `None` only where a part is missing, which no valid policy does.
pub(super) fn connection(connection: &Connection, org: &Org, environment: &Environment) -> Option<program::Connection> {
    let protocol = match &connection.saml {
        Some(_) => program::Protocol::Saml(saml::saml(connection, org)?),
        None => program::Protocol::Oidc(oidc(connection, environment)?),
    };
    Some(program::Connection { slug: connection.slug.clone(), provider: provider(connection.profile()?)?, protocol })
}

fn oidc(connection: &Connection, environment: &Environment) -> Option<program::Oidc> {
    let (profile, issuer) = (connection.oidc_profile()?, connection.issuer()?);
    Some(program::Oidc {
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
    })
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

fn claims(connection: &Connection, profile: &OidcProfile) -> program::Claims {
    let written = &connection.claims;
    program::Claims {
        email: either(written.email.as_ref(), Some(&profile.email)).unwrap_or_default(),
        given_name: either(written.given_name.as_ref(), profile.given_name.as_ref()),
        family_name: either(written.family_name.as_ref(), profile.family_name.as_ref()),
        groups: either(written.groups.as_ref(), profile.groups.as_ref()),
        own: own(written),
    }
}

pub(super) fn own(claims: &ClaimNames) -> Vec<program::OwnAttribute> {
    let own = |own: &OwnAttribute| program::OwnAttribute { name: own.name.clone(), from: own.from.value.to_string() };
    claims.own.iter().map(own).collect()
}

/// What is written, else what the profile knows.
pub(super) fn either(written: Option<&Spanned<Arc<str>>>, known: Option<&Arc<str>>) -> Option<String> {
    written.map(|claim| &claim.value).or(known).map(ToString::to_string)
}
