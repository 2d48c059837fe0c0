//! Bind: how a message travels: in the query of an address, or in a form (SAML Bindings §3.4, §3.5).
//!
//! Invariant: the signature of a query is over the very octets that follow the `?` (ST-SAML-26).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_bundle::program::Binding;
use miniz_oxide::deflate::compress_to_vec;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::keys::SamlKeys;
use super::signature::enveloped;
use super::xml::Element;
use super::{NotSent, Outgoing, RELAY_STATE_BYTES_MAX};

/// RFC 3986 §2.3: what everybody leaves as it is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Messages have a thousand bytes: the best that deflate can do costs nothing.
const COMPRESSION: u8 = 9;

/// Which parameter holds the message.
#[derive(Debug, Clone, Copy)]
pub(super) enum Parameter {
    Request,
    Response,
}

/// A message and its way.
pub(super) struct Message<'a> {
    pub(super) root: Element,
    /// The `ID` of the root.
    pub(super) id: &'a str,
    pub(super) parameter: Parameter,
    pub(super) binding: Binding,
    pub(super) url: &'a str,
    pub(super) relay_state: Option<&'a str>,
    /// `None`: it is not signed.
    pub(super) keys: Option<&'a SamlKeys>,
}

impl Parameter {
    const fn name(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

impl Message<'_> {
    pub(super) fn bind(self) -> Result<Outgoing, NotSent> {
        if !is_id(self.id) {
            return Err(NotSent::Id);
        }
        if self.relay_state.is_some_and(|state| state.len() > RELAY_STATE_BYTES_MAX) {
            return Err(NotSent::RelayState);
        }
        match self.binding {
            Binding::Redirect => self.redirect(),
            Binding::Post => self.form(),
        }
    }

    fn redirect(self) -> Result<Outgoing, NotSent> {
        let packed = compress_to_vec(self.root.canonical()?.as_bytes(), COMPRESSION);
        let mut query = parameter(self.parameter.name(), &STANDARD.encode(packed));
        if let Some(state) = self.relay_state {
            query.push('&');
            query.push_str(&parameter("RelayState", state));
        }
        if let Some(keys) = self.keys {
            query.push('&');
            query.push_str(&parameter("SigAlg", keys.algorithm()));
            let value = keys.sign(query.as_bytes())?;
            query.push('&');
            query.push_str(&parameter("Signature", &STANDARD.encode(value)));
        }
        let behind = if self.url.contains('?') { '&' } else { '?' };
        Ok(Outgoing::Redirect { url: format!("{}{behind}{query}", self.url) })
    }

    fn form(self) -> Result<Outgoing, NotSent> {
        let root = match self.keys {
            Some(keys) => enveloped(self.root, self.id, keys)?,
            None => self.root,
        };
        let mut fields = vec![(self.parameter.name(), STANDARD.encode(root.canonical()?))];
        fields.extend(self.relay_state.map(|state| ("RelayState", state.to_owned())));
        Ok(Outgoing::Form { action: self.url.to_owned(), fields })
    }
}

fn parameter(name: &str, value: &str) -> String {
    format!("{name}={}", utf8_percent_encode(value, QUERY))
}

/// What an `xs:ID` may be, of ASCII alone.
fn is_id(id: &str) -> bool {
    let first = id.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    first && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}
