//! Test links: one-time links to try a connection.

use sqlx::sqlite::SqliteConnection;

use gatewright_audit::record::Draft;
use gatewright_terms::{OrgId, Slug, Timestamp};

use super::audit;
use super::columns::Columns;
use super::flows::FORGOTTEN_AT_ONCE_MAX;
use crate::StoreError;
use crate::rows::{TestLink, TokenHash};

/// Links of one organisation that wait at once: nobody tries more connections in an hour.
const LINKS_PER_ORG_MAX: u64 = 100;

/// `false` where too many wait.
pub(super) async fn put(
    db: &mut SqliteConnection,
    link: TestLink,
    drafts: &[Draft],
    now: Timestamp,
) -> Result<bool, StoreError> {
    sqlx::query("DELETE FROM test_links WHERE link IN (SELECT link FROM test_links WHERE expires <= ? LIMIT ?)")
        .bind(now.unix())
        .bind(FORGOTTEN_AT_ONCE_MAX)
        .execute(&mut *db)
        .await?;
    let waiting = sqlx::query("SELECT count(*) AS links FROM test_links WHERE org = ? AND expires > ?")
        .bind(link.org.as_str())
        .bind(now.unix())
        .fetch_one(&mut *db)
        .await?;
    if Columns(&waiting).sequence("links")? >= LINKS_PER_ORG_MAX {
        return Ok(false);
    }
    sqlx::query("INSERT INTO test_links (link, org, connection, operator, expires) VALUES (?, ?, ?, ?, ?)")
        .bind(link.link.0.as_slice())
        .bind(link.org.as_str())
        .bind(link.connection.as_str())
        .bind(link.operator.as_str())
        .bind(link.expires.unix())
        .execute(&mut *db)
        .await?;
    audit::append(db, drafts).await?;
    Ok(true)
}

/// One use, at its own connection.
pub(super) async fn take(
    db: &mut SqliteConnection,
    link: TokenHash,
    (org, connection): (&OrgId, &Slug),
    drafts: &[Draft],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let taken = sqlx::query("DELETE FROM test_links WHERE link = ? AND org = ? AND connection = ? AND expires > ?")
        .bind(link.0.as_slice())
        .bind(org.as_str())
        .bind(connection.as_str())
        .bind(now.unix())
        .execute(&mut *db)
        .await?;
    let is_taken = taken.rows_affected() > 0;
    if is_taken {
        audit::append(db, drafts).await?;
    }
    Ok(is_taken)
}
