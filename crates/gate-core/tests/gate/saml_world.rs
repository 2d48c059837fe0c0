//! Saml world: the world with both organisations on SAML, and the steps of a sign-in there, one by one.

use std::sync::Arc;

use gate_core::signin::{Finished, Posted, Received, Returned, SignedIn, Start};
use gate_core::{Gate, KeptOut};
use gatewright_saml::screen::Screened;
use gatewright_saml::{Canonical, NotVerified, Trusted, Verifier};
use testkit::T0;
use testkit::saml::{Answer, AuthnRequest, Idp};

use crate::policy::{bundle, saml_connection, trust};
use crate::world::{ADDRESS, Browser, World, at, signed_in};

pub(crate) const ACS: &str = "https://gate.example/sso/acme/main/acs";
pub(crate) const ENTITY: &str = "https://gate.example/sso/acme/main/metadata";

impl World {
    /// `acme` and `umbrella` sign in by SAML, at one provider each.
    pub(crate) async fn saml() -> Self {
        let mut world = Self::new().await;
        world
            .change(|program| {
                program.orgs[0].connections = vec![saml_connection("main", &Idp::acme())];
                program.orgs[1].connections = vec![saml_connection("main", &Idp::globex())];
            })
            .await;
        world
    }

    /// The same, with a verifier of the test's own.
    pub(crate) async fn saml_with(verifier: impl Verifier + 'static) -> Self {
        let mut world = Self::saml().await;
        let mut parts = crate::world::parts(world.store.clone());
        parts.saml.as_mut().unwrap().verifier = Arc::new(verifier);
        let bundle = bundle(&world.program, world.sequence, None);
        world.gate = Arc::new(Gate::open(parts, &bundle, &trust(), None, at(0)).await.unwrap());
        world
    }

    /// What acme's provider is asked.
    pub(crate) async fn ask(&self, browser: &mut Browser, app: Option<&str>, now: i64) -> AuthnRequest {
        AuthnRequest::from_redirect(&self.begin(browser, "acme", app, now).await.unwrap())
    }

    pub(crate) async fn ask_to_step_up(
        &self,
        browser: &mut Browser,
        permission: &str,
        now: i64,
    ) -> Result<String, KeptOut> {
        let start = Start {
            org: "acme",
            connection: "main",
            app: Some("console"),
            return_to: Some("/x"),
            step_up: Some(permission),
            browser: browser.flow.as_deref(),
            address: ADDRESS,
        };
        let begun = self.gate.begin(start, at(now)).await?;
        browser.flow = Some(begun.browser.reveal().to_owned());
        match begun.to {
            gate_core::signin::Outgoing::Redirect { url } => Ok(url),
            form @ gate_core::signin::Outgoing::Form { .. } => panic!("{form:?}"),
        }
    }

    pub(crate) async fn post(
        &self,
        org: &str,
        response: &str,
        relay_state: Option<&str>,
        now: i64,
    ) -> Result<Received, KeptOut> {
        let posted = Posted { org, connection: "main", response: response.as_bytes(), relay_state, address: ADDRESS };
        self.gate.receive_saml(posted, at(now)).await
    }

    pub(crate) async fn collect(&self, browser: &Browser, received: &Received, now: i64) -> Result<Finished, KeptOut> {
        let returned = Returned {
            handle: received.handle.reveal(),
            browser: browser.flow.as_deref(),
            session: browser.session.as_deref(),
            address: ADDRESS,
        };
        self.gate.finish_saml(returned, at(now)).await
    }

    /// The whole sign-in of acme, with what the provider says.
    pub(crate) async fn saml_sign_in(
        &self,
        browser: &mut Browser,
        now: i64,
        say: impl FnOnce(&mut Answer),
    ) -> Result<SignedIn, KeptOut> {
        let request = self.ask(browser, None, now).await;
        let mut answer = honest(&request, now);
        say(&mut answer);
        let received = self.post("acme", &Idp::acme().respond(&answer), request.relay_state.as_deref(), now).await?;
        let entered = signed_in(self.collect(browser, &received, now).await?);
        browser.session = Some(entered.session.reveal().to_owned());
        Ok(entered)
    }

    pub(crate) async fn saml_ada(&self, now: i64) -> Browser {
        let mut browser = Browser::default();
        self.saml_sign_in(&mut browser, now, |_| {}).await.unwrap();
        browser
    }
}

/// What acme's provider answers about Ada.
pub(crate) fn honest(request: &AuthnRequest, now: i64) -> Answer {
    Answer::new(ACS, ENTITY, Some(&request.id), T0 + now)
}

/// Two verifiers that never agree.
pub(crate) struct Disagreeing;

impl Verifier for Disagreeing {
    fn verify(&self, _: &Screened<'_>, _: &Trusted<'_>) -> Result<Canonical, NotVerified> {
        Err(NotVerified::Disagree("one says good".into()))
    }
}
