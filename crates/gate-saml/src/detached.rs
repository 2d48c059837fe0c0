//! Detached: a signature over octets, as the redirect binding has it (ST-SAML-26).
//!
//! Trust: the octets are alleged; they are good where `true` comes back and the caller reads nothing but them.
//! Invariant: keys come from the policy; every one is tried, and no key, no signature (ST-SAML-06, ST-SAML-11).

use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use gatewright_bundle::program::{Certificate, SignatureAlgorithm};
use gatewright_saml::certificate::Curve;

use crate::keys::{Kind, SigningKey, signing_key};

/// Whether one of the certificates' keys made this signature over these octets.
pub fn verify_detached(
    octets: &[u8],
    algorithm: SignatureAlgorithm,
    signature: &[u8],
    certificates: &[Certificate],
) -> bool {
    certificates.iter().filter_map(signing_key).any(|key| verify_with(&key, octets, algorithm, signature))
}

fn verify_with(key: &SigningKey, octets: &[u8], algorithm: SignatureAlgorithm, signature: &[u8]) -> bool {
    let good = |algorithm: &'static dyn VerificationAlgorithm, signature: &[u8]| {
        UnparsedPublicKey::new(algorithm, &key.info).verify(octets, signature).is_ok()
    };
    match rsa(key.kind, algorithm) {
        Some(algorithm) => good(algorithm, signature),
        None => match (ecdsa(key.kind, algorithm), asn1(key.kind, signature)) {
            (Some(algorithm), Some(signature)) => good(algorithm, &signature),
            _ => false,
        },
    }
}

/// Keys of 2048 to 8192 bits.
fn rsa(kind: Kind, algorithm: SignatureAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match (kind, algorithm) {
        (Kind::Rsa, SignatureAlgorithm::RsaSha256) => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        (Kind::Rsa, SignatureAlgorithm::RsaSha384) => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        (Kind::Rsa, SignatureAlgorithm::RsaSha512) => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        _ => None,
    }
}

fn ecdsa(kind: Kind, algorithm: SignatureAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match (kind, algorithm) {
        (Kind::Ec(Curve::P256), SignatureAlgorithm::EcdsaSha256) => Some(&signature::ECDSA_P256_SHA256_ASN1),
        (Kind::Ec(Curve::P256), SignatureAlgorithm::EcdsaSha384) => Some(&signature::ECDSA_P256_SHA384_ASN1),
        (Kind::Ec(Curve::P256), SignatureAlgorithm::EcdsaSha512) => Some(&signature::ECDSA_P256_SHA512_ASN1),
        (Kind::Ec(Curve::P384), SignatureAlgorithm::EcdsaSha256) => Some(&signature::ECDSA_P384_SHA256_ASN1),
        (Kind::Ec(Curve::P384), SignatureAlgorithm::EcdsaSha384) => Some(&signature::ECDSA_P384_SHA384_ASN1),
        (Kind::Ec(Curve::P384), SignatureAlgorithm::EcdsaSha512) => Some(&signature::ECDSA_P384_SHA512_ASN1),
        (Kind::Ec(Curve::P521), SignatureAlgorithm::EcdsaSha256) => Some(&signature::ECDSA_P521_SHA256_ASN1),
        (Kind::Ec(Curve::P521), SignatureAlgorithm::EcdsaSha384) => Some(&signature::ECDSA_P521_SHA384_ASN1),
        (Kind::Ec(Curve::P521), SignatureAlgorithm::EcdsaSha512) => Some(&signature::ECDSA_P521_SHA512_ASN1),
        _ => None,
    }
}

/// `r || s`, each as long as the order (XML Signature §6.4.3), as the `SEQUENCE` of two `INTEGER`s that the checker
/// reads.
fn asn1(kind: Kind, signature: &[u8]) -> Option<Vec<u8>> {
    let half = match kind {
        Kind::Ec(Curve::P256) => 32,
        Kind::Ec(Curve::P384) => 48,
        Kind::Ec(Curve::P521) => 66,
        Kind::Rsa => return None,
    };
    if signature.len() != 2 * half {
        return None;
    }
    let (r, s) = signature.split_at_checked(half)?;
    let body = [integer(r)?, integer(s)?].concat();
    let length = u8::try_from(body.len()).ok()?;
    let head = if length < 0x80 { vec![0x30, length] } else { vec![0x30, 0x81, length] };
    Some([head, body].concat())
}

/// A positive number of at most 127 bytes.
fn integer(digits: &[u8]) -> Option<Vec<u8>> {
    let first = digits.iter().position(|digit| *digit != 0)?;
    let digits = digits.get(first..)?;
    let sign: &[u8] = if digits.first()? & 0x80 == 0 { &[] } else { &[0] };
    let length = u8::try_from(sign.len() + digits.len()).ok()?;
    Some([&[0x02, length], sign, digits].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_positive_and_minimal() {
        assert_eq!(integer(&[0, 0, 5]), Some(vec![2, 1, 5]));
        assert_eq!(integer(&[0x80]), Some(vec![2, 2, 0, 0x80]));
        assert_eq!(integer(&[0, 0]), None, "zero is never part of a signature");
    }

    #[test]
    fn a_signature_has_the_length_of_its_curve() {
        assert!(asn1(Kind::Ec(Curve::P256), &[1; 64]).is_some());
        assert!(asn1(Kind::Ec(Curve::P521), &[1; 132]).is_some());
        for length in [0, 63, 65, 96, 132] {
            assert_eq!(asn1(Kind::Ec(Curve::P256), &vec![1; length]), None, "{length}");
        }
    }
}
