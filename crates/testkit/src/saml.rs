//! Saml: a scripted SAML identity provider: it writes, signs and encrypts whatever a test wants, true or false.
//!
//! [`Idp`] is the honest provider: [`Idp::respond`] gives the form value for an [`Answer`]. Beneath it lie the parts for
//! messages that no honest provider sends: [`sign`] signs any text at a hole of the form `{sign:NAME}`, as its
//! [`Signature`] says; [`encrypt`] wraps any text. No code of the product is used, so that both can be wrong only apart.
#![allow(clippy::string_slice, clippy::format_push_string, reason = "a pen of tests, for readable templates")]

mod answer;
mod canonical;
mod encrypt;
mod idp;
mod keys;
mod logout;
mod pen;
mod request;
#[cfg(test)]
mod tests;

pub use answer::{ASSERTION_HOLE, Answer, RESPONSE_HOLE, Signs};
pub use canonical::{Canonicalization, canonicalize};
pub use encrypt::{Cipher, Encryption, Placement, Transport, encrypt};
pub use idp::Idp;
pub use keys::{
    ACME, ACME_EXPIRED_CERTIFICATE_PEM, ACME_NEXT, Digest, GLOBEX, Key, Method, P256, P384, SP, SP_NEXT, WEAK,
};
pub use logout::{LogoutAnswer, LogoutAsk, redirect_query};
pub use pen::{Reference, Signature, sign};
pub use request::AuthnRequest;

/// Base64 as a browser posts it: one line.
pub fn form_value(xml: impl AsRef<[u8]>) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(xml)
}

/// A text that stands in an attribute or between tags.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `2027-01-15T08:00:00Z` of seconds since 1970.
pub fn instant(unix_secs: i64) -> String {
    jiff::Timestamp::from_second(unix_secs).unwrap().to_string()
}

pub(crate) fn random_id() -> String {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    format!("_{}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
