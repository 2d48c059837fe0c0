//! Tests of which keys are candidates.

use serde_json::json;

use super::*;

/// The P-256 key of RFC 7517 appendix A.1, and the Ed25519 key of RFC 8037 appendix A.2.
fn set(keys: &Value) -> KeySet {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn p256(kid: Option<&str>) -> Value {
    json!({
        "kty": "EC", "crv": "P-256", "kid": kid,
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    })
}

fn ed25519() -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })
}

fn kids(set: &KeySet, algorithm: Algorithm, kid: Option<&str>) -> Vec<Option<String>> {
    set.candidates(algorithm, kid).map(|key| key.kid().map(str::to_owned)).collect()
}

/// ST-OIDC-09: a `kid` picks its keys alone; without one every key that the algorithm fits is tried, in order.
#[test]
fn st_oidc_09_candidates_are_deterministic() {
    let set = set(&json!([p256(Some("b")), ed25519(), p256(None), p256(Some("a")), p256(Some("b"))]));
    let some = |kid: &str| Some(kid.to_owned());
    assert_eq!(kids(&set, Algorithm::Es256, None), [some("b"), None, some("a"), some("b")]);
    assert_eq!(kids(&set, Algorithm::Es256, Some("b")), [some("b"), some("b")]);
    assert_eq!(kids(&set, Algorithm::Es256, Some("z")), []);
    assert_eq!(kids(&set, Algorithm::EdDsa, None), [None]);
    assert_eq!(kids(&set, Algorithm::Rs256, None), []);
    assert_eq!(kids(&set, Algorithm::Es384, None), []);
}

/// ST-OIDC-05: keys that are no keys, and weak ones.
#[test]
fn st_oidc_05_weak_and_odd_keys_are_left_out() {
    let rsa = |bits: usize| {
        let n = crate::client_key::base64url(&[vec![0x80], vec![1; bits / 8 - 1]].concat());
        json!({ "kty": "RSA", "n": n, "e": "AQAB", "kid": "r" })
    };
    for (key, weak) in [
        (rsa(1024), true),
        (rsa(2040), true),
        (json!({ "kty": "EC", "crv": "secp256k1", "kid": "r", "x": "AA", "y": "AA" }), true),
        (json!({ "kty": "EC", "crv": "P-521", "kid": "r", "x": "AA", "y": "AA" }), true),
        (rsa(8200), false),
        (rsa(65_536), false),
        (json!({ "kty": "RSA", "n": "AAAA", "e": "AQAB", "kid": "r" }), false),
        (json!({ "kty": "oct", "k": "AAAA", "kid": "r" }), false),
        (json!({ "kty": "EC", "crv": "P-256", "kid": "r", "x": "AAAA", "y": "AAAA" }), false),
        (json!({ "kty": 1 }), false),
        (json!(null), false),
    ] {
        let set = set(&json!([key]));
        assert_eq!((set.len(), set.is_weak(Some("r")), set.is_weak(None)), (0, weak, weak), "{key}");
    }
    let mut off_curve = p256(None);
    off_curve["y"] = off_curve["x"].clone();
    assert_eq!(set(&json!([off_curve])).len(), 0);
    assert_eq!(set(&json!([rsa(2048)])).len(), 1);
    let leading_zero = json!({ "kty": "RSA", "e": "AAEAAQ", "n": crate::client_key::base64url(&[vec![0, 0x80], vec![1; 127]].concat()) });
    assert!(set(&json!([leading_zero])).is_weak(None), "leading zeros make no key stronger");
}
