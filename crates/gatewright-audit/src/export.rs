//! Export: records as JSON Lines `gatewright.audit/1`, one record a line, verifiable without the store.
//!
//! Reads records; gives lines, and reads lines back.
//!
//! Invariant: a line is printable ASCII whatever a field holds, so no value can begin a line, move a cursor, or turn
//! the direction of a text (ST-AUD-04).
//! Invariant: a line says nothing twice that could differ unnoticed: the chained bytes are made again from what it says.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gatewright_terms::{Slug, Timestamp, hex};
use serde::{Deserialize, Serialize};

use crate::chain::{Chained, ChainedMalformed, Commitment, Record, with_hash};
use crate::record::Stream;

/// The schema of a line.
pub const SCHEMA: &str = "gatewright.audit/1";

/// 32 values of 1 KiB with each byte written as `\u00XX`, and the longest sealed part in hexadecimal. In bytes.
pub const LINE_BYTES_MAX: usize = 512 * 1024;

/// The line is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineMalformed {
    pub why: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    schema: String,
    stream: String,
    sequence: u64,
    /// For people; must say what `at` says.
    time: String,
    at: i64,
    event: String,
    fields: Fields,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commitment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
    previous: String,
    hash: String,
}

mod fields;
use fields::Fields;

/// One line, without its newline.
pub fn line(record: &Record) -> Result<String, ChainedMalformed> {
    let chained = record.read()?;
    let line = Line {
        schema: SCHEMA.to_owned(),
        stream: chained.stream.to_string(),
        sequence: chained.sequence,
        time: chained.at.to_string(),
        at: chained.at.unix(),
        event: chained.event,
        fields: Fields(chained.fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect()),
        commitment: chained.personal.map(|personal| hex::text(&personal.commitment)),
        key_id: chained.personal.map(|personal| hex::text(&personal.key_id)),
        sealed: record.ciphertext.as_deref().map(hex::text),
        previous: hex::text(&chained.previous),
        hash: hex::text(&record.hash),
    };
    // A tree of texts and numbers always serialises.
    Ok(ascii(&serde_json::to_string(&line).unwrap_or_default()))
}

/// Reads a line. The second value is the hash that the line claims; the record has the hash that it earns.
pub fn read(text: &str) -> Result<(Record, [u8; 32]), LineMalformed> {
    let line: Line = serde_json::from_str(text).map_err(|error| bad(&error.to_string()))?;
    if line.schema != SCHEMA {
        return Err(bad("`schema` names something else"));
    }
    let at = Timestamp::from_unix(line.at);
    if at.to_string() != line.time {
        return Err(bad("`time` and `at` differ"));
    }
    let hash = hex::array(&line.hash).ok_or_else(|| bad("`hash` is not 64 hexadecimal digits"))?;
    let ciphertext = match &line.sealed {
        Some(sealed) => Some(hex::bytes(sealed).ok_or_else(|| bad("`sealed` is not hexadecimal"))?),
        None => None,
    };
    let chained = Chained {
        stream: Stream::parse(&line.stream).ok_or_else(|| bad("`stream` is not known"))?,
        sequence: line.sequence,
        previous: hex::array(&line.previous).ok_or_else(|| bad("`previous` is not 64 hexadecimal digits"))?,
        at,
        event: Slug::parse(&line.event).map_err(|_| bad("`event` is no slug"))?.to_string(),
        personal: personal(&line)?,
        fields: names(line.fields)?,
    };
    Ok((with_hash(chained, ciphertext), hash))
}

fn personal(line: &Line) -> Result<Option<Commitment>, LineMalformed> {
    let (commitment, key_id) = match (&line.commitment, &line.key_id) {
        (Some(commitment), Some(key_id)) => (commitment, key_id),
        (None, None) if line.sealed.is_none() => return Ok(None),
        (None | Some(_), None | Some(_)) => {
            return Err(bad("`commitment` and `key_id` stand together, and with `sealed`"));
        }
    };
    let commitment = hex::array(commitment).ok_or_else(|| bad("`commitment` is not 64 hexadecimal digits"))?;
    let key_id = hex::array(key_id).ok_or_else(|| bad("`key_id` is not 32 hexadecimal digits"))?;
    Ok(Some(Commitment { commitment, key_id }))
}

fn names(fields: Fields) -> Result<BTreeMap<Slug, String>, LineMalformed> {
    let named = |(name, value): (String, String)| {
        Slug::parse(&name).map(|name| (name, value)).map_err(|_| bad("the name of a field is no slug"))
    };
    fields.0.into_iter().map(named).collect()
}

fn bad(why: &str) -> LineMalformed {
    LineMalformed { why: why.to_owned() }
}

/// JSON in printable ASCII: everything else can only stand inside strings, where `\u` escapes it (RFC 8259 §7).
fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if (' '..='~').contains(&c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing into a `String` cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}
