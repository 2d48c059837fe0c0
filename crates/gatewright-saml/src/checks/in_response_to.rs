//! In-response-to: the one request that is answered, or none where the provider began by itself (ST-SAML-15).
//!
//! Invariant: an unsolicited response has no `InResponseTo` at all: one that answers somebody's request is not unsolicited.

use gatewright_terms::Refusal;

use super::{RESPONSE, SUBJECT};
use crate::receive::Request;
use crate::refused::{Refused, echo};
use crate::xml::Element;

pub(super) fn check_response(response: Element<'_>, request: Request<'_>) -> Result<(), Refused> {
    check(response, request, RESPONSE)
}

pub(super) fn check_confirmation_data(data: Element<'_>, request: Request<'_>) -> Result<(), Refused> {
    check(data, request, SUBJECT)
}

fn check(element: Element<'_>, request: Request<'_>, stage: &'static str) -> Result<(), Refused> {
    let name = echo(element.name());
    let refuse = |reason, text| Err(Refused::new(Refusal::SamlInResponseTo, reason, stage, text));
    match (request, element.attribute("InResponseTo")) {
        (Request::Answers(id), Some(answered)) if answered == id && !id.is_empty() => Ok(()),
        (Request::Unsolicited, None) => Ok(()),
        (Request::Answers(_), None) => refuse("in-response-to-missing", format!("{name} has no `InResponseTo`")),
        (Request::Answers(id), Some(other)) => {
            refuse("in-response-to", format!("`InResponseTo` of {name} is {}, not {}", echo(other), echo(id)))
        }
        (Request::Unsolicited, Some(other)) => refuse(
            "unsolicited-answers-a-request",
            format!("{name} answers the request {}, and no sign-in is under way", echo(other)),
        ),
    }
}
