//! File: modes, paths, a second process, and what deleting leaves.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use gate_store::rows::AdminToken;
use gate_store::{SqliteStore, Store, StoreError};
use gatewright_audit::record::{Event, Stream};

use crate::suite::make::{acme, at, draft, enter, hash, id, sign_in, slug, story};
use crate::suite::{Shared, at_once};

async fn refused(path: &Path) -> String {
    match SqliteStore::open(path).await {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn the_file_and_its_log_belong_to_the_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("gate.db")).await.unwrap();
    enter(&store, sign_in("ada", 1)).await;
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        files.push(entry.file_name().into_string().unwrap());
    }
    files.sort();
    assert_eq!(files, ["gate.db", "gate.db-shm", "gate.db-wal"]);
}

#[tokio::test]
async fn paths_that_cannot_hold_a_store_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = refused(&folder.path().join("missing/gate.db")).await;
    assert!(error.contains("/missing` does not exist; make it first"), "{error}");
    let error = refused(folder.path()).await;
    assert!(error.contains("is not a file"), "{error}");

    let open = folder.path().join("open.db");
    fs::write(&open, "").unwrap();
    fs::set_permissions(&open, Permissions::from_mode(0o640)).unwrap();
    let error = refused(&open).await;
    assert!(error.contains("(mode 640); run `chmod 600 "), "{error}");
    fs::set_permissions(&open, Permissions::from_mode(0o600)).unwrap();
    SqliteStore::open(&open).await.unwrap();

    let text = folder.path().join("notes.txt");
    fs::write(&text, "not a database, but long enough to look at: ".repeat(100)).unwrap();
    fs::set_permissions(&text, Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(SqliteStore::open(&text).await, Err(StoreError::Corrupt(_))));
    assert!(fs::read_to_string(&text).unwrap().starts_with("not a database"));
}

/// `gatewrightd token create` beside the running gate.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.db");
    let gate: Shared = Arc::new(SqliteStore::open(&path).await.unwrap());
    let writers = at_once(2, |half| {
        let (gate, path) = (gate.clone(), path.clone());
        async move {
            for n in 0..40 {
                let n = half * 1000 + n;
                if half == 0 {
                    enter(&*gate, sign_in("ada", n)).await;
                } else {
                    // Opened anew each time, as the command is.
                    let second = SqliteStore::open(&path).await.unwrap();
                    let token = AdminToken { name: slug(&format!("t{n}")), hash: hash(n), scopes: vec![], made: at(0) };
                    let audit = vec![draft(Event::TokenMade, &[])];
                    assert_eq!(second.add_token(token, audit).await, Ok(true));
                    second.close().await;
                }
            }
        }
    });
    writers.await;
    assert_eq!(story(&*gate, &Stream::Org(acme())).await.len(), 1 + 40 + 40);
    assert!(gate.token(hash(1039)).await.unwrap().is_some());
}

/// SQLite would go on writing into a file that nobody can open again.
#[tokio::test]
async fn a_file_that_was_taken_away_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.db");
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.ping().await, Ok(()));
    fs::rename(&path, folder.path().join("moved.db")).unwrap();
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))));
    fs::write(&path, "").unwrap();
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))));
}

/// A dropped key is overwritten, not only unlinked.
#[tokio::test]
async fn a_forgotten_key_is_nowhere_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.db");
    let needle = b"the wrapped key of a person who leaves";
    let holds = || fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle);
    let store = SqliteStore::open(&path).await.unwrap();
    store.append(vec![], None, vec![(id(1), needle.to_vec()), (id(2), vec![1; 40])]).await.unwrap();
    store.close().await;
    assert!(holds());
    let store = SqliteStore::open(&path).await.unwrap();
    store.forget_person(id(1), vec![]).await.unwrap();
    store.close().await;
    assert!(!holds());
}
