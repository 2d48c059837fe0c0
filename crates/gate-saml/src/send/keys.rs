//! Keys: what we sign messages with, and what assertions are encrypted to.
//!
//! Reads PEM: `saml.key` (PKCS#8; RSA of 2048 bits or more, or P-256) and `saml.crt` (X.509), and the next and the previous
//! pair while one rotates. Gives signatures, certificates to publish, and the keys that decrypt.
//!
//! Invariant: a key and its certificate belong together, which is proved by a signature and not by their names.
//! Invariant: one key signs. The next is published and decrypts, and signs nothing yet; the previous is published for what
//! it signed and decrypts what is still encrypted to it, and nobody is told to encrypt to it any more (ST-OPS-10).
//! Invariant: private keys do not print, and are wiped where they are plain memory.

mod make;

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use gatewright_bundle::program::{Certificate, SignatureAlgorithm};
use gatewright_saml::certificate::CertificateFacts;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use zeroize::Zeroizing;

use super::NotSent;
use crate::decrypt::Decrypting;
use crate::detached::verify_detached;

pub use make::NewKeyPair;

/// Signed once with each key, so that a certificate of another key is known at the start.
const PROBE: &[u8] = b"gatewright: does this key belong to this certificate?";

/// The two files of one pair, PEM.
#[derive(Clone, Copy)]
pub struct KeyPairFiles<'a> {
    /// `saml.key`.
    pub key: &'a [u8],
    /// `saml.crt`.
    pub certificate: &'a [u8],
}

/// A file is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamlKeyRefused {
    /// Its name below `keys/`.
    pub file: &'static str,
    /// For the operator.
    pub reason: String,
}

impl fmt::Display for SamlKeyRefused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`keys/{}`: {}", self.file, self.reason)
    }
}

impl std::error::Error for SamlKeyRefused {}

/// Our keys for SAML.
pub struct SamlKeys {
    present: Pair,
    next: Option<Pair>,
    previous: Option<Pair>,
    decrypting: Option<Arc<Decrypting>>,
}

struct Pair {
    signer: Signer,
    /// DER.
    certificate: Vec<u8>,
}

enum Signer {
    Rsa(Box<RsaKeyPair>),
    Ec(EcdsaKeyPair),
}

/// The private key in PKCS#8, DER; for RSA, which alone decrypts.
type RsaPkcs8 = Option<Zeroizing<Vec<u8>>>;

impl SamlKeys {
    /// Reads the pair in use, and the next and the previous one where they exist.
    pub fn parse(
        present: KeyPairFiles<'_>,
        next: Option<KeyPairFiles<'_>>,
        previous: Option<KeyPairFiles<'_>>,
    ) -> Result<Self, SamlKeyRefused> {
        let read = |files: Option<KeyPairFiles<'_>>, names| files.map(|files| read(files, names)).transpose();
        let (present, present_rsa) = self::read(present, ["saml.key", "saml.crt"])?;
        let (next, next_rsa) = read(next, ["saml.next.key", "saml.next.crt"])?.unzip();
        let (previous, previous_rsa) = read(previous, ["saml.previous.key", "saml.previous.crt"])?.unzip();
        let rsa: Vec<_> = [Some(present_rsa), next_rsa, previous_rsa].into_iter().flatten().flatten().collect();
        let rsa: Vec<&[u8]> = rsa.iter().map(|key| key.as_slice()).collect();
        let decrypting = if rsa.is_empty() { None } else { Some(Decrypting::new(&rsa)) };
        let decrypting = decrypting.transpose().map_err(|refused| refuse("saml.key", refused.to_string()))?;
        Ok(Self { present, next, previous, decrypting: decrypting.map(Arc::new) })
    }

    /// `None` where no key is RSA: then assertions cannot be encrypted to us.
    pub fn decrypting(&self) -> Option<Arc<Decrypting>> {
        self.decrypting.clone()
    }

    /// The algorithm of [`sign`](Self::sign) as XML Signature names it.
    pub(super) fn algorithm(&self) -> &'static str {
        match self.present.signer {
            Signer::Rsa(_) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Signer::Ec(_) => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        }
    }

    /// With the key in use, in the form of XML Signature §6.4.
    pub(super) fn sign(&self, octets: &[u8]) -> Result<Vec<u8>, NotSent> {
        self.present.signer.sign(octets).ok_or(NotSent::NotSigned)
    }

    /// The certificate of the key that signs, DER.
    pub(super) fn certificate(&self) -> &[u8] {
        &self.present.certificate
    }

    /// The one that signs first. DER.
    pub(super) fn signing_certificates(&self) -> impl Iterator<Item = &[u8]> {
        let all = [Some(&self.present), self.next.as_ref(), self.previous.as_ref()];
        all.into_iter().flatten().map(|pair| pair.certificate.as_slice())
    }

    /// What others may encrypt to, the one in use first. DER.
    pub(super) fn encryption_certificates(&self) -> impl Iterator<Item = &[u8]> {
        let pairs = [Some(&self.present), self.next.as_ref()].into_iter().flatten();
        let rsa = pairs.filter(|pair| matches!(pair.signer, Signer::Rsa(_)));
        rsa.map(|pair| pair.certificate.as_slice())
    }
}

impl fmt::Debug for SamlKeys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SamlKeys(…)")
    }
}

impl Signer {
    /// `None` where the key is of no kind that we sign with.
    fn read(pkcs8: &[u8]) -> Option<Self> {
        match RsaKeyPair::from_pkcs8(pkcs8) {
            Ok(key) => Some(Self::Rsa(Box::new(key))),
            Err(_) => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).ok().map(Self::Ec),
        }
    }

    fn sign(&self, octets: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, octets, &mut signature).ok()?;
                Some(signature)
            }
            Self::Ec(key) => Some(key.sign(&random, octets).ok()?.as_ref().to_vec()),
        }
    }

    const fn algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Rsa(_) => SignatureAlgorithm::RsaSha256,
            Self::Ec(_) => SignatureAlgorithm::EcdsaSha256,
        }
    }
}

fn read(files: KeyPairFiles<'_>, [key, crt]: [&'static str; 2]) -> Result<(Pair, RsaPkcs8), SamlKeyRefused> {
    let pkcs8 = PrivatePkcs8KeyDer::from_pem_slice(files.key);
    let pkcs8 = pkcs8.map_err(|_| refuse(key, "no private key in PKCS#8 PEM"))?;
    let pkcs8 = Zeroizing::new(pkcs8.secret_pkcs8_der().to_vec());
    let signer =
        Signer::read(&pkcs8).ok_or_else(|| refuse(key, "neither an RSA key of 2048 bits or more nor one of P-256"))?;
    let certificate = certificate(files.certificate).map_err(|reason| refuse(crt, reason))?;
    let facts = CertificateFacts::parse(&certificate).map_err(|not| refuse(crt, not.0))?;
    if let Some(weakness) = facts.weakness() {
        return Err(refuse(crt, weakness));
    }
    let signature = signer.sign(PROBE).ok_or_else(|| refuse(key, "it did not sign"))?;
    let trusted = [Certificate(certificate)];
    if !verify_detached(PROBE, signer.algorithm(), &signature, &trusted) {
        return Err(refuse(crt, format!("this is not the certificate of `keys/{key}`")));
    }
    let [Certificate(certificate)] = trusted;
    let rsa = matches!(signer, Signer::Rsa(_)).then_some(pkcs8);
    Ok((Pair { signer, certificate }, rsa))
}

/// The one certificate of the file, DER.
fn certificate(pem: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut found = CertificateDer::pem_slice_iter(pem);
    match (found.next(), found.next()) {
        (Some(Ok(certificate)), None) => Ok(certificate.to_vec()),
        (Some(Ok(_)), Some(_)) => Err("more than one certificate; it takes one, without a chain"),
        (Some(Err(_)) | None, _) => Err("no certificate in PEM"),
    }
}

fn refuse(file: &'static str, reason: impl Into<String>) -> SamlKeyRefused {
    SamlKeyRefused { file, reason: reason.into() }
}
