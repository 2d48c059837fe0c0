//! Diff: random pairs of policies against an oracle that asks about every identity, and settings one by one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "diff/governance.rs"]
mod governance;
#[path = "diff/oracle.rs"]
mod oracle;
#[path = "diff/people.rs"]
mod people;
#[path = "diff/presets.rs"]
mod presets;
#[path = "diff/random.rs"]
mod random;
#[path = "diff/rows.rs"]
mod rows;
#[path = "diff/settings.rs"]
mod settings;
#[path = "diff/small.rs"]
mod small;
#[path = "diff/whole.rs"]
mod whole;
#[path = "diff/witness.rs"]
mod witness;
