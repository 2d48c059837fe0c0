//! Signatures, decryption and workers, with messages of a provider that shares no code with them.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod decryption;
mod detached;
mod message;
mod signatures;
mod workers;
