//! Key: the kind and the strength of a public key.
//!
//! Invariant: what is not known is weak.

use std::fmt;

use x509_cert::der::asn1::UintRef;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode, Reader, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::{NotACertificate, unreadable};

/// RFC 8301 and BSI TR-02102 take no less.
const RSA_BITS_MIN: u32 = 2048;
/// Where both of our verifiers end; a larger one would only cost time.
const RSA_BITS_MAX: u32 = 4096;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    Rsa {
        /// Of the modulus, leading zeros not counted.
        bits: u32,
        /// An exponent that is even or 1 makes every signature forgeable.
        odd_exponent: bool,
    },
    Ec(Curve),
    /// The object identifier of its kind or curve.
    Other(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    P256,
    P384,
    P521,
}

impl PublicKey {
    pub(super) fn of(info: &SubjectPublicKeyInfoOwned) -> Result<Self, NotACertificate> {
        let kind = info.algorithm.oid;
        let bytes = info.subject_public_key.as_bytes().ok_or_else(|| key("it ends inside a byte"))?;
        if kind == RSA {
            return rsa(bytes);
        }
        if kind != EC {
            return Ok(Self::Other(kind.to_string()));
        }
        let curve = info.algorithm.parameters.as_ref().ok_or_else(|| key("it names no curve"))?;
        let Ok(curve) = curve.decode_as::<ObjectIdentifier>() else {
            return Ok(Self::Other("a curve that is spelled out".to_owned()));
        };
        let (named, coordinate) = match curve {
            P256 => (Curve::P256, 32),
            P384 => (Curve::P384, 48),
            P521 => (Curve::P521, 66),
            _ => return Ok(Self::Other(curve.to_string())),
        };
        // Uncompressed, SEC 1 §2.3.3. Whether the point lies on the curve is seen by whoever verifies with it.
        if bytes.first() != Some(&4) || bytes.len() != 1 + 2 * coordinate {
            return Err(key("it is no uncompressed point of its curve"));
        }
        Ok(Self::Ec(named))
    }

    pub fn weakness(&self) -> Option<&'static str> {
        match self {
            Self::Rsa { bits, .. } if *bits < RSA_BITS_MIN => Some("an RSA key of fewer than 2048 bits"),
            Self::Rsa { bits, .. } if *bits > RSA_BITS_MAX => Some("an RSA key of more than 4096 bits"),
            Self::Rsa { odd_exponent: false, .. } => Some("an RSA key whose exponent is even or 1"),
            Self::Rsa { .. } | Self::Ec(Curve::P256 | Curve::P384 | Curve::P521) => None,
            Self::Other(_) => Some("a key that is neither RSA nor on P-256, P-384 or P-521"),
        }
    }
}

/// `RSA-2048`, `P-256`, or the object identifier.
impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits, .. } => write!(out, "RSA-{bits}"),
            Self::Ec(Curve::P256) => out.write_str("P-256"),
            Self::Ec(Curve::P384) => out.write_str("P-384"),
            Self::Ec(Curve::P521) => out.write_str("P-521"),
            Self::Other(oid) => out.write_str(oid),
        }
    }
}

/// RFC 8017 §A.1.1.
fn rsa(bytes: &[u8]) -> Result<PublicKey, NotACertificate> {
    let mut reader = SliceReader::new(bytes).map_err(unreadable)?;
    let (modulus, exponent) = reader
        .sequence(|inner| Ok((UintRef::decode(inner)?, UintRef::decode(inner)?)))
        .map_err(|error: x509_cert::der::Error| unreadable(error))?;
    reader.finish().map_err(unreadable)?;
    let bits = match modulus.as_bytes() {
        [] => 0,
        [first, rest @ ..] => {
            let whole = u32::try_from(rest.len()).unwrap_or(u32::MAX).saturating_mul(8);
            whole.saturating_add(8 - first.leading_zeros())
        }
    };
    let odd_exponent = exponent.as_bytes() != [1] && exponent.as_bytes().last().is_some_and(|low| low & 1 == 1);
    Ok(PublicKey::Rsa { bits, odd_exponent })
}

fn key(why: &str) -> NotACertificate {
    NotACertificate(format!("its key is not readable: {why}"))
}
