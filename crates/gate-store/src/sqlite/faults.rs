//! Faults: what a full disk, a lock, a panic or damaged bytes leave behind. Nothing, and a store that goes on.

use std::time::Duration;

use gatewright_audit::record::{Draft, Event, Sealed, Stream};
use gatewright_terms::Timestamp;
use sqlx::sqlite::SqliteConnection;
use sqlx::{ConnectOptions as _, Executor as _};
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{SqliteStore, Step, audit, file};
use crate::{Store as _, StoreError};

async fn fresh() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (SqliteStore::open(&folder.path().join("gate.db")).await.unwrap(), folder)
}

fn draft(ciphertext: usize) -> Draft {
    let personal = Some(Sealed { commitment: [0; 32], ciphertext: vec![7; ciphertext], key_id: [0; 16] });
    Draft { stream: Stream::Platform, at: Timestamp::EPOCH, event: Event::Stopped, fields: vec![], personal }
}

async fn append(store: &SqliteStore, ciphertext: usize) -> Result<(), StoreError> {
    store.append(vec![draft(ciphertext)], None, vec![]).await
}

/// The length of the chain, which must be whole.
async fn chain_length(store: &SqliteStore) -> u64 {
    let records = store.records(&Stream::Platform, 1, u32::MAX).await.unwrap();
    let mut previous = [0; 32];
    for (record, sequence) in records.iter().zip(1..) {
        assert_eq!((record.sequence, record.previous), (sequence, previous));
        previous = record.hash;
    }
    let head = store.heads().await.unwrap().first().map(|(_, head)| *head);
    assert_eq!(head.map(|head| head.hash), records.last().map(|record| record.hash));
    u64::try_from(records.len()).unwrap()
}

/// Runs SQL inside a write of its own.
async fn run(store: &SqliteStore, sql: &'static str) -> Result<(), StoreError> {
    store.write(move |db| Box::pin(execute(db, sql))).await
}

fn execute<'c>(db: &'c mut SqliteConnection, sql: &'static str) -> Step<'c, ()> {
    Box::pin(async move {
        sqlx::raw_sql(sql).execute(db).await?;
        Ok(())
    })
}

/// Keeps the writer busy until the sender is used, so that what is written meanwhile shares one transaction.
async fn hold(store: &SqliteStore) -> oneshot::Sender<()> {
    let (release, released) = oneshot::channel::<()>();
    let (started, running) = oneshot::channel();
    let mut held = store.write(move |_| {
        Box::pin(async move {
            started.send(()).unwrap();
            released.await.unwrap();
            Ok(())
        })
    });
    // Polled once, so that it stands in the queue; nobody waits for its answer.
    let poll = std::future::poll_fn(|context| std::task::Poll::Ready(held.as_mut().poll(context)));
    assert!(poll.await.is_pending());
    running.await.unwrap();
    release
}

fn is_unavailable(answer: &Result<(), StoreError>) -> bool {
    matches!(answer, Err(StoreError::Unavailable(_)))
}

/// `kill -9` spares the page cache; a power loss does not. That part of the promise rests on these settings.
#[tokio::test]
async fn every_commit_is_flushed() {
    let (store, _folder) = fresh().await;
    let settings = store.write(|db| {
        Box::pin(async move {
            Ok(sqlx::query_as::<_, (String, i64, i64, i64)>(
                "SELECT journal_mode, synchronous, foreign_keys, secure_delete
                 FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys, pragma_secure_delete",
            )
            .fetch_one(db)
            .await?)
        })
    });
    assert_eq!(settings.await, Ok(("wal".into(), 2, 1, 1)));
}

/// ST-OPS-12: on a full disk writes fail whole, reads go on, and with room again everything does.
#[tokio::test]
async fn st_ops_12_a_full_disk_loses_nothing() {
    let (store, _folder) = fresh().await;
    append(&store, 10).await.unwrap();
    run(&store, "PRAGMA max_page_count = 60").await.unwrap();
    let mut kept = 1;
    let error = loop {
        match append(&store, 20_000).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, StoreError::Unavailable(why) if why.contains("full")), "{error}");
    assert_eq!(chain_length(&store).await, kept);
    append(&store, 20_000).await.unwrap();
    assert_eq!(chain_length(&store).await, kept + 1);
}

/// One transaction that outgrows the disk takes the others in it along: all of them are told, none of them is there.
#[tokio::test]
async fn what_shares_a_transaction_with_a_full_disk_is_told() {
    let (store, _folder) = fresh().await;
    run(&store, "PRAGMA max_page_count = 60").await.unwrap();
    let release = hold(&store).await;
    let (small, big, late, ()) = tokio::join!(
        append(&store, 10),
        store.append(vec![draft(100_000); 10], None, vec![]),
        append(&store, 10),
        async {
            release.send(()).unwrap();
        }
    );
    assert!(is_unavailable(&big));
    let acknowledged = [small, late].iter().flatten().count();
    assert_eq!(chain_length(&store).await, u64::try_from(acknowledged).unwrap());
    append(&store, 10).await.unwrap();
}

#[tokio::test]
async fn a_store_that_cannot_be_written_refuses_and_recovers() {
    let (store, _folder) = fresh().await;
    run(&store, "PRAGMA query_only = ON").await.unwrap();
    let error = append(&store, 10).await.unwrap_err();
    assert!(matches!(&error, StoreError::Unavailable(why) if why.contains("readonly")), "{error}");
    assert_eq!(store.ping().await, Ok(()));
    run(&store, "PRAGMA query_only = OFF").await.unwrap();
    append(&store, 10).await.unwrap();
    assert_eq!(chain_length(&store).await, 1);
}

#[tokio::test]
async fn a_lock_of_another_process_is_waited_for_and_then_reported() {
    let (store, folder) = fresh().await;
    let mut other = file::writing(&folder.path().join("gate.db")).connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    run(&store, "PRAGMA busy_timeout = 50").await.unwrap_err();

    // The connection that failed was replaced, and the new one waits its full time.
    let (appended, ()) = tokio::join!(append(&store, 10), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        other.execute("COMMIT").await.unwrap();
    });
    assert_eq!(appended, Ok(()));
    assert_eq!(chain_length(&store).await, 1);
}

#[tokio::test]
async fn a_closed_store_refuses_and_what_it_took_is_there() {
    let (store, folder) = fresh().await;
    let release = hold(&store).await;
    let (waiting, (), ()) = tokio::join!(append(&store, 10), store.close(), async { release.send(()).unwrap() });
    assert_eq!(waiting, Ok(()), "what was waiting is written first");
    assert!(is_unavailable(&append(&store, 10).await));
    assert!(is_unavailable(&store.ping().await));
    assert!(matches!(store.heads().await, Err(StoreError::Unavailable(_))));
    store.close().await;
    let again = SqliteStore::open(&folder.path().join("gate.db")).await.unwrap();
    assert_eq!(chain_length(&again).await, 1);
}

#[tokio::test]
async fn work_that_fails_leaves_the_work_beside_it() {
    let (store, _folder) = fresh().await;
    let release = hold(&store).await;
    let failing = store.write(|db| {
        Box::pin(async move {
            audit::append(db, &[draft(10)]).await?;
            sqlx::query("INSERT INTO admin_tokens (name) VALUES (NULL)").execute(db).await?;
            Ok(())
        })
    });
    let (before, failed, after, ()) =
        tokio::join!(append(&store, 10), failing, append(&store, 10), async { release.send(()).unwrap() });
    assert_eq!((before, after), (Ok(()), Ok(())));
    assert!(is_unavailable(&failed));
    assert_eq!(chain_length(&store).await, 2);
}

/// SQLite rolls a transaction back by itself after some errors. Whatever comes then must not be acknowledged.
#[tokio::test]
async fn a_transaction_that_vanished_acknowledges_nothing() {
    let (store, _folder) = fresh().await;
    for sql in ["ROLLBACK", "COMMIT", "RELEASE work"] {
        let release = hold(&store).await;
        let (before, vanished, after, ()) =
            tokio::join!(append(&store, 10), run(&store, sql), append(&store, 10), async { release.send(()).unwrap() });
        for answer in [before, vanished, after] {
            assert!(is_unavailable(&answer), "{sql}: {answer:?}");
        }
    }
    append(&store, 10).await.unwrap();
    chain_length(&store).await;
}

#[tokio::test]
async fn a_commit_that_fails_acknowledges_nothing() {
    let (store, _folder) = fresh().await;
    let release = hold(&store).await;
    let orphan = "PRAGMA defer_foreign_keys = ON; INSERT INTO owners (org, mailbox, member) VALUES ('a', 'b', x'00')";
    let (before, broken, after, ()) =
        tokio::join!(append(&store, 10), run(&store, orphan), append(&store, 10), async { release.send(()).unwrap() });
    for answer in [before, broken, after] {
        assert!(is_unavailable(&answer), "{answer:?}");
    }
    assert_eq!(chain_length(&store).await, 0);
    append(&store, 10).await.unwrap();
    assert_eq!(chain_length(&store).await, 1);
}

/// ST-OPS-13.
#[tokio::test]
async fn st_ops_13_a_panic_costs_one_answer() {
    let (store, _folder) = fresh().await;
    append(&store, 10).await.unwrap();
    let panics = store.write::<(), _>(|db| {
        Box::pin(async move {
            audit::append(db, &[draft(10)]).await?;
            panic!("injected")
        })
    });
    assert!(is_unavailable(&panics.await));
    append(&store, 10).await.unwrap();
    assert_eq!(chain_length(&store).await, 2);
}

/// ST-OPS-11.
#[tokio::test]
async fn st_ops_11_writes_that_wait_are_limited() {
    let (store, _folder) = fresh().await;
    let store = std::sync::Arc::new(store);
    let release = hold(&store).await;
    let answers: Vec<_> = (0..1100)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { append(&store, 10).await })
        })
        .collect();
    tokio::task::yield_now().await;
    release.send(()).unwrap();
    let mut written = 0;
    for answer in answers {
        match answer.await.unwrap() {
            Ok(()) => written += 1,
            Err(error) => assert!(error.to_string().contains("too many writes"), "{error}"),
        }
    }
    assert!((1024..1100).contains(&written), "{written}");
    assert_eq!(chain_length(&store).await, written);
}

/// ST-SESS-12: stored values that nobody wrote are an error, neither a panic nor an answer.
#[tokio::test]
async fn st_sess_12_a_damaged_row_is_corrupt() {
    let (store, _folder) = fresh().await;
    for sql in [
        "UPDATE audit_heads SET sequence = -1",
        "UPDATE audit_heads SET sequence = 9223372036854775807",
        "UPDATE audit_heads SET sequence = 1, hash = x'00'",
        "ALTER TABLE audit_heads RENAME COLUMN hash TO hush",
    ] {
        append(&store, 10).await.ok();
        run(&store, "PRAGMA ignore_check_constraints = ON").await.unwrap();
        run(&store, sql).await.unwrap();
        let answer = append(&store, 10).await;
        assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{sql}: {answer:?}");
        run(&store, "DELETE FROM audit_heads").await.unwrap();
        run(&store, "DROP TRIGGER IF EXISTS audit_records_are_not_deleted; DELETE FROM audit_records").await.unwrap();
    }
}

/// The file with bytes changed at seeded places: every call answers or fails, none panics.
#[tokio::test]
async fn damaged_files_never_panic() {
    let (store, folder) = fresh().await;
    for _ in 0..20 {
        append(&store, 500).await.unwrap();
    }
    store.close().await;
    let good = std::fs::read(folder.path().join("gate.db")).unwrap();
    let path = folder.path().join("bad.db");
    let mut seed: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut failed = 0;
    for _ in 0..60 {
        let mut bad = good.clone();
        for _ in 0..40 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let place = usize::try_from(seed >> 20).unwrap() % bad.len();
            bad[place] ^= u8::try_from(seed >> 56).unwrap() | 1;
        }
        std::fs::write(&path, &bad).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let Ok(store) = SqliteStore::open(&path).await else {
            failed += 1;
            continue;
        };
        let answers = [
            append(&store, 10).await.is_ok(),
            store.records(&Stream::Platform, 1, 100).await.is_ok(),
            store.heads().await.is_ok(),
            store.ping().await.is_ok(),
        ];
        failed += i32::from(answers.contains(&false));
        store.close().await;
    }
    assert!(failed > 0, "no damage was ever noticed");
}
