//! Bundle: round trips, hostile bytes, and every way in which a bundle must not be taken.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod canonical;
mod fuzz;
mod generator;
mod sections;
mod signed;
mod structure;
mod trust;
mod verification;
