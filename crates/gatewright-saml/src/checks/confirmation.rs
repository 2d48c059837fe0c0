//! Confirmation: that whoever carries the assertion may (ST-SAML-14, -15, -17, -18; Profiles §4.1.4.3).
//!
//! Several may stand in one assertion, and the standard asks for one that is met (SAML Core §2.4.1): so one good bearer
//! confirmation is enough, and others (another method, another recipient) neither help nor harm. All of them are covered by
//! the same signature. Where none is met, the first bearer's refusal is told.
//!
//! `Address` is not compared: people have several, and a browser's changes between two requests.

use gatewright_terms::Refusal;

use super::times::{check_not_on_or_after, moment};
use super::{SUBJECT, in_response_to, only};
use crate::receive::Expected;
use crate::refused::{Refused, echo};
use crate::screen::ASSERTION;
use crate::xml::Element;

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
/// One for each of a service's addresses is the most that is seen.
const CONFIRMATIONS_MAX: usize = 16;

pub(super) fn check_confirmation(subject: Element<'_>, expected: &Expected<'_>) -> Result<(), Refused> {
    let all = || subject.child(ASSERTION, "SubjectConfirmation");
    if all().nth(CONFIRMATIONS_MAX).is_some() {
        return Err(refused("too-many-confirmations", "there are more than 16 subject confirmations"));
    }
    let mut first: Option<Refused> = None;
    for confirmation in all().filter(|confirmation| confirmation.attribute("Method") == Some(BEARER)) {
        match check_bearer(confirmation, expected) {
            Ok(()) => return Ok(()),
            Err(refused) => first = first.or(Some(refused)),
        }
    }
    Err(first.unwrap_or_else(|| {
        let others: Vec<String> = all().map(|other| echo(other.attribute("Method").unwrap_or_default())).collect();
        refused("no-bearer-confirmation", format!("there is no bearer confirmation ({})", others.join(", ")))
    }))
}

fn check_bearer(confirmation: Element<'_>, expected: &Expected<'_>) -> Result<(), Refused> {
    // SAML Core §2.4.1.1: with an identifier, only that other entity confirms.
    if confirmation.child(ASSERTION, "NameID").next().is_some() {
        return Err(refused("confirmation-by-another", "the confirmation is for another entity to make"));
    }
    let data = only(confirmation, ASSERTION, "SubjectConfirmationData").ok_or_else(|| {
        refused("confirmation-data-missing", "the bearer confirmation has not exactly one `SubjectConfirmationData`")
    })?;
    check_recipient(data, expected.acs)?;
    in_response_to::check_confirmation_data(data, expected.request)?;
    if data.attribute("NotBefore").is_some() {
        return Err(refused("confirmation-not-before", "a bearer confirmation must not have a `NotBefore`"));
    }
    let until = moment(data, "NotOnOrAfter", Refusal::SamlConfirmation, SUBJECT)?
        .ok_or_else(|| refused("confirmation-without-end", "the bearer confirmation has no `NotOnOrAfter`"))?;
    check_not_on_or_after(until, expected.now, expected.saml.clock_skew, "NotOnOrAfter", SUBJECT)
}

fn check_recipient(data: Element<'_>, acs: &str) -> Result<(), Refused> {
    match data.attribute("Recipient") {
        Some(there) if there == acs => Ok(()),
        None => Err(Refused::new(Refusal::SamlRecipient, "recipient-missing", SUBJECT, "there is no `Recipient`")),
        Some(other) => {
            let text = format!("`Recipient` is {}, not {}", echo(other), echo(acs));
            Err(Refused::new(Refusal::SamlRecipient, "recipient", SUBJECT, text))
        }
    }
}

fn refused(reason: &'static str, text: impl Into<String>) -> Refused {
    Refused::new(Refusal::SamlConfirmation, reason, SUBJECT, text)
}
