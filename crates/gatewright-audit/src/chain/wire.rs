//! Wire: the bytes of the chained part.
//!
//! Reads and gives deterministic CBOR with integer keys; the domain type knows nothing of it.
//!
//! Invariant: only bytes that writing would give again are read, so that one record has one hash.

use std::collections::BTreeMap;

use gatewright_terms::{Slug, Timestamp};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::{Chained, Commitment};
use crate::record::Stream;

/// Also keeps the hash apart from hashes of anything else.
const SCHEMA: &str = "gatewright.audit/1";

/// The bytes are no chained part as this version writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainedMalformed;

impl std::fmt::Display for ChainedMalformed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("these bytes are no canonical `gatewright.audit/1` record")
    }
}

impl std::error::Error for ChainedMalformed {}

#[derive(Encode, Decode)]
#[cbor(map)]
struct ChainedWire<'a> {
    #[b(0)]
    schema: &'a str,
    #[b(1)]
    stream: &'a str,
    #[n(2)]
    sequence: u64,
    #[n(3)]
    previous: ByteArray<32>,
    #[n(4)]
    at: i64,
    #[b(5)]
    event: &'a str,
    #[b(6)]
    fields: Vec<(&'a str, &'a str)>,
    #[n(7)]
    commitment: Option<ByteArray<32>>,
    #[n(8)]
    key_id: Option<ByteArray<16>>,
}

pub(super) fn write_chained(chained: &Chained) -> Vec<u8> {
    let stream = chained.stream.to_string();
    let wire = ChainedWire {
        schema: SCHEMA,
        stream: &stream,
        sequence: chained.sequence,
        previous: chained.previous.into(),
        at: chained.at.unix(),
        event: &chained.event,
        fields: chained.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        commitment: chained.personal.map(|personal| personal.commitment.into()),
        key_id: chained.personal.map(|personal| personal.key_id.into()),
    };
    // Writing into a `Vec` cannot fail; were it to, the empty bytes would be read by nobody.
    minicbor::to_vec(&wire).unwrap_or_default()
}

/// Reads what [`Chained::to_bytes`] gave.
pub fn read_chained(bytes: &[u8]) -> Result<Chained, ChainedMalformed> {
    let wire: ChainedWire<'_> = minicbor::decode(bytes).map_err(|_| ChainedMalformed)?;
    let chained = convert(&wire).ok_or(ChainedMalformed)?;
    if chained.to_bytes() == bytes { Ok(chained) } else { Err(ChainedMalformed) }
}

fn convert(wire: &ChainedWire<'_>) -> Option<Chained> {
    let personal = match (&wire.commitment, &wire.key_id) {
        (Some(commitment), Some(key_id)) => Some(Commitment { commitment: **commitment, key_id: **key_id }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return None,
    };
    let mut fields = BTreeMap::new();
    for (name, value) in &wire.fields {
        fields.insert(Slug::parse(name).ok()?, (*value).to_owned());
    }
    Some(Chained {
        stream: Stream::parse(wire.stream)?,
        sequence: wire.sequence,
        previous: *wire.previous,
        at: Timestamp::from_unix(wire.at),
        event: Slug::parse(wire.event).ok()?.to_string(),
        fields,
        personal,
    })
}
