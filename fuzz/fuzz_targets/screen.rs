//! Runs the body `screen` of `crates/gatewright-saml/tests/fuzz/bodies.rs`.

#![no_main]
#![allow(dead_code, reason = "each target runs one of the bodies")]

#[path = "../../crates/gatewright-saml/tests/fuzz/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bodies::screen(bytes));
