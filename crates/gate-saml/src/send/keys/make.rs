//! Make: a new key with a certificate that it signed itself, for `gatewrightd keys init`.
//!
//! The certificate is the envelope in which providers take a key: nobody builds a chain of it, and its name and dates mean
//! nothing to them. It lives long, so that a key rotates when its owner wants to, and not on a day that a tool chose.

use std::fmt::Write as _;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_terms::Timestamp;
use rcgen::{CertificateParams, DistinguishedName, DnType};
use rustls_pki_types::PrivatePkcs8KeyDer;
use zeroize::Zeroizing;

use super::{SamlKeyRefused, refuse};

/// RSA, since nothing else can be encrypted to here; as many bits as outlast the certificate (NIST SP 800-57 part 1 wants
/// more than 2048 after 2030).
const SIZE: KeySize = KeySize::Rsa3072;
const YEARS: i32 = 10;
/// What an administrator sees in a list of certificates.
const NAME: &str = "Gatewright SAML";
/// RFC 7468 §2.
const LINE_CHARS: usize = 64;

/// Two new files.
pub struct NewKeyPair {
    /// `saml.key`, PEM, to be written with mode 0600.
    pub key: Zeroizing<Vec<u8>>,
    /// `saml.crt`, PEM.
    pub certificate: Vec<u8>,
}

impl NewKeyPair {
    /// Valid from the day of `now` on.
    pub fn generate(now: Timestamp) -> Result<Self, SamlKeyRefused> {
        let no_key = |_| refuse("saml.key", "the library made no key");
        let key: Pkcs8V1Der<'_> = KeyPair::generate(SIZE).and_then(|key| key.as_der()).map_err(no_key)?;
        let certificate = certify(key.as_ref(), now).map_err(|reason| refuse("saml.crt", reason))?;
        Ok(Self { key: pem("PRIVATE KEY", key.as_ref()), certificate: pem("CERTIFICATE", &certificate).to_vec() })
    }
}

fn certify(pkcs8: &[u8], now: Timestamp) -> Result<Vec<u8>, String> {
    let wrong = |error: rcgen::Error| error.to_string();
    let key = rcgen::KeyPair::try_from(&PrivatePkcs8KeyDer::from(pkcs8)).map_err(wrong)?;
    let (year, month, day) = date(now).ok_or("no certificate can be made for this day")?;
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, NAME);
    let mut params = CertificateParams::default();
    params.distinguished_name = names;
    params.not_before = rcgen::date_time_ymd(year, month, day);
    // A 29th of February has no anniversary.
    params.not_after = rcgen::date_time_ymd(year + YEARS, month, day.min(28));
    Ok(params.self_signed(&key).map_err(wrong)?.der().to_vec())
}

/// Of a year that a certificate and its anniversary can hold.
fn date(now: Timestamp) -> Option<(i32, u8, u8)> {
    let text = now.to_string();
    let mut parts = text.split('T').next()?.split('-');
    let (year, month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (1970..9000).contains(&year).then_some((year, month, day))
}

fn pem(label: &str, der: &[u8]) -> Zeroizing<Vec<u8>> {
    let body = Zeroizing::new(STANDARD.encode(der));
    // As large as it gets, so that growing leaves no copy behind.
    let mut out = Zeroizing::new(String::with_capacity(2 * body.len() + 4 * LINE_CHARS));
    // Writing into a text cannot fail.
    let _ = writeln!(out, "-----BEGIN {label}-----");
    let mut rest = body.as_str();
    while let Some((line, after)) = rest.split_at_checked(LINE_CHARS.min(rest.len())).filter(|_| !rest.is_empty()) {
        let _ = writeln!(out, "{line}");
        rest = after;
    }
    let _ = writeln!(out, "-----END {label}-----");
    Zeroizing::new(out.as_bytes().to_vec())
}
