//! Audit: chains, checkpoints, exports, and everything that a verifier must find.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod chains;
mod checkpoints;
mod hostile;
mod records;
mod tampering;
