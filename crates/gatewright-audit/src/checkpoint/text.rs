//! Text: the signed bytes and the JSON form of a checkpoint.
//!
//! Invariant: the JSON holds exactly what is signed, the key and the signature; an unknown word in it is refused.

use gatewright_terms::{Slug, Timestamp, hex};
use minicbor::Encode;
use minicbor::bytes::ByteArray;
use serde::{Deserialize, Serialize};

use super::{Checkpoint, SCHEMA, SignedCheckpoint, StreamHead};
use crate::chain::Head;
use crate::record::Stream;

/// 200,000 streams of 220 bytes. In bytes.
const TEXT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The text is no checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointMalformed {
    pub why: String,
}

impl std::fmt::Display for CheckpointMalformed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "this is no `{SCHEMA}`: {}", self.why)
    }
}

impl std::error::Error for CheckpointMalformed {}

#[derive(Encode)]
#[cbor(map)]
struct CheckpointWire<'a> {
    #[n(0)]
    at: i64,
    #[n(1)]
    environment: &'a str,
    #[n(2)]
    heads: Vec<(String, u64, u64, ByteArray<32>)>,
}

pub(super) fn sign_bytes(checkpoint: &Checkpoint) -> Vec<u8> {
    let wire = CheckpointWire {
        at: checkpoint.at.unix(),
        environment: checkpoint.environment.as_str(),
        heads: checkpoint
            .heads
            .iter()
            .map(|at| (at.stream.to_string(), at.first, at.head.sequence, at.head.hash.into()))
            .collect(),
    };
    let mut bytes = [SCHEMA.as_bytes(), b"\0"].concat();
    // Writing into a `Vec` cannot fail.
    bytes.extend(minicbor::to_vec(&wire).unwrap_or_default());
    bytes
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointText {
    schema: String,
    /// For people; must say what `at` says.
    time: String,
    at: i64,
    environment: String,
    heads: Vec<HeadText>,
    key: String,
    signature: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadText {
    stream: String,
    first: u64,
    sequence: u64,
    hash: String,
}

pub(super) fn write(signed: &SignedCheckpoint) -> String {
    let checkpoint = &signed.checkpoint;
    let text = CheckpointText {
        schema: SCHEMA.to_owned(),
        time: checkpoint.at.to_string(),
        at: checkpoint.at.unix(),
        environment: checkpoint.environment.to_string(),
        heads: checkpoint
            .heads
            .iter()
            .map(|at| HeadText {
                stream: at.stream.to_string(),
                first: at.first,
                sequence: at.head.sequence,
                hash: hex::text(&at.head.hash),
            })
            .collect(),
        key: hex::text(&signed.key),
        signature: hex::text(&signed.signature),
    };
    // A tree of texts and numbers always serialises.
    let mut json = serde_json::to_string(&text).unwrap_or_default();
    json.push('\n');
    json
}

pub(super) fn read(text: &str) -> Result<SignedCheckpoint, CheckpointMalformed> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(bad(format!("it is longer than {TEXT_BYTES_MAX} bytes")));
    }
    let text: CheckpointText = serde_json::from_str(text).map_err(|error| bad(error.to_string()))?;
    if text.schema != SCHEMA {
        return Err(bad("`schema` names something else".to_owned()));
    }
    let at = Timestamp::from_unix(text.at);
    if at.to_string() != text.time {
        return Err(bad("`time` and `at` differ".to_owned()));
    }
    let heads = text.heads.iter().map(head).collect::<Result<Vec<_>, _>>()?;
    if !heads.is_sorted_by(|a, b| a.stream < b.stream) {
        return Err(bad("`heads` are not sorted by stream, or one stands twice".to_owned()));
    }
    let environment = Slug::parse(&text.environment).map_err(|_| bad("`environment` is no slug".to_owned()))?;
    Ok(SignedCheckpoint {
        checkpoint: Checkpoint { at, environment, heads },
        key: hex::array(&text.key).ok_or_else(|| bad("`key` is not 64 hexadecimal digits".to_owned()))?,
        signature: hex::array(&text.signature)
            .ok_or_else(|| bad("`signature` is not 128 hexadecimal digits".to_owned()))?,
    })
}

fn head(text: &HeadText) -> Result<StreamHead, CheckpointMalformed> {
    let stream = Stream::parse(&text.stream).ok_or_else(|| bad("a `stream` is not known".to_owned()))?;
    let hash = hex::array(&text.hash).ok_or_else(|| bad(format!("the hash of `{stream}` is not readable")))?;
    if text.first == 0 || text.first > text.sequence {
        return Err(bad(format!("`{stream}` begins after its end")));
    }
    Ok(StreamHead { stream, first: text.first, head: Head { sequence: text.sequence, hash } })
}

fn bad(why: String) -> CheckpointMalformed {
    CheckpointMalformed { why }
}
