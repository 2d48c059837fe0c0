//! Sessions: live ones. The parent is the session of the gate itself; its children live on the origins of apps.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use gatewright_audit::record::Draft;
use gatewright_terms::{OrgId, Slug, Timestamp};

use super::audit;
use super::columns::{Columns, attribute_lines, corrupt, group_lines};
use crate::StoreError;
use crate::rows::{ChildOf, RowId, Session, TokenHash};

/// Writes the session under the id of the member that is stored, whatever `session.member` says.
pub(super) async fn insert(db: &mut SqliteConnection, session: &Session, member: RowId) -> Result<(), StoreError> {
    let name_id = session.name_id.as_ref();
    sqlx::query(
        "INSERT INTO sessions (token, id, member, email, group_names, is_owner, authenticated, authentication_told, acr,
                               session_ends, name_id, name_id_format, name_qualifier, sp_name_qualifier, session_index,
                               created, last_seen, parent, app, attributes)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(session.token.0.as_slice())
    .bind(session.id.0.as_slice())
    .bind(member.0.as_slice())
    .bind(session.email.to_string())
    .bind(group_lines(&session.groups))
    .bind(session.is_owner)
    .bind(session.authenticated.unix())
    .bind(session.authentication_told)
    .bind(&session.acr)
    .bind(session.session_ends.map(Timestamp::unix))
    .bind(name_id.map(|name| &name.value))
    .bind(name_id.and_then(|name| name.format.as_ref()))
    .bind(name_id.and_then(|name| name.name_qualifier.as_ref()))
    .bind(name_id.and_then(|name| name.sp_name_qualifier.as_ref()))
    .bind(&session.session_index)
    .bind(session.created.unix())
    .bind(session.last_seen.unix())
    .bind(session.child.as_ref().map(|child| child.parent.0.to_vec()))
    .bind(session.child.as_ref().map(|child| child.app.as_str()))
    .bind(attribute_lines(&session.attributes))
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn by_token(db: &mut SqliteConnection, token: TokenHash) -> Result<Option<Session>, StoreError> {
    let row = sqlx::query(
        "SELECT sessions.*, members.org, members.connection, members.issuer, members.subject
         FROM sessions JOIN members ON members.id = sessions.member
         WHERE sessions.token = ? AND members.state = 'active'",
    )
    .bind(token.0.as_slice())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(read).transpose()
}

/// The parent session with that id; `None` where it has ended, is a child, or its member was removed.
pub(super) async fn parent_by_id(db: &mut SqliteConnection, id: RowId) -> Result<Option<Session>, StoreError> {
    let row = sqlx::query(
        "SELECT sessions.*, members.org, members.connection, members.issuer, members.subject
         FROM sessions JOIN members ON members.id = sessions.member
         WHERE sessions.id = ? AND sessions.parent IS NULL AND members.state = 'active'",
    )
    .bind(id.0.as_slice())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(read).transpose()
}

/// Parent sessions by id.
pub(super) async fn parents(
    db: &mut SqliteConnection,
    after: Option<RowId>,
    limit: u32,
) -> Result<Vec<Session>, StoreError> {
    let rows = sqlx::query(
        "SELECT sessions.*, members.org, members.connection, members.issuer, members.subject
         FROM sessions JOIN members ON members.id = sessions.member
         WHERE sessions.id > ? AND sessions.parent IS NULL ORDER BY sessions.id LIMIT ?",
    )
    .bind(after.as_ref().map_or(&[][..], |after| &after.0))
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn of_member(
    db: &mut SqliteConnection,
    org: &OrgId,
    member: RowId,
) -> Result<Vec<Session>, StoreError> {
    let rows = sqlx::query(
        "SELECT sessions.*, members.org, members.connection, members.issuer, members.subject
         FROM sessions JOIN members ON members.id = sessions.member
         WHERE members.org = ? AND members.id = ? AND members.state = 'active' ORDER BY sessions.place",
    )
    .bind(org.as_str())
    .bind(member.0.as_slice())
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn count_parents(db: &mut SqliteConnection) -> Result<u64, StoreError> {
    let row = sqlx::query(
        "SELECT count(*) AS sessions FROM sessions JOIN members ON members.id = sessions.member
         WHERE sessions.parent IS NULL AND members.state = 'active'",
    )
    .fetch_one(db)
    .await?;
    Columns(&row).sequence("sessions")
}

fn read(row: &SqliteRow) -> Result<Session, StoreError> {
    let row = Columns(row);
    let child = match (row.optional_id("parent")?, row.optional_slug("app")?) {
        (Some(parent), Some(app)) => Some(ChildOf { parent, app }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(corrupt("parent")),
    };
    Ok(Session {
        token: row.hash("token")?,
        id: row.id("id")?,
        org: row.org("org")?,
        member: row.id("member")?,
        key: row.identity_key()?,
        email: row.email("email")?,
        groups: row.groups("group_names")?,
        attributes: row.attributes("attributes")?,
        is_owner: row.flag("is_owner")?,
        authenticated: row.time("authenticated")?,
        authentication_told: row.flag("authentication_told")?,
        acr: row.optional_text("acr")?,
        session_ends: row.optional_time("session_ends")?,
        name_id: row.name_id()?,
        session_index: row.optional_text("session_index")?,
        created: row.time("created")?,
        last_seen: row.time("last_seen")?,
        child,
    })
}

/// The parent sessions of a member, oldest first.
pub(super) async fn parents_of_member(db: &mut SqliteConnection, member: RowId) -> Result<Vec<RowId>, StoreError> {
    let rows = sqlx::query("SELECT id FROM sessions WHERE member = ? AND parent IS NULL ORDER BY place")
        .bind(member.0.as_slice())
        .fetch_all(db)
        .await?;
    ids(&rows)
}

/// The children of a parent at one app, oldest first.
pub(super) async fn children_at_app(db: &mut SqliteConnection, child: &ChildOf) -> Result<Vec<RowId>, StoreError> {
    let rows = sqlx::query("SELECT id FROM sessions WHERE parent = ? AND app = ? ORDER BY place")
        .bind(child.parent.0.as_slice())
        .bind(child.app.as_str())
        .fetch_all(db)
        .await?;
    ids(&rows)
}

pub(super) async fn touch(db: &mut SqliteConnection, token: TokenHash, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE sessions SET last_seen = ?2
         WHERE last_seen < ?2
           AND (token = ?1 OR id = (SELECT parent FROM sessions WHERE token = ?1))",
    )
    .bind(token.0.as_slice())
    .bind(at.unix())
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn end(db: &mut SqliteConnection, session: RowId, drafts: &[Draft]) -> Result<Vec<RowId>, StoreError> {
    let ended = delete(db, session).await?;
    if !ended.is_empty() {
        audit::append(db, drafts).await?;
    }
    Ok(ended)
}

pub(super) async fn end_of_member(
    db: &mut SqliteConnection,
    org: &OrgId,
    member: RowId,
    drafts: &[Draft],
) -> Result<Vec<RowId>, StoreError> {
    let ended = delete_of_member(db, org, member).await?;
    if !ended.is_empty() {
        audit::append(db, drafts).await?;
    }
    Ok(ended)
}

/// The parent sessions of everybody whom a provider calls by that name, oldest first.
pub(super) async fn parents_named(
    db: &mut SqliteConnection,
    (org, connection): (&OrgId, &Slug),
    issuer: &str,
    name: &str,
) -> Result<Vec<Session>, StoreError> {
    let rows = sqlx::query(
        "SELECT sessions.*, members.org, members.connection, members.issuer, members.subject
         FROM sessions JOIN members ON members.id = sessions.member
         WHERE sessions.name_id = ? AND sessions.parent IS NULL
           AND members.org = ? AND members.connection = ? AND members.issuer = ? ORDER BY sessions.place",
    )
    .bind(name)
    .bind(org.as_str())
    .bind(connection.as_str())
    .bind(issuer)
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

/// Codes go with their sessions. What was seen stays seen.
pub(super) async fn end_everything(db: &mut SqliteConnection, drafts: &[Draft]) -> Result<u64, StoreError> {
    let count = sqlx::query("SELECT count(*) AS sessions FROM sessions").fetch_one(&mut *db).await?;
    let count = Columns(&count).sequence("sessions")?;
    sqlx::query("DELETE FROM sessions").execute(&mut *db).await?;
    for waiting in ["DELETE FROM flows", "DELETE FROM answers", "DELETE FROM logouts", "DELETE FROM test_links"] {
        sqlx::query(waiting).execute(&mut *db).await?;
    }
    audit::append(db, drafts).await?;
    Ok(count)
}

/// Deletes a session and its children and gives their ids, the session's own first.
pub(super) async fn delete(db: &mut SqliteConnection, session: RowId) -> Result<Vec<RowId>, StoreError> {
    let rows = sqlx::query("SELECT id FROM sessions WHERE id = ?1 OR parent = ?1 ORDER BY place")
        .bind(session.0.as_slice())
        .fetch_all(&mut *db)
        .await?;
    sqlx::query("DELETE FROM sessions WHERE id = ?").bind(session.0.as_slice()).execute(db).await?;
    ids(&rows)
}

pub(super) async fn delete_of_member(
    db: &mut SqliteConnection,
    org: &OrgId,
    member: RowId,
) -> Result<Vec<RowId>, StoreError> {
    let rows = sqlx::query(
        "SELECT sessions.id FROM sessions JOIN members ON members.id = sessions.member
         WHERE members.org = ? AND members.id = ? ORDER BY sessions.place",
    )
    .bind(org.as_str())
    .bind(member.0.as_slice())
    .fetch_all(&mut *db)
    .await?;
    if !rows.is_empty() {
        sqlx::query("DELETE FROM sessions WHERE member = ?").bind(member.0.as_slice()).execute(db).await?;
    }
    ids(&rows)
}

fn ids(rows: &[SqliteRow]) -> Result<Vec<RowId>, StoreError> {
    rows.iter().map(|row| Columns(row).id("id")).collect()
}
