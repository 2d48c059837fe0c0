//! Destination: the address that the message came to, byte for byte (ST-SAML-17).

use gatewright_terms::Refusal;

use crate::refused::{Refused, echo};
use crate::xml::Element;

/// Where the message itself is signed it must be there (Bindings §3.5.5.2); where it is not, it must be right if it is there.
pub(crate) fn check_destination(
    message: Element<'_>,
    signed: bool,
    address: &str,
    stage: &'static str,
) -> Result<(), Refused> {
    let refuse = |reason, text| Err(Refused::new(Refusal::SamlDestination, reason, stage, text));
    match message.attribute("Destination") {
        Some(there) if there == address => Ok(()),
        None if !signed => Ok(()),
        None => refuse("destination-missing", "the message is signed and has no `Destination`".to_owned()),
        Some(other) => refuse("destination", format!("`Destination` is {}, not {}", echo(other), echo(address))),
    }
}
