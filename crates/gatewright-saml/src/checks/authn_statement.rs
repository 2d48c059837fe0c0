//! Authn-statement: that somebody signed in, when, how, and until when (ST-SAML-18, ST-SESS-05).

use gatewright_terms::{Refusal, Timestamp};

use super::times::{check_not_before, moment};
use super::{SUBJECT, only};
use crate::receive::Expected;
use crate::refused::Refused;
use crate::screen::ASSERTION;
use crate::xml::Element;

/// Of a session index and of a context class. Real ones have up to 130.
const WORD_BYTES_MAX: usize = 512;

pub(super) struct AuthnStatement {
    /// Never later than the check.
    pub(super) authenticated: Timestamp,
    pub(super) acr: Option<String>,
    pub(super) session_index: Option<String>,
    /// Later than the check.
    pub(super) session_ends: Option<Timestamp>,
}

pub(super) fn check_authn_statement(
    assertion: Element<'_>,
    expected: &Expected<'_>,
) -> Result<AuthnStatement, Refused> {
    let now = expected.now;
    let statement = only(assertion, ASSERTION, "AuthnStatement")
        .ok_or_else(|| refused("authn-statement-missing", "there is not exactly one `AuthnStatement`"))?;
    let instant = moment(statement, "AuthnInstant", Refusal::SamlAuthnStatement, SUBJECT)?
        .ok_or_else(|| refused("authn-instant-missing", "the `AuthnStatement` has no `AuthnInstant`"))?;
    check_not_before(instant, now, expected.saml.clock_skew, "AuthnInstant", SUBJECT)?;
    let session_ends = moment(statement, "SessionNotOnOrAfter", Refusal::SamlAuthnStatement, SUBJECT)?;
    if let Some(end) = session_ends
        // Without the skew: a session that has ended by our own clock is never begun.
        && end <= now
    {
        let text = format!("`SessionNotOnOrAfter` is {end}, and it is {now}");
        return Err(Refused::new(Refusal::SamlExpired, "session-over", SUBJECT, text));
    }
    Ok(AuthnStatement {
        authenticated: instant.min(now),
        acr: class(statement)?,
        session_index: word(statement.attribute("SessionIndex"), "SessionIndex")?,
        session_ends,
    })
}

/// `AuthnContextClassRef`, byte for byte. There is one at the most.
fn class(statement: Element<'_>) -> Result<Option<String>, Refused> {
    let mut classes =
        statement.child(ASSERTION, "AuthnContext").flat_map(|context| context.child(ASSERTION, "AuthnContextClassRef"));
    let Some(first) = classes.next() else { return Ok(None) };
    if classes.next().is_some() {
        return Err(refused("several-context-classes", "there are several `AuthnContextClassRef`"));
    }
    word(Some(first.text().unwrap_or_default()), "AuthnContextClassRef")
}

/// An empty one is as good as none; one that cannot be kept whole is refused, as it could never be compared.
fn word(text: Option<&str>, name: &str) -> Result<Option<String>, Refused> {
    match text {
        None | Some("") => Ok(None),
        Some(word) if word.len() <= WORD_BYTES_MAX && !word.chars().any(char::is_control) => Ok(Some(word.to_owned())),
        Some(_) => Err(refused("authn-statement-text", format!("`{name}` is too long or not printable"))),
    }
}

fn refused(reason: &'static str, text: impl Into<String>) -> Refused {
    Refused::new(Refusal::SamlAuthnStatement, reason, SUBJECT, text)
}
