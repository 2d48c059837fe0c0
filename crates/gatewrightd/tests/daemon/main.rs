//! The daemon as a process: flags, exit codes, files, signals.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "tests"
)]

mod address;
mod away;
mod depot;
mod home;
#[allow(dead_code, reason = "the program of gate-core's own tests; each binary uses a part of it")]
#[path = "../../../gate-core/tests/gate/policy.rs"]
mod policy;
mod push;
mod reload;
mod saml;
mod setup;
mod start;
mod worker;
