//! Conditions: for whom and for how long the assertion is (ST-SAML-13, ST-SAML-14).
//!
//! Invariant: a condition that is not known is never taken as met (SAML Core §2.5.1.1).
//! Invariant: several audience restrictions must all be met (§2.5.1.4); at least one must be there.

use gatewright_terms::{Refusal, Timestamp};

use super::times::{check_not_before, check_not_on_or_after, moment};
use super::{IN_ASSERTION, only};
use crate::receive::Expected;
use crate::refused::{Refused, echo};
use crate::screen::ASSERTION;
use crate::xml::Element;

/// Audiences in a refusal.
const NAMED_MAX: usize = 4;

pub(super) struct Conditions {
    pub(super) not_on_or_after: Timestamp,
}

pub(super) fn check_conditions(assertion: Element<'_>, expected: &Expected<'_>) -> Result<Conditions, Refused> {
    let conditions = only(assertion, ASSERTION, "Conditions")
        .ok_or_else(|| refused("conditions-missing", "there is not exactly one `Conditions`"))?;
    check_kinds(conditions)?;
    check_audience(conditions, expected.sp_entity_id)?;
    let not_on_or_after = check_window(conditions, expected)?;
    Ok(Conditions { not_on_or_after })
}

/// `OneTimeUse` is met for every assertion here (each is good once), `ProxyRestriction` because nothing is passed on.
fn check_kinds(conditions: Element<'_>) -> Result<(), Refused> {
    let known = |condition: Element<'_>| {
        condition.namespace() == ASSERTION
            && matches!(condition.name(), "AudienceRestriction" | "OneTimeUse" | "ProxyRestriction")
    };
    match conditions.children().find(|condition| !known(*condition)) {
        None => Ok(()),
        Some(other) => {
            Err(refused("condition-unknown", format!("the condition {} is not understood", echo(other.name()))))
        }
    }
}

fn check_audience(conditions: Element<'_>, sp_entity_id: &str) -> Result<(), Refused> {
    let refuse = |reason, text| Err(Refused::new(Refusal::SamlAudience, reason, IN_ASSERTION, text));
    let mut restrictions = conditions.child(ASSERTION, "AudienceRestriction").peekable();
    if restrictions.peek().is_none() {
        return refuse("audience-missing", "there is no `AudienceRestriction`".to_owned());
    }
    for restriction in restrictions {
        let audiences = || restriction.child(ASSERTION, "Audience").map(|audience| audience.text().unwrap_or_default());
        if !audiences().any(|audience| audience == sp_entity_id) {
            let named: Vec<String> = audiences().take(NAMED_MAX).map(echo).collect();
            let text = format!("the audience is {}, not {}", named.join(", "), echo(sp_entity_id));
            return refuse("audience", text);
        }
    }
    Ok(())
}

fn check_window(conditions: Element<'_>, expected: &Expected<'_>) -> Result<Timestamp, Refused> {
    let (now, skew) = (expected.now, expected.saml.clock_skew);
    let from = moment(conditions, "NotBefore", Refusal::SamlConditions, IN_ASSERTION)?;
    let until = moment(conditions, "NotOnOrAfter", Refusal::SamlConditions, IN_ASSERTION)?
        .ok_or_else(|| refused("conditions-without-end", "`Conditions` has no `NotOnOrAfter`"))?;
    if let Some(from) = from {
        // §2.5.1: earlier than the end, or there is no moment at which it is valid.
        if from >= until {
            return Err(refused(
                "conditions-window-empty",
                format!("`NotBefore` is {from}, `NotOnOrAfter` is {until}"),
            ));
        }
        check_not_before(from, now, skew, "NotBefore", IN_ASSERTION)?;
    }
    check_not_on_or_after(until, now, skew, "NotOnOrAfter", IN_ASSERTION)?;
    Ok(until)
}

fn refused(reason: &'static str, text: impl Into<String>) -> Refused {
    Refused::new(Refusal::SamlConditions, reason, IN_ASSERTION, text)
}
