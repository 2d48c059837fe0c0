//! Key set: the public keys that an identity provider publishes (RFC 7517 §5).
//!
//! Reads the body of `jwks_uri`; gives keys in the provider's order, and remembers the weak ones to say so.
//!
//! Trust: the set counts because discovery names its address; its keys are usable or left out, each with a reason.

use gatewright_bundle::program::Algorithm;
use serde::Deserialize;
use serde_json::Value;

use crate::key::{Jwk, Key, NotAKey};
use crate::strict_json::{self, NotStrict};

/// Providers publish two to ten; each candidate costs one verification at worst.
const KEYS_MAX: usize = 64;

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

/// The keys of one provider at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
    weak: Vec<Weak>,
}

#[derive(Debug, Clone)]
struct Weak {
    kid: Option<String>,
}

impl KeySet {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, NotStrict> {
        // Proven to have one meaning first; then any reader finds the same.
        strict_json::object(body)?;
        let Published { keys: list } = serde_json::from_slice(body).map_err(|_| NotStrict("without a list of keys"))?;
        if list.len() > KEYS_MAX {
            return Err(NotStrict("too many keys"));
        }
        let mut set = Self::default();
        for jwk in list {
            let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
            match read(jwk) {
                Ok(key) => set.keys.push(key),
                Err(NotAKey::Weak) => set.weak.push(Weak { kid }),
                // A key of another kind is for another reader (RFC 7517 §5).
                Err(NotAKey::Other) => {}
            }
        }
        Ok(set)
    }

    /// The keys that can have signed: those of the `kid`, or without one all that the algorithm fits, in order.
    pub(crate) fn candidates(&self, algorithm: Algorithm, kid: Option<&str>) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| key.serves(algorithm) && kid.is_none_or(|kid| key.kid() == Some(kid)))
    }

    /// Whether the key that is looked for is published, and refused for its weakness.
    pub(crate) fn is_weak(&self, kid: Option<&str>) -> bool {
        self.weak.iter().any(|weak| kid.is_none() || weak.kid.as_deref() == kid)
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }
}

fn read(jwk: Value) -> Result<Key, NotAKey> {
    let jwk: Jwk = serde_json::from_value(jwk).map_err(|_| NotAKey::Other)?;
    Key::try_from(jwk)
}

#[cfg(test)]
mod tests;
