//! Assertion key: signs what the gate tells an app about a person, as a JWT (RFC 7519) with ES256.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub(crate) struct AssertionKey {
    pair: EcdsaKeyPair,
    jwk: Value,
    /// The JOSE header in base64url: the same for every assertion.
    header: String,
}

impl AssertionKey {
    pub(super) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok()?;
        // SEC 1 §2.3.3: 0x04, then x and y of 32 bytes each.
        let (&4, point) = pair.public_key().as_ref().split_first()? else { return None };
        let (x, y) = point.split_at_checked(32)?;
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        // RFC 7638 §3: the members that are required, in the order of their names.
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()));
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "ES256", "kid": kid, "typ": "JWT" }).to_string());
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": "ES256", "use": "sig" });
        Some(Self { pair, jwk, header })
    }

    pub(crate) fn public_jwk(&self) -> Value {
        self.jwk.clone()
    }

    /// A signed JWT over `claims`; `None` where the library cannot sign.
    pub(crate) fn sign(&self, claims: &Value) -> Option<String> {
        let mut token = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), token.as_bytes()).ok()?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_stranger_can_check_an_assertion_with_the_published_key() {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let key = AssertionKey::from_pkcs8(document.as_ref()).unwrap();
        let token = key.sign(&json!({ "sub": "x" })).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let mut point = vec![4];
        for coordinate in ["x", "y"] {
            point.extend(URL_SAFE_NO_PAD.decode(key.public_jwk()[coordinate].as_str().unwrap()).unwrap());
        }
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap())
            .unwrap();
    }
}
