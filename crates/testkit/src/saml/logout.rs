//! Logout: the messages of single logout, over both bindings.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use url::form_urlencoded::byte_serialize;

use super::idp::Idp;
use super::keys::{Key, Method};
use super::pen::{Signature, sign};
use super::{escape, instant, random_id};

/// A `LogoutRequest` of the provider.
#[derive(Debug, Clone)]
pub struct LogoutAsk {
    pub destination: String,
    pub now: i64,
    /// Value and format.
    pub name_id: (String, String),
    pub session_index: Option<String>,
    pub id: String,
}

/// A `LogoutResponse` of the provider.
#[derive(Debug, Clone)]
pub struct LogoutAnswer {
    pub destination: String,
    pub now: i64,
    pub in_response_to: String,
    pub id: String,
    /// The last part of the status: `Success`, `Responder`.
    pub status: String,
}

impl LogoutAsk {
    /// Ada's session as [`super::Answer::new`] names it.
    pub fn new(destination: &str, now: i64) -> Self {
        Self {
            destination: destination.to_owned(),
            now,
            name_id: ("ada-1".to_owned(), "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_owned()),
            session_index: Some("_session-1".to_owned()),
            id: random_id(),
        }
    }

    /// With a hole for the signature of the POST binding, `{sign:message}`.
    pub fn template(&self, issuer: &str) -> String {
        let index = self.session_index.as_ref();
        let index = index.map(|index| format!("<samlp:SessionIndex>{}</samlp:SessionIndex>", escape(index)));
        let inner = format!(
            "<saml:NameID Format=\"{}\">{}</saml:NameID>{}",
            escape(&self.name_id.1),
            escape(&self.name_id.0),
            index.unwrap_or_default()
        );
        let more = format!(" NotOnOrAfter=\"{}\"", instant(self.now + 300));
        message("LogoutRequest", &self.id, &self.destination, self.now, issuer, &more, &inner)
    }
}

impl LogoutAnswer {
    pub fn new(destination: &str, in_response_to: &str, now: i64) -> Self {
        Self {
            destination: destination.to_owned(),
            now,
            in_response_to: in_response_to.to_owned(),
            id: random_id(),
            status: "Success".to_owned(),
        }
    }

    /// With a hole for the signature of the POST binding, `{sign:message}`.
    pub fn template(&self, issuer: &str) -> String {
        let more = format!(" InResponseTo=\"{}\"", escape(&self.in_response_to));
        let inner = format!(
            "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:{}\"/></samlp:Status>",
            self.status
        );
        message("LogoutResponse", &self.id, &self.destination, self.now, issuer, &more, &inner)
    }
}

const HOLE: &str = "{sign:message}";

fn message(kind: &str, id: &str, destination: &str, now: i64, issuer: &str, more: &str, inner: &str) -> String {
    format!(
        "<samlp:{kind} xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" Version=\"2.0\" IssueInstant=\"{}\" \
         Destination=\"{}\"{more}><saml:Issuer>{}</saml:Issuer>{HOLE}{inner}</samlp:{kind}>",
        instant(now),
        escape(destination),
        escape(issuer)
    )
}

impl Idp {
    /// The signed XML for the POST binding; [`super::form_value`] makes the field of it.
    pub fn logout_xml(&self, template: &str) -> String {
        sign(template, HOLE, &Signature::by(self.key))
    }

    /// The signed query of the redirect binding, for a [`LogoutAsk`]'s or a [`LogoutAnswer`]'s template.
    pub fn logout_query(&self, template: &str, relay_state: Option<&str>) -> String {
        let name = if template.starts_with("<samlp:LogoutRequest") { "SAMLRequest" } else { "SAMLResponse" };
        redirect_query(name, &template.replace(HOLE, ""), relay_state, Some((self.key, Method::RsaSha256)))
    }
}

/// The query of the redirect binding (SAML Bindings §3.4.4.1): the signature is over the very octets before it.
pub fn redirect_query(name: &str, xml: &str, relay_state: Option<&str>, signer: Option<(&Key, Method)>) -> String {
    let encode = |value: &str| byte_serialize(value.as_bytes()).collect::<String>();
    let deflated = miniz_oxide::deflate::compress_to_vec(xml.as_bytes(), 6);
    let mut query = format!("{name}={}", encode(&BASE64_STANDARD.encode(deflated)));
    if let Some(relay_state) = relay_state {
        query.push_str(&format!("&RelayState={}", encode(relay_state)));
    }
    if let Some((key, method)) = signer {
        query.push_str(&format!("&SigAlg={}", encode(method.uri())));
        let signature = BASE64_STANDARD.encode(key.sign(method, query.as_bytes()));
        query.push_str(&format!("&Signature={}", encode(&signature)));
    }
    query
}
