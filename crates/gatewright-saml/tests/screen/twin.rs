//! Twin: a message that passes and its twin that does not.

use gatewright_saml::Refused;
use gatewright_saml::screen::{Screened, screen_logout, screen_response};
use gatewright_terms::Refusal;

pub(crate) const PLAIN: &str = include_str!("messages/plain.xml");
/// The signature of the response says nothing about its key; the assertion has none.
pub(crate) const KEYLESS: &str = include_str!("messages/keyless.xml");
pub(crate) const FAILED: &str = include_str!("messages/failed.xml");
pub(crate) const ENCRYPTED_INSIDE: &str = include_str!("messages/encrypted_inside.xml");
pub(crate) const ENCRYPTED_BESIDE: &str = include_str!("messages/encrypted_beside.xml");
pub(crate) const LOGOUT_REQUEST: &str = include_str!("messages/logout_request.xml");
pub(crate) const LOGOUT_RESPONSE: &str = include_str!("messages/logout_response.xml");

pub(crate) struct Twin {
    pub(crate) reason: &'static str,
    pub(crate) refusal: Refusal,
    pub(crate) message: &'static str,
    /// Its first occurrence is replaced.
    pub(crate) instead_of: &'static str,
    pub(crate) stands: &'static str,
}

pub(crate) const fn twin(
    refusal: Refusal,
    reason: &'static str,
    message: &'static str,
    instead_of: &'static str,
    stands: &'static str,
) -> Twin {
    Twin { reason, refusal, message, instead_of, stands }
}

/// By the door that the root belongs to.
pub(crate) fn screen(message: &str) -> Result<Screened<'_>, Refused> {
    if message.contains("<samlp:Logout") {
        screen_logout(message.as_bytes())
    } else {
        screen_response(message.as_bytes())
    }
}

impl Twin {
    /// What is wrong with this pair; `None` where it is as it should be.
    pub(crate) fn fault(&self) -> Option<String> {
        let Self { reason, refusal, message, instead_of, stands } = self;
        if let Err(refused) = screen(message) {
            return Some(format!("{reason}: the good twin is refused: {refused}"));
        }
        if !message.contains(instead_of) {
            return Some(format!("{reason}: {instead_of:?} is not there"));
        }
        let defect = message.replacen(instead_of, stands, 1);
        match screen(&defect) {
            Ok(_) => Some(format!("{reason}: {stands:?} is taken")),
            Err(refused) if refused.reason == *reason && refused.refusal == *refusal => {
                refused.story.is_empty().then(|| format!("{reason}: no story"))
            }
            Err(refused) => Some(format!("{reason}: {stands:?} is refused with {refused}")),
        }
    }
}
