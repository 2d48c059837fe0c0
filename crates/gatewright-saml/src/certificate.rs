//! Certificate: what stands in an X.509 certificate, and whether its key is strong enough.
//!
//! Reads DER; gives facts for the compiler's lints, for operators and for those who verify. No chain is built and no date is
//! judged here: a certificate is the envelope of a key that the policy trusts by itself (ST-SAML-12).
//!
//! Invariant: no C, no panic; bytes after the certificate are refused.

mod key;

use std::fmt;

use gatewright_terms::{Timestamp, hex};
use sha2::{Digest, Sha256};
use x509_cert::der::{Decode, Encode};
use x509_cert::time::Time;

pub use key::{Curve, PublicKey};

/// Real signing certificates have 700 to 2,500 bytes; with a long chain of extensions hardly more.
pub const CERTIFICATE_BYTES_MAX: usize = 16 * 1024;
/// A name for people. In characters.
const SUBJECT_CHARS_MAX: usize = 200;

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    pub key: PublicKey,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    /// SHA-256 of the DER.
    pub fingerprint: [u8; 32],
    /// For people, in the form of RFC 4514, printable, at most 200 characters. Decides nothing.
    pub subject: String,
    /// SubjectPublicKeyInfo, DER: what a verifier needs of it.
    pub public_key_info: Vec<u8>,
}

/// The bytes are no certificate. The text says what was wrong, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotACertificate(pub String);

impl fmt::Display for NotACertificate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for NotACertificate {}

impl CertificateFacts {
    /// Takes one certificate in DER and nothing after it.
    pub fn parse(der: &[u8]) -> Result<Self, NotACertificate> {
        let certificate = read(der)?;
        let body = certificate.tbs_certificate();
        let info = body.subject_public_key_info();
        let validity = body.validity();
        Ok(Self {
            key: PublicKey::of(info)?,
            not_before: timestamp(validity.not_before),
            not_after: timestamp(validity.not_after),
            fingerprint: Sha256::digest(der).into(),
            subject: for_people(&body.subject().to_string()),
            public_key_info: info.to_der().map_err(unreadable)?,
        })
    }

    /// Why the key must not be trusted with signatures; `None` for RSA of 2048 bits or more and for P-256 and up.
    pub fn weakness(&self) -> Option<&'static str> {
        self.key.weakness()
    }

    /// The key alone, and its SubjectPublicKeyInfo: what a verifier asks for with each message.
    pub fn key(der: &[u8]) -> Result<(PublicKey, Vec<u8>), NotACertificate> {
        let certificate = read(der)?;
        let info = certificate.tbs_certificate().subject_public_key_info();
        Ok((PublicKey::of(info)?, info.to_der().map_err(unreadable)?))
    }

    /// As tools print it: lower-case hexadecimal, without colons.
    pub fn fingerprint_text(&self) -> String {
        hex::text(&self.fingerprint)
    }
}

fn read(der: &[u8]) -> Result<x509_cert::Certificate, NotACertificate> {
    if der.len() > CERTIFICATE_BYTES_MAX {
        return Err(NotACertificate(format!("it has more than {CERTIFICATE_BYTES_MAX} bytes")));
    }
    x509_cert::Certificate::from_der(der).map_err(unreadable)
}

fn timestamp(time: Time) -> Timestamp {
    Timestamp::from_unix(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
}

fn for_people(name: &str) -> String {
    let printable = name.chars().map(|c| if c.is_control() { '?' } else { c });
    printable.take(SUBJECT_CHARS_MAX).collect()
}

// Takes it over by value, as `map_err` hands it.
#[allow(clippy::needless_pass_by_value, reason = "the shape that `map_err` wants")]
fn unreadable(error: x509_cert::der::Error) -> NotACertificate {
    NotACertificate(format!("it is no X.509 certificate in DER ({error})"))
}

#[cfg(test)]
mod tests;
