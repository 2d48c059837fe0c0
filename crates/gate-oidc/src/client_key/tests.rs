//! Tests of which keys are taken, and of their public half.

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, Ed25519KeyPair};
use base64::prelude::BASE64_STANDARD;

use super::*;

fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der)))
}

#[test]
fn p256_in_both_wrappings() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let key = ClientKey::parse(&pem("PRIVATE KEY", pair.to_pkcs8v1().unwrap().as_ref())).unwrap();
    let sec1: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().unwrap();
    let same = ClientKey::parse(&pem("EC PRIVATE KEY", sec1.as_ref())).unwrap();
    assert_eq!(key.public_jwk(), same.public_jwk());
    let jwk = key.public_jwk();
    assert_eq!(
        (&jwk["kty"], &jwk["crv"], &jwk["alg"], &jwk["use"]),
        (&"EC".into(), &"P-256".into(), &"ES256".into(), &"sig".into())
    );
    // RFC 7638 §3.2, written out.
    let text = format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, jwk["x"], jwk["y"]);
    assert_eq!(key.kid(), base64url(digest::digest(&digest::SHA256, text.as_bytes()).as_ref()));
    assert_eq!(jwk["kid"], key.kid());
    assert_eq!(jwk.as_object().unwrap().len(), 7, "the private half is not in it: {jwk}");
}

#[test]
fn rsa_of_2048_bits() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let key = ClientKey::parse(&pem("PRIVATE KEY", der.as_ref())).unwrap();
    let jwk = key.public_jwk();
    assert_eq!((&jwk["kty"], &jwk["alg"], &jwk["e"]), (&"RSA".into(), &"RS256".into(), &"AQAB".into()));
    assert_eq!(jwk.as_object().unwrap().len(), 6, "the private half is not in it: {jwk}");
    assert!(!format!("{key:?}").contains("modulus"));
}

#[test]
fn other_keys_are_refused() {
    let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let ed25519 = Ed25519KeyPair::generate().unwrap();
    for (label, der) in [
        ("PRIVATE KEY", p384.to_pkcs8v1().unwrap().as_ref().to_vec()),
        ("PRIVATE KEY", ed25519.to_pkcs8v1().unwrap().as_ref().to_vec()),
        ("PRIVATE KEY", vec![0x30, 0x00]),
        ("PRIVATE KEY", Vec::new()),
        ("CERTIFICATE", vec![0x30, 0x00]),
    ] {
        assert!(ClientKey::parse(&pem(label, &der)).is_err(), "{label} of {} bytes", der.len());
    }
    for text in ["", "not PEM", "-----BEGIN PRIVATE KEY-----\n"] {
        assert!(ClientKey::parse(&Zeroizing::new(text.to_owned())).is_err(), "{text}");
    }
    let weak = include_str!("../../../testkit/keys/weak-rsa-1024.pem");
    assert!(ClientKey::parse(&Zeroizing::new(weak.to_owned())).is_err());
}
