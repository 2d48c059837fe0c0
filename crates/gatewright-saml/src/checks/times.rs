//! Times: both directions, with the skew of the policy (ST-SAML-14).
//!
//! Invariant: at the very edge, the skew included, `NotBefore` passes and `NotOnOrAfter` does not, as their names say.

use gatewright_terms::{Refusal, Seconds, Timestamp};

use crate::instant;
use crate::refused::{Refused, echo};
use crate::xml::Element;

/// A message is made when it is sent, and a browser carries it at once. Five minutes leave room for a slow page, and bound
/// how long used assertions are remembered.
pub(crate) const ISSUED_AGE_MAX: Seconds = Seconds(300);

/// A moment that may be absent. What is there and no moment is refused with `refusal`.
pub(crate) fn moment(
    element: Element<'_>,
    name: &'static str,
    refusal: Refusal,
    stage: &'static str,
) -> Result<Option<Timestamp>, Refused> {
    let Some(text) = element.attribute(name) else { return Ok(None) };
    instant::parse(text).map(Some).ok_or_else(|| {
        let text = format!("`{name}` of {} is {}, no moment in UTC", echo(element.name()), echo(text));
        Refused::new(refusal, "time-malformed", stage, text)
    })
}

/// `IssueInstant`: mandatory, not in the future, and not older than [`ISSUED_AGE_MAX`].
pub(crate) fn check_issued(
    element: Element<'_>,
    now: Timestamp,
    skew: Seconds,
    stage: &'static str,
) -> Result<Timestamp, Refused> {
    let issued = moment(element, "IssueInstant", Refusal::SamlStructure, stage)?.ok_or_else(|| {
        let text = format!("{} has no `IssueInstant`", echo(element.name()));
        Refused::new(Refusal::SamlStructure, "issue-instant-missing", stage, text)
    })?;
    check_not_before(issued, now, skew, "IssueInstant", stage)?;
    if now >= issued.plus(ISSUED_AGE_MAX).plus(skew) {
        let text = format!("{} was issued {issued}, and it is {now}", echo(element.name()));
        return Err(Refused::new(Refusal::SamlExpired, "issued-too-long-ago", stage, text));
    }
    Ok(issued)
}

pub(crate) fn check_not_before(
    from: Timestamp,
    now: Timestamp,
    skew: Seconds,
    name: &str,
    stage: &'static str,
) -> Result<(), Refused> {
    if from <= now.plus(skew) {
        return Ok(());
    }
    let text = format!("`{name}` is {from}, and it is {now}");
    Err(Refused::new(Refusal::SamlNotYet, "not-yet", stage, text))
}

pub(crate) fn check_not_on_or_after(
    until: Timestamp,
    now: Timestamp,
    skew: Seconds,
    name: &str,
    stage: &'static str,
) -> Result<(), Refused> {
    if now < until.plus(skew) {
        return Ok(());
    }
    let text = format!("`{name}` is {until}, and it is {now}");
    Err(Refused::new(Refusal::SamlExpired, "expired", stage, text))
}
