//! Read: what a proven logout message says, and whether it is for us and of now.

use gatewright_terms::{Refusal, Timestamp};

use super::{LogoutExpected, STAGE, VerifiedLogoutRequest, VerifiedLogoutResponse, refused};
use crate::checks::{
    ISSUED_AGE_MAX, check_destination, check_issued, check_issuer, check_not_on_or_after, check_status, check_version,
    moment, read_name_id,
};
use crate::refused::{Refused, Step, echo};
use crate::screen::PROTOCOL;
use crate::xml::Element;

/// One for each session of the person at the provider.
const SESSION_INDEXES_MAX: usize = 64;
/// As in the sign-in that it came with.
const SESSION_INDEX_BYTES_MAX: usize = 512;

pub(super) fn request(
    root: Element<'_>,
    expected: &LogoutExpected<'_>,
    mut story: Vec<Step>,
) -> Result<VerifiedLogoutRequest, Refused> {
    match read_request(root, expected) {
        Ok(mut request) => {
            story.push(Step::new(STAGE, format!("a request for {} session indexes", request.session_indexes.len())));
            request.story = story;
            Ok(request)
        }
        Err(refused) => Err(refused.after(story)),
    }
}

fn read_request(root: Element<'_>, expected: &LogoutExpected<'_>) -> Result<VerifiedLogoutRequest, Refused> {
    let issued = check_envelope(root, expected)?;
    let skew = expected.saml.clock_skew;
    if let Some(until) = moment(root, "NotOnOrAfter", Refusal::SamlLogout, STAGE)? {
        check_not_on_or_after(until, expected.now, skew, "NotOnOrAfter", STAGE)?;
    }
    let name_id = read_name_id(root)
        .map_err(|(reason, text)| refused(reason, text))?
        .ok_or_else(|| refused("name-id-missing", "the request names nobody"))?;
    Ok(VerifiedLogoutRequest {
        id: root.attribute("ID").unwrap_or_default().to_owned(),
        name_id,
        session_indexes: session_indexes(root)?,
        usable_until: issued.plus(ISSUED_AGE_MAX).plus(skew),
        story: Vec::new(),
    })
}

fn session_indexes(root: Element<'_>) -> Result<Vec<String>, Refused> {
    let mut all = Vec::new();
    for element in root.child(PROTOCOL, "SessionIndex") {
        let index = element.text().unwrap_or_default();
        if index.is_empty() || index.len() > SESSION_INDEX_BYTES_MAX || index.chars().any(char::is_control) {
            return Err(refused("session-index", "a `SessionIndex` is empty, too long or not printable"));
        }
        all.push(index.to_owned());
        if all.len() > SESSION_INDEXES_MAX {
            return Err(refused("too-many-session-indexes", "the request names more than 64 sessions"));
        }
    }
    Ok(all)
}

pub(super) fn response(
    root: Element<'_>,
    expected: &LogoutExpected<'_>,
    request_id: &str,
    mut story: Vec<Step>,
) -> Result<VerifiedLogoutResponse, Refused> {
    if let Err(refused) = check_envelope(root, expected).and_then(|_| check_answers(root, request_id)) {
        return Err(refused.after(story));
    }
    let status = check_status(root);
    story.push(match &status {
        Ok(()) => Step::new(STAGE, "the provider ended everything"),
        // Its last step says what the provider said.
        Err(refused) => Step::new(STAGE, refused.story.last().map(|step| step.text.clone()).unwrap_or_default()),
    });
    Ok(VerifiedLogoutResponse { success: status.is_ok(), story })
}

fn check_answers(root: Element<'_>, request_id: &str) -> Result<(), Refused> {
    match root.attribute("InResponseTo") {
        Some(answered) if answered == request_id && !request_id.is_empty() => Ok(()),
        other => {
            let text = format!("`InResponseTo` is {}, not {}", echo(other.unwrap_or_default()), echo(request_id));
            Err(refused("in-response-to", text))
        }
    }
}

/// What every message has: version, issuer, destination (it is signed, so it must be there) and the moment of its making.
fn check_envelope(root: Element<'_>, expected: &LogoutExpected<'_>) -> Result<Timestamp, Refused> {
    check_version(root, STAGE)?;
    check_issuer(root, &expected.saml.entity_id, STAGE)?;
    check_destination(root, true, expected.address, STAGE)?;
    check_issued(root, expected.now, expected.saml.clock_skew, STAGE)
}
