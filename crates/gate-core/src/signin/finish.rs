//! Finish: the answer of an OpenID provider, checked in the order in which a check protects the next one.
//!
//! The flow that `state` names, in this browser, once (ST-OIDC-02) → the callback of that flow's connection (ST-OIDC-03)
//! → the connection still is what it was → the issuer of the answer, the code and the token (`gate_oidc`) → `conclude`.
//!
//! Invariant: no code leaves for a token endpoint before callback and issuer were compared: else one tenant's provider
//! obtains another's codes (mix-up, RFC 9700 §4.4.2).
//!
//! Trust: everything of the request is alleged; what was kept with the flow is ours.

use gate_oidc::{Callback, Pending};
use gate_store::rows::{Asked, Flow, TakeFlow};
use gatewright_terms::{Refusal, Timestamp};

use super::conclude::Arrival;
use super::{Arrived, CallbackPath, Finished};
use crate::identity::{Identity, Verified};
use crate::running::Running;
use crate::token::{hash_presented, hash_text};
use crate::trail::Case;
use crate::{Gate, KeptOut};

impl Gate {
    /// Takes the answer of an OpenID provider: a door to a session.
    pub async fn finish_oidc(&self, arrived: Arrived<'_>, now: Timestamp) -> Result<Finished, KeptOut> {
        let running = self.running();
        let (flow, callback) = match self.take_flow(&arrived, &running, now).await {
            Ok(taken) => taken,
            Err(case) => return Err(self.refuse(case.from(arrived.address), now).await),
        };
        let proved = self.prove_oidc(&arrived, &running, &flow, &callback, now).await;
        let arrival = Arrival { session: arrived.session, address: arrived.address, now };
        self.conclude(&running, &flow.errand, proved, arrival).await
    }

    async fn take_flow(
        &self,
        arrived: &Arrived<'_>,
        running: &Running,
        now: Timestamp,
    ) -> Result<(Flow, Callback), Case> {
        let callback =
            Callback::parse(arrived.query).map_err(|refused| in_org_of(arrived.path, running, refused.into()))?;
        let browser = arrived.browser.and_then(hash_presented);
        match self.store.take_flow(hash_text(callback.state()), browser, now).await? {
            TakeFlow::Taken(flow) => Ok((*flow, callback)),
            TakeFlow::OtherBrowser { org, connection } => Err(other_browser(browser.is_some()).at(&org, &connection)),
            TakeFlow::Unknown => Err(in_org_of(arrived.path, running, Case::new(Refusal::FlowUnknown))),
        }
    }

    async fn prove_oidc(
        &self,
        arrived: &Arrived<'_>,
        running: &Running,
        flow: &Flow,
        callback: &Callback,
        now: Timestamp,
    ) -> Result<Identity, Case> {
        let errand = &flow.errand;
        if errand.redirect_uri != running.callback(arrived.path) {
            return Err(Case::new(Refusal::CallbackMismatch).because(format!("expected at {}", errand.redirect_uri)));
        }
        let pending = match &flow.asked {
            Asked::Oidc { nonce, pkce_verifier } => Pending { nonce, pkce_verifier },
            Asked::Saml { .. } => return Err(Case::new(Refusal::CallbackMismatch).because("the flow is one of SAML")),
        };
        let org = running.org(&errand.org).map_err(Case::new)?.org();
        let link = running.link(org, errand.connection.as_str()).map_err(Case::new)?;
        // A reload may have given the connection another provider: the code of the old one is not for the new one.
        if link.connection.issuer() != errand.issuer || link.callback() != errand.redirect_uri {
            return Err(
                Case::new(Refusal::ConnectionUnknown).because("the connection has changed since the sign-in began")
            );
        }
        let settings = link.oidc().map_err(Case::new)?.settings();
        let verified = self.door.finish(&settings, pending, callback, now).await?;
        Ok(Identity::of(Verified::Oidc(&verified), now))
    }
}

/// An answer that another browser brings than the one that began.
pub(super) fn other_browser(has_cookie: bool) -> Case {
    let cookie = if has_cookie { "another flow cookie" } else { "no flow cookie" };
    Case::new(Refusal::OtherBrowser).because(format!("the browser has {cookie}"))
}

/// The trail of the organisation whose callback it is, where there is one.
fn in_org_of(path: CallbackPath<'_>, running: &Running, case: Case) -> Case {
    match path {
        CallbackPath::Connection { org, connection: _ } => match running.org_named(org) {
            Ok(org) => case.in_org(&org.org().id),
            Err(_) => case,
        },
        CallbackPath::Shared { client: _ } => case,
    }
}
