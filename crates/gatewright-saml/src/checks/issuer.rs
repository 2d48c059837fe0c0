//! Issuer: the provider of the connection, byte for byte, on the response and on the assertion (ST-SAML-13).

use gatewright_terms::Refusal;

use super::only;
use crate::refused::{Refused, echo};
use crate::screen::ASSERTION;
use crate::xml::Element;

const ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";

/// The standard lets an unsigned response leave it out; no provider does, and nothing here passes by being absent.
pub(crate) fn check_issuer(element: Element<'_>, entity_id: &str, stage: &'static str) -> Result<(), Refused> {
    let refuse = |reason, text| Err(Refused::new(Refusal::SamlIssuer, reason, stage, text));
    let Some(issuer) = only(element, ASSERTION, "Issuer") else {
        return refuse("issuer-missing", format!("{} has not exactly one `Issuer`", echo(element.name())));
    };
    // SAML Core §8.3.6: an entity id stands alone; with a qualifier it names something else.
    let is_entity = matches!(issuer.attribute("Format"), None | Some(ENTITY))
        && ["NameQualifier", "SPNameQualifier", "SPProvidedID"].iter().all(|name| issuer.attribute(name).is_none());
    if !is_entity {
        return refuse("issuer-format", format!("the `Issuer` of {} is no entity id", echo(element.name())));
    }
    match issuer.text() {
        Some(text) if text == entity_id => Ok(()),
        other => refuse(
            "issuer",
            format!(
                "the `Issuer` of {} is {}, not {}",
                echo(element.name()),
                echo(other.unwrap_or_default()),
                echo(entity_id)
            ),
        ),
    }
}
