//! Keys: what the gate signs and seals with.
//!
//! Reads the bytes of four key files and makes new ones; the files themselves belong to the program.
//!
//! Invariant: private keys do not print and are wiped where they are plain memory.
//! Invariant: nothing here signs bundles.

mod assertion;
mod pem;
mod pseudonyms;
mod sealer;

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gate_oidc::ClientKey;
use gatewright_audit::checkpoint::{Checkpoint, SignedCheckpoint};
use serde_json::Value;
use zeroize::Zeroizing;

pub(crate) use assertion::AssertionKey;
pub use pseudonyms::Pseudonym;
pub(crate) use pseudonyms::Pseudonyms;
pub(crate) use sealer::{PersonKey, Sealer};

/// The bytes of the files below `keys/` in the secrets directory.
#[derive(Clone, Copy)]
pub struct KeyFiles<'a> {
    /// `client.pem`, ES256 or RS256: proves to providers who we are.
    pub client: &'a [u8],
    /// `assertion.pem`, ES256: signs `X-Auth-Assertion`.
    pub assertion: &'a [u8],
    /// `checkpoint.pem`, Ed25519: signs checkpoints of the audit trail.
    pub checkpoint: &'a [u8],
    /// `audit.key`: seals and commits to the personal fields of the audit trail, and makes pseudonyms.
    pub audit: &'a [u8],
}

/// A key file is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRefused {
    /// Its name below `keys/`.
    pub file: &'static str,
    pub reason: String,
}

impl fmt::Display for KeyRefused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`keys/{}`: {}; make it with `gatewrightd keys init DIR`", self.file, self.reason)
    }
}

impl std::error::Error for KeyRefused {}

/// Everything that the gate signs and seals with.
pub struct Keys {
    client: ClientKey,
    gate: GateKeys,
    /// Public keys that are not in use: the next ones and the ones before, while they rotate.
    also_published: Vec<Value>,
}

/// The keys that the gate uses itself; the client's belongs to the door of OpenID Connect.
pub(crate) struct GateKeys {
    pub(crate) assertion: AssertionKey,
    pub(crate) checkpoint: CheckpointKey,
    pub(crate) sealer: Sealer,
    pub(crate) pseudonyms: Pseudonyms,
}

/// One of the files, which `keys init` makes where it is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFile {
    Client,
    Assertion,
    Checkpoint,
    Audit,
}

impl KeyFile {
    pub const ALL: [Self; 4] = [Self::Client, Self::Assertion, Self::Checkpoint, Self::Audit];

    /// The name below `keys/`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client.pem",
            Self::Assertion => "assertion.pem",
            Self::Checkpoint => "checkpoint.pem",
            Self::Audit => "audit.key",
        }
    }

    /// The content of a new one, to be written with mode 0600.
    pub fn generate(self) -> Result<Zeroizing<Vec<u8>>, KeyRefused> {
        let random = SystemRandom::new();
        let made = match self {
            Self::Client | Self::Assertion => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                .map(|document| pem::write(document.as_ref())),
            Self::Checkpoint => Ed25519KeyPair::generate_pkcs8(&random).map(|document| pem::write(document.as_ref())),
            Self::Audit => {
                let mut key = Zeroizing::new([0; 32]);
                aws_lc_rs::rand::fill(key.as_mut_slice()).map(|()| {
                    Zeroizing::new(
                        format!("{}\n", &*Zeroizing::new(URL_SAFE_NO_PAD.encode(key.as_slice()))).into_bytes(),
                    )
                })
            }
        };
        made.map_err(|_| refused(self, "no random bytes"))
    }
}

impl Keys {
    pub fn parse(files: KeyFiles<'_>) -> Result<Self, KeyRefused> {
        let client = std::str::from_utf8(files.client).map_err(|_| refused(KeyFile::Client, "not a text"))?;
        let client =
            ClientKey::parse(&Zeroizing::new(client.to_owned())).map_err(|not| refused(KeyFile::Client, not.0))?;
        let no_audit_key = || refused(KeyFile::Audit, "not 32 bytes in base64url");
        let audit_key = read_audit_key(files.audit).ok_or_else(no_audit_key)?;
        let gate = GateKeys {
            assertion: read_assertion_key(files.assertion)
                .ok_or_else(|| refused(KeyFile::Assertion, "no P-256 private key in PKCS#8 PEM"))?,
            checkpoint: pem::read(files.checkpoint)
                .and_then(|der| CheckpointKey::from_pkcs8(&der))
                .ok_or_else(|| refused(KeyFile::Checkpoint, "no Ed25519 private key in PKCS#8 PEM"))?,
            sealer: Sealer::from_key(&audit_key).ok_or_else(no_audit_key)?,
            pseudonyms: Pseudonyms::from_key(&audit_key).ok_or_else(no_audit_key)?,
        };
        Ok(Self { client, gate, also_published: Vec::new() })
    }

    pub(crate) fn split(self) -> (ClientKey, GateKeys) {
        (self.client, self.gate)
    }

    /// Publishes the key of a file that is not in use yet, or not any more, so that whoever holds a copy of the set knows
    /// it before it signs, and while what it signed is still good (ST-OPS-10). `name` is that of the file below `keys/`.
    pub fn publish(&mut self, file: KeyFile, name: &'static str, bytes: &[u8]) -> Result<(), KeyRefused> {
        let jwk = match file {
            KeyFile::Client => {
                let text = Zeroizing::new(String::from_utf8_lossy(bytes).into_owned());
                ClientKey::parse(&text).map(|key| key.public_jwk().clone()).map_err(|not| not.0.to_owned())
            }
            KeyFile::Assertion => read_assertion_key(bytes)
                .map(|key| key.public_jwk())
                .ok_or_else(|| "no P-256 private key in PKCS#8 PEM".to_owned()),
            KeyFile::Checkpoint | KeyFile::Audit => Err("this key is not published".to_owned()),
        };
        self.also_published.push(jwk.map_err(|reason| KeyRefused { file: name, reason })?);
        Ok(())
    }

    /// Whether it is our own key that signed.
    pub(crate) fn has_signed(&self, signed: &SignedCheckpoint) -> bool {
        self.gate.checkpoint.has_signed(signed)
    }

    /// The JWK set of `/.well-known/jwks.json`: what proves us to providers, and what signs assertions.
    pub fn jwks(&self) -> String {
        let in_use = [self.client.public_jwk().clone(), self.gate.assertion.public_jwk()];
        let keys: Vec<Value> = in_use.into_iter().chain(self.also_published.iter().cloned()).collect();
        serde_json::json!({ "keys": keys }).to_string()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Keys(…)")
    }
}

fn refused(file: KeyFile, reason: &str) -> KeyRefused {
    KeyRefused { file: file.name(), reason: reason.to_owned() }
}

fn read_assertion_key(bytes: &[u8]) -> Option<AssertionKey> {
    pem::read(bytes).and_then(|der| AssertionKey::from_pkcs8(&der))
}

fn read_audit_key(bytes: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let decoded = Zeroizing::new(URL_SAFE_NO_PAD.decode(bytes.trim_ascii()).ok()?);
    Some(Zeroizing::new(<[u8; 32]>::try_from(decoded.as_slice()).ok()?))
}

/// Signs checkpoints of the audit trail. What it signs begins with their schema, so no other text can be meant.
pub(crate) struct CheckpointKey(Ed25519KeyPair);

impl CheckpointKey {
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Ed25519KeyPair::from_pkcs8(der).ok().map(Self)
    }

    fn has_signed(&self, signed: &SignedCheckpoint) -> bool {
        let key = <[u8; 32]>::try_from(self.0.public_key().as_ref());
        key.is_ok_and(|key| signed.verify_signature(Some(&key)).is_ok())
    }

    /// `None` where the library gives a signature of another size, which it does not.
    pub(crate) fn sign(&self, checkpoint: Checkpoint) -> Option<SignedCheckpoint> {
        let signature = self.0.sign(&checkpoint.sign_bytes());
        let key = self.0.public_key().as_ref().try_into().ok()?;
        Some(checkpoint.attach(key, signature.as_ref().try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use gatewright_terms::{Slug, Timestamp};

    use super::*;

    #[test]
    fn what_is_generated_can_be_read_and_does_not_print() {
        let [client, assertion, checkpoint, audit] = KeyFile::ALL.map(|file| file.generate().unwrap());
        let files = KeyFiles { client: &client, assertion: &assertion, checkpoint: &checkpoint, audit: &audit };
        let keys = Keys::parse(files).unwrap();
        assert_eq!(format!("{keys:?}"), "Keys(…)");
        let jwks = keys.jwks();
        assert!(jwks.contains("\"kid\"") && !jwks.contains("\"d\""), "{jwks}");
        for (file, broken) in [
            (KeyFile::Client, KeyFiles { client: &audit, ..files }),
            (KeyFile::Assertion, KeyFiles { assertion: &checkpoint, ..files }),
            (KeyFile::Checkpoint, KeyFiles { checkpoint: &assertion, ..files }),
            (KeyFile::Audit, KeyFiles { audit: &client, ..files }),
            (KeyFile::Audit, KeyFiles { audit: b"", ..files }),
        ] {
            assert_eq!(Keys::parse(broken).unwrap_err().file, file.name());
        }
    }

    /// ST-OPS-10: while a key rotates both are published, and one signs.
    #[test]
    fn st_ops_10_two_keys_are_published_while_one_rotates() {
        let [client, assertion, checkpoint, audit] = KeyFile::ALL.map(|file| file.generate().unwrap());
        let files = KeyFiles { client: &client, assertion: &assertion, checkpoint: &checkpoint, audit: &audit };
        let mut keys = Keys::parse(files).unwrap();
        for file in [KeyFile::Client, KeyFile::Assertion] {
            keys.publish(file, "x.next.pem", &file.generate().unwrap()).unwrap();
        }
        let set: Value = serde_json::from_str(&keys.jwks()).unwrap();
        let mut kids: Vec<&str> =
            set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
        kids.sort_unstable();
        kids.dedup();
        assert_eq!(kids.len(), 4);
        assert!(!keys.jwks().contains("\"d\""));
        for (file, bytes) in
            [(KeyFile::Client, &audit), (KeyFile::Assertion, &checkpoint), (KeyFile::Checkpoint, &checkpoint)]
        {
            assert_eq!(keys.publish(file, "x.next.pem", bytes).unwrap_err().file, "x.next.pem");
        }
    }

    #[test]
    fn checkpoints_verify_with_the_key_that_they_name() {
        let der = pem::read(&KeyFile::Checkpoint.generate().unwrap()).unwrap();
        let key = CheckpointKey::from_pkcs8(&der).unwrap();
        let signed = key.sign(Checkpoint::new(Timestamp::EPOCH, Slug::parse("dev").unwrap(), [])).unwrap();
        assert_eq!(signed.verify_signature(Some(&signed.key)), Ok(()));
    }
}
