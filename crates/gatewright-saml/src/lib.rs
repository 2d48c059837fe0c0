//! SAML without C: the screen, the reader and our own checks.
//!
//! [`receive`] takes the bytes of a response and gives [`Verified`], or says in [`Refused`] why not. Signatures and
//! decryption are asked of a [`Verifier`] and a [`Decryptor`] that the caller brings, and only about bytes that the screen
//! has passed. [`metadata`] reads what identity providers publish, [`redirect`] and [`logout`] their other messages.
//!
//! Trust: everything that comes in is alleged; [`Verified`] is proven, and nothing outside this crate can make one.
//! Invariant: one parser, ours: what it saw is what was verified and what is read (ST-SAML-02).
//! Invariant: only the canonical bytes that a verifier gives back are read (ST-SAML-01).
//! Invariant: no socket, no file, no C; steps grow linearly with the input.

pub mod certificate;
mod checks;
mod instant;
pub mod logout;
pub mod metadata;
mod receive;
pub mod redirect;
mod refused;
pub mod relay_state;
pub mod screen;
mod verified;
mod verifier;
pub mod xml;

pub use receive::{Expected, FORM_VALUE_BYTES_MAX, Request, receive, receive_document};
pub use refused::{Refused, Step};
pub use verified::{Groups, SubjectId, Verified};
pub use verifier::{Canonical, Decryptor, NotDecrypted, NotVerified, Signed, Trusted, Verifier};
