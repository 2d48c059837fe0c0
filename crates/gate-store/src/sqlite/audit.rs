//! Audit: chains drafts behind their heads, and reads the chains back.
//!
//! Invariant: a record and the head that it makes are written together; the sequence of a stream has no gap.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use gatewright_audit::chain::{self, Head, Record};
use gatewright_audit::record::{Draft, Event, Stream};
use gatewright_terms::{OrgId, Slug, Timestamp};

use super::columns::{Columns, stored_sequence};
use crate::StoreError;
use crate::rows::{RowId, SupportCase};

pub(super) async fn append(db: &mut SqliteConnection, drafts: &[Draft]) -> Result<(), StoreError> {
    for draft in drafts {
        append_one(db, draft).await?;
    }
    Ok(())
}

/// Gives the place that the draft got.
async fn append_one(db: &mut SqliteConnection, draft: &Draft) -> Result<u64, StoreError> {
    let head = head(db, &draft.stream).await?;
    let (record, head) = chain::link(&head, draft);
    let (stream, sequence) = (record.stream.to_string(), stored_sequence(record.sequence)?);
    sqlx::query(
        "INSERT INTO audit_records (stream, sequence, previous, chained, hash, ciphertext) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(&stream)
    .bind(sequence)
    .bind(record.previous.as_slice())
    .bind(&record.chained)
    .bind(record.hash.as_slice())
    .bind(&record.ciphertext)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "INSERT INTO audit_heads (stream, sequence, hash) VALUES (?1, ?2, ?3)
         ON CONFLICT (stream) DO UPDATE SET sequence = ?2, hash = ?3",
    )
    .bind(&stream)
    .bind(stored_sequence(head.sequence)?)
    .bind(head.hash.as_slice())
    .execute(db)
    .await?;
    Ok(record.sequence)
}

async fn head(db: &mut SqliteConnection, stream: &Stream) -> Result<Head, StoreError> {
    let row = sqlx::query("SELECT sequence, hash FROM audit_heads WHERE stream = ?")
        .bind(stream.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map_or(Ok(Head::EMPTY), read_head)
}

fn read_head(row: &SqliteRow) -> Result<Head, StoreError> {
    Ok(Head { sequence: Columns(row).sequence("sequence")?, hash: Columns(row).array("hash")? })
}

/// Appends drafts with the field `member` set to the member who is stored.
pub(super) async fn append_of_member(
    db: &mut SqliteConnection,
    drafts: Vec<Draft>,
    member: RowId,
) -> Result<(), StoreError> {
    let name = word("member")?;
    for mut draft in drafts {
        draft.fields.retain(|(field, _)| *field != name);
        draft.fields.push((name.clone(), member.to_string()));
        draft.fields.sort();
        append_one(db, &draft).await?;
    }
    Ok(())
}

/// Audits sessions of one member that newer ones took the place of: the store alone knows which. `cause` is `concurrent`
/// or `replaced`.
pub(super) async fn append_ended(
    db: &mut SqliteConnection,
    (org, member): (&OrgId, RowId),
    ended: &[RowId],
    (cause, at): (&str, Timestamp),
) -> Result<(), StoreError> {
    for session in ended {
        let fields = vec![
            (word("cause")?, cause.to_owned()),
            (word("member")?, member.to_string()),
            (word("session")?, session.to_string()),
        ];
        let stream = Stream::Org(org.clone());
        append_one(db, &Draft { stream, at, event: Event::SessionEnded, fields, personal: None }).await?;
    }
    Ok(())
}

fn word(text: &str) -> Result<Slug, StoreError> {
    Slug::parse(text).map_err(|_| StoreError::Corrupt(format!("`{text}` is no name of a field")))
}

pub(super) async fn append_with_case(
    db: &mut SqliteConnection,
    drafts: &[Draft],
    support_code: Option<&str>,
    keys: &[(RowId, Vec<u8>)],
) -> Result<(), StoreError> {
    for (key, wrapped) in keys {
        put_key(db, *key, wrapped, None).await?;
    }
    let refusal = drafts.iter().position(|draft| draft.event.reason().is_some()).unwrap_or(0);
    for (index, draft) in drafts.iter().enumerate() {
        let sequence = append_one(db, draft).await?;
        if let (true, Some(code)) = (index == refusal, support_code) {
            sqlx::query("INSERT INTO support_cases (code, stream, sequence) VALUES (?, ?, ?)")
                .bind(code)
                .bind(draft.stream.to_string())
                .bind(stored_sequence(sequence)?)
                .execute(&mut *db)
                .await?;
        }
    }
    Ok(())
}

pub(super) async fn records(
    db: &mut SqliteConnection,
    stream: &Stream,
    from: u64,
    limit: u32,
) -> Result<Vec<Record>, StoreError> {
    let rows = sqlx::query("SELECT * FROM audit_records WHERE stream = ? AND sequence >= ? ORDER BY sequence LIMIT ?")
        .bind(stream.to_string())
        .bind(stored_sequence(from)?)
        .bind(limit)
        .fetch_all(db)
        .await?;
    rows.iter().map(read_record).collect()
}

/// As it is stored, damage included: finding that is the verifier's part.
fn read_record(row: &SqliteRow) -> Result<Record, StoreError> {
    let row = Columns(row);
    Ok(Record {
        stream: row.stream("stream")?,
        sequence: row.sequence("sequence")?,
        previous: row.array("previous")?,
        chained: row.bytes("chained")?,
        hash: row.array("hash")?,
        ciphertext: row.optional_bytes("ciphertext")?,
    })
}

pub(super) async fn heads(db: &mut SqliteConnection) -> Result<Vec<(Stream, Head)>, StoreError> {
    let rows = sqlx::query("SELECT * FROM audit_heads").fetch_all(db).await?;
    let read = |row| Ok((Columns(row).stream("stream")?, read_head(row)?));
    let mut heads = rows.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
    heads.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(heads)
}

pub(super) async fn support_case(db: &mut SqliteConnection, code: &str) -> Result<Option<SupportCase>, StoreError> {
    let row = sqlx::query("SELECT * FROM support_cases WHERE code = ?").bind(code).fetch_optional(db).await?;
    row.map(|row| {
        let row = Columns(&row);
        Ok(SupportCase { code: row.text("code")?, stream: row.stream("stream")?, sequence: row.sequence("sequence")? })
    })
    .transpose()
}

/// A key is written once; the second time changes nothing.
pub(super) async fn put_key(
    db: &mut SqliteConnection,
    key: RowId,
    wrapped: &[u8],
    member: Option<RowId>,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO person_keys (id, wrapped, member) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING")
        .bind(key.0.as_slice())
        .bind(wrapped)
        .bind(member.map(|member| member.0.to_vec()))
        .execute(db)
        .await?;
    Ok(())
}

pub(super) async fn person_key(db: &mut SqliteConnection, key: RowId) -> Result<Option<Vec<u8>>, StoreError> {
    let row =
        sqlx::query("SELECT wrapped FROM person_keys WHERE id = ?").bind(key.0.as_slice()).fetch_optional(db).await?;
    row.map(|row| Columns(&row).bytes("wrapped")).transpose()
}

/// Drops every key of the person that the key belongs to.
pub(super) async fn forget_person(db: &mut SqliteConnection, key: RowId, drafts: &[Draft]) -> Result<(), StoreError> {
    let dropped = sqlx::query(
        "DELETE FROM person_keys
         WHERE id = ?1 OR member = (SELECT member FROM person_keys WHERE id = ?1)",
    )
    .bind(key.0.as_slice())
    .execute(&mut *db)
    .await?;
    if dropped.rows_affected() > 0 {
        append(db, drafts).await?;
    }
    Ok(())
}
