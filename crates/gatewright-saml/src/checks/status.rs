//! Status: the provider says that it worked (ST-SAML-18).

use gatewright_terms::Refusal;

use super::{RESPONSE, only};
use crate::refused::{Refused, echo};
use crate::screen::PROTOCOL;
use crate::xml::Element;

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
/// Codes in a refusal. The standard nests two.
const CODES_MAX: usize = 3;

pub(crate) fn check_status(response: Element<'_>) -> Result<(), Refused> {
    if is_success(response) {
        return Ok(());
    }
    let codes: Vec<String> = response
        .descendants()
        .filter(|element| element.is(PROTOCOL, "StatusCode"))
        .take(CODES_MAX)
        .map(|code| echo(code.attribute("Value").unwrap_or_default()))
        .collect();
    if codes.is_empty() {
        return Err(Refused::new(Refusal::SamlStatus, "status-missing", RESPONSE, "there is not exactly one status"));
    }
    let message = only(response, PROTOCOL, "Status").and_then(|status| only(status, PROTOCOL, "StatusMessage"));
    let said = message.and_then(Element::text).map(|text| format!(", saying {}", echo(text))).unwrap_or_default();
    let text = format!("the provider answered {}{said}", codes.join(" "));
    Err(Refused::new(Refusal::SamlStatus, "status-not-success", RESPONSE, text))
}

/// One `Status` with one `StatusCode` that says so.
fn is_success(response: Element<'_>) -> bool {
    only(response, PROTOCOL, "Status")
        .and_then(|status| only(status, PROTOCOL, "StatusCode"))
        .is_some_and(|code| code.attribute("Value") == Some(SUCCESS))
}
