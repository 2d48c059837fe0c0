//! Finish: the answer of a provider, checked in the order in which a check protects the next one.
//!
//! The flow that `state` names, in this browser, once (ST-OIDC-02) → the callback of that flow's connection (ST-OIDC-03)
//! → the connection still is what it was → the issuer of the answer, the code and the token (`gate_oidc`) → who it is
//! (`join`) → `decide` → session.
//!
//! Invariant: no code leaves for a token endpoint before callback and issuer were compared: else one tenant's provider
//! obtains another's codes (mix-up, RFC 9700 §4.4.2).
//!
//! Trust: everything of the request is alleged; what was kept with the flow is ours.

use std::sync::Arc;

use gate_oidc::{Callback, Pending, Verified};
use gate_store::rows::{Flow, TakeFlow};
use gatewright_terms::{Refusal, Timestamp};

use super::{Arrived, CallbackPath, SignedIn};
use crate::running::Running;
use crate::token::{hash_presented, hash_text};
use crate::trail::Case;
use crate::{Gate, KeptOut};

impl Gate {
    /// Takes the answer of an OpenID provider: the first door to a session.
    pub async fn finish_oidc(&self, arrived: Arrived<'_>, now: Timestamp) -> Result<SignedIn, KeptOut> {
        match self.try_finish(&arrived, now).await {
            Ok(signed_in) => Ok(signed_in),
            Err(case) => Err(self.refuse(case.from(arrived.address), now).await),
        }
    }

    async fn try_finish(&self, arrived: &Arrived<'_>, now: Timestamp) -> Result<SignedIn, Case> {
        let running = self.running();
        let callback =
            Callback::parse(arrived.query).map_err(|refused| in_org_of(arrived.path, &running, refused.into()))?;
        let flow = self.take_flow(arrived, &running, &callback, now).await?;
        let here = |case: Case| case.at(&flow.org, &flow.connection);
        if flow.redirect_uri != running.callback(arrived.path) {
            return Err(
                here(Case::new(Refusal::CallbackMismatch)).because(format!("expected at {}", flow.redirect_uri))
            );
        }
        let verified = self.verify_answer(&running, &flow, &callback, now).await.map_err(here)?;
        self.admit(&running, &flow, &verified, (arrived, now)).await.map_err(here)
    }

    async fn take_flow(
        &self,
        arrived: &Arrived<'_>,
        running: &Running,
        callback: &Callback,
        now: Timestamp,
    ) -> Result<Flow, Case> {
        let browser = arrived.browser.and_then(hash_presented);
        match self.store.take_flow(hash_text(callback.state()), browser, now).await? {
            TakeFlow::Taken(flow) => Ok(*flow),
            TakeFlow::OtherBrowser { org, connection } => {
                let cookie = if browser.is_some() { "another flow cookie" } else { "no flow cookie" };
                Err(Case::new(Refusal::OtherBrowser).at(&org, &connection).because(format!("the browser has {cookie}")))
            }
            TakeFlow::Unknown => Err(in_org_of(arrived.path, running, Case::new(Refusal::FlowUnknown))),
        }
    }

    async fn verify_answer(
        &self,
        running: &Running,
        flow: &Flow,
        callback: &Callback,
        now: Timestamp,
    ) -> Result<Verified, Case> {
        let org = running.org(&flow.org).map_err(Case::new)?.org();
        let link = running.link(org, flow.connection.as_str()).map_err(Case::new)?;
        // A reload may have given the connection another provider: the code of the old one is not for the new one.
        if link.connection.oidc.issuer != flow.issuer || link.redirect_uri != flow.redirect_uri {
            return Err(
                Case::new(Refusal::ConnectionUnknown).because("the connection has changed since the sign-in began")
            );
        }
        let pending = Pending { nonce: &flow.nonce, pkce_verifier: &flow.pkce_verifier };
        Ok(self.door.finish(&link.settings(), pending, callback, now).await?)
    }

    /// The program again, after the provider was asked: a connection that was removed or changed meanwhile is gone.
    pub(super) fn running_still(&self, before: &Running, flow: &Flow) -> Result<Arc<Running>, Case> {
        let after = self.running();
        let old = before.org(&flow.org).map_err(Case::new)?.org();
        let new = after.org(&flow.org).map_err(Case::new)?.org();
        let old = before.link(old, flow.connection.as_str()).map_err(Case::new)?;
        let new = after.link(new, flow.connection.as_str()).map_err(Case::new)?;
        if *old.connection == *new.connection {
            drop((old, new));
            return Ok(after);
        }
        Err(Case::new(Refusal::ConnectionUnknown).because("the connection has changed during the sign-in"))
    }
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
