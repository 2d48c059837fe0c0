//! Trust: the keys that may sign bundles, and how many of them it takes.
//!
//! Reads and gives the trust file: a few lines that people compare in reviews.
//!
//! Invariant: at least one key must sign; keys and names are distinct; no key is one that signs everything (small order).

use std::fmt;

use ed25519_dalek::VerifyingKey;
use gatewright_terms::{Slug, hex};

use crate::digest::Digest;
use crate::limits::KEYS_MAX;

mod text;

/// The first 16 bytes of the SHA-256 of a public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 16]);

impl KeyId {
    pub fn of(key: &[u8; 32]) -> Self {
        let Digest([id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _]) = Digest::of(key);
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::text(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// A key and what people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    pub name: Slug,
    /// Ed25519.
    pub key: [u8; 32],
}

/// As in the trust file, behind the word `key`.
impl fmt::Display for TrustedKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ed25519:{}", self.name, hex::text(&self.key))
    }
}

/// Who may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    threshold: usize,
    /// In the order of the file.
    keys: Vec<TrustedKey>,
}

/// The trust file, or a change of it, is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustRefused {
    /// From 1; `None` where it concerns the whole.
    pub line: Option<usize>,
    pub why: String,
}

impl fmt::Display for TrustRefused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "line {line}: {}", self.why),
            None => out.write_str(&self.why),
        }
    }
}

impl std::error::Error for TrustRefused {}

impl Trust {
    /// `threshold` of `keys`.
    pub fn new(threshold: usize, keys: Vec<TrustedKey>) -> Result<Self, TrustRefused> {
        let mut trust = Self { threshold, keys: Vec::new() };
        for key in keys {
            trust.add(key)?;
        }
        trust.with_threshold(threshold)
    }

    /// With one key more.
    pub fn with_key(mut self, key: TrustedKey) -> Result<Self, TrustRefused> {
        self.add(key)?;
        Ok(self)
    }

    /// With another threshold.
    pub fn with_threshold(self, threshold: usize) -> Result<Self, TrustRefused> {
        match threshold {
            0 => Err(refused("a threshold of 0 would trust everybody; the least is 1")),
            _ if threshold > self.keys.len() => {
                Err(refused(&format!("a threshold of {threshold} cannot be met with {} keys", self.keys.len())))
            }
            _ => Ok(Self { threshold, ..self }),
        }
    }

    /// Reads a trust file.
    pub fn parse(text: &str) -> Result<Self, TrustRefused> {
        text::read(text)
    }

    /// The trust file, as `parse` reads it.
    pub fn to_text(&self) -> String {
        text::write(self)
    }

    pub fn threshold(&self) -> usize {
        self.threshold
    }

    pub fn keys(&self) -> &[TrustedKey] {
        &self.keys
    }

    /// The trusted key with that id.
    pub fn key(&self, id: &KeyId) -> Option<&TrustedKey> {
        self.keys.iter().find(|trusted| KeyId::of(&trusted.key) == *id)
    }

    fn add(&mut self, new: TrustedKey) -> Result<(), TrustRefused> {
        if self.keys.len() == KEYS_MAX {
            return Err(refused(&format!("more than {KEYS_MAX} keys")));
        }
        if let Some(old) = self.keys.iter().find(|old| old.key == new.key) {
            return Err(refused(&format!("the key of `{}` is already there as `{}`", new.name, old.name)));
        }
        if self.keys.iter().any(|old| old.name == new.name) {
            return Err(refused(&format!("the name `{}` stands twice", new.name)));
        }
        // A key of small order verifies signatures that nobody made. RFC 8032 §5.1.3: a coordinate above the prime is
        // no encoding; as a second spelling of a key it would count the key twice.
        let canonical = |key: &VerifyingKey| key.to_edwards().compress().to_bytes() == new.key;
        let good = VerifyingKey::from_bytes(&new.key).is_ok_and(|key| !key.is_weak() && canonical(&key));
        if !good {
            return Err(refused(&format!("the key of `{}` is no Ed25519 public key", new.name)));
        }
        self.keys.push(new);
        Ok(())
    }
}

fn refused(why: &str) -> TrustRefused {
    TrustRefused { line: None, why: why.to_owned() }
}
