//! Flows: sign-ins under way.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use gatewright_terms::{Slug, Timestamp};

use super::columns::{Columns, corrupt};
use crate::StoreError;
use crate::rows::{Asked, BeginFlow, Demand, Errand, Flow, FlowLimits, Purpose, TakeFlow, TokenHash};

/// Expired rows that one call forgets: more than it adds, so that they never pile up, and few enough to stay quick.
pub(super) const FORGOTTEN_AT_ONCE_MAX: u32 = 100;

pub(super) async fn begin(db: &mut SqliteConnection, flow: Flow, limits: FlowLimits) -> Result<BeginFlow, StoreError> {
    forget_expired(db, flow.began).await?;
    if is_full(db, &flow, limits).await? {
        return Ok(BeginFlow::TooMany);
    }
    insert(db, &flow).await?;
    Ok(BeginFlow::Begun)
}

async fn insert(db: &mut SqliteConnection, flow: &Flow) -> Result<(), StoreError> {
    let errand = &flow.errand;
    let (nonce, pkce_verifier, request_id) = match &flow.asked {
        Asked::Oidc { nonce, pkce_verifier } => (Some(nonce), Some(pkce_verifier), None),
        Asked::Saml { request_id } => (None, None, Some(request_id)),
    };
    sqlx::query(
        "INSERT INTO flows (state, browser, org, connection, issuer, redirect_uri, purpose, nonce, pkce_verifier,
                            request_id, demand_within, demand_acr, app, return_to, address, began, expires)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(flow.state.0.as_slice())
    .bind(errand.browser.0.as_slice())
    .bind(errand.org.as_str())
    .bind(errand.connection.as_str())
    .bind(&errand.issuer)
    .bind(&errand.redirect_uri)
    .bind(purpose_word(errand.purpose))
    .bind(nonce)
    .bind(pkce_verifier)
    .bind(request_id)
    .bind(errand.demand.as_ref().map(|demand| demand.within.0))
    .bind(errand.demand.as_ref().and_then(|demand| demand.acr.as_ref()))
    .bind(errand.app.as_ref().map(Slug::as_str))
    .bind(&errand.return_to)
    .bind(flow.address.to_string())
    .bind(flow.began.unix())
    .bind(flow.expires.unix())
    .execute(db)
    .await?;
    Ok(())
}

/// Counts what is live, whatever expired rows are still there.
async fn is_full(db: &mut SqliteConnection, flow: &Flow, limits: FlowLimits) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM flows WHERE org = ?1 AND expires > ?3),
                (SELECT count(*) FROM flows WHERE address = ?2 AND expires > ?3)",
    )
    .bind(flow.errand.org.as_str())
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
    let Some(flow) = live(db, state, now).await? else { return Ok(TakeFlow::Unknown) };
    let Errand { org, connection, .. } = &flow.errand;
    if browser != Some(flow.errand.browser) {
        return Ok(TakeFlow::OtherBrowser { org: org.clone(), connection: connection.clone() });
    }
    delete(db, state).await?;
    Ok(TakeFlow::Taken(Box::new(flow)))
}

/// The flow of that state, if it is still under way.
pub(super) async fn live(
    db: &mut SqliteConnection,
    state: TokenHash,
    now: Timestamp,
) -> Result<Option<Flow>, StoreError> {
    let row = sqlx::query("SELECT * FROM flows WHERE state = ? AND expires > ?")
        .bind(state.0.as_slice())
        .bind(now.unix())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn delete(db: &mut SqliteConnection, state: TokenHash) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM flows WHERE state = ?").bind(state.0.as_slice()).execute(db).await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<Flow, StoreError> {
    let errand = read_errand(row)?;
    let row = Columns(row);
    let asked =
        match (row.optional_text("nonce")?, row.optional_text("pkce_verifier")?, row.optional_text("request_id")?) {
            (Some(nonce), Some(pkce_verifier), None) => Asked::Oidc { nonce, pkce_verifier },
            (None, None, Some(request_id)) => Asked::Saml { request_id },
            (Some(_) | None, _, _) => return Err(corrupt("request_id")),
        };
    Ok(Flow {
        state: row.hash("state")?,
        errand,
        asked,
        address: row.address("address")?,
        began: row.time("began")?,
        expires: row.time("expires")?,
    })
}

/// From the columns that flows and answers share.
pub(super) fn read_errand(row: &SqliteRow) -> Result<Errand, StoreError> {
    let row = Columns(row);
    let demand = match (row.optional_seconds("demand_within")?, row.optional_text("demand_acr")?) {
        (Some(within), acr) => Some(Demand { within, acr }),
        (None, None) => None,
        (None, Some(_)) => return Err(corrupt("demand_acr")),
    };
    Ok(Errand {
        browser: row.hash("browser")?,
        org: row.org("org")?,
        connection: row.slug("connection")?,
        issuer: row.text("issuer")?,
        redirect_uri: row.text("redirect_uri")?,
        purpose: match row.text("purpose")?.as_str() {
            "sign-in" => Purpose::SignIn,
            "test" => Purpose::Test,
            _ => return Err(corrupt("purpose")),
        },
        demand,
        app: row.optional_slug("app")?,
        return_to: row.optional_text("return_to")?,
    })
}

pub(super) const fn purpose_word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::SignIn => "sign-in",
        Purpose::Test => "test",
    }
}
