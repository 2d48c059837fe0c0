//! Harness: a provider, a door and a connection between them.

use std::sync::Mutex;

use gate_oidc::{
    Callback, ClientKey, Door, Outbound, OutboundRules, Pending, Refused, Secrets, Settings, Started, Verified,
};
use gatewright_bundle::program::{Algorithm, Claims, Client, ClientAuth, EmailTrust, Oidc, Overage, SecretName};
use gatewright_terms::{Refusal, Seconds, Slug, Timestamp};
use testkit::{Idp, Lie, REDIRECT_URI, T0};
use zeroize::Zeroizing;

/// Where the clock of every test begins.
pub(crate) const NOW: Timestamp = Timestamp::from_unix(T0);

/// One secret for every name.
pub(crate) struct OneSecret(pub(crate) Option<&'static str>);

impl Secrets for OneSecret {
    fn secret(&self, _name: &SecretName) -> Option<Zeroizing<String>> {
        self.0.map(|secret| Zeroizing::new(secret.to_owned()))
    }
}

pub(crate) struct Bench {
    pub(crate) idp: Idp,
    pub(crate) door: Door,
    pub(crate) oidc: Oidc,
    pub(crate) connection: Slug,
    pub(crate) client_auth: ClientAuth,
    pub(crate) now: Mutex<Timestamp>,
}

pub(crate) fn outbound() -> Outbound {
    Outbound::new(OutboundRules { danger_http_on_loopback: true, ..OutboundRules::default() }).unwrap()
}

pub(crate) fn door(secret: Option<&'static str>, key: Option<ClientKey>) -> Door {
    Door::new(outbound(), Box::new(OneSecret(secret)), key)
}

/// The profile `generic`.
pub(crate) fn generic(issuer: &str) -> Oidc {
    Oidc {
        issuer: issuer.to_owned(),
        client: Client::Own { client_id: "gatewright".into(), client_auth: ClientAuth::None },
        scopes: ["openid", "email", "profile", "groups"].map(str::to_owned).to_vec(),
        algorithms: vec![Algorithm::Rs256, Algorithm::Es256],
        subject_claim: "sub".into(),
        claims: Claims {
            email: "email".into(),
            given_name: Some("given_name".into()),
            family_name: Some("family_name".into()),
            groups: Some("groups".into()),
            own: Vec::new(),
        },
        email_trust: EmailTrust::VerifiedClaim,
        pin: None,
        clock_skew: Seconds(60),
        group_overage: Overage::AbsentIsEmpty,
    }
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::at("").await
    }

    pub(crate) async fn at(path: &str) -> Self {
        Self::with(Idp::start_at(path).await)
    }

    pub(crate) async fn over_tls() -> Self {
        Self::with(Idp::start_tls().await)
    }

    fn with(idp: Idp) -> Self {
        let oidc = generic(idp.issuer());
        Self {
            idp,
            door: door(None, None),
            oidc,
            connection: slug("main"),
            client_auth: ClientAuth::None,
            now: Mutex::new(NOW),
        }
    }

    pub(crate) fn settings(&self) -> Settings<'_> {
        Settings {
            connection: &self.connection,
            oidc: &self.oidc,
            client_id: "gatewright",
            client_auth: &self.client_auth,
            redirect_uri: REDIRECT_URI,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    /// Moves both clocks.
    pub(crate) fn wait(&self, seconds: u32) {
        let mut now = self.now.lock().unwrap();
        *now = now.plus(Seconds(seconds));
        self.idp.clock(testkit::Clock::At(now.unix()));
    }

    pub(crate) async fn start(&self) -> Result<Started, Refused> {
        self.door.start(&self.settings(), "state-of-this-flow", gate_oidc::Asking::default(), self.now()).await
    }

    pub(crate) async fn finish(&self, started: &Started, query: &str) -> Result<Verified, Refused> {
        let callback = Callback::parse(query)?;
        assert_eq!(callback.state(), "state-of-this-flow");
        let pending = Pending { nonce: &started.nonce, pkce_verifier: &started.pkce_verifier };
        self.door.finish(&self.settings(), pending, &callback, self.now()).await
    }

    /// A whole sign-in.
    pub(crate) async fn sign_in(&self) -> Result<Verified, Refused> {
        let started = self.start().await?;
        self.finish(&started, &self.idp.browse(&started.url)).await
    }

    /// The honest twin.
    pub(crate) async fn admits(&self) -> Verified {
        self.sign_in().await.unwrap_or_else(|refused| panic!("refused: {refused}"))
    }

    pub(crate) async fn refuses(&self) -> Refused {
        match self.sign_in().await {
            Ok(verified) => panic!("admitted: {verified:?}"),
            Err(refused) => refused,
        }
    }

    /// Admits before, refuses the lie, and admits after.
    pub(crate) async fn lie_earns(&self, lie: Lie, refusal: Refusal) {
        self.admits().await;
        self.idp.lie(lie.clone());
        let refused = self.refuses().await;
        assert_eq!(refused.refusal, refusal, "{lie:?}: {refused}");
        self.idp.honest();
        self.admits().await;
    }
}
