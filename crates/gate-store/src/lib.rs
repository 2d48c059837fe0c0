//! Store: what the gate remembers. One trait, SQLite behind it, and the suite that every implementation passes.
//!
//! Invariant: what a method acknowledged survives `kill -9`; an effect and its audit record are one transaction.
//! Invariant: secrets arrive here as hashes; a dump of the store signs nobody in.
//! Invariant: time is an argument.

pub mod rows;
mod sqlite;
mod store;

pub use sqlite::SqliteStore;
pub use store::{Store, StoreError, WriteObserver};
