//! Speak: what we say to a provider, with the settings, addresses and keys of one connection.

use gate_saml::send::{
    AuthnRequest, LogoutRequest, LogoutResponse, LogoutStatus, NotSent, Outgoing, SamlKeys, ServiceMetadata,
};
use gate_store::rows::NameId;
use gatewright_bundle::program::Endpoint;
use gatewright_saml::SubjectId;
use gatewright_terms::{Refusal, Timestamp};

use super::SamlParts;
use crate::Gate;
use crate::running::SamlLink;
use crate::trail::Case;

/// A request for a sign-in.
pub(crate) struct AuthnAsk<'a> {
    pub(crate) id: &'a str,
    pub(crate) relay_state: &'a str,
    pub(crate) force_authn: bool,
    pub(crate) acr: Option<&'a str>,
}

/// A request to end a session.
pub(crate) struct LogoutAsk<'a> {
    pub(crate) id: &'a str,
    pub(crate) relay_state: &'a str,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) name_id: &'a NameId,
    pub(crate) session_index: Option<&'a str>,
}

/// The answer to a provider that asked us to end sessions.
pub(crate) struct LogoutReply<'a> {
    pub(crate) id: &'a str,
    pub(crate) relay_state: Option<&'a str>,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) in_response_to: &'a str,
    pub(crate) status: LogoutStatus,
}

impl SamlParts {
    pub(crate) fn authn_request(
        &self,
        link: &SamlLink<'_>,
        ask: &AuthnAsk<'_>,
        now: Timestamp,
    ) -> Result<Outgoing, Case> {
        let request = AuthnRequest {
            id: ask.id,
            now,
            sp_entity_id: &link.entity_id,
            acs: &link.acs,
            relay_state: ask.relay_state,
            force_authn: ask.force_authn,
            contexts: ask.acr.as_slice(),
        };
        request.to(link.saml, self.keys.as_deref()).map_err(not_sent)
    }

    pub(crate) fn logout_request(
        &self,
        link: &SamlLink<'_>,
        ask: &LogoutAsk<'_>,
        now: Timestamp,
    ) -> Result<Outgoing, Case> {
        let name_id = SubjectId {
            value: ask.name_id.value.clone(),
            format: ask.name_id.format.clone(),
            name_qualifier: ask.name_id.name_qualifier.clone(),
            sp_name_qualifier: ask.name_id.sp_name_qualifier.clone(),
        };
        let request = LogoutRequest {
            id: ask.id,
            now,
            sp_entity_id: &link.entity_id,
            name_id: &name_id,
            session_index: ask.session_index,
            relay_state: Some(ask.relay_state),
        };
        request.to(ask.endpoint, self.keys()?).map_err(not_sent)
    }

    pub(crate) fn logout_response(
        &self,
        link: &SamlLink<'_>,
        reply: &LogoutReply<'_>,
        now: Timestamp,
    ) -> Result<Outgoing, Case> {
        let response = LogoutResponse {
            id: reply.id,
            now,
            sp_entity_id: &link.entity_id,
            in_response_to: reply.in_response_to,
            status: reply.status,
            relay_state: reply.relay_state,
        };
        response.to(reply.endpoint, self.keys()?).map_err(not_sent)
    }

    fn keys(&self) -> Result<&SamlKeys, Case> {
        self.keys.as_deref().ok_or_else(|| not_sent(NotSent::NoKey))
    }
}

impl Gate {
    /// What we tell a provider about ourselves: our metadata for one connection.
    pub fn sp_metadata(&self, org: &str, connection: &str) -> Result<String, Refusal> {
        let running = self.running();
        let org = running.org_named(org)?.org();
        let link = running.link(org, connection)?;
        let saml = link.saml()?;
        let keys = self.saml.as_ref().and_then(|parts| parts.keys.as_deref()).ok_or(Refusal::ConnectionUnknown)?;
        let metadata = ServiceMetadata { entity_id: &saml.entity_id, acs: &saml.acs, logout: &saml.slo };
        metadata.text(saml.saml, keys).map_err(|_| Refusal::ConnectionUnknown)
    }
}

/// The operator finds the reason in the trace; the person has done nothing wrong.
fn not_sent(not: NotSent) -> Case {
    Case::new(Refusal::ConnectionUnknown).because(format!("nothing was sent to the provider: {not}"))
}
