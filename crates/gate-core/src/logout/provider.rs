//! Provider: what a provider sends to `/slo`: its request to end sessions, and its answer to ours.
//!
//! Reads the message as the browser brought it; gives our signed answer after the sessions have ended, or the end of our
//! own logout.
//!
//! Invariant: unsigned, of another provider, too old or seen before: nothing ends (ST-SAML-27).
//!
//! Trust: everything is alleged until `gatewright_saml::logout` has verified it.

use std::sync::Arc;

use gate_saml::send::LogoutStatus;
use gate_store::rows::{EndNamed, EndNamedDone, NameId};
use gatewright_audit::record::{Event, Stream};
use gatewright_bundle::program::{Connection, Org};
use gatewright_saml::logout::{
    Carried, LogoutExpected, VerifiedLogoutRequest, VerifiedLogoutResponse, receive_logout_request,
    receive_logout_response,
};
use gatewright_saml::redirect::{self, MessageKind, Redirected};
use gatewright_saml::relay_state::RelayState;
use gatewright_saml::{SubjectId, Verifier};
use gatewright_terms::{Refusal, Timestamp};

use super::{SloBody, SloDone, SloMessage};
use crate::running::{Link, SamlLink};
use crate::saml::{Detached, LogoutReply, message_hash};
use crate::signin::seen;
use crate::token::hash_text;
use crate::trail::{Case, Fields, draft};
use crate::{Gate, KeptOut};

impl Gate {
    /// Takes a logout message of a SAML provider.
    pub async fn single_logout(&self, message: SloMessage<'_>, now: Timestamp) -> Result<SloDone, KeptOut> {
        match self.try_single_logout(&message, now).await {
            Ok(done) => Ok(done),
            Err(case) => Err(self.refuse(case.from(message.address).of_logout(), now).await),
        }
    }

    async fn try_single_logout(&self, message: &SloMessage<'_>, now: Timestamp) -> Result<SloDone, Case> {
        let running = self.running();
        let org = running.org_named(message.org).map_err(Case::new)?.org();
        let link = running.link(org, message.connection).map_err(|refusal| Case::new(refusal).in_org(&org.id))?;
        let here = |case: Case| case.at(&org.id, &link.connection.slug);
        let saml = link.saml().map_err(|refusal| here(Case::new(refusal)))?;
        let said = Said::read(&message.body).map_err(here)?;
        match said.kind {
            MessageKind::Request => self.provider_asks(org, &link, saml, said, message, now).await.map_err(here),
            MessageKind::Response => self.provider_answers(org, &link, saml, said, now).await.map_err(here),
        }
    }

    async fn provider_asks(
        &self,
        org: &Org,
        link: &Link<'_>,
        saml: &SamlLink<'_>,
        said: Said,
        message: &SloMessage<'_>,
        now: Timestamp,
    ) -> Result<SloDone, Case> {
        let endpoint = saml.saml.logout.as_ref();
        let endpoint =
            endpoint.ok_or_else(|| refused("the connection has no logout address that an answer could go to"))?;
        let relay_state = said.relay_state.clone();
        let request = self.check(link, saml, now, move |expected, verifier| said.request(expected, verifier)).await?;
        let fields = Fields::default().with("connection", &link.connection.slug);
        let record = draft(Stream::Org(org.id.clone()), now, Event::LogoutByProvider, fields);
        let hash = message_hash("logout", &saml.saml.entity_id, request.id());
        let until = request.usable_until();
        let ending = EndNamed {
            seen: seen(org.id.clone(), link.connection.slug.clone(), hash, until, self.limits.seen_messages_max),
            issuer: saml.saml.entity_id.clone(),
            name_id: name_id(request.name_id()),
            session_indexes: request.session_indexes().to_vec(),
            at: now,
            audit: vec![record],
        };
        let ended = match self.store.end_named_sessions(ending).await? {
            EndNamedDone::Ended(ended) => ended,
            EndNamedDone::Replayed => return Err(refused("the message was seen before").told(request.story())),
            EndNamedDone::Full => {
                return Err(Case::new(Refusal::TooManySignIns).because("no more messages can be remembered"));
            }
        };
        self.memory.forget(&ended);
        let status = if ended.is_empty() {
            // It may have been idle for too long: nobody is kept from signing out elsewhere because of that.
            let case = refused("it names no session here").told(request.story()).from(message.address).of_logout();
            self.refuse(case.at(&org.id, &link.connection.slug), now).await;
            LogoutStatus::Requester
        } else {
            LogoutStatus::Success
        };
        let id = self.request_id()?;
        let reply = LogoutReply {
            id: &id,
            relay_state: relay_state.as_ref().map(RelayState::as_str),
            endpoint,
            in_response_to: request.id(),
            status,
        };
        Ok(SloDone::Answer(self.saml()?.logout_response(saml, &reply, now)?))
    }

    /// Our session ended long ago; the answer only decides which page is shown.
    async fn provider_answers(
        &self,
        org: &Org,
        link: &Link<'_>,
        saml: &SamlLink<'_>,
        said: Said,
        now: Timestamp,
    ) -> Result<SloDone, Case> {
        let unknown = || refused("no logout of ours with that RelayState is under way");
        let relay_state = said.relay_state.as_ref().ok_or_else(unknown)?;
        let place = (&org.id, &link.connection.slug);
        let pending = self.store.take_logout(hash_text(relay_state.as_str()), place, now).await?;
        let request_id = pending.ok_or_else(unknown)?;
        let check = move |expected: &LogoutExpected<'_>, verifier: &dyn Verifier| {
            said.response(expected, verifier, &request_id)
        };
        let response = self.check(link, saml, now, check).await?;
        Ok(SloDone::SignedOut { everywhere: response.is_success() })
    }

    /// Checks a message on the pool.
    async fn check<T: Send + 'static>(
        &self,
        link: &Link<'_>,
        saml: &SamlLink<'_>,
        now: Timestamp,
        check: impl FnOnce(&LogoutExpected<'_>, &dyn Verifier) -> Result<T, Case> + Send + 'static,
    ) -> Result<T, Case> {
        let parts = self.saml()?;
        let (connection, address): (Connection, String) = (link.connection.clone(), saml.slo.clone());
        let verifier = Arc::clone(&parts.verifier);
        let job = move || {
            let saml = connection.saml().ok_or_else(|| Case::new(Refusal::ConnectionUnknown))?;
            check(&LogoutExpected { saml, address: &address, now }, &*verifier)
        };
        parts.run(job).await?
    }
}

/// A message that was read out of its binding, with what its signature is over.
struct Said {
    kind: MessageKind,
    relay_state: Option<RelayState>,
    way: Way,
}

enum Way {
    Post(Vec<u8>),
    Redirect(Redirected),
}

impl Said {
    fn read(body: &SloBody<'_>) -> Result<Self, Case> {
        match *body {
            SloBody::Redirect { query } => {
                let redirected = redirect::read(query.as_bytes())?;
                let relay_state = redirected.relay_state.clone();
                Ok(Self { kind: redirected.kind, relay_state, way: Way::Redirect(redirected) })
            }
            SloBody::Post { request, response, relay_state } => {
                let (kind, value) = match (request, response) {
                    (Some(value), None) => (MessageKind::Request, value),
                    (None, Some(value)) => (MessageKind::Response, value),
                    (Some(_), Some(_)) | (None, None) => {
                        return Err(Case::new(Refusal::SamlMalformed).because("the form holds no message, or two"));
                    }
                };
                let relay_state = relay_state.filter(|text| !text.is_empty());
                let relay_state = relay_state.map(|text| RelayState::parse(text.as_bytes())).transpose()?;
                Ok(Self { kind, relay_state, way: Way::Post(value.to_vec()) })
            }
        }
    }

    fn carried<'a>(&'a self, verifier: &'a dyn Verifier) -> Carried<'a> {
        match &self.way {
            Way::Post(form_value) => Carried::Post { form_value, verifier },
            Way::Redirect(redirected) => Carried::Redirect { redirected, verifier: &Detached },
        }
    }

    fn request(&self, expected: &LogoutExpected<'_>, verifier: &dyn Verifier) -> Result<VerifiedLogoutRequest, Case> {
        Ok(receive_logout_request(self.carried(verifier), expected)?)
    }

    fn response(
        &self,
        expected: &LogoutExpected<'_>,
        verifier: &dyn Verifier,
        request_id: &str,
    ) -> Result<VerifiedLogoutResponse, Case> {
        Ok(receive_logout_response(self.carried(verifier), expected, request_id)?)
    }
}

fn refused(why: &str) -> Case {
    Case::new(Refusal::SamlLogout).because(why)
}

fn name_id(name: &SubjectId) -> NameId {
    NameId {
        value: name.value.clone(),
        format: name.format.clone(),
        name_qualifier: name.name_qualifier.clone(),
        sp_name_qualifier: name.sp_name_qualifier.clone(),
    }
}
