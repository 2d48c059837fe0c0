//! Authn request: asks an identity provider to sign somebody in (SAML Core §3.4.1).
//!
//! Invariant: the exact address of the assertion consumer; no NameID format unless one is set, and no context unless one
//! is asked for, and then `exact` (ST-SAML-24).

use gatewright_bundle::program::{NameId, Requests, Saml};
use gatewright_terms::Timestamp;

use super::bind::{Message, Parameter};
use super::keys::SamlKeys;
use super::metadata::name_id_format;
use super::xml::{Element, Namespace};
use super::{NotSent, Outgoing};

const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// A request for a sign-in.
#[derive(Debug, Clone, Copy)]
pub struct AuthnRequest<'a> {
    /// Fresh and unguessable; the answer must name it.
    pub id: &'a str,
    pub now: Timestamp,
    /// Our entityID for this connection.
    pub sp_entity_id: &'a str,
    /// Where the answer goes.
    pub acs: &'a str,
    /// An opaque handle of at most 80 bytes (ST-SAML-25).
    pub relay_state: &'a str,
    /// The person must authenticate anew, whatever session the provider has.
    pub force_authn: bool,
    /// Authentication context classes, one of which must be met; none: whatever the provider does.
    pub contexts: &'a [&'a str],
}

impl AuthnRequest<'_> {
    /// The message to the connection's sign-in address; signed where its policy says so, for which `keys` are needed.
    pub fn to(&self, saml: &Saml, keys: Option<&SamlKeys>) -> Result<Outgoing, NotSent> {
        let keys = match saml.requests {
            Requests::Signed => Some(keys.ok_or(NotSent::NoKey)?),
            Requests::Unsigned => None,
        };
        let message = Message {
            root: self.root(saml),
            id: self.id,
            parameter: Parameter::Request,
            binding: saml.sign_in.binding,
            url: &saml.sign_in.url,
            relay_state: Some(self.relay_state),
            keys,
        };
        message.bind()
    }

    fn root(&self, saml: &Saml) -> Element {
        Element::new(Namespace::Samlp, "AuthnRequest")
            .with("AssertionConsumerServiceURL", self.acs)
            .with("Destination", saml.sign_in.url.as_str())
            .with_some("ForceAuthn", self.force_authn.then_some("true"))
            .with("ID", self.id)
            .with("IssueInstant", self.now.to_string())
            .with("ProtocolBinding", POST)
            .with("Version", "2.0")
            .child(Element::new(Namespace::Saml, "Issuer").text(self.sp_entity_id))
            .children(name_id_policy(saml.name_id))
            .children(self.requested_context())
    }

    fn requested_context(&self) -> Option<Element> {
        let class = |context: &&str| Element::new(Namespace::Saml, "AuthnContextClassRef").text(*context);
        let requested = Element::new(Namespace::Samlp, "RequestedAuthnContext").with("Comparison", "exact");
        (!self.contexts.is_empty()).then(|| requested.children(self.contexts.iter().map(class)))
    }
}

fn name_id_policy(name_id: NameId) -> Option<Element> {
    let policy = Element::new(Namespace::Samlp, "NameIDPolicy").with("AllowCreate", "true");
    Some(policy.with("Format", name_id_format(name_id)?))
}
