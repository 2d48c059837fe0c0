//! Redirect: a message that came in the query of an address (SAML Bindings §3.4).
//!
//! Reads the raw query, octet by octet as it was sent; gives [`Redirected`], with the very octets that its signature is
//! over. `redirect/query` takes the parameters apart, `redirect/inflate` unpacks the message.
//!
//! Trust: alleged on the way in and on the way out: the caller verifies the signature over [`RedirectSignature::signed`].
//! Invariant: the octets that are verified are the octets that were read: nothing is decoded and encoded again
//! (ST-SAML-26).
//! Invariant: each parameter once, under its plain name; what has two readings is refused.

mod inflate;
mod query;

use gatewright_bundle::program::SignatureAlgorithm;
use gatewright_terms::Refusal;

use crate::refused::{Refused, echo};
use crate::relay_state::RelayState;
use crate::screen::{base64_exact, signature_algorithm};
use query::Parameters;

pub use inflate::{INFLATE_RATIO_MAX, INFLATED_BYTES_MAX};
pub use query::{PARAMETERS_MAX, QUERY_BYTES_MAX};

/// The one encoding (SAML Bindings §3.4.4).
const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// Which parameter held the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// `SAMLRequest`.
    Request,
    /// `SAMLResponse`.
    Response,
}

/// A query that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirected {
    pub kind: MessageKind,
    /// Unpacked; the screen has not seen it.
    pub message: Vec<u8>,
    pub relay_state: Option<RelayState>,
    /// `None` where the query holds neither `SigAlg` nor `Signature`.
    pub signature: Option<RedirectSignature>,
}

/// What there is to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectSignature {
    pub algorithm: SignatureAlgorithm,
    /// `SAMLRequest=…&RelayState=…&SigAlg=…` in this order, each as it was sent (SAML Bindings §3.4.4.1).
    pub signed: Vec<u8>,
    pub value: Vec<u8>,
}

/// Reads what stands behind the `?` of an address, as it was sent.
///
/// # Errors
/// The first rule that it breaks; each has a word of its own.
pub fn read(query: &[u8]) -> Result<Redirected, Refused> {
    let parameters = Parameters::read(query)?;
    let (kind, name, raw) = match (parameters.request, parameters.response) {
        (Some(raw), None) => (MessageKind::Request, "SAMLRequest", raw),
        (None, Some(raw)) => (MessageKind::Response, "SAMLResponse", raw),
        (Some(_), Some(_)) => return Err(malformed("two-messages", "holds both `SAMLRequest` and `SAMLResponse`")),
        (None, None) => return Err(malformed("no-message", "holds neither `SAMLRequest` nor `SAMLResponse`")),
    };
    if let Some(encoding) = parameters.encoding {
        let encoding = query::text(encoding)?;
        if encoding != DEFLATE {
            return Err(malformed("encoding-unknown", &format!("has the encoding {}", echo(&encoding))));
        }
    }
    let relay_state = parameters.relay_state.map(|raw| RelayState::parse(&query::octets(raw)?)).transpose()?;
    let signature = signature(&parameters, name, raw)?;
    let packed = base64(raw, "message-not-base64")?;
    let message = inflate::inflate(&packed)?;
    Ok(Redirected { kind, message, relay_state, signature })
}

/// Rules `signature-incomplete`, `signature-algorithm`, `signature-not-base64`.
fn signature(parameters: &Parameters<'_>, name: &str, message: &str) -> Result<Option<RedirectSignature>, Refused> {
    let (raw_algorithm, raw_value) = match (parameters.algorithm, parameters.signature) {
        (None, None) => return Ok(None),
        (Some(algorithm), Some(value)) => (algorithm, value),
        (Some(_), None) | (None, Some(_)) => {
            return Err(malformed("signature-incomplete", "holds one of `SigAlg` and `Signature` without the other"));
        }
    };
    let uri = query::text(raw_algorithm)?;
    let algorithm = signature_algorithm(&uri).ok_or_else(|| {
        refused(
            Refusal::SamlAlgorithm,
            "signature-algorithm",
            &format!("is signed with {}, which is not allowed", echo(&uri)),
        )
    })?;
    let value = base64(raw_value, "signature-not-base64")?;
    let mut signed = format!("{name}={message}");
    if let Some(relay_state) = parameters.relay_state {
        signed.push_str("&RelayState=");
        signed.push_str(relay_state);
    }
    signed.push_str("&SigAlg=");
    signed.push_str(raw_algorithm);
    Ok(Some(RedirectSignature { algorithm, signed: signed.into_bytes(), value }))
}

fn base64(raw: &str, reason: &'static str) -> Result<Vec<u8>, Refused> {
    let text = query::text(raw)?;
    let octets = base64_exact(&text).filter(|octets| !octets.is_empty());
    octets.ok_or_else(|| malformed(reason, "holds a value that is no base64, or empty"))
}

fn malformed(reason: &'static str, what: &str) -> Refused {
    refused(Refusal::SamlMalformed, reason, what)
}

fn refused(refusal: Refusal, reason: &'static str, what: &str) -> Refused {
    Refused::new(refusal, reason, "screen", format!("the query {what}"))
}
