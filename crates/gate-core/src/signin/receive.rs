//! Receive: a SAML response that another site's form brings, without cookies: verified here, kept for its browser.
//!
//! The flow that RelayState names, of this connection → verification on the pool → one transaction: the assertion was not
//! seen before, the flow is not answered yet, and the facts are kept under a handle (ST-SAML-15, ST-SAML-16).
//!
//! Invariant: what is refused uses nothing up: a stranger's junk ends nobody's sign-in. Only a test, which is there to be
//! looked at, ends with its first answer.
//! Invariant: facts are kept, never the message.
//!
//! Trust: everything of the request is alleged, RelayState too: it is a key to look up, nothing that is followed
//! (ST-SAML-25).

use std::sync::Arc;

use gate_store::rows::{Answer, AnswerDone, AnswerFlow, Asked, Errand, Outcome, Purpose, Seen};
use gatewright_bundle::program::{Connection, Org, Stage};
use gatewright_saml::relay_state::RelayState;
use gatewright_saml::{Expected, Request};
use gatewright_terms::{Refusal, Seconds, Slug, Timestamp};

use super::{Posted, Received};
use crate::identity::{Identity, Verified};
use crate::running::{Link, Running, SamlLink};
use crate::saml::message_hash;
use crate::token::hash_text;
use crate::trail::Case;
use crate::{Gate, KeptOut, Token};

/// A browser follows a redirect at once; a minute forgives a slow one.
const HANDLE_LIFE: Seconds = gatewright_decide::ANSWER_LIFE;

/// How long a message is remembered beyond its own end, so that a clock that is set back opens no gap.
const SEEN_MARGIN: Seconds = Seconds(3_600);

/// What a response may answer.
struct Question {
    errand: Errand,
    /// The id of the request, and the state of its flow; `None` where the provider began.
    open: Option<(String, gate_store::rows::TokenHash)>,
    /// To be set, where the provider began.
    browser: Option<Token>,
}

impl Gate {
    /// Takes the form of a SAML provider. The session is made when the browser comes for the answer.
    pub async fn receive_saml(&self, posted: Posted<'_>, now: Timestamp) -> Result<Received, KeptOut> {
        match self.try_receive(&posted, now).await {
            Ok(received) => Ok(received),
            Err(case) => Err(self.refuse(case.from(posted.address), now).await),
        }
    }

    async fn try_receive(&self, posted: &Posted<'_>, now: Timestamp) -> Result<Received, Case> {
        let running = self.running();
        let org = running.org_named(posted.org).map_err(Case::new)?.org();
        let link = running.link(org, posted.connection).map_err(|refusal| Case::new(refusal).in_org(&org.id))?;
        let here = |case: Case| case.at(&org.id, &link.connection.slug);
        let saml = link.saml().map_err(|refusal| here(Case::new(refusal)))?;
        let question = self.question(org, &link, saml, posted.relay_state, now).await.map_err(here)?;
        let proved = self.prove_saml(&link, saml, &question, posted.response, now).await;
        self.keep(&running, &link, question, proved, now).await.map_err(here)
    }

    /// The sign-in that RelayState names, or one that the provider began, where the policy takes that.
    async fn question(
        &self,
        org: &Org,
        link: &Link<'_>,
        saml: &SamlLink<'_>,
        relay_state: Option<&str>,
        now: Timestamp,
    ) -> Result<Question, Case> {
        let relay_state = relay_state.filter(|text| !text.is_empty());
        let relay_state = relay_state.map(|text| RelayState::parse(text.as_bytes())).transpose()?;
        let state = relay_state.as_ref().map(|relay_state| hash_text(relay_state.as_str()));
        let flow = match state {
            Some(state) => self.store.flow(state, now).await?,
            None => None,
        };
        let Some(flow) = flow else {
            return self.unsolicited(org, link, saml, relay_state.is_some(), now);
        };
        if flow.errand.redirect_uri != saml.acs || flow.errand.org != org.id {
            let expected = format!("the sign-in of this RelayState is expected at {}", flow.errand.redirect_uri);
            return Err(Case::new(Refusal::CallbackMismatch).because(expected));
        }
        if flow.errand.issuer != saml.saml.entity_id {
            return Err(
                Case::new(Refusal::ConnectionUnknown).because("the connection has changed since the sign-in began")
            );
        }
        check_stage(org, flow.errand.purpose)?;
        match flow.asked {
            Asked::Saml { request_id } => {
                Ok(Question { errand: flow.errand, open: Some((request_id, flow.state)), browser: None })
            }
            Asked::Oidc { .. } => {
                Err(Case::new(Refusal::CallbackMismatch).because("the flow is one of OpenID Connect"))
            }
        }
    }

    fn unsolicited(
        &self,
        org: &Org,
        link: &Link<'_>,
        saml: &SamlLink<'_>,
        has_relay_state: bool,
        now: Timestamp,
    ) -> Result<Question, Case> {
        let open = saml.saml.idp_initiated.as_ref().filter(|open| now < open.until);
        let Some(open) = open else {
            let (refusal, why) = if has_relay_state {
                (Refusal::FlowUnknown, "no sign-in of that RelayState is under way")
            } else {
                (Refusal::SamlUnsolicited, "there is no RelayState, and the policy takes no such sign-in")
            };
            return Err(Case::new(refusal).because(why));
        };
        check_stage(org, Purpose::SignIn)?;
        let browser = Token::generate(&*self.random)?;
        let errand = Errand {
            browser: browser.hash(),
            org: org.id.clone(),
            connection: link.connection.slug.clone(),
            issuer: saml.saml.entity_id.clone(),
            redirect_uri: saml.acs.clone(),
            purpose: Purpose::SignIn,
            demand: None,
            app: Some(open.app.clone()),
            return_to: None,
        };
        Ok(Question { errand, open: None, browser: Some(browser) })
    }

    async fn prove_saml(
        &self,
        link: &Link<'_>,
        saml: &SamlLink<'_>,
        question: &Question,
        response: &[u8],
        now: Timestamp,
    ) -> Result<(Identity, Seen), Case> {
        let parts = self.saml()?;
        let job = Job {
            connection: link.connection.clone(),
            entity_id: saml.entity_id.clone(),
            acs: saml.acs.clone(),
            request_id: question.open.as_ref().map(|(id, _)| id.clone()),
            response: response.to_vec(),
            now,
        };
        let (signatures, decrypting) = (Arc::clone(&parts.verifier), parts.decrypting());
        let check = move || {
            let decryptor = decrypting.as_deref().map(|keys| keys as &dyn gatewright_saml::Decryptor);
            job.run(&*signatures, decryptor)
        };
        let verified = parts.run(check).await??;
        let message = message_hash("assertion", verified.issuer(), verified.assertion_id());
        let seen = self.seen(&question.errand, message, verified.usable_until());
        Ok((Identity::of(Verified::Saml(&verified), now), seen))
    }

    fn seen(&self, errand: &Errand, message: gate_store::rows::TokenHash, until: Timestamp) -> Seen {
        let (org, connection) = (errand.org.clone(), errand.connection.clone());
        seen(org, connection, message, until, self.limits.seen_messages_max)
    }

    /// Keeps the answer for its browser, or the refusal of a test.
    async fn keep(
        &self,
        running: &Running,
        link: &Link<'_>,
        question: Question,
        proved: Result<(Identity, Seen), Case>,
        now: Timestamp,
    ) -> Result<Received, Case> {
        let (outcome, story, seen) = match proved {
            Ok((identity, seen)) => {
                let (proved, story) = identity.into_row();
                (Outcome::Proved(Box::new(proved)), story, Some(seen))
            }
            Err(case) if question.errand.purpose == Purpose::Test && case.refusal() != Refusal::StoreUnavailable => {
                (Outcome::Refused(case.refusal()), case.into_tale().story().to_vec(), None)
            }
            Err(case) => return Err(case),
        };
        // A reload while it was verified: a connection that was removed or changed meanwhile is gone (ST-SAML-19).
        self.running_still(running, &question.errand)?;
        let handle = Token::generate(&*self.random)?;
        let answer = Answer {
            handle: handle.hash(),
            errand: question.errand,
            unsolicited: question.open.is_none(),
            settings: link.settings_digest(),
            outcome,
            story: story.clone(),
            expires: now.plus(HANDLE_LIFE),
        };
        let state = question.open.map(|(_, state)| state);
        let told = |refusal| Case::new(refusal).told(&story);
        match self.store.answer_flow(AnswerFlow { state, seen, answer }, now).await? {
            AnswerDone::Kept => Ok(Received { handle, browser: question.browser }),
            AnswerDone::Replayed => Err(told(Refusal::SamlReplayed)),
            AnswerDone::Full => {
                Err(told(Refusal::TooManySignIns).because("no more messages of this connection can be remembered"))
            }
            AnswerDone::FlowGone => Err(told(Refusal::FlowUnknown).because("the sign-in was answered already")),
        }
    }
}

pub(crate) fn seen(
    org: gatewright_terms::OrgId,
    connection: Slug,
    message: gate_store::rows::TokenHash,
    until: Timestamp,
    at_once_max: u32,
) -> Seen {
    Seen { org, connection, message, until: until.plus(SEEN_MARGIN), at_once_max }
}

fn check_stage(org: &Org, purpose: Purpose) -> Result<(), Case> {
    if org.stage == Stage::Test && purpose == Purpose::SignIn {
        return Err(Case::new(Refusal::ConnectionInTest));
    }
    Ok(())
}

/// One verification, with everything that it reads: it runs on a thread of its own.
struct Job {
    connection: Connection,
    entity_id: String,
    acs: String,
    request_id: Option<String>,
    response: Vec<u8>,
    now: Timestamp,
}

impl Job {
    fn run(
        &self,
        verifier: &dyn gatewright_saml::Verifier,
        decryptor: Option<&dyn gatewright_saml::Decryptor>,
    ) -> Result<gatewright_saml::Verified, Case> {
        let saml = self.connection.saml().ok_or_else(|| Case::new(Refusal::ConnectionUnknown))?;
        let expected = Expected {
            connection: &self.connection.slug,
            saml,
            sp_entity_id: &self.entity_id,
            acs: &self.acs,
            request: self.request_id.as_deref().map_or(Request::Unsolicited, Request::Answers),
            now: self.now,
        };
        Ok(gatewright_saml::receive(&self.response, &expected, verifier, decryptor)?)
    }
}
