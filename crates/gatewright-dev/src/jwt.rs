//! Jwt: signing ID tokens, and checking the client assertions that the gate sends (RFC 7523).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A P-256 key that lives as long as the playground.
pub(crate) struct SigningKey(EcdsaKeyPair);

impl SigningKey {
    pub(crate) fn generate() -> Result<Self, String> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Self).map_err(|_| "no key was made".to_owned())
    }

    /// The public half as a JWK set.
    pub(crate) fn jwks(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let coordinate = |range| point.get(range).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "demo",
            "x": coordinate(1..33), "y": coordinate(33..65) }] })
    }

    /// A compact ES256 JWS of these claims.
    pub(crate) fn sign(&self, claims: &Value) -> Result<String, String> {
        let header = json!({ "alg": "ES256", "kid": "demo", "typ": "JWT" });
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).map_err(|_| "cannot sign".to_owned())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// The claims of an ES256 JWS that one of the keys of the set signed.
pub(crate) fn verified(token: &str, jwks: &Value) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (_, claims) = signed.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let keys = jwks.get("keys")?.as_array()?;
    let good = keys.iter().filter_map(public_point).any(|point| {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed.as_bytes(), &signature).is_ok()
    });
    good.then(|| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok())?
}

fn public_point(jwk: &Value) -> Option<Vec<u8>> {
    let coordinate = |name| URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok();
    Some([vec![4], coordinate("x")?, coordinate("y")?].concat())
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
