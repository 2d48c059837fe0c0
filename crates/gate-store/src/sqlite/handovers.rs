//! Hand-overs: one-time codes that carry a session to the origin of an app.

use sqlx::sqlite::SqliteConnection;

use gatewright_audit::record::Draft;
use gatewright_terms::Timestamp;

use super::audit;
use super::columns::Columns;
use super::flows::FORGOTTEN_AT_ONCE_MAX;
use super::sessions;
use crate::StoreError;
use crate::rows::{ChildOf, HandedOver, Handover, RowId, Session, TokenHash};

/// Codes of one session that wait at once: many tabs, no flood. The oldest make room.
const CODES_PER_SESSION_MAX: u32 = 16;

/// Children of one session at one app: a few origins and lost cookies, no flood. The oldest make room.
const CHILDREN_PER_APP_MAX: usize = 8;

pub(super) async fn put(db: &mut SqliteConnection, handover: Handover, drafts: &[Draft]) -> Result<(), StoreError> {
    if sessions::parent_by_id(db, handover.parent).await?.is_none() {
        return Ok(());
    }
    sqlx::query("INSERT INTO handovers (code, parent, app, origin, return_to, expires) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(handover.code.0.as_slice())
        .bind(handover.parent.0.as_slice())
        .bind(handover.app.as_str())
        .bind(&handover.origin)
        .bind(&handover.return_to)
        .bind(handover.expires.unix())
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "DELETE FROM handovers WHERE parent = ?1 AND place NOT IN
             (SELECT place FROM handovers WHERE parent = ?1 ORDER BY place DESC LIMIT ?2)",
    )
    .bind(handover.parent.0.as_slice())
    .bind(CODES_PER_SESSION_MAX)
    .execute(&mut *db)
    .await?;
    audit::append(db, drafts).await
}

/// Any use of a code uses it up, also one at another origin: a code that came astray is known to somebody else.
pub(super) async fn take(
    db: &mut SqliteConnection,
    code: TokenHash,
    origin: &str,
    (token, id): (TokenHash, RowId),
    now: Timestamp,
) -> Result<Option<HandedOver>, StoreError> {
    forget_expired(db, now).await?;
    let row = sqlx::query("DELETE FROM handovers WHERE code = ? RETURNING parent, app, origin, return_to, expires")
        .bind(code.0.as_slice())
        .fetch_optional(&mut *db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let row = Columns(&row);
    if row.text("origin")? != origin || row.time("expires")? <= now {
        return Ok(None);
    }
    let child = ChildOf { parent: row.id("parent")?, app: row.slug("app")? };
    let Some(parent) = sessions::parent_by_id(db, child.parent).await? else { return Ok(None) };
    let ended = make_room(db, &parent, &child, now).await?;
    let child = Session { token, id, last_seen: now, child: Some(child), ..parent };
    sessions::insert(db, &child, child.member).await?;
    Ok(Some(HandedOver { child, return_to: row.text("return_to")?, ended }))
}

async fn make_room(
    db: &mut SqliteConnection,
    parent: &Session,
    child: &ChildOf,
    now: Timestamp,
) -> Result<Vec<RowId>, StoreError> {
    let mut children = sessions::children_at_app(db, child).await?;
    children.truncate((children.len() + 1).saturating_sub(CHILDREN_PER_APP_MAX));
    for oldest in &children {
        let ids = sessions::delete(db, *oldest).await?;
        audit::append_ended(db, (&parent.org, parent.member), &ids, ("concurrent", now)).await?;
    }
    Ok(children)
}

async fn forget_expired(db: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM handovers WHERE place IN (SELECT place FROM handovers WHERE expires <= ? LIMIT ?)")
        .bind(now.unix())
        .bind(FORGOTTEN_AT_ONCE_MAX)
        .execute(db)
        .await?;
    Ok(())
}
