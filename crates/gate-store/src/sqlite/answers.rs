//! Answers: what a provider proved, until the browser that began comes for it.
//!
//! Invariant: the message counts as seen, the flow is used up and the answer is kept in one transaction, or nothing is.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use gatewright_terms::{AttributeValue, OrgId, Slug, Timestamp};

use super::columns::{Columns, attribute_lines, corrupt, group_lines};
use super::flows::{self, FORGOTTEN_AT_ONCE_MAX, purpose_word, read_errand};
use super::seen::{self, Remembered};
use crate::StoreError;
use crate::rows::{Answer, AnswerDone, AnswerFlow, Errand, Outcome, Proved, TakeAnswer, TakenAnswer, TokenHash};

pub(super) async fn keep(
    db: &mut SqliteConnection,
    answered: AnswerFlow,
    now: Timestamp,
) -> Result<AnswerDone, StoreError> {
    forget_expired(db, now).await?;
    let is_known = match &answered.seen {
        Some(message) => seen::is_known(db, message, now).await?,
        None => Remembered::No,
    };
    match is_known {
        Remembered::Yes => return Ok(AnswerDone::Replayed),
        Remembered::NoRoom => return Ok(AnswerDone::Full),
        Remembered::No => {}
    }
    if let Some(state) = answered.state {
        if flows::live(db, state, now).await?.is_none() {
            return Ok(AnswerDone::FlowGone);
        }
        flows::delete(db, state).await?;
    }
    if let Some(message) = &answered.seen {
        seen::remember(db, message).await?;
    }
    insert(db, &answered.answer).await?;
    Ok(AnswerDone::Kept)
}

/// Those of a person whom the provider signs out: what waits for its browser becomes no session after that.
pub(super) async fn delete_named(
    db: &mut SqliteConnection,
    (org, connection): (&OrgId, &Slug),
    issuer: &str,
    name_id: &str,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM answers WHERE org = ? AND connection = ? AND issuer = ? AND name_id = ?")
        .bind(org.as_str())
        .bind(connection.as_str())
        .bind(issuer)
        .bind(name_id)
        .execute(db)
        .await?;
    Ok(())
}

async fn insert(db: &mut SqliteConnection, answer: &Answer) -> Result<(), StoreError> {
    let (proved, refusal) = match &answer.outcome {
        Outcome::Proved(proved) => (Some(&**proved), None),
        Outcome::Refused(refusal) => (None, Some(refusal.slug())),
    };
    let name_id = proved.and_then(|proved| proved.name_id.as_ref());
    let errand = &answer.errand;
    sqlx::query(
        "INSERT INTO answers (handle, browser, org, connection, issuer, redirect_uri, purpose, unsolicited, settings,
                              demand_within, demand_acr, app, return_to, story, expires, refusal, subject, email,
                              given_name, family_name, group_names, authenticated, authentication_told, acr,
                              session_ends, name_id, name_id_format, name_qualifier, sp_name_qualifier, session_index, attributes)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(answer.handle.0.as_slice())
    .bind(errand.browser.0.as_slice())
    .bind(errand.org.as_str())
    .bind(errand.connection.as_str())
    .bind(&errand.issuer)
    .bind(&errand.redirect_uri)
    .bind(purpose_word(errand.purpose))
    .bind(answer.unsolicited)
    .bind(answer.settings.as_slice())
    .bind(errand.demand.as_ref().map(|demand| demand.within.0))
    .bind(errand.demand.as_ref().and_then(|demand| demand.acr.as_ref()))
    .bind(errand.app.as_ref().map(Slug::as_str))
    .bind(&errand.return_to)
    .bind(story_lines(&answer.story))
    .bind(answer.expires.unix())
    .bind(refusal)
    .bind(proved.map(|proved| &proved.subject))
    .bind(proved.map(|proved| proved.email.to_string()))
    .bind(proved.and_then(|proved| proved.given_name.as_ref()).map(AttributeValue::as_str))
    .bind(proved.and_then(|proved| proved.family_name.as_ref()).map(AttributeValue::as_str))
    .bind(proved.and_then(|proved| group_lines(&proved.groups)))
    .bind(proved.map(|proved| proved.authenticated.unix()))
    .bind(proved.map(|proved| proved.authentication_told))
    .bind(proved.and_then(|proved| proved.acr.as_ref()))
    .bind(proved.and_then(|proved| proved.session_ends).map(Timestamp::unix))
    .bind(name_id.map(|name| &name.value))
    .bind(name_id.and_then(|name| name.format.as_ref()))
    .bind(name_id.and_then(|name| name.name_qualifier.as_ref()))
    .bind(name_id.and_then(|name| name.sp_name_qualifier.as_ref()))
    .bind(proved.and_then(|proved| proved.session_index.as_ref()))
    .bind(proved.map(|proved| attribute_lines(&proved.attributes)).unwrap_or_default())
    .execute(db)
    .await?;
    Ok(())
}

/// A line break in a step would make two of it.
fn story_lines(story: &[String]) -> String {
    story.iter().fold(String::new(), |text, step| text + &step.replace('\n', " ") + "\n")
}

pub(super) async fn take(
    db: &mut SqliteConnection,
    handle: TokenHash,
    browser: Option<TokenHash>,
    now: Timestamp,
) -> Result<TakeAnswer, StoreError> {
    let row = sqlx::query("SELECT * FROM answers WHERE handle = ? AND expires > ?")
        .bind(handle.0.as_slice())
        .bind(now.unix())
        .fetch_optional(&mut *db)
        .await?;
    let Some(row) = row else { return Ok(TakeAnswer::Unknown) };
    let answer = read(&row)?;
    let Errand { org, connection, .. } = &answer.errand;
    if browser != Some(answer.errand.browser) {
        return Ok(TakeAnswer::OtherBrowser { org: org.clone(), connection: connection.clone() });
    }
    sqlx::query("DELETE FROM answers WHERE handle = ?").bind(handle.0.as_slice()).execute(db).await?;
    Ok(TakeAnswer::Taken(Box::new(TakenAnswer::new(answer))))
}

fn read(row: &SqliteRow) -> Result<Answer, StoreError> {
    let errand = read_errand(row)?;
    let outcome = read_outcome(&Columns(row))?;
    let row = Columns(row);
    Ok(Answer {
        handle: row.hash("handle")?,
        errand,
        unsolicited: row.flag("unsolicited")?,
        settings: row.array("settings")?,
        outcome,
        story: row.text("story")?.split_terminator('\n').map(str::to_owned).collect(),
        expires: row.time("expires")?,
    })
}

fn read_outcome(row: &Columns<'_>) -> Result<Outcome, StoreError> {
    if let Some(refusal) = row.optional_refusal("refusal")? {
        return Ok(Outcome::Refused(refusal));
    }
    let missing = |column: &'static str| move || corrupt(column);
    Ok(Outcome::Proved(Box::new(Proved {
        subject: row.optional_text("subject")?.ok_or_else(missing("subject"))?,
        email: row.optional_email("email")?.ok_or_else(missing("email"))?,
        given_name: row.optional_attribute("given_name")?,
        family_name: row.optional_attribute("family_name")?,
        groups: row.groups("group_names")?,
        attributes: row.attributes("attributes")?,
        authenticated: row.optional_time("authenticated")?.ok_or_else(missing("authenticated"))?,
        authentication_told: row.optional_flag("authentication_told")?.ok_or_else(missing("authentication_told"))?,
        acr: row.optional_text("acr")?,
        session_ends: row.optional_time("session_ends")?,
        name_id: row.name_id()?,
        session_index: row.optional_text("session_index")?,
    })))
}

/// Whether an answer waits that nobody came for in time.
pub(super) async fn any_expired(db: &mut SqliteConnection, now: Timestamp) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM answers WHERE expires <= ?) AS expired")
        .bind(now.unix())
        .fetch_one(db)
        .await?;
    Columns(&row).flag("expired")
}

pub(super) async fn forget_expired(db: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM answers WHERE handle IN (SELECT handle FROM answers WHERE expires <= ? LIMIT ?)")
        .bind(now.unix())
        .bind(FORGOTTEN_AT_ONCE_MAX)
        .execute(db)
        .await?;
    Ok(())
}
