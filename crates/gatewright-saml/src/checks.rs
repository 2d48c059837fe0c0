//! Checks: what a proven response must say before anybody is signed in, in the order in which the checks protect each other.
//!
//! Reads the response and its assertion; gives [`Verified`]. One file a subject, one function a check, one reason word a rule.
//!
//! Trust: the assertion is proven bytes. The response is proven too where it is signed; where it is not, its checks can
//! only refuse more, and nothing of it is taken over.
//! Invariant: absence is never a pass: what must be compared must be there.

mod attributes;
mod authn_statement;
mod conditions;
mod confirmation;
mod destination;
mod groups;
mod in_response_to;
mod issuer;
mod name_id;
mod own;
mod person;
mod status;
mod times;
mod version;

use std::sync::Arc;

use gatewright_terms::Refusal;

use crate::receive::Expected;
use crate::refused::{Refused, Step};
use crate::screen::ASSERTION;
use crate::verified::Verified;
use crate::xml::Element;

pub(crate) use destination::check_destination;
pub(crate) use issuer::check_issuer;
pub(crate) use name_id::read_name_id;
pub(crate) use status::check_status;
pub(crate) use times::{ISSUED_AGE_MAX, check_issued, check_not_on_or_after, moment};
pub(crate) use version::check_version;

/// What was proven, and by which signature.
pub(crate) struct Message<'d> {
    pub(crate) response: Element<'d>,
    /// A verified signature covers the whole response.
    pub(crate) response_signed: bool,
    pub(crate) assertion: Element<'d>,
}

pub(crate) const RESPONSE: &str = "response";
pub(crate) const IN_ASSERTION: &str = "assertion";
pub(crate) const SUBJECT: &str = "subject";
pub(crate) const ATTRIBUTES: &str = "attributes";

/// All of them. `story` grows with each; on a refusal it holds those that were passed.
pub(crate) fn check(
    message: &Message<'_>,
    expected: &Expected<'_>,
    story: &mut Vec<Step>,
) -> Result<Verified, Refused> {
    let (response, assertion) = (message.response, message.assertion);
    check_version(response, RESPONSE)?;
    check_version(assertion, IN_ASSERTION)?;
    check_status(response)?;
    check_issuer(response, &expected.saml.entity_id, RESPONSE)?;
    check_issuer(assertion, &expected.saml.entity_id, IN_ASSERTION)?;
    check_destination(response, message.response_signed, expected.acs, RESPONSE)?;
    in_response_to::check_response(response, expected.request)?;
    story.push(Step::new(RESPONSE, "version, status, issuer, destination and request are right"));

    let conditions = conditions::check_conditions(assertion, expected)?;
    check_issued(response, expected.now, expected.saml.clock_skew, RESPONSE)?;
    let issued = check_issued(assertion, expected.now, expected.saml.clock_skew, IN_ASSERTION)?;
    let usable_until = conditions.not_on_or_after.min(issued.plus(ISSUED_AGE_MAX)).plus(expected.saml.clock_skew);
    story.push(Step::new(IN_ASSERTION, format!("for us, issued {issued}, usable until {usable_until}")));

    let subject = subject(assertion)?;
    confirmation::check_confirmation(subject, expected)?;
    let statement = authn_statement::check_authn_statement(assertion, expected)?;
    story
        .push(Step::new(SUBJECT, format!("a bearer confirmation is right; authenticated {}", statement.authenticated)));

    let name_id = name_id::check_name_id(subject, expected)?;
    let read = attributes::Attributes::of(assertion)?;
    let person = person::read(&read, name_id.as_ref(), expected)?;
    let (groups, step) = groups::read(&read, expected.saml.attributes.groups.as_ref())?;
    story.push(step);
    let attributes = own::read(&read, &expected.saml.attributes.own, story)?;

    Ok(Verified {
        connection: expected.connection.clone(),
        issuer: Arc::from(expected.saml.entity_id.as_str()),
        subject: person.subject,
        name_id,
        session_index: statement.session_index,
        email: person.email,
        given_name: person.given_name,
        family_name: person.family_name,
        groups,
        attributes,
        authenticated: statement.authenticated,
        acr: statement.acr,
        session_ends: statement.session_ends,
        assertion_id: assertion.attribute("ID").unwrap_or_default().to_owned(),
        usable_until,
        in_response_to: expected.request.id().map(str::to_owned),
        story: Vec::new(),
    })
}

/// There is one, or there is nothing to confirm.
fn subject(assertion: Element<'_>) -> Result<Element<'_>, Refused> {
    only(assertion, ASSERTION, "Subject").ok_or_else(|| {
        Refused::new(Refusal::SamlConfirmation, "subject-missing", SUBJECT, "there is not exactly one `Subject`")
    })
}

/// The one child of this name; none where there is another number of them.
pub(crate) fn only<'d>(parent: Element<'d>, namespace: &str, name: &str) -> Option<Element<'d>> {
    let mut found = parent.child(namespace, name);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}
