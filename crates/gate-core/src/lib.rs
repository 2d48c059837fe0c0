//! Gate core: sign-in, sessions, joining, access, hand-over, audit and keys, without HTTP, SQL or a clock of its own.
//!
//! [`Gate`] is the whole face. Its reader is the HTTP layer: texts of strangers come in as `&str`, and are parsed here;
//! what goes out is a token for a cookie, an address to go to, a decision, or a [`KeptOut`].
//!
//! Invariant: a session holds facts, never roles; every request asks `decide` with the program that runs now.
//! Invariant: every way to a session is a [`SessionDoor`], and all of them call the same checks.
//! Invariant: strangers learn nothing from a refusal but a support code; the audit trail learns everything.
//! Invariant: time and randomness are arguments.
//!
//! Trust: everything that comes in as text is alleged. What is proven has a type: a verified bundle, a verified sign-in,
//! a live session, an [`admin::Operator`].

pub mod admin;
mod doors;
mod gate;
mod handover;
mod identity;
mod join;
mod kept_out;
pub mod keys;
pub mod logout;
pub mod metrics;
mod proofs;
mod random;
mod reload;
mod restored;
mod return_to;
mod running;
mod saml;
mod sessions;
pub mod signin;
pub mod status;
mod token;
mod trail;
pub mod verify;

pub use doors::SessionDoor;
pub use gate::{Gate, Limits, Parts};
pub use kept_out::{KeptOut, SupportCode};
pub use random::{Random, RandomFailed, SystemRandom};
pub use reload::{BundleRefused, NotDeployed};
pub use restored::{Restored, end_what_was_restored};
pub use saml::SamlParts;
pub use token::Token;
