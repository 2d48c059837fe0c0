//! Keys: what providers sign with and what is encrypted to. They stand in the repository and protect nothing.

use std::sync::OnceLock;

use aws_lc_rs::digest;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rsa::pkcs8::DecodePrivateKey;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// A private key and a certificate that it has signed itself; valid from 2020 to 2120.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub key_pem: &'static str,
    pub certificate_pem: &'static str,
    /// For keys whose operation is slow to set up.
    legacy: OnceLock<RsaPrivateKey>,
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident $file:literal)*) => {
        $($(#[$doc])* pub static $name: Key = Key {
            name: $file,
            key_pem: include_str!(concat!("../../keys/saml/", $file, ".key.pem")),
            certificate_pem: include_str!(concat!("../../keys/saml/", $file, ".crt.pem")),
            legacy: OnceLock::new(),
        };)*
    };
}

keys! {
    /// The provider of acme. RSA-2048.
    ACME "acme"
    /// What acme's provider changes to. RSA-2048.
    ACME_NEXT "acme-next"
    /// The provider of another organisation. RSA-2048.
    GLOBEX "globex"
    /// RSA-1024.
    WEAK "weak"
    P256 "p256"
    P384 "p384"
    /// The service provider's own. RSA-2048.
    SP "sp"
    SP_NEXT "sp-next"
}

/// [`ACME`] with a certificate that ended in 2021.
pub const ACME_EXPIRED_CERTIFICATE_PEM: &str = include_str!("../../keys/saml/acme-expired.crt.pem");

/// How a `SignedInfo` is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    RsaSha1,
    RsaSha256,
    RsaSha384,
    RsaSha512,
    /// With [`P256`].
    EcdsaSha256,
    /// With [`P384`].
    EcdsaSha384,
    /// The secret is what an outsider knows: the certificate in DER.
    HmacSha256,
    /// The same with the PEM text.
    HmacSha256Pem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digest {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Method {
    pub fn uri(self) -> &'static str {
        match self {
            Self::RsaSha1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::RsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            Self::RsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::EcdsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
            Self::HmacSha256 | Self::HmacSha256Pem => "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        }
    }
}

impl Digest {
    pub fn uri(self) -> &'static str {
        match self {
            Self::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
        }
    }

    pub(crate) fn of(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, bytes).as_ref().to_vec()
    }
}

impl Key {
    pub fn certificate_der(&self) -> Vec<u8> {
        certificate_der(self.certificate_pem)
    }

    /// As it stands in metadata and in `KeyInfo`.
    pub fn certificate_base64(&self) -> String {
        BASE64_STANDARD.encode(self.certificate_der())
    }

    /// PKCS #8.
    pub fn key_der(&self) -> Vec<u8> {
        PrivatePkcs8KeyDer::from_pem_slice(self.key_pem.as_bytes()).unwrap().secret_pkcs8_der().to_vec()
    }

    pub fn sign(&self, method: Method, input: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let rsa = |encoding| {
            let Ok(pair) = RsaKeyPair::from_pkcs8(&self.key_der()) else { return self.sign_weakly(input) };
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &random, input, &mut signature).unwrap();
            signature
        };
        let elliptic = |algorithm| {
            let pair = EcdsaKeyPair::from_pkcs8(algorithm, &self.key_der()).unwrap();
            pair.sign(&random, input).unwrap().as_ref().to_vec()
        };
        let hmac = |secret: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input).as_ref().to_vec();
        match method {
            Method::RsaSha1 => self.pkcs1(SHA1_INFO, &Digest::Sha1.of(input)),
            Method::RsaSha256 => rsa(&RSA_PKCS1_SHA256),
            Method::RsaSha384 => rsa(&RSA_PKCS1_SHA384),
            Method::RsaSha512 => rsa(&RSA_PKCS1_SHA512),
            Method::EcdsaSha256 => elliptic(&ECDSA_P256_SHA256_FIXED_SIGNING),
            Method::EcdsaSha384 => elliptic(&ECDSA_P384_SHA384_FIXED_SIGNING),
            Method::HmacSha256 => hmac(&self.certificate_der()),
            Method::HmacSha256Pem => hmac(self.certificate_pem.as_bytes()),
        }
    }

    /// SHA-256 with a key that is too short for the library of today.
    fn sign_weakly(&self, input: &[u8]) -> Vec<u8> {
        self.pkcs1(SHA256_INFO, &Digest::Sha256.of(input))
    }

    fn pkcs1(&self, info: &[u8], hash: &[u8]) -> Vec<u8> {
        let key = self.legacy.get_or_init(|| RsaPrivateKey::from_pkcs8_pem(self.key_pem).unwrap());
        key.sign(Pkcs1v15Sign::new_unprefixed(), &[info, hash].concat()).unwrap()
    }
}

/// `DigestInfo` without the hash (RFC 8017 §9.2, note 1).
const SHA1_INFO: &[u8] = &[0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];
const SHA256_INFO: &[u8] =
    &[0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

pub(crate) fn certificate_der(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()
}
