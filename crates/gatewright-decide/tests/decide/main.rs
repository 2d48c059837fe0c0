//! Decide: the rules of access one by one, and the evaluator against a naive one.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod acme;
mod explain;
mod naive;
mod rules;
mod step_up;
