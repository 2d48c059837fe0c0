//! Send: what we say to an identity provider as a service provider, and what we publish about ourselves.
//!
//! Reads the settings of a connection, our addresses, our keys, and an id and a time that the caller brings. Gives an
//! [`Outgoing`] that the browser carries, or the text of our metadata.
//!
//! Trust: settings come from a verified bundle, a NameID from a verified assertion; what they hold is data here, never markup.
//! Invariant: every value is escaped in one place, and a value that XML cannot carry is an error (ST-SAML-29).
//! Invariant: what is signed is what is sent: the writer knows exclusive canonical form alone, and the signature of a query
//! is over the octets that the address holds.
//! Invariant: no randomness and no clock: ids are the caller's, with 128 bits or more (ST-SAML-24).

mod authn_request;
mod bind;
mod keys;
mod logout;
mod metadata;
mod signature;
mod xml;

use std::fmt;

pub use authn_request::AuthnRequest;
pub use keys::{KeyPairFiles, NewKeyPair, SamlKeyRefused, SamlKeys};
pub use logout::{LogoutRequest, LogoutResponse, LogoutStatus};
pub use metadata::ServiceMetadata;

/// A message, carried by the browser.
#[derive(Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// Goes into `Location` as it is.
    Redirect {
        /// The provider's address with our query; ASCII.
        url: String,
    },
    /// A form to be posted.
    Form {
        /// The provider's address.
        action: String,
        /// Names and values, not HTML.
        fields: Vec<(&'static str, String)>,
    },
}

/// It may hold a NameID, and a relay state that is as good as a handle.
impl fmt::Debug for Outgoing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Redirect { .. } => "Redirect(…)",
            Self::Form { .. } => "Form(…)",
        })
    }
}

/// Why there is no message. Nothing of it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSent {
    /// A value of this element or attribute holds a character that XML cannot carry.
    NotXml(&'static str),
    /// The id does not begin with a letter or `_`, or is not made of ASCII letters, digits, `_`, `-` and `.`.
    Id,
    /// The relay state is longer than 80 bytes (SAML Bindings §3.4.3).
    RelayState,
    /// This message must be signed, and there is no key.
    NoKey,
    /// The key did not sign: the system gave no random bytes, or the library failed.
    NotSigned,
}

impl fmt::Display for NotSent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotXml(what) => write!(out, "`{what}` holds a character that XML cannot carry"),
            Self::Id => out.write_str("the id is no XML name"),
            Self::RelayState => write!(out, "the relay state is longer than {RELAY_STATE_BYTES_MAX} bytes"),
            Self::NoKey => {
                out.write_str("there is no `keys/saml.key` to sign with; make it with `gatewrightd keys init`")
            }
            Self::NotSigned => out.write_str("the key did not sign"),
        }
    }
}

impl std::error::Error for NotSent {}

/// SAML Bindings §3.4.3 and §3.5.3.
pub const RELAY_STATE_BYTES_MAX: usize = 80;
