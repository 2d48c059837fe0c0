//! Seen: messages that are good once.
//!
//! Invariant: a message is remembered until its own end; where there is no room, a new one is refused and none is
//! forgotten (ST-SAML-16).

use sqlx::sqlite::SqliteConnection;

use gatewright_terms::Timestamp;

use super::columns::Columns;
use super::flows::FORGOTTEN_AT_ONCE_MAX;
use crate::StoreError;
use crate::rows::Seen;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remembered {
    Yes,
    No,
    /// Not seen, and no room to remember it.
    NoRoom,
}

/// Forgets some of what nobody would take any more, and says whether this one was seen before.
pub(super) async fn is_known(
    db: &mut SqliteConnection,
    message: &Seen,
    now: Timestamp,
) -> Result<Remembered, StoreError> {
    forget_expired(db, now).await?;
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM seen_messages WHERE org = ?1 AND connection = ?2 AND message = ?3) AS known,
                (SELECT count(*) FROM seen_messages WHERE org = ?1 AND connection = ?2 AND until > ?4) AS others",
    )
    .bind(message.org.as_str())
    .bind(message.connection.as_str())
    .bind(message.message.0.as_slice())
    .bind(now.unix())
    .fetch_one(db)
    .await?;
    let row = Columns(&row);
    if row.sequence("known")? > 0 {
        return Ok(Remembered::Yes);
    }
    let full = row.sequence("others")? >= u64::from(message.at_once_max);
    Ok(if full { Remembered::NoRoom } else { Remembered::No })
}

pub(super) async fn remember(db: &mut SqliteConnection, message: &Seen) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO seen_messages (org, connection, message, until) VALUES (?, ?, ?, ?)")
        .bind(message.org.as_str())
        .bind(message.connection.as_str())
        .bind(message.message.0.as_slice())
        .bind(message.until.unix())
        .execute(db)
        .await?;
    Ok(())
}

async fn forget_expired(db: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM seen_messages WHERE (org, connection, message) IN
             (SELECT org, connection, message FROM seen_messages WHERE until <= ? LIMIT ?)",
    )
    .bind(now.unix())
    .bind(FORGOTTEN_AT_ONCE_MAX)
    .execute(db)
    .await?;
    Ok(())
}
