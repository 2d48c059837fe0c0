//! Collect: the browser that began comes for the answer of a SAML response.
//!
//! The handle, in this browser, once → the connection still is what the response was checked by → `conclude`.
//!
//! Invariant: a response that was captured in one browser makes no session in another: without the flow cookie of the
//! browser that began there is no answer, and the handle stays for it (ST-SAML-15).
//!
//! Trust: the handle and both cookies are alleged; what a store gives for them is ours.

use gate_store::rows::{Outcome, TakeAnswer, TakenAnswer};
use gatewright_terms::{Refusal, Timestamp};

use super::conclude::Arrival;
use super::finish::other_browser;
use super::{Finished, Returned};
use crate::identity::Identity;
use crate::running::Running;
use crate::token::hash_presented;
use crate::trail::Case;
use crate::{Gate, KeptOut};

impl Gate {
    /// Takes what was kept of a SAML response: a door to a session.
    pub async fn finish_saml(&self, returned: Returned<'_>, now: Timestamp) -> Result<Finished, KeptOut> {
        let taken = match self.take_answer(&returned, now).await {
            Ok(taken) => taken,
            Err(case) => return Err(self.refuse(case.from(returned.address), now).await),
        };
        let running = self.running();
        let proved = still_good(&running, &taken);
        let arrival = Arrival { session: returned.session, address: returned.address, now };
        self.conclude(&running, &taken.answer().errand, proved, arrival).await
    }

    async fn take_answer(&self, returned: &Returned<'_>, now: Timestamp) -> Result<TakenAnswer, Case> {
        let unknown = || Case::new(Refusal::FlowUnknown);
        let handle = hash_presented(returned.handle).ok_or_else(unknown)?;
        let browser = returned.browser.and_then(hash_presented);
        match self.store.take_answer(handle, browser, now).await? {
            TakeAnswer::Taken(taken) => Ok(*taken),
            TakeAnswer::OtherBrowser { org, connection } => Err(other_browser(browser.is_some()).at(&org, &connection)),
            TakeAnswer::Unknown => Err(unknown()),
        }
    }
}

/// The person, if the very same connection stands that the response was checked by.
fn still_good(running: &Running, taken: &TakenAnswer) -> Result<Identity, Case> {
    let answer = taken.answer();
    if let Outcome::Refused(refusal) = &answer.outcome {
        return Err(Case::new(*refusal).told(&answer.story));
    }
    let org = running.org(&answer.errand.org).map_err(Case::new)?.org();
    let link = running.link(org, answer.errand.connection.as_str()).map_err(Case::new)?;
    if link.settings_digest() != answer.settings || link.callback() != answer.errand.redirect_uri {
        return Err(Case::new(Refusal::ConnectionUnknown).because("the connection has changed during the sign-in"));
    }
    Identity::kept(taken).ok_or_else(|| Case::new(Refusal::FlowUnknown))
}
