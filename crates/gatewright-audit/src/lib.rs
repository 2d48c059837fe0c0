//! Audit: records, the chain that holds them together, and the signed checkpoints over it.
//!
//! The gate writes, anybody verifies. Each organisation has a chain of its own; the platform has one too.
//!
//! [`chain::link`] makes a record from a draft, [`export::line`] writes it for others, [`checkpoint`] signs where the
//! chains ended, and [`verify::verify_export`] holds exported lines against a checkpoint.
//!
//! Invariant: what the hash covers holds no personal text, only a commitment to it; so erasing a person breaks no chain.
//! What the chain therefore does not show: that a sealed part was taken away or exchanged. Opening it does.

pub mod chain;
pub mod checkpoint;
pub mod export;
mod inventory;
pub mod personal;
pub mod record;
pub mod verify;

pub use inventory::inventory;
