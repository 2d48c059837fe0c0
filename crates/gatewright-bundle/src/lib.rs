//! Bundle: the compiled program, its canonical bytes, and the proof that they are genuine.
//!
//! The maker writes content with [`encode`]; anybody reads it back with [`Content::decode`]; only [`verify`] makes a
//! [`VerifiedBundle`], and the gate takes nothing else. This crate cannot sign.
//!
//! Invariant: equal programs have equal bytes, and only those bytes are read (RFC 8949 §4.2.1).
//! Invariant: no input causes a panic, deep recursion, or memory beyond a small multiple of its own length.

mod check;
mod content;
mod digest;
mod file;
pub mod limits;
mod malformed;
pub mod path;
pub mod program;
mod refused;
mod statement;
mod strict;
mod trust;
mod verified;
mod verify;
mod wire;

pub use content::{Content, encode};
pub use digest::Digest;
pub use file::BundleFile;
pub use malformed::{Defect, Malformed, Part};
pub use refused::BundleRefused;
pub use statement::{FORMAT, PAYLOAD_TYPE, Statement, pre_authentication};
pub use trust::{KeyId, Trust, TrustRefused, TrustedKey};
pub use verified::VerifiedBundle;
pub use verify::{Accepted, Expected, verify};
