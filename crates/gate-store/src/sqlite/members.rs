//! Members: people by identity key, and the mailboxes of owners that are bound to them.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use gatewright_audit::record::Draft;
use gatewright_terms::{IdentityKey, OrgId};

use super::columns::{Columns, attribute_lines, corrupt, group_lines};
use super::{audit, sessions};
use crate::StoreError;
use crate::rows::{Member, MemberState, RowId, SignIn, Told};

pub(super) async fn by_key(
    db: &mut SqliteConnection,
    org: &OrgId,
    key: &IdentityKey,
) -> Result<Option<Member>, StoreError> {
    let row = sqlx::query(
        "SELECT *, (SELECT min(mailbox) FROM owners WHERE member = members.id) AS owner_of
         FROM members WHERE org = ? AND connection = ? AND issuer = ? AND subject = ?",
    )
    .bind(org.as_str())
    .bind(key.connection.as_str())
    .bind(&*key.issuer)
    .bind(&*key.subject)
    .fetch_optional(db)
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn page(
    db: &mut SqliteConnection,
    org: &OrgId,
    after: Option<RowId>,
    limit: u32,
) -> Result<Vec<Member>, StoreError> {
    let rows = sqlx::query(
        "SELECT *, (SELECT min(mailbox) FROM owners WHERE member = members.id) AS owner_of
         FROM members WHERE org = ? AND id > ? ORDER BY id LIMIT ?",
    )
    .bind(org.as_str())
    .bind(after.as_ref().map_or(&[][..], |after| &after.0))
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

/// Those of the organisation that there are, in the order of the ids.
pub(super) async fn of_ids(db: &mut SqliteConnection, org: &OrgId, ids: &[RowId]) -> Result<Vec<Member>, StoreError> {
    let mut members = Vec::with_capacity(ids.len());
    for id in ids {
        let row = sqlx::query(
            "SELECT *, (SELECT min(mailbox) FROM owners WHERE member = members.id) AS owner_of
             FROM members WHERE org = ? AND id = ?",
        )
        .bind(org.as_str())
        .bind(id.0.as_slice())
        .fetch_optional(&mut *db)
        .await?;
        members.extend(row.as_ref().map(read).transpose()?);
    }
    Ok(members)
}

/// Members with that address, whatever the case of its letters, by id.
pub(super) async fn of_mailbox(
    db: &mut SqliteConnection,
    org: &OrgId,
    mailbox: &str,
    limit: u32,
) -> Result<Vec<Member>, StoreError> {
    let rows = sqlx::query(
        "SELECT *, (SELECT min(mailbox) FROM owners WHERE member = members.id) AS owner_of
         FROM members WHERE org = ? AND lower(email) = ? ORDER BY id LIMIT ?",
    )
    .bind(org.as_str())
    .bind(mailbox)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<Member, StoreError> {
    let row = Columns(row);
    Ok(Member {
        id: row.id("id")?,
        org: row.org("org")?,
        key: row.identity_key()?,
        email: row.email("email")?,
        state: match row.text("state")?.as_str() {
            "active" => MemberState::Active,
            "removed" => MemberState::Removed,
            _ => return Err(corrupt("state")),
        },
        owner_of: row.optional_text("owner_of")?,
        person_key: row.id("person_key")?,
        joined: row.time("joined")?,
        last_sign_in: row.time("last_sign_in")?,
        told: if row.flag("told")? { Some(told(&row)?) } else { None },
    })
}

fn told(row: &Columns<'_>) -> Result<Told, StoreError> {
    Ok(Told { groups: row.groups("group_names")?, attributes: row.attributes("attributes")? })
}

/// Writes the member of an admitted sign-in who is new.
pub(super) async fn join(db: &mut SqliteConnection, sign_in: &SignIn) -> Result<RowId, StoreError> {
    let session = &sign_in.session;
    sqlx::query(
        "INSERT INTO members (id, org, connection, issuer, subject, email, state, person_key, joined, last_sign_in)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'active', ?7, ?8, ?8)",
    )
    .bind(sign_in.new_member.0.as_slice())
    .bind(session.org.as_str())
    .bind(session.key.connection.as_str())
    .bind(&*session.key.issuer)
    .bind(&*session.key.subject)
    .bind(session.email.to_string())
    .bind(sign_in.new_person_key.0.0.as_slice())
    .bind(session.created.unix())
    .execute(db)
    .await?;
    Ok(sign_in.new_member)
}

/// Writes what a sign-in of a known member changes.
pub(super) async fn refresh(db: &mut SqliteConnection, member: RowId, sign_in: &SignIn) -> Result<(), StoreError> {
    let session = &sign_in.session;
    sqlx::query(
        "UPDATE members SET email = ?, last_sign_in = max(last_sign_in, ?), told = 1, group_names = ?, attributes = ?
         WHERE id = ?",
    )
    .bind(session.email.to_string())
    .bind(session.created.unix())
    .bind(group_lines(&session.groups))
    .bind(attribute_lines(&session.attributes))
    .bind(member.0.as_slice())
    .execute(db)
    .await?;
    Ok(())
}

/// Gives the member another key where theirs was dropped.
pub(super) async fn replace_dropped_key(
    db: &mut SqliteConnection,
    member: RowId,
    key: RowId,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE members SET person_key = ?2
         WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM person_keys WHERE person_keys.id = members.person_key)",
    )
    .bind(member.0.as_slice())
    .bind(key.0.as_slice())
    .execute(db)
    .await?;
    Ok(())
}

/// Gives the member that the owner's mailbox is bound to, with their identity key.
pub(super) async fn owner(
    db: &mut SqliteConnection,
    org: &OrgId,
    mailbox: &str,
) -> Result<Option<(RowId, IdentityKey)>, StoreError> {
    let row = sqlx::query(
        "SELECT members.* FROM owners JOIN members ON members.id = owners.member
         WHERE owners.org = ? AND owners.mailbox = ?",
    )
    .bind(org.as_str())
    .bind(mailbox)
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((Columns(&row).id("id")?, Columns(&row).identity_key()?))).transpose()
}

pub(super) async fn bind_owner(
    db: &mut SqliteConnection,
    org: &OrgId,
    mailbox: &str,
    member: RowId,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO owners (org, mailbox, member) VALUES (?, ?, ?)")
        .bind(org.as_str())
        .bind(mailbox)
        .bind(member.0.as_slice())
        .execute(db)
        .await?;
    Ok(())
}

pub(super) async fn remove(
    db: &mut SqliteConnection,
    org: &OrgId,
    member: RowId,
    drafts: &[Draft],
) -> Result<Vec<RowId>, StoreError> {
    let removed = sqlx::query(
        "UPDATE members SET state = 'removed', told = 0, group_names = NULL, attributes = ''
         WHERE org = ? AND id = ? AND state = 'active'",
    )
    .bind(org.as_str())
    .bind(member.0.as_slice())
    .execute(&mut *db)
    .await?;
    let ended = sessions::delete_of_member(db, org, member).await?;
    if removed.rows_affected() > 0 || !ended.is_empty() {
        audit::append(db, drafts).await?;
    }
    Ok(ended)
}
