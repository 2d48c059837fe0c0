//! Doors: the closed list of ways to a session.
//!
//! Invariant: the token of a session comes from [`SessionDoor::open`] alone, so that this list is all of them.

use gate_store::rows::RowId;

use crate::random::{self, Random, RandomFailed};
use crate::token::Token;

/// A way to a session. A new one must stop the build here, and stand in the matrix of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionDoor {
    /// An OpenID Connect answer that was verified, joined, decided about and admitted.
    OidcCallback,
    /// A SAML response that was verified, kept for its browser, joined, decided about and admitted.
    SamlAcs,
    /// A one-time code of a live session, at the origin of the app that it was made for.
    Handover,
}

impl SessionDoor {
    pub const ALL: &'static [Self] = &[Self::OidcCallback, Self::SamlAcs, Self::Handover];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::OidcCallback => "oidc-callback",
            Self::SamlAcs => "saml-acs",
            Self::Handover => "handover",
        }
    }

    /// What a session that comes through this door is known by: to the browser, and to us.
    pub(crate) fn open(self, random: &dyn Random) -> Result<(Token, RowId), RandomFailed> {
        match self {
            Self::OidcCallback | Self::SamlAcs | Self::Handover => {
                Ok((Token::generate(random)?, RowId(random::bytes(random)?)))
            }
        }
    }
}
