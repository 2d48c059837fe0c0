//! Restored: whether the store is older than the last checkpoint that was exported from it, and what follows.
//!
//! Reads the checkpoint file of the last run and the heads of the store. Where the store is behind, somebody restored a
//! backup: sessions that were ended since then live in it again.
//!
//! Invariant: no session, code or sign-in of a restored store lets anybody in (ST-OPS-15).
//!
//! Trust: the file is alleged; it counts only with a signature of our own checkpoint key.

use std::collections::BTreeMap;

use gate_store::StoreError;
use gatewright_audit::checkpoint::{Checkpoint, SignedCheckpoint};
use gatewright_audit::record::{Event, Stream};
use gatewright_terms::Timestamp;

use crate::gate::Parts;
use crate::trail::{Fields, draft};

/// What the checkpoint says about the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restored {
    /// The store holds everything that the checkpoint covers.
    No,
    /// It does not. Every session was ended.
    Ended { sessions: u64 },
    /// The file is no checkpoint of this environment under our key: it says nothing.
    Unknown,
}

/// Call it before the gate opens: opening writes records. A kill in the middle leaves the file as it is, so that the next
/// start finds the same.
pub async fn end_what_was_restored(parts: &Parts, checkpoint: &str, now: Timestamp) -> Result<Restored, StoreError> {
    let Ok(signed) = SignedCheckpoint::parse(checkpoint) else { return Ok(Restored::Unknown) };
    if signed.checkpoint.environment != parts.environment || !parts.keys.has_signed(&signed) {
        return Ok(Restored::Unknown);
    }
    if !is_behind(parts, &signed.checkpoint).await? {
        return Ok(Restored::No);
    }
    let fields = Fields::default().with("cause", "restored");
    let record = draft(Stream::Platform, now, Event::SessionEnded, fields);
    Ok(Restored::Ended { sessions: parts.store.end_everything(vec![record]).await? })
}

/// Whether any chain is shorter than it was, or another one of the same length.
async fn is_behind(parts: &Parts, checkpoint: &Checkpoint) -> Result<bool, StoreError> {
    let heads: BTreeMap<_, _> = parts.store.heads().await?.into_iter().collect();
    Ok(checkpoint.heads.iter().any(|then| {
        heads.get(&then.stream).is_none_or(|now| {
            now.sequence < then.head.sequence || (now.sequence == then.head.sequence && now.hash != then.head.hash)
        })
    }))
}
