//! Flows: sign-ins under way.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use gatewright_terms::{Slug, Timestamp};

use super::columns::Columns;
use crate::StoreError;
use crate::rows::{BeginFlow, Flow, FlowLimits, TakeFlow, TokenHash};

/// Expired rows that one call forgets: more than it adds, so that they never pile up, and few enough to stay quick.
pub(super) const FORGOTTEN_AT_ONCE_MAX: u32 = 100;

pub(super) async fn begin(db: &mut SqliteConnection, flow: Flow, limits: FlowLimits) -> Result<BeginFlow, StoreError> {
    forget_expired(db, flow.began).await?;
    if is_full(db, &flow, limits).await? {
        return Ok(BeginFlow::TooMany);
    }
    sqlx::query(
        "INSERT INTO flows (state, browser, org, connection, issuer, redirect_uri, nonce, pkce_verifier, app, return_to,
                            address, began, expires)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(flow.state.0.as_slice())
    .bind(flow.browser.0.as_slice())
    .bind(flow.org.as_str())
    .bind(flow.connection.as_str())
    .bind(&flow.issuer)
    .bind(&flow.redirect_uri)
    .bind(&flow.nonce)
    .bind(&flow.pkce_verifier)
    .bind(flow.app.as_ref().map(Slug::as_str))
    .bind(&flow.return_to)
    .bind(flow.address.to_string())
    .bind(flow.began.unix())
    .bind(flow.expires.unix())
    .execute(db)
    .await?;
    Ok(BeginFlow::Begun)
}

/// Counts what is live, whatever expired rows are still there.
async fn is_full(db: &mut SqliteConnection, flow: &Flow, limits: FlowLimits) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM flows WHERE org = ?1 AND expires > ?3),
                (SELECT count(*) FROM flows WHERE address = ?2 AND expires > ?3)",
    )
    .bind(flow.org.as_str())
    .bind(flow.address.to_string())
    .bind(flow.began.unix())
    .fetch_one(db)
    .await?;
    let (of_org, of_address): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    Ok(of_org >= i64::from(limits.per_org_max) || of_address >= i64::from(limits.per_address_max))
}

async fn forget_expired(db: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM flows WHERE state IN (SELECT state FROM flows WHERE expires <= ? LIMIT ?)")
        .bind(now.unix())
        .bind(FORGOTTEN_AT_ONCE_MAX)
        .execute(db)
        .await?;
    Ok(())
}

pub(super) async fn take(
    db: &mut SqliteConnection,
    state: TokenHash,
    browser: Option<TokenHash>,
    now: Timestamp,
) -> Result<TakeFlow, StoreError> {
    let row = sqlx::query("SELECT * FROM flows WHERE state = ? AND expires > ?")
        .bind(state.0.as_slice())
        .bind(now.unix())
        .fetch_optional(&mut *db)
        .await?;
    let Some(row) = row else { return Ok(TakeFlow::Unknown) };
    let flow = read(&row)?;
    if browser != Some(flow.browser) {
        return Ok(TakeFlow::OtherBrowser { org: flow.org, connection: flow.connection });
    }
    sqlx::query("DELETE FROM flows WHERE state = ?").bind(state.0.as_slice()).execute(db).await?;
    Ok(TakeFlow::Taken(Box::new(flow)))
}

fn read(row: &SqliteRow) -> Result<Flow, StoreError> {
    let row = Columns(row);
    Ok(Flow {
        state: row.hash("state")?,
        browser: row.hash("browser")?,
        org: row.org("org")?,
        connection: row.slug("connection")?,
        issuer: row.text("issuer")?,
        redirect_uri: row.text("redirect_uri")?,
        nonce: row.text("nonce")?,
        pkce_verifier: row.text("pkce_verifier")?,
        app: row.optional_slug("app")?,
        return_to: row.optional_text("return_to")?,
        address: row.address("address")?,
        began: row.time("began")?,
        expires: row.time("expires")?,
    })
}
