//! Algorithms: the short lists. What is not on them is refused (ST-SAML-09).

use gatewright_bundle::program::SignatureAlgorithm;

/// Exclusive canonical XML 1.0, without comments: the one canonicalisation.
pub(super) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// No SHA-1, no MD5, no DSA, no HMAC (RFC 6931 §2.3, §2.2).
pub(crate) fn signature_algorithm(uri: &str) -> Option<SignatureAlgorithm> {
    Some(match uri {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => SignatureAlgorithm::RsaSha256,
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => SignatureAlgorithm::RsaSha384,
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => SignatureAlgorithm::RsaSha512,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => SignatureAlgorithm::EcdsaSha256,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => SignatureAlgorithm::EcdsaSha384,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512" => SignatureAlgorithm::EcdsaSha512,
        _ => return None,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// Of a signed element.
pub(super) fn digest(uri: &str) -> Option<Hash> {
    hash(uri).filter(|hash| *hash != Hash::Sha1)
}

impl Hash {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// Inside RSA-OAEP, where SHA-1 is not broken and most providers use it.
pub(super) fn hash(uri: &str) -> Option<Hash> {
    Some(match uri {
        "http://www.w3.org/2000/09/xmldsig#sha1" => Hash::Sha1,
        "http://www.w3.org/2001/04/xmlenc#sha256" => Hash::Sha256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => Hash::Sha384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => Hash::Sha512,
        _ => return None,
    })
}

/// Mask generation of RSA-OAEP.
pub(super) fn mask(uri: &str) -> Option<Hash> {
    Some(match uri {
        "http://www.w3.org/2009/xmlenc11#mgf1sha1" => Hash::Sha1,
        "http://www.w3.org/2009/xmlenc11#mgf1sha256" => Hash::Sha256,
        "http://www.w3.org/2009/xmlenc11#mgf1sha384" => Hash::Sha384,
        "http://www.w3.org/2009/xmlenc11#mgf1sha512" => Hash::Sha512,
        _ => return None,
    })
}
