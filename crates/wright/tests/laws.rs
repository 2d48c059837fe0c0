//! Laws: what the prover says of random laws about random policies, held against every identity of a small universe.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

#[path = "laws/oracle.rs"]
mod oracle;
#[path = "diff/random.rs"]
#[allow(dead_code, reason = "the policies are shared with the tests of the diff")]
mod random;
#[path = "diff/small.rs"]
#[allow(dead_code, reason = "the policies are shared with the tests of the diff")]
mod small;
