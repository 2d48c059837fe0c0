//! Operators: the tokens of the admin listener, and the bundles that were accepted.

use sqlx::sqlite::SqliteConnection;

use gatewright_audit::record::Draft;
use gatewright_terms::Slug;

use super::audit;
use super::columns::{Columns, stored_sequence};
use crate::StoreError;
use crate::rows::{Accepted, AdminToken, TokenHash};

pub(super) async fn add_token(
    db: &mut SqliteConnection,
    token: AdminToken,
    drafts: &[Draft],
) -> Result<bool, StoreError> {
    let scopes: Vec<&str> = token.scopes.iter().map(Slug::as_str).collect();
    let added = sqlx::query(
        "INSERT INTO admin_tokens (name, hash, scopes, made) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
    )
    .bind(token.name.as_str())
    .bind(token.hash.0.as_slice())
    .bind(scopes.join(" "))
    .bind(token.made.unix())
    .execute(&mut *db)
    .await?;
    let is_new = added.rows_affected() > 0;
    if is_new {
        audit::append(db, drafts).await?;
    }
    Ok(is_new)
}

pub(super) async fn token(db: &mut SqliteConnection, hash: TokenHash) -> Result<Option<AdminToken>, StoreError> {
    let row =
        sqlx::query("SELECT * FROM admin_tokens WHERE hash = ?").bind(hash.0.as_slice()).fetch_optional(db).await?;
    row.map(|row| {
        let row = Columns(&row);
        Ok(AdminToken {
            name: row.slug("name")?,
            hash: row.hash("hash")?,
            scopes: row.slugs("scopes")?,
            made: row.time("made")?,
        })
    })
    .transpose()
}

pub(super) async fn accepted(db: &mut SqliteConnection, environment: &Slug) -> Result<Option<Accepted>, StoreError> {
    let row = sqlx::query("SELECT * FROM accepted_bundles WHERE environment = ?")
        .bind(environment.as_str())
        .fetch_optional(db)
        .await?;
    row.map(|row| {
        let row = Columns(&row);
        Ok(Accepted { sequence: row.sequence("sequence")?, digest: row.array("digest")? })
    })
    .transpose()
}

/// The same bundle again is accepted again: a node that starts anew says so in the audit trail.
pub(super) async fn accept(
    db: &mut SqliteConnection,
    environment: &Slug,
    offered: Accepted,
    drafts: &[Draft],
) -> Result<bool, StoreError> {
    let highest = accepted(db, environment).await?;
    if highest.is_some_and(|highest| offered != highest && offered.sequence <= highest.sequence) {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO accepted_bundles (environment, sequence, digest) VALUES (?1, ?2, ?3)
         ON CONFLICT (environment) DO UPDATE SET sequence = ?2, digest = ?3",
    )
    .bind(environment.as_str())
    .bind(stored_sequence(offered.sequence)?)
    .bind(offered.digest.as_slice())
    .execute(&mut *db)
    .await?;
    audit::append(db, drafts).await?;
    Ok(true)
}
