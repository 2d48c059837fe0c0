//! Chain: gives a draft its place, and binds it to everything before it.
//!
//! Reads the head of a stream and a draft; gives the record and the new head.
//!
//! Invariant: a record's hash covers the stream, the place in it, the hash of the record before, and every chained field.
//! Invariant: equal drafts at equal places give equal bytes (deterministic CBOR, RFC 8949 §4.2.1).
//! Invariant: a field is chained only where the inventory names it for the event: what is chained is there for ever.
//! Invariant: every record that is made here fits into a line that the verifier reads.

use std::collections::BTreeMap;

use gatewright_terms::{Slug, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::record::{Draft, Stream};

mod wire;

pub use wire::{ChainedMalformed, read_chained};

/// A value longer than this is cut: URLs and error texts of providers fit, a flood does not. In bytes.
pub const VALUE_BYTES_MAX: usize = 1024;

/// A sealed part longer than this is left out, its commitment stays: a story of 64 lines of 2 KiB fits. In bytes.
pub const CIPHERTEXT_BYTES_MAX: usize = 128 * 1024;

/// The end of a chain: what the next record stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Of the last record; 0 where there is none.
    pub sequence: u64,
    pub hash: [u8; 32],
}

impl Head {
    /// A chain without records.
    pub const EMPTY: Self = Self { sequence: 0, hash: [0; 32] };
}

/// A record in its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub stream: Stream,
    /// From 1, without gaps.
    pub sequence: u64,
    /// The hash of the record before; zeros for the first.
    pub previous: [u8; 32],
    /// What the hash covers: deterministic CBOR of [`Chained`].
    pub chained: Vec<u8>,
    /// SHA-256 of `chained`.
    pub hash: [u8; 32],
    /// The sealed personal part. `None` where there is none, or where it has been erased.
    ///
    /// The hash does not cover it, so that it can be erased: the chain does not tell when it is taken away, or put
    /// beside another record. Whoever opens it holds what they find against the commitment, which tells.
    pub ciphertext: Option<Vec<u8>>,
}

/// The part of a record that the hash covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chained {
    pub stream: Stream,
    pub sequence: u64,
    pub previous: [u8; 32],
    pub at: Timestamp,
    /// The slug of the event; a verifier need not know it.
    pub event: String,
    pub fields: BTreeMap<Slug, String>,
    pub personal: Option<Commitment>,
}

/// What the chain says about the personal part: that it was there, and what it was, without saying it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment {
    pub commitment: [u8; 32],
    pub key_id: [u8; 16],
}

impl Chained {
    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::write_chained(self)
    }
}

impl Record {
    /// The chained part, read back.
    pub fn read(&self) -> Result<Chained, ChainedMalformed> {
        read_chained(&self.chained)
    }

    /// Where the chain stands after this record.
    pub fn head(&self) -> Head {
        Head { sequence: self.sequence, hash: self.hash }
    }
}

/// Puts a draft behind `head`.
///
/// The reason of a refusal becomes the field `reason`. A field given twice keeps its last value, one that the inventory
/// does not name for the event is left out, and values are cut to [`VALUE_BYTES_MAX`].
pub fn link(head: &Head, draft: &Draft) -> (Record, Head) {
    let named = draft.fields.iter().filter(|(name, _)| draft.event.kind().fields.contains(&name.as_str()));
    let mut fields: BTreeMap<Slug, String> = named.map(|(name, value)| (name.clone(), cut(value).to_owned())).collect();
    if let (Some(reason), Ok(name)) = (draft.event.reason(), Slug::parse("reason")) {
        fields.insert(name, reason.slug().to_owned());
    }
    let chained = Chained {
        stream: draft.stream.clone(),
        sequence: head.sequence.saturating_add(1),
        previous: head.hash,
        at: draft.at,
        event: draft.event.slug().to_owned(),
        fields,
        personal: draft
            .personal
            .as_ref()
            .map(|sealed| Commitment { commitment: sealed.commitment, key_id: sealed.key_id }),
    };
    let sealed = draft.personal.as_ref().map(|sealed| &sealed.ciphertext);
    let record = with_hash(chained, sealed.filter(|bytes| bytes.len() <= CIPHERTEXT_BYTES_MAX).cloned());
    let head = record.head();
    (record, head)
}

/// The record of a chained part, with its hash.
pub(crate) fn with_hash(chained: Chained, ciphertext: Option<Vec<u8>>) -> Record {
    let bytes = chained.to_bytes();
    let hash = Sha256::digest(&bytes).into();
    Record {
        stream: chained.stream,
        sequence: chained.sequence,
        previous: chained.previous,
        chained: bytes,
        hash,
        ciphertext,
    }
}

fn cut(value: &str) -> &str {
    let end = value.floor_char_boundary(VALUE_BYTES_MAX);
    value.get(..end).unwrap_or_default()
}
