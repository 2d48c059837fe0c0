//! Schema: brings a file to the schema of this version, step by step, in one transaction.
//!
//! Sixty lines of our own, because `sqlx::migrate` brings a macro that reads the build folder and knows nothing of the
//! three refusals below.
//!
//! Invariant: a file of a newer schema, of a changed step, or of another program is refused and left as it is.

use sha2::{Digest as _, Sha256};
use sqlx::sqlite::SqliteConnection;

use crate::StoreError;

/// Marks the file as ours (`PRAGMA application_id`): `GWST`.
const APPLICATION_ID: i64 = 0x4757_5354;

/// Number and SQL of each step. A step that was released is never changed; a new one is added behind it.
const STEPS: &[(i64, &str)] = &[
    (1, include_str!("migrations/0001_first.sql")),
    (2, include_str!("migrations/0002_saml.sql")),
    (3, include_str!("migrations/0003_attributes.sql")),
    (4, include_str!("migrations/0004_told.sql")),
];

/// Runs before anything else on the first connection. After an error the caller closes it, which undoes everything.
pub(super) async fn migrate(db: &mut SqliteConnection) -> Result<(), StoreError> {
    migrate_by(db, STEPS).await
}

async fn migrate_by(db: &mut SqliteConnection, steps: &[(i64, &'static str)]) -> Result<(), StoreError> {
    run(db, "BEGIN IMMEDIATE").await?;
    refuse_strangers(db).await?;
    run(db, "PRAGMA application_id = 1196905300").await?;
    run(
        db,
        "CREATE TABLE IF NOT EXISTS schema_steps (
             number INTEGER NOT NULL PRIMARY KEY,
             sha256 BLOB    NOT NULL
         ) STRICT",
    )
    .await?;
    let done = sqlx::query_as::<_, (i64, Vec<u8>)>("SELECT number, sha256 FROM schema_steps ORDER BY number")
        .fetch_all(&mut *db)
        .await?;
    check_done(&done, steps)?;
    for (number, sql) in steps.iter().skip(done.len()) {
        run(db, sql).await?;
        sqlx::query("INSERT INTO schema_steps (number, sha256) VALUES (?, ?)")
            .bind(number)
            .bind(checksum(sql).as_slice())
            .execute(&mut *db)
            .await?;
    }
    run(db, "COMMIT").await
}

/// A file without our mark must be empty.
async fn refuse_strangers(db: &mut SqliteConnection) -> Result<(), StoreError> {
    let (mark, tables) = sqlx::query_as::<_, (i64, i64)>(
        "SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)",
    )
    .fetch_one(db)
    .await?;
    if mark == APPLICATION_ID || (mark == 0 && tables == 0) {
        Ok(())
    } else {
        Err(StoreError::Corrupt("the file is a database of another program; name another path".into()))
    }
}

fn check_done(done: &[(i64, Vec<u8>)], steps: &[(i64, &str)]) -> Result<(), StoreError> {
    let newest = steps.last().map_or(0, |(number, _)| *number);
    for (place, (number, sum)) in done.iter().enumerate() {
        match steps.get(place) {
            None => {
                return Err(StoreError::Corrupt(format!(
                    "the file has schema {number}, this version knows schemas up to {newest}; start the newer version"
                )));
            }
            Some((ours, sql)) if ours != number || checksum(sql).as_slice() != sum.as_slice() => {
                return Err(StoreError::Corrupt(format!("step {number} of the schema is not the one of this version")));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn checksum(sql: &str) -> [u8; 32] {
    Sha256::digest(sql).into()
}

async fn run(db: &mut SqliteConnection, sql: &'static str) -> Result<(), StoreError> {
    sqlx::raw_sql(sql).execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sqlx::{ConnectOptions as _, Connection as _};

    use super::*;

    const ONE: &str = "CREATE TABLE one (x INTEGER)";
    const TWO: &str = "CREATE TABLE two (x INTEGER)";

    async fn memory() -> SqliteConnection {
        sqlx::sqlite::SqliteConnectOptions::new().in_memory(true).connect().await.unwrap()
    }

    async fn tables(db: &mut SqliteConnection) -> Vec<String> {
        let rows: Vec<(String,)> = sqlx::query_as("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .fetch_all(db)
            .await
            .unwrap();
        rows.into_iter().map(|(name,)| name).collect()
    }

    #[tokio::test]
    async fn a_later_version_adds_its_steps_and_the_earlier_one_is_refused_then() {
        let mut db = memory().await;
        migrate_by(&mut db, &[(1, ONE)]).await.unwrap();
        migrate_by(&mut db, &[(1, ONE)]).await.unwrap();
        assert_eq!(tables(&mut db).await, ["one", "schema_steps"]);
        migrate_by(&mut db, &[(1, ONE), (2, TWO)]).await.unwrap();
        assert_eq!(tables(&mut db).await, ["one", "schema_steps", "two"]);

        let error = migrate_by(&mut db, &[(1, ONE)]).await.unwrap_err().to_string();
        assert!(error.contains("the file has schema 2, this version knows schemas up to 1"), "{error}");
    }

    /// What version 1 wrote is there after the step to version 2: a flow under way goes on, and the authentication of a
    /// session counts as not reported.
    #[tokio::test]
    async fn what_was_written_before_saml_is_kept() {
        let mut db = memory().await;
        migrate_by(&mut db, &STEPS[..1]).await.unwrap();
        run(
            &mut db,
            "INSERT INTO flows VALUES (zeroblob(32), zeroblob(32), 'acme', 'okta', 'https://id.example', 'https://x',
                                       'nonce', 'verifier', NULL, NULL, '192.0.2.1', 1, 2);
             INSERT INTO members VALUES (zeroblob(16), 'acme', 'okta', 'https://id.example', 'ada', 'ada@acme.com',
                                         'active', zeroblob(16), 1, 1);
             INSERT INTO sessions (token, id, member, email, is_owner, authenticated, created, last_seen)
             VALUES (zeroblob(32), zeroblob(16), zeroblob(16), 'ada@acme.com', 0, 1, 2, 3)",
        )
        .await
        .unwrap();
        migrate(&mut db).await.unwrap();
        let zero = crate::rows::TokenHash([0; 32]);
        let flow = super::super::flows::live(&mut db, zero, gatewright_terms::Timestamp::from_unix(1)).await;
        let flow = flow.unwrap().unwrap();
        let asked = crate::rows::Asked::Oidc { nonce: "nonce".into(), pkce_verifier: "verifier".into() };
        assert!(flow.asked == asked && flow.errand.purpose == crate::rows::Purpose::SignIn);
        let session = super::super::sessions::by_token(&mut db, zero).await.unwrap().unwrap();
        assert!(!session.authentication_told && session.name_id.is_none() && session.session_ends.is_none());
    }

    /// What a session of the last sign-in knows is known of its member; of anybody else nothing is.
    #[tokio::test]
    async fn what_live_sessions_know_is_known_of_their_members() {
        let mut db = memory().await;
        migrate_by(&mut db, &STEPS[..3]).await.unwrap();
        run(
            &mut db,
            "INSERT INTO members VALUES (x'01010101010101010101010101010101', 'acme', 'okta', 'i', 'ada', 'ada@acme.com',
                                         'active', zeroblob(16), 1, 7);
             INSERT INTO members VALUES (x'02020202020202020202020202020202', 'acme', 'okta', 'i', 'bob', 'bob@acme.com',
                                         'active', zeroblob(16), 1, 9);
             INSERT INTO sessions (token, id, member, email, is_owner, authenticated, created, last_seen, group_names,
                                   attributes)
             VALUES (zeroblob(32), zeroblob(16), x'01010101010101010101010101010101', 'ada@acme.com', 0, 1, 7, 7,
                     'finance' || char(10), 'team=x' || char(10)),
                    (randomblob(32), randomblob(16), x'02020202020202020202020202020202', 'bob@acme.com', 0, 1, 8, 8,
                     'ops' || char(10), '')",
        )
        .await
        .unwrap();
        migrate(&mut db).await.unwrap();
        let acme = gatewright_terms::OrgId::parse("acme").unwrap();
        let members = super::super::members::page(&mut db, &acme, None, 9).await.unwrap();
        let told = members[0].told.as_ref().unwrap();
        let group = gatewright_terms::GroupName::parse("finance").unwrap();
        assert_eq!((told.groups.as_deref(), told.attributes.len()), (Some(&[group][..]), 1));
        assert!(members[1].told.is_none(), "the session is of an earlier sign-in");
    }

    #[tokio::test]
    async fn a_changed_step_is_refused() {
        let mut db = memory().await;
        migrate_by(&mut db, &[(1, ONE)]).await.unwrap();
        let error = migrate_by(&mut db, &[(1, TWO)]).await.unwrap_err();
        assert!(error.to_string().contains("step 1 of the schema is not the one of this version"), "{error}");
    }

    #[tokio::test]
    async fn a_database_of_another_program_is_left_alone() {
        let mut db = memory().await;
        run(&mut db, ONE).await.unwrap();
        let error = migrate(&mut db).await.unwrap_err();
        assert!(error.to_string().contains("another program"), "{error}");
        run(&mut db, "ROLLBACK").await.unwrap();
        assert_eq!(tables(&mut db).await, ["one"]);
        db.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_step_that_fails_leaves_nothing() {
        let mut db = memory().await;
        assert!(migrate_by(&mut db, &[(1, ONE), (2, "CREATE TABLE one (x INTEGER)")]).await.is_err());
        run(&mut db, "ROLLBACK").await.unwrap();
        assert_eq!(tables(&mut db).await, Vec::<String>::new());
    }
}
