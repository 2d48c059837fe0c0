//! Checkpoint: where every chain ended at one time, signed.
//!
//! Reads heads; gives one line of JSON, `gatewright.checkpoint/1`, that leaves the host.
//!
//! Invariant: the signed bytes begin with the schema, so that no other signature of the key can be taken for one.

use std::collections::BTreeMap;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use gatewright_terms::{Slug, Timestamp};

use crate::chain::Head;
use crate::record::Stream;

mod text;

pub use text::CheckpointMalformed;

/// Domain separation and the schema of the text.
pub const SCHEMA: &str = "gatewright.checkpoint/1";

/// One checkpoint of all chains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub at: Timestamp,
    pub environment: Slug,
    /// Strictly sorted by stream.
    pub heads: Vec<StreamHead>,
}

/// Where one chain stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamHead {
    pub stream: Stream,
    /// The first record that is kept; 1 unless older ones were retired.
    pub first: u64,
    pub head: Head,
}

/// A checkpoint with its signature; whether that is good, and whose, says `verify_signature`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    pub checkpoint: Checkpoint,
    /// The Ed25519 public key that is said to have signed.
    pub key: [u8; 32],
    pub signature: [u8; 64],
}

/// The signature is not good, or not by the key that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureRefused {
    OtherKey,
    BadSignature,
}

impl Checkpoint {
    /// The checkpoint of all `heads`, in any order; each chain is kept from its first record.
    pub fn new(at: Timestamp, environment: Slug, heads: impl IntoIterator<Item = (Stream, Head)>) -> Self {
        // By stream, each once; a chain without records says nothing.
        let heads: BTreeMap<Stream, Head> = heads.into_iter().filter(|(_, head)| head.sequence > 0).collect();
        let heads = heads.into_iter().map(|(stream, head)| StreamHead { stream, first: 1, head }).collect();
        Self { at, environment, heads }
    }

    /// What is signed: the schema, a zero byte, and deterministic CBOR.
    pub fn sign_bytes(&self) -> Vec<u8> {
        text::sign_bytes(self)
    }

    pub fn sign(self, key: &SigningKey) -> SignedCheckpoint {
        let signature = key.sign(&self.sign_bytes()).to_bytes();
        self.attach(key.verifying_key().to_bytes(), signature)
    }

    /// For a signature over [`Self::sign_bytes`] that was made elsewhere.
    pub fn attach(self, key: [u8; 32], signature: [u8; 64]) -> SignedCheckpoint {
        SignedCheckpoint { checkpoint: self, key, signature }
    }
}

impl SignedCheckpoint {
    /// JSON on one line, with its newline: checkpoints can follow each other in one file.
    pub fn to_text(&self) -> String {
        text::write(self)
    }

    /// Reads what `to_text` gave. Proves nothing about the signature.
    pub fn parse(text: &str) -> Result<Self, CheckpointMalformed> {
        text::read(text)
    }

    /// Holds the signature against `trusted`, or, without one, against the key that the checkpoint itself names.
    pub fn verify_signature(&self, trusted: Option<&[u8; 32]>) -> Result<(), SignatureRefused> {
        if trusted.is_some_and(|trusted| *trusted != self.key) {
            return Err(SignatureRefused::OtherKey);
        }
        let key = VerifyingKey::from_bytes(&self.key).map_err(|_| SignatureRefused::BadSignature)?;
        // RFC 8032 §5.1.7 with small-order keys and points refused: one signature, one meaning.
        key.verify_strict(&self.checkpoint.sign_bytes(), &Signature::from_bytes(&self.signature))
            .map_err(|_| SignatureRefused::BadSignature)
    }
}
