//! Keys: which certificates of a connection can have made a signature at all.
//!
//! Invariant: a key that is weak or of another kind than the signature is as if it were not there (ST-SAML-06); dates and
//! names of the certificate mean nothing (ST-SAML-12).

use gatewright_bundle::program::{Certificate, SignatureAlgorithm};
use gatewright_saml::certificate::{CertificateFacts, Curve, PublicKey};

/// A kind of key that signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Rsa,
    Ec(Curve),
}

/// The key of a certificate, where it is strong enough.
pub(crate) struct SigningKey {
    pub(crate) kind: Kind,
    /// `SubjectPublicKeyInfo`, DER.
    pub(crate) info: Vec<u8>,
}

impl Kind {
    /// The size of the curve; 0 for RSA, where the order of keys does not matter.
    pub(crate) fn bits(self) -> u16 {
        match self {
            Self::Rsa => 0,
            Self::Ec(Curve::P256) => 256,
            Self::Ec(Curve::P384) => 384,
            Self::Ec(Curve::P521) => 521,
        }
    }

    /// Whether a key of this kind can have made such a signature.
    pub(crate) fn fits(self, algorithm: SignatureAlgorithm) -> bool {
        match algorithm {
            SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::RsaSha384 | SignatureAlgorithm::RsaSha512 => {
                matches!(self, Self::Rsa)
            }
            SignatureAlgorithm::EcdsaSha256 | SignatureAlgorithm::EcdsaSha384 | SignatureAlgorithm::EcdsaSha512 => {
                matches!(self, Self::Ec(_))
            }
        }
    }
}

/// `None`: nothing that it signs counts.
pub(crate) fn signing_key(certificate: &Certificate) -> Option<SigningKey> {
    let (key, info) = CertificateFacts::key(&certificate.0).ok()?;
    if key.weakness().is_some() {
        return None;
    }
    let kind = match key {
        PublicKey::Rsa { .. } => Kind::Rsa,
        PublicKey::Ec(curve) => Kind::Ec(curve),
        PublicKey::Other(_) => return None,
    };
    Some(SigningKey { kind, info })
}
