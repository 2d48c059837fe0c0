//! Relay state: what travels beside a message and comes back unchanged.
//!
//! Trust: alleged on the way in; a value that is looked up here, never one that is believed or followed (ST-SAML-25).
//! Invariant: at most 80 bytes, printable.

use gatewright_terms::Refusal;

use crate::refused::Refused;

/// SAML Bindings §3.4.3. In bytes.
pub const RELAY_STATE_BYTES_MAX: usize = 80;

/// An opaque handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayState(String);

impl RelayState {
    /// The value of the form field or of the parameter, decoded.
    ///
    /// # Errors
    /// `relay-state-too-long`, `relay-state-not-text`.
    pub fn parse(value: &[u8]) -> Result<Self, Refused> {
        let refuse = |reason, text: String| Err(Refused::new(Refusal::SamlMalformed, reason, "screen", text));
        if value.len() > RELAY_STATE_BYTES_MAX {
            let length = value.len();
            return refuse(
                "relay-state-too-long",
                format!("RelayState has {length} bytes; the limit is {RELAY_STATE_BYTES_MAX}"),
            );
        }
        match std::str::from_utf8(value) {
            Ok(text) if !text.chars().any(char::is_control) => Ok(Self(text.to_owned())),
            _ => refuse("relay-state-not-text", "RelayState is not printable UTF-8".to_owned()),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
