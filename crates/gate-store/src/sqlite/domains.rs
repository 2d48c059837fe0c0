//! Domain proofs: an operator's statements that an organisation owns a domain. The latest one stands.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use gatewright_audit::record::Draft;
use gatewright_terms::{DomainName, OrgId};

use super::audit;
use super::columns::{Columns, corrupt};
use crate::StoreError;
use crate::rows::{DomainProof, ProofMethod};

pub(super) async fn prove(db: &mut SqliteConnection, proof: DomainProof, drafts: &[Draft]) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO domain_proofs (org, domain, method, operator, reason, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (org, domain) DO UPDATE SET method = ?3, operator = ?4, reason = ?5, at = ?6",
    )
    .bind(proof.org.as_str())
    .bind(proof.domain.as_str())
    .bind(match proof.method {
        ProofMethod::Manual => "manual",
    })
    .bind(&proof.operator)
    .bind(&proof.reason)
    .bind(proof.at.unix())
    .execute(&mut *db)
    .await?;
    audit::append(db, drafts).await
}

pub(super) async fn one(
    db: &mut SqliteConnection,
    org: &OrgId,
    domain: &DomainName,
) -> Result<Option<DomainProof>, StoreError> {
    let row = sqlx::query("SELECT * FROM domain_proofs WHERE org = ? AND domain = ?")
        .bind(org.as_str())
        .bind(domain.as_str())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}

/// Sorted by domain.
pub(super) async fn all(db: &mut SqliteConnection, org: &OrgId) -> Result<Vec<DomainProof>, StoreError> {
    let rows = sqlx::query("SELECT * FROM domain_proofs WHERE org = ? ORDER BY domain")
        .bind(org.as_str())
        .fetch_all(db)
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<DomainProof, StoreError> {
    let row = Columns(row);
    Ok(DomainProof {
        org: row.org("org")?,
        domain: row.domain("domain")?,
        method: match row.text("method")?.as_str() {
            "manual" => ProofMethod::Manual,
            _ => return Err(corrupt("method")),
        },
        operator: row.text("operator")?,
        reason: row.text("reason")?,
        at: row.time("at")?,
    })
}
