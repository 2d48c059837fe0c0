//! Conclude: a proven person, or the reason why there is none, ends in a session, a refusal, or the trace of a test.
//!
//! Invariant: every protocol ends here, so that all of them ask the same (invariant 9).
//! Invariant: a test makes no member and no session, whatever comes out of it.

use std::net::IpAddr;
use std::sync::Arc;

use gate_store::rows::{Errand, Purpose};
use gatewright_bundle::program::{Org, Stage};
use gatewright_terms::{Refusal, Timestamp};

use super::Finished;
use crate::identity::Identity;
use crate::running::Running;
use crate::trail::Case;
use crate::{Gate, KeptOut};

/// The request that brings an answer.
#[derive(Clone, Copy)]
pub(super) struct Arrival<'a> {
    /// The value of the session cookie.
    pub(super) session: Option<&'a str>,
    pub(super) address: IpAddr,
    pub(super) now: Timestamp,
}

impl Gate {
    pub(super) async fn conclude(
        &self,
        before: &Running,
        errand: &Errand,
        proved: Result<Identity, Case>,
        arrival: Arrival<'_>,
    ) -> Result<Finished, KeptOut> {
        match errand.purpose {
            Purpose::Test => {
                let trace = self.end_test(before, errand, proved, arrival.address, arrival.now).await?;
                Ok(Finished::Tested(Box::new(trace)))
            }
            Purpose::SignIn => {
                let ended = match proved {
                    Ok(identity) => self.admit(before, errand, &identity, arrival).await,
                    Err(case) => Err(case),
                };
                match ended {
                    Ok(signed_in) => Ok(Finished::SignedIn(signed_in)),
                    Err(case) => {
                        let case = case.at(&errand.org, &errand.connection).from(arrival.address);
                        Err(self.refuse(case, arrival.now).await)
                    }
                }
            }
        }
    }

    /// The program again, after a provider was asked: a connection that was removed or changed meanwhile is gone
    /// (ST-SAML-19).
    pub(super) fn running_still(&self, before: &Running, errand: &Errand) -> Result<Arc<Running>, Case> {
        let after = self.running();
        let old = before.org(&errand.org).map_err(Case::new)?.org();
        let new = after.org(&errand.org).map_err(Case::new)?.org();
        let old = before.link(old, errand.connection.as_str()).map_err(Case::new)?;
        let new = after.link(new, errand.connection.as_str()).map_err(Case::new)?;
        if *old.connection == *new.connection {
            drop((old, new));
            return Ok(after);
        }
        Err(Case::new(Refusal::ConnectionUnknown).because("the connection has changed during the sign-in"))
    }
}

/// Whether the sign-in, as the policy is now, may become a session, and its authentication is one that was asked for.
pub(super) fn check_authentication(
    org: &Org,
    errand: &Errand,
    identity: &Identity,
    now: Timestamp,
) -> Result<(), Case> {
    if org.stage == Stage::Test {
        return Err(Case::new(Refusal::ConnectionInTest));
    }
    let authentication = identity.authentication();
    let when = if authentication.told { "as the provider reports" } else { "the time of the sign-in" };
    let seen = || {
        let acr = authentication.acr.unwrap_or("none");
        format!("authentication: {}, {when}; class `{acr}`", authentication.at)
    };
    if org.session.max_authentication_age.is_some_and(|age| authentication.is_older_than(age, now)) {
        return Err(Case::new(Refusal::AuthenticationTooOld).because(seen()).because("`max-authentication-age`"));
    }
    match &errand.demand {
        Some(demand) => authentication
            .meets(demand.within, demand.acr.as_deref(), now)
            .map_err(|refusal| Case::new(refusal).because(seen()).because("the `step-up` that was asked for")),
        None => Ok(()),
    }
}
