//! Logout: asks a provider to end a session, and answers one that asked us (SAML Core §3.7).
//!
//! Invariant: always signed: an unsigned logout message ends nothing anywhere (ST-SAML-27).

use gatewright_bundle::program::Endpoint;
use gatewright_saml::SubjectId;
use gatewright_terms::{Seconds, Timestamp};

use super::bind::{Message, Parameter};
use super::keys::SamlKeys;
use super::xml::{Element, Namespace};
use super::{NotSent, Outgoing};

/// The browser carries it there at once; the rest is for clocks that differ.
const REQUEST_LIFE: Seconds = Seconds(300);

/// Ends a person's session at the provider.
#[derive(Debug, Clone, Copy)]
pub struct LogoutRequest<'a> {
    /// Fresh and unguessable; the answer must name it.
    pub id: &'a str,
    pub now: Timestamp,
    /// Our entityID for this connection.
    pub sp_entity_id: &'a str,
    /// As the assertion had it, qualifiers included.
    pub name_id: &'a SubjectId,
    /// As the assertion had it; `None`: all sessions of the person.
    pub session_index: Option<&'a str>,
    /// An opaque handle of at most 80 bytes.
    pub relay_state: Option<&'a str>,
}

/// How the sessions ended that a provider asked us to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutStatus {
    Success,
    /// Some sessions live on.
    PartialLogout,
    /// The request was not good.
    Requester,
    /// We could not.
    Responder,
}

/// Answers a provider's request.
#[derive(Debug, Clone, Copy)]
pub struct LogoutResponse<'a> {
    /// Fresh and unguessable.
    pub id: &'a str,
    pub now: Timestamp,
    /// Our entityID for this connection.
    pub sp_entity_id: &'a str,
    /// The ID of the request.
    pub in_response_to: &'a str,
    pub status: LogoutStatus,
    /// The provider's own, as it came.
    pub relay_state: Option<&'a str>,
}

impl LogoutRequest<'_> {
    /// The message to the provider's logout address.
    pub fn to(&self, endpoint: &Endpoint, keys: &SamlKeys) -> Result<Outgoing, NotSent> {
        let name_id = Element::new(Namespace::Saml, "NameID")
            .with_some("Format", self.name_id.format.as_deref())
            .with_some("NameQualifier", self.name_id.name_qualifier.as_deref())
            .with_some("SPNameQualifier", self.name_id.sp_name_qualifier.as_deref())
            .text(self.name_id.value.as_str());
        let index = self.session_index.map(|index| Element::new(Namespace::Samlp, "SessionIndex").text(index));
        let root = root("LogoutRequest", self.id, self.now, &endpoint.url, self.sp_entity_id)
            .with("NotOnOrAfter", self.now.plus(REQUEST_LIFE).to_string())
            .child(name_id)
            .children(index);
        let message = Message {
            root,
            id: self.id,
            parameter: Parameter::Request,
            binding: endpoint.binding,
            url: &endpoint.url,
            relay_state: self.relay_state,
            keys: Some(keys),
        };
        message.bind()
    }
}

impl LogoutResponse<'_> {
    /// The message to the provider's logout address, or to the one that it names for answers.
    pub fn to(&self, endpoint: &Endpoint, keys: &SamlKeys) -> Result<Outgoing, NotSent> {
        let url = endpoint.response_url.as_deref().unwrap_or(&endpoint.url);
        let root = root("LogoutResponse", self.id, self.now, url, self.sp_entity_id)
            .with("InResponseTo", self.in_response_to)
            .child(self.status.element());
        let message = Message {
            root,
            id: self.id,
            parameter: Parameter::Response,
            binding: endpoint.binding,
            url,
            relay_state: self.relay_state,
            keys: Some(keys),
        };
        message.bind()
    }
}

impl LogoutStatus {
    /// SAML Core §3.2.2.2: partial logout is a code of the second level.
    fn element(self) -> Element {
        let code = |name: &str| {
            Element::new(Namespace::Samlp, "StatusCode")
                .with("Value", format!("urn:oasis:names:tc:SAML:2.0:status:{name}"))
        };
        let code = match self {
            Self::Success => code("Success"),
            Self::PartialLogout => code("Success").child(code("PartialLogout")),
            Self::Requester => code("Requester"),
            Self::Responder => code("Responder"),
        };
        Element::new(Namespace::Samlp, "Status").child(code)
    }
}

fn root(name: &'static str, id: &str, now: Timestamp, url: &str, issuer: &str) -> Element {
    Element::new(Namespace::Samlp, name)
        .with("Destination", url)
        .with("ID", id)
        .with("IssueInstant", now.to_string())
        .with("Version", "2.0")
        .child(Element::new(Namespace::Saml, "Issuer").text(issuer))
}
