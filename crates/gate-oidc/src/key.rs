//! Key: one public key of an identity provider, verifying through aws-lc.
//!
//! Reads a JWK (RFC 7517); gives a parsed key that openidconnect can use (its `JsonWebKey` is the seam: the library's own
//! RSA is eight times slower).
//!
//! Trust: a key counts because it came from the `jwks_uri` of the issuer, never because a token named it (`jku`, `x5u`,
//! `jwk`, `x5c`; ASVS 9.1.3).
//! Invariant: RSA below 2048 bits and unknown curves make no key; a symmetric key never does (HMAC with a public key).
//! Invariant: an algorithm that does not fit the key's type, curve or `alg` verifies nothing.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{self as lc, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gatewright_bundle::program::Algorithm;
use gatewright_oidc::token::parse_algorithm;
use openidconnect::core::{CoreJsonWebKeyType, CoreJsonWebKeyUse, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeyAlgorithm, JsonWebKeyId, SignatureVerificationError};
use serde::{Deserialize, Serialize};

/// NIST SP 800-131A: below this RSA is not to be used.
const RSA_BITS_MIN: usize = 2048;
/// A bigger key only makes verification slow: a denial of service.
const RSA_BITS_MAX: usize = 8192;

/// The members of a JWK that are read. Certificates (`x5c`) are not.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Jwk {
    kty: CoreJsonWebKeyType,
    kid: Option<JsonWebKeyId>,
    #[serde(rename = "use")]
    usage: Option<CoreJsonWebKeyUse>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Why a JWK makes no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAKey {
    /// RSA below 2048 bits, or a curve that is not P-256, P-384 or Ed25519.
    Weak,
    /// For encryption, symmetric, of a type that is not known, or malformed.
    Other,
}

impl fmt::Display for NotAKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Weak => "the key is too weak",
            Self::Other => "the key is not one for signatures",
        })
    }
}

/// A key, parsed once and shared.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Jwk", into = "Jwk")]
pub(crate) struct Key(Arc<Inner>);

struct Inner {
    jwk: Jwk,
    alg: Option<Algorithm>,
    /// One for each algorithm that the type of the key allows.
    parsed: Vec<(Algorithm, ParsedPublicKey)>,
}

impl TryFrom<Jwk> for Key {
    type Error = NotAKey;

    fn try_from(jwk: Jwk) -> Result<Self, NotAKey> {
        if !matches!(jwk.usage, None | Some(CoreJsonWebKeyUse::Signature)) {
            return Err(NotAKey::Other);
        }
        let alg = jwk.alg.as_deref().map(|name| parse_algorithm(name).ok_or(NotAKey::Other)).transpose()?;
        let parsed = match jwk.kty {
            CoreJsonWebKeyType::RSA => rsa(&jwk)?,
            CoreJsonWebKeyType::EllipticCurve => elliptic(&jwk)?,
            CoreJsonWebKeyType::OctetKeyPair => edwards(&jwk)?,
            CoreJsonWebKeyType::Symmetric | _ => return Err(NotAKey::Other),
        };
        Ok(Self(Arc::new(Inner { jwk, alg, parsed })))
    }
}

impl From<Key> for Jwk {
    fn from(key: Key) -> Self {
        key.0.jwk.clone()
    }
}

impl Key {
    pub(crate) fn kid(&self) -> Option<&str> {
        self.0.jwk.kid.as_ref().map(|kid| kid.as_str())
    }

    /// Whether a signature by this algorithm can be one of this key.
    pub(crate) fn serves(&self, algorithm: Algorithm) -> bool {
        self.0.alg.is_none_or(|only| only == algorithm) && self.parsed(algorithm).is_some()
    }

    fn parsed(&self, algorithm: Algorithm) -> Option<&ParsedPublicKey> {
        self.0.parsed.iter().find(|(has, _)| *has == algorithm).map(|(_, key)| key)
    }
}

fn rsa(jwk: &Jwk) -> Result<Vec<(Algorithm, ParsedPublicKey)>, NotAKey> {
    let (n, e) = (unsigned(jwk.n.as_deref())?, unsigned(jwk.e.as_deref())?);
    let bits = n.len() * 8 - n.first().map_or(0, |first| first.leading_zeros() as usize);
    if bits < RSA_BITS_MIN {
        return Err(NotAKey::Weak);
    }
    if bits > RSA_BITS_MAX {
        return Err(NotAKey::Other);
    }
    let components = RsaPublicKeyComponents { n, e };
    let all: [(Algorithm, &'static RsaParameters); 4] = [
        (Algorithm::Rs256, &lc::RSA_PKCS1_2048_8192_SHA256),
        (Algorithm::Rs384, &lc::RSA_PKCS1_2048_8192_SHA384),
        (Algorithm::Rs512, &lc::RSA_PKCS1_2048_8192_SHA512),
        (Algorithm::Ps256, &lc::RSA_PSS_2048_8192_SHA256),
    ];
    all.into_iter()
        .map(|(algorithm, parameters)| {
            Ok((algorithm, components.to_parsed_public_key(parameters).map_err(|_| NotAKey::Other)?))
        })
        .collect()
}

fn elliptic(jwk: &Jwk) -> Result<Vec<(Algorithm, ParsedPublicKey)>, NotAKey> {
    let (algorithm, verification, bytes) = match jwk.crv.as_deref() {
        Some("P-256") => (Algorithm::Es256, &lc::ECDSA_P256_SHA256_FIXED, 32),
        Some("P-384") => (Algorithm::Es384, &lc::ECDSA_P384_SHA384_FIXED, 48),
        _ => return Err(NotAKey::Weak),
    };
    let (x, y) = (decoded(jwk.x.as_deref())?, decoded(jwk.y.as_deref())?);
    if x.len() != bytes || y.len() != bytes {
        return Err(NotAKey::Other);
    }
    // SEC 1 §2.3.3, uncompressed; aws-lc refuses a point that is not on the curve.
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    let parsed = ParsedPublicKey::new(verification, point).map_err(|_| NotAKey::Other)?;
    Ok(vec![(algorithm, parsed)])
}

fn edwards(jwk: &Jwk) -> Result<Vec<(Algorithm, ParsedPublicKey)>, NotAKey> {
    if jwk.crv.as_deref() != Some("Ed25519") {
        return Err(NotAKey::Weak);
    }
    let parsed = ParsedPublicKey::new(&lc::ED25519, decoded(jwk.x.as_deref())?).map_err(|_| NotAKey::Other)?;
    Ok(vec![(Algorithm::EdDsa, parsed)])
}

fn decoded(member: Option<&str>) -> Result<Vec<u8>, NotAKey> {
    BASE64_URL_SAFE_NO_PAD.decode(member.ok_or(NotAKey::Other)?).map_err(|_| NotAKey::Other)
}

/// RFC 7518 §2 forbids leading zeros; some providers send them.
fn unsigned(member: Option<&str>) -> Result<Vec<u8>, NotAKey> {
    let mut bytes = decoded(member)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.drain(..zeros);
    if bytes.is_empty() { Err(NotAKey::Other) } else { Ok(bytes) }
}

/// Our word in the library's.
pub(crate) const fn core_algorithm(algorithm: Algorithm) -> CoreJwsSigningAlgorithm {
    match algorithm {
        Algorithm::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        Algorithm::Rs384 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
        Algorithm::Rs512 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
        Algorithm::Ps256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        Algorithm::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        Algorithm::Es384 => CoreJwsSigningAlgorithm::EcdsaP384Sha384,
        Algorithm::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
    }
}

/// The library's word in ours.
fn own_algorithm(algorithm: &CoreJwsSigningAlgorithm) -> Option<Algorithm> {
    use Algorithm::{EdDsa, Es256, Es384, Ps256, Rs256, Rs384, Rs512};
    [Rs256, Rs384, Rs512, Ps256, Es256, Es384, EdDsa].into_iter().find(|own| core_algorithm(*own) == *algorithm)
}

impl JsonWebKey for Key {
    type KeyUse = CoreJsonWebKeyUse;
    type SigningAlgorithm = CoreJwsSigningAlgorithm;

    fn key_id(&self) -> Option<&JsonWebKeyId> {
        self.0.jwk.kid.as_ref()
    }

    fn key_type(&self) -> &CoreJsonWebKeyType {
        &self.0.jwk.kty
    }

    fn key_use(&self) -> Option<&CoreJsonWebKeyUse> {
        self.0.jwk.usage.as_ref()
    }

    fn signing_alg(&self) -> JsonWebKeyAlgorithm<&CoreJwsSigningAlgorithm> {
        // `verify_signature` compares `alg` itself.
        JsonWebKeyAlgorithm::Unspecified
    }

    /// The trait wants one; what it makes verifies nothing.
    fn new_symmetric(_key: Vec<u8>) -> Self {
        let jwk = Jwk {
            kty: CoreJsonWebKeyType::Symmetric,
            kid: None,
            usage: None,
            alg: None,
            crv: None,
            n: None,
            e: None,
            x: None,
            y: None,
        };
        Self(Arc::new(Inner { jwk, alg: None, parsed: Vec::new() }))
    }

    fn verify_signature(
        &self,
        signature_alg: &CoreJwsSigningAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureVerificationError> {
        let algorithm = own_algorithm(signature_alg).filter(|algorithm| self.serves(*algorithm));
        let key =
            algorithm.and_then(|algorithm| self.parsed(algorithm)).ok_or(SignatureVerificationError::NoMatchingKey)?;
        key.verify_sig(message, signature).map_err(|_| SignatureVerificationError::CryptoError("not good".into()))
    }

    /// OpenID Connect Core §3.1.3.6: the hash of the signature algorithm; SHA-512 for Ed25519.
    fn hash_bytes(&self, bytes: &[u8], alg: &CoreJwsSigningAlgorithm) -> Result<Vec<u8>, String> {
        let hash = match own_algorithm(alg).filter(|algorithm| self.serves(*algorithm)).ok_or("another algorithm")? {
            Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => &digest::SHA256,
            Algorithm::Rs384 | Algorithm::Es384 => &digest::SHA384,
            Algorithm::Rs512 | Algorithm::EdDsa => &digest::SHA512,
        };
        Ok(digest::digest(hash, bytes).as_ref().to_vec())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Key({:?}, kid {:?})", self.0.jwk.kty, self.kid())
    }
}
