//! Door: the steps of one sign-in, in their order.
//!
//! Reads the settings of a connection, what was kept of the flow, and the browser's answer; gives [`Verified`] or
//! [`Refused`]. Holds what is known of the providers; keeps nothing of a person.
//!
//! Trust: the caller has found the flow by `state` and compared browser and callback; all else is checked here.
//! Invariant: `iss` first, then the code, then the token, then the person. Nothing of a later step is called before.

use std::sync::Arc;
use std::time::Duration;

use gatewright_bundle::program::{ClientAuth, Oidc, SecretName};
use gatewright_terms::{EmailAddress, Refusal, Seconds, Slug, Timestamp};
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreClient};
use openidconnect::{
    AuthUrl, AuthenticationContextClass, ClientId, CsrfToken, JsonWebKeySet, LoginHint, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope,
};
use zeroize::Zeroizing;

use crate::callback::{Callback, Outcome};
use crate::client_key::{ClientKey, base64url};
use crate::discovery::Discovery;
use crate::exchange::{self, Credentials};
use crate::id_token::{self, Expected, Verdict};
use crate::key::Key;
use crate::outbound::Outbound;
use crate::proof;
use crate::protocol::Protocol;
use crate::provider::{Provider, Providers};
use crate::random;
use crate::refused::{Refused, Step};
use crate::token::{self, Alleged};
use crate::userinfo;
use crate::verified::Verified;

/// One connection, as the program of the bundle writes it, with its client resolved.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    pub connection: &'a Slug,
    pub oidc: &'a Oidc,
    /// Of `Client::Own`, or of the shared client that the connection names.
    pub client_id: &'a str,
    pub client_auth: &'a ClientAuth,
    /// The callback of this connection, or of its shared client.
    pub redirect_uri: &'a str,
}

/// The values of the secrets directory.
pub trait Secrets: Send + Sync {
    fn secret(&self, name: &SecretName) -> Option<Zeroizing<String>>;
}

/// What is asked of a sign-in beside the settings of its connection.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asking<'a> {
    pub login_hint: Option<&'a EmailAddress>,
    /// How old the authentication may be at the most (`max_age`). Whether the provider heeded it, the caller checks.
    pub max_age: Option<Seconds>,
    /// The authentication context class that is wanted (`acr_values`). Sent with `prompt=login`: a provider that remembers
    /// the person would else answer with what it did before.
    pub acr: Option<&'a str>,
}

/// A sign-in that has begun. Keep `nonce` and `pkce_verifier` with the flow; they are good for one answer.
pub struct Started {
    /// Where the browser is sent to.
    pub url: String,
    pub nonce: String,
    pub pkce_verifier: String,
}

/// What was kept of a sign-in that has begun.
#[derive(Clone, Copy)]
pub struct Pending<'a> {
    pub nonce: &'a str,
    pub pkce_verifier: &'a str,
}

/// The sign-in of every OpenID Connect connection.
pub struct Door {
    outbound: Outbound,
    secrets: Box<dyn Secrets>,
    client_key: Option<ClientKey>,
    providers: Providers,
}

impl Door {
    pub fn new(outbound: Outbound, secrets: Box<dyn Secrets>, client_key: Option<ClientKey>) -> Self {
        Self { outbound, secrets, client_key, providers: Providers::default() }
    }

    /// Begins a sign-in. `state` is the caller's: unguessable, for one flow of one browser.
    pub async fn start(
        &self,
        settings: &Settings<'_>,
        state: &str,
        asking: Asking<'_>,
        now: Timestamp,
    ) -> Result<Started, Refused> {
        let (_, discovery) = self.provider(settings, now).await?;
        let nonce = base64url(&fresh()?);
        let verifier = PkceCodeVerifier::new(base64url(&fresh()?));
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let not_a_url = |_| Refused::new(Refusal::DiscoveryRefused, "discovery", "our redirect address is no URL");
        let issuer = discovery.issuer.clone();
        let client = CoreClient::new(ClientId::new(settings.client_id.to_owned()), issuer, JsonWebKeySet::default())
            .set_auth_uri(AuthUrl::from_url(discovery.authorization_endpoint.clone()))
            .set_redirect_uri(RedirectUrl::new(settings.redirect_uri.to_owned()).map_err(not_a_url)?);
        let (state, sent) = (CsrfToken::new(state.to_owned()), Nonce::new(nonce.clone()));
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || sent)
            // The library asks for `openid` itself.
            .add_scopes(settings.oidc.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        if let Some(address) = asking.login_hint {
            request = request.set_login_hint(LoginHint::new(address.to_string()));
        }
        if let Some(max_age) = asking.max_age {
            request = request.set_max_age(Duration::from_secs(max_age.0.into()));
        }
        if let Some(acr) = asking.acr {
            let class = AuthenticationContextClass::new(acr.to_owned());
            request = request.add_auth_context_value(class).add_prompt(CoreAuthPrompt::Login);
        }
        Ok(Started { url: request.url().0.into(), nonce, pkce_verifier: verifier.into_secret() })
    }

    /// Compares the issuer of the answer (RFC 9207 §2.4; ST-OIDC-03). `finish` does the same before everything else.
    pub async fn admit_issuer(
        &self,
        settings: &Settings<'_>,
        iss: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let (_, discovery) = self.provider(settings, now).await?;
        admit_issuer(settings, iss, &discovery)
    }

    /// Redeems the code and verifies all that comes back.
    pub async fn finish(
        &self,
        settings: &Settings<'_>,
        pending: Pending<'_>,
        callback: &Callback,
        now: Timestamp,
    ) -> Result<Verified, Refused> {
        let mut story = Vec::new();
        match self.steps(settings, pending, callback, now, &mut story).await {
            Ok(verified) => Ok(Verified { story, ..verified }),
            Err(refused) => Err(refused.after(story)),
        }
    }

    async fn steps(
        &self,
        settings: &Settings<'_>,
        pending: Pending<'_>,
        callback: &Callback,
        now: Timestamp,
        story: &mut Vec<Step>,
    ) -> Result<Verified, Refused> {
        let (provider, discovery) = self.provider(settings, now).await?;
        admit_issuer(settings, callback.iss(), &discovery)?;
        let code = match &callback.outcome {
            Outcome::Code(code) => code,
            Outcome::Error(error) => {
                return Err(Refused::new(
                    Refusal::ProviderRefused,
                    "callback",
                    format!("the provider answered {error}"),
                ));
            }
        };
        story.push(Step::new(
            "callback",
            if callback.iss().is_some() { "`iss` is the issuer" } else { "no `iss`, none announced" },
        ));
        let credentials = Credentials { secrets: &*self.secrets, key: self.client_key.as_ref() };
        let endpoint = &discovery.token_endpoint;
        let tokens =
            exchange::exchange(&self.outbound, endpoint, settings, &credentials, code, pending.pkce_verifier, now)
                .await?;
        story.push(Step::new("token endpoint", "it took the code"));

        let expected = proof::expected(settings, &discovery.issuer, pending.nonce, now);
        let decoded = token::decode(&tokens.id_token)?;
        let alleged = token::read(&tokens.id_token, &decoded, &settings.oidc.algorithms)?;
        let protocol = Protocol::read(&alleged.claims)?;
        let key = self.key(&alleged, &provider, &discovery, &expected, story).await?;
        let access_token = tokens.access_token.as_ref().map(|token| token.as_str());
        proof::complete(settings, &alleged, &protocol, &key, access_token, &expected)?;
        story.push(Step::new("id token", format!("it is good, signed with {:?}", alleged.algorithm)));

        let more = self.userinfo(settings.oidc, &discovery, &alleged, access_token, story).await?;
        let more = more.as_deref().map(|body| userinfo::read(body, protocol.subject)).transpose()?;
        let authentication = proof::Authentication::of(&protocol, now);
        proof::person(settings, alleged.claims, more, authentication, story)
    }

    async fn provider(
        &self,
        settings: &Settings<'_>,
        now: Timestamp,
    ) -> Result<(Arc<Provider>, Arc<Discovery>), Refused> {
        let provider = self.providers.of(&settings.oidc.issuer);
        let discovery = provider.discovery(&settings.oidc.issuer, &self.outbound, now).await?;
        Ok((provider, discovery))
    }

    /// The key that verifies the token: of the keys at hand, or of newer ones, once.
    async fn key(
        &self,
        alleged: &Alleged<'_>,
        provider: &Provider,
        discovery: &Discovery,
        expected: &Expected<'_>,
        story: &mut Vec<Step>,
    ) -> Result<Key, Refused> {
        let keys = provider.keys(discovery, &self.outbound, expected.now).await?;
        let refused = match id_token::verify(alleged, &keys, expected) {
            Verdict::Good(key) => return Ok(key),
            Verdict::Bad(refused) => return Err(refused),
            Verdict::NoKey(refused) => refused,
        };
        let Some(newer) = provider.newer_keys(&keys, discovery, &self.outbound, expected.now).await else {
            story.push(Step::new("keys", "no newer keys can be had at this moment"));
            return Err(refused);
        };
        story.push(Step::new("keys", "fetched anew, because no key at hand verifies the token"));
        match id_token::verify(alleged, &newer, expected) {
            Verdict::Good(key) => Ok(key),
            Verdict::Bad(refused) | Verdict::NoKey(refused) => Err(refused),
        }
    }

    async fn userinfo(
        &self,
        oidc: &Oidc,
        discovery: &Discovery,
        alleged: &Alleged<'_>,
        access_token: Option<&str>,
        story: &mut Vec<Step>,
    ) -> Result<Option<Vec<u8>>, Refused> {
        let (Some(url), Some(token)) = (&discovery.userinfo_endpoint, access_token) else { return Ok(None) };
        if !userinfo::is_wanted(oidc, &alleged.claims) {
            return Ok(None);
        }
        let more = userinfo::fetch(&self.outbound, url, token).await?;
        story.push(Step::new("userinfo", "it was asked for what the ID token lacks"));
        Ok(Some(more))
    }
}

fn admit_issuer(settings: &Settings<'_>, iss: Option<&str>, discovery: &Discovery) -> Result<(), Refused> {
    let refuse = |text: &str| Err(Refused::new(Refusal::IssuerMismatch, "callback", text));
    match iss {
        Some(iss) if iss == settings.oidc.issuer => Ok(()),
        Some(_) => refuse("`iss` is not the issuer of the connection; the code was sent nowhere"),
        None if discovery.announces_iss => {
            refuse("the provider announces `iss`, and the answer has none; the code was sent nowhere")
        }
        None => Ok(()),
    }
}

/// 256 bits; 43 characters, which RFC 7636 §4.1 asks for at least.
fn fresh() -> Result<[u8; 32], Refused> {
    random::bytes()
        .map_err(|_| Refused::new(Refusal::ProviderUnreachable, "start", "the system gives no random numbers"))
}
