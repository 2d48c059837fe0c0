//! Keys: what the provider signs with.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::PrivateSigningKey;
use openidconnect::core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use serde_json::{Value, json};

/// Made once per process: an RSA key takes a tenth of a second.
static RSA: LazyLock<[RsaKeyPair; 3]> =
    LazyLock::new(|| [(); 3].map(|()| RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));
static P256: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap());
static P384: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap());
static ED25519: LazyLock<Ed25519KeyPair> = LazyLock::new(|| Ed25519KeyPair::generate().unwrap());
/// 1024 bits: no library of today makes such a key, so that it is kept as a file. It protects nothing.
const WEAK: &str = include_str!("../keys/weak-rsa-1024.pem");

/// The index of the RSA key that is never published.
pub(crate) const STRANGER: usize = 2;

pub(crate) fn b64(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn sign(alg: &str, rsa: usize, input: &[u8]) -> Vec<u8> {
    let random = SystemRandom::new();
    let encoding = match alg {
        "RS384" => &RSA_PKCS1_SHA384,
        "RS512" => &RSA_PKCS1_SHA512,
        "PS256" => &RSA_PSS_SHA256,
        "ES256" => return P256.sign(&random, input).unwrap().as_ref().to_vec(),
        "ES384" => return P384.sign(&random, input).unwrap().as_ref().to_vec(),
        "EdDSA" => return ED25519.sign(input).as_ref().to_vec(),
        _ => &RSA_PKCS1_SHA256,
    };
    let mut signature = vec![0; RSA[rsa].public_modulus_len()];
    RSA[rsa].sign(encoding, &random, input, &mut signature).unwrap();
    signature
}

pub(crate) fn sign_weakly(input: &[u8]) -> Vec<u8> {
    let key = CoreRsaPrivateSigningKey::from_pem(WEAK, None).unwrap();
    key.sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, input).unwrap()
}

pub(crate) fn weak_jwk(kid: &str) -> Value {
    let key = CoreRsaPrivateSigningKey::from_pem(WEAK, None).unwrap().as_verification_key();
    let mut jwk = serde_json::to_value(key).unwrap();
    jwk["kid"] = kid.into();
    jwk
}

pub(crate) fn jwk(alg: &str, rsa: usize, kid: &str) -> Value {
    match alg {
        "ES256" => elliptic("P-256", P256.public_key().as_ref(), kid),
        "ES384" => elliptic("P-384", P384.public_key().as_ref(), kid),
        "EdDSA" => {
            json!({ "kty": "OKP", "crv": "Ed25519", "x": b64(ED25519.public_key().as_ref()), "kid": kid, "use": "sig" })
        }
        _ => {
            let key = RSA[rsa].public_key();
            let (n, e) =
                (key.modulus().big_endian_without_leading_zero(), key.exponent().big_endian_without_leading_zero());
            json!({ "kty": "RSA", "n": b64(n), "e": b64(e), "kid": kid, "use": "sig" })
        }
    }
}

/// The bytes that somebody would take for the HMAC key in the key confusion.
pub(crate) fn public_bytes(rsa: usize) -> Vec<u8> {
    RSA[rsa].public_key().as_ref().to_vec()
}

fn elliptic(curve: &str, point: &[u8], kid: &str) -> Value {
    let (x, y) = point[1..].split_at(point.len() / 2);
    json!({ "kty": "EC", "crv": curve, "x": b64(x), "y": b64(y), "kid": kid, "use": "sig" })
}
