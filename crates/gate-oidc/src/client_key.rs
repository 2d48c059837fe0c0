//! Client key: our private key of `private_key_jwt` (OpenID Connect Core §9, RFC 7523).
//!
//! Reads a PEM file of the secrets directory; signs client assertions, and shows its public half.
//!
//! Invariant: the private half does not leave this module and does not print.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256};
use aws_lc_rs::{digest, error::Unspecified};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// 2048 bits (NIST SP 800-131A).
const RSA_BYTES_MIN: usize = 256;

/// The text is no usable private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAClientKey(pub &'static str);

impl fmt::Display for NotAClientKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)
    }
}

impl std::error::Error for NotAClientKey {}

/// A P-256 key, or an RSA key of 2048 bits or more.
pub struct ClientKey {
    pair: Pair,
    kid: String,
    public: Value,
}

enum Pair {
    P256(EcdsaKeyPair),
    Rsa(Box<RsaKeyPair>),
}

impl ClientKey {
    /// Reads the first private key of a PEM text: PKCS#8, SEC 1 or PKCS#1.
    pub fn parse(pem: &Zeroizing<String>) -> Result<Self, NotAClientKey> {
        let mut der = PrivateKeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| NotAClientKey("the file holds no private key in PEM"))?;
        let pair = parse_pair(der.secret_der());
        zeroize::Zeroize::zeroize(&mut der);
        let pair = pair.ok_or(NotAClientKey("the key is neither P-256 nor RSA of 2048 bits or more"))?;
        let members = match &pair {
            Pair::P256(pair) => p256_members(pair),
            Pair::Rsa(pair) => Some(rsa_members(pair)),
        };
        let members = members.ok_or(NotAClientKey("the key has no public half"))?;
        // RFC 7638 §3: the required members alone, in the order of their names, which is that of the map.
        let kid = base64url(digest::digest(&digest::SHA256, members.to_string().as_bytes()).as_ref());
        let mut public = members;
        for (name, value) in [("kid", kid.as_str()), ("alg", algorithm(&pair)), ("use", "sig")] {
            if let Some(object) = public.as_object_mut() {
                object.insert(name.to_owned(), Value::from(value));
            }
        }
        Ok(Self { pair, kid, public })
    }

    /// The RFC 7638 thumbprint of the public half.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as a JWK with `kid`, `alg` and `use`, for `/.well-known/jwks.json`.
    pub fn public_jwk(&self) -> &Value {
        &self.public
    }

    /// A compact JWS over the claims.
    pub(crate) fn sign(&self, claims: &Value) -> Result<Zeroizing<String>, Unspecified> {
        let header = json!({ "alg": algorithm(&self.pair), "kid": self.kid, "typ": "JWT" });
        let input =
            format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes()));
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::P256(pair) => pair.sign(&random, input.as_bytes())?.as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, input.as_bytes(), &mut signature)?;
                signature
            }
        };
        Ok(Zeroizing::new(format!("{input}.{}", base64url(&signature))))
    }
}

fn parse_pair(der: &[u8]) -> Option<Pair> {
    if let Ok(pair) = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der) {
        return Some(Pair::P256(pair));
    }
    let pair = RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der)).ok()?;
    (pair.public_modulus_len() >= RSA_BYTES_MIN).then(|| Pair::Rsa(Box::new(pair)))
}

const fn algorithm(pair: &Pair) -> &'static str {
    match pair {
        Pair::P256(_) => "ES256",
        Pair::Rsa(_) => "RS256",
    }
}

/// SEC 1 §2.3.3: 4, then both coordinates.
fn p256_members(pair: &EcdsaKeyPair) -> Option<Value> {
    let (first, point) = pair.public_key().as_ref().split_first()?;
    let (x, y) = point.split_at_checked(32)?;
    (*first == 4 && y.len() == 32).then(|| json!({ "crv": "P-256", "kty": "EC", "x": base64url(x), "y": base64url(y) }))
}

fn rsa_members(pair: &RsaKeyPair) -> Value {
    let key = pair.public_key();
    let (n, e) = (key.modulus().big_endian_without_leading_zero(), key.exponent().big_endian_without_leading_zero());
    json!({ "e": base64url(e), "kty": "RSA", "n": base64url(n) })
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ClientKey({}, kid {})", algorithm(&self.pair), self.kid)
    }
}

#[cfg(test)]
mod tests;
