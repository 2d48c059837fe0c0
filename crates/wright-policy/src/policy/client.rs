//! Client: what a connection amounts to once its profile has had its say.
//!
//! Invariant: rules and `lower` ask these functions and nothing else, so that what is checked is what is used.

use std::sync::Arc;

use gatewright_bundle::program::EmailTrust;
use gatewright_terms::DomainName;

use super::{Connection, SharedClient};
use crate::profile::{Auth, OidcProfile, PinKind, Profile, Reports};

/// Which tenant may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PinnedTo {
    HostedDomain(DomainName),
    Tenant(Arc<str>),
}

impl Connection {
    pub(crate) fn profile(&self) -> Option<&'static Profile> {
        self.provider.as_ref().map(|provider| provider.value)
    }

    /// `None` where it is no OpenID connection, or where its provider is not known over OpenID, which was reported.
    pub(crate) fn oidc_profile(&self) -> Option<&'static OidcProfile> {
        self.oidc.as_ref()?;
        self.profile()?.oidc.as_ref()
    }

    /// As the author names it, or nothing.
    pub(crate) fn provider_name(&self) -> &'static str {
        self.profile().map_or("", |profile| &profile.name)
    }

    /// What the provider says about an authentication, over the protocol of this connection.
    pub(crate) fn reports(&self) -> Option<&'static Reports> {
        let saml = self.saml_parts().map(|(_, profile)| &profile.reports);
        saml.or_else(|| self.oidc_profile().map(|profile| &profile.reports))
    }

    pub(crate) fn is_shared(&self) -> bool {
        self.oidc.as_ref().is_some_and(|oidc| oidc.shared_client.is_some())
    }

    /// As written; else the only one that the profile knows, its tenant filled in.
    pub(crate) fn issuer(&self) -> Option<Arc<str>> {
        let (profile, oidc) = (self.oidc_profile()?, self.oidc.as_ref()?);
        if let Some(written) = &oidc.issuer {
            return Some(written.value.clone());
        }
        if let [only] = profile.issuers.as_slice() {
            return Some(only.clone());
        }
        let template = profile.issuer_of_tenant.as_ref()?;
        let tenant = oidc.tenant.as_ref()?;
        Some(template.replace("{tenant}", &tenant.value).into())
    }

    /// As written; else the tenant in the issuer, where the profile says that it stands there.
    pub(crate) fn pin(&self) -> Option<PinnedTo> {
        let (profile, oidc) = (self.oidc_profile()?, self.oidc.as_ref()?);
        match profile.pin? {
            PinKind::HostedDomain => {
                oidc.hosted_domain.as_ref().map(|domain| PinnedTo::HostedDomain(domain.value.clone()))
            }
            PinKind::Tenant => {
                let written = oidc.tenant.as_ref().map(|tenant| tenant.value.clone());
                let derived = || profile.tenant_of(oidc.issuer.as_ref().map(|issuer| &*issuer.value)?).map(Arc::from);
                written.or_else(derived).map(PinnedTo::Tenant)
            }
        }
    }

    /// Written, else by the secret that is named, else the profile's default.
    pub(crate) fn auth(&self) -> Option<Auth> {
        let (profile, oidc) = (self.oidc_profile()?, self.oidc.as_ref()?);
        Some(effective_auth(profile, oidc.client_auth.as_ref().map(|auth| auth.value), oidc.secret.is_some()))
    }

    /// An issuer that many customers share vouches for an address only with a pin, or by the claim itself.
    pub(crate) fn email_trust(&self) -> Option<EmailTrust> {
        let profile = self.oidc_profile()?;
        let own = !self.is_shared() || self.pin().is_some();
        Some(match (profile.email_trust, own) {
            (EmailTrust::OwnIssuer, true) => EmailTrust::OwnIssuer,
            (EmailTrust::OwnIssuer, false) | (EmailTrust::VerifiedClaim, _) => EmailTrust::VerifiedClaim,
        })
    }
}

impl SharedClient {
    pub(crate) fn auth(&self) -> Option<Auth> {
        let written = self.client_auth.as_ref().map(|auth| auth.value);
        Some(effective_auth(self.provider?.oidc.as_ref()?, written, self.secret.is_some()))
    }
}

/// Whoever names a secret wants it used: without `client-auth` the profile's first way that takes one.
pub(crate) fn effective_auth(profile: &OidcProfile, written: Option<Auth>, has_secret: bool) -> Auth {
    let by_secret = || profile.client_auth.iter().copied().find(|auth| has_secret && auth.needs_secret());
    written.or_else(by_secret).or_else(|| profile.client_auth.first().copied()).unwrap_or(Auth::PrivateKeyJwt)
}
