//! Compile: whole workspaces through every stage: one digest, the lockout proof, and what cannot be read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "compile/determinism.rs"]
mod determinism;
#[path = "compile/lockout.rs"]
mod lockout;
#[path = "compile/support.rs"]
mod support;
#[path = "compile/unreadable.rs"]
mod unreadable;
