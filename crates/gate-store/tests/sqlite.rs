//! SQLite: the conformance suite on a fresh file, and what only a file can do wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use std::sync::Arc;

use gate_store::SqliteStore;
use tempfile::TempDir;

#[path = "sqlite/file.rs"]
mod file;
#[path = "sqlite/kill.rs"]
mod kill;
#[path = "suite/all.rs"]
mod suite;

async fn fresh() -> (suite::Shared, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("gate.db")).await.unwrap();
    (Arc::new(store), folder)
}

suite::conformance!(fresh);
