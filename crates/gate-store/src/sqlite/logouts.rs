//! Logouts: sessions that a provider ends by the name that it calls a person, and our own requests to a provider.

use sqlx::sqlite::SqliteConnection;

use gatewright_terms::{OrgId, Slug, Timestamp};

use super::columns::Columns;
use super::flows::FORGOTTEN_AT_ONCE_MAX;
use super::seen::{self, Remembered};
use super::{answers, audit, sessions};
use crate::StoreError;
use crate::rows::{EndNamed, EndNamedDone, NameId, PendingLogout, Session, TokenHash};

/// What SAML Core 2.0 §8.3.1 calls the format that says nothing.
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

pub(super) async fn end_named(db: &mut SqliteConnection, logout: EndNamed) -> Result<EndNamedDone, StoreError> {
    match seen::is_known(db, &logout.seen, logout.at).await? {
        Remembered::Yes => return Ok(EndNamedDone::Replayed),
        Remembered::NoRoom => return Ok(EndNamedDone::Full),
        Remembered::No => {}
    }
    seen::remember(db, &logout.seen).await?;
    let place = (&logout.seen.org, &logout.seen.connection);
    let named = sessions::parents_named(db, place, &logout.issuer, &logout.name_id.value).await?;
    let mut ended = Vec::new();
    for session in named.iter().filter(|session| is_meant(session, &logout)) {
        let ids = sessions::delete(db, session.id).await?;
        audit::append_ended(db, (&session.org, session.member), &ids, ("provider", logout.at)).await?;
        ended.extend(ids);
    }
    answers::delete_named(db, place, &logout.issuer, &logout.name_id.value).await?;
    if !ended.is_empty() {
        audit::append(db, &logout.audit).await?;
    }
    Ok(EndNamedDone::Ended(ended))
}

fn is_meant(session: &Session, logout: &EndNamed) -> bool {
    let same_name = session.name_id.as_ref().is_some_and(|name| is_same(name, &logout.name_id));
    let indexes = &logout.session_indexes;
    // An assertion may leave the index out; whoever has the name is then meant by every index.
    same_name && (indexes.is_empty() || session.session_index.as_ref().is_none_or(|index| indexes.contains(index)))
}

/// The value byte for byte. Format and qualifiers count where both say one: providers leave out here what they wrote there.
fn is_same(one: &NameId, other: &NameId) -> bool {
    let agree = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => one == other || one == UNSPECIFIED || other == UNSPECIFIED,
        (None, _) | (_, None) => true,
    };
    one.value == other.value
        && agree(&one.format, &other.format)
        && agree(&one.name_qualifier, &other.name_qualifier)
        && agree(&one.sp_name_qualifier, &other.sp_name_qualifier)
}

pub(super) async fn put(db: &mut SqliteConnection, logout: PendingLogout, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM logouts WHERE relay IN (SELECT relay FROM logouts WHERE expires <= ? LIMIT ?)")
        .bind(now.unix())
        .bind(FORGOTTEN_AT_ONCE_MAX)
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO logouts (relay, request_id, org, connection, expires) VALUES (?, ?, ?, ?, ?)")
        .bind(logout.relay.0.as_slice())
        .bind(&logout.request_id)
        .bind(logout.org.as_str())
        .bind(logout.connection.as_str())
        .bind(logout.expires.unix())
        .execute(db)
        .await?;
    Ok(())
}

/// The id of the request of that connection that was under way. It is over now.
pub(super) async fn take(
    db: &mut SqliteConnection,
    relay: TokenHash,
    (org, connection): (&OrgId, &Slug),
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "DELETE FROM logouts WHERE relay = ? AND org = ? AND connection = ? AND expires > ? RETURNING request_id",
    )
    .bind(relay.0.as_slice())
    .bind(org.as_str())
    .bind(connection.as_str())
    .bind(now.unix())
    .fetch_optional(db)
    .await?;
    row.map(|row| Columns(&row).text("request_id")).transpose()
}
