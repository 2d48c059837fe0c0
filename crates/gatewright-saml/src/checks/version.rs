//! Version: SAML 2.0 and nothing else (ST-SAML-18).

use gatewright_terms::Refusal;

use crate::refused::{Refused, echo};
use crate::xml::Element;

pub(crate) fn check_version(element: Element<'_>, stage: &'static str) -> Result<(), Refused> {
    match element.attribute("Version") {
        Some("2.0") => Ok(()),
        other => Err(Refused::new(
            Refusal::SamlVersion,
            "version",
            stage,
            format!("`Version` of {} is {}, not `2.0`", echo(element.name()), echo(other.unwrap_or_default())),
        )),
    }
}
