//! Verifier: what is asked of those who hold the cryptography.
//!
//! Invariant: both traits are called only with what the screen has passed; a [`Screened`] is the proof.

use gatewright_bundle::program::{Certificate, SignatureAlgorithm};

use crate::screen::{Encrypted, Screened};

/// Whose signatures count, and which kinds. Neither list is empty.
#[derive(Debug, Clone, Copy)]
pub struct Trusted<'a> {
    pub certificates: &'a [Certificate],
    pub algorithms: &'a [SignatureAlgorithm],
}

/// Which element the bytes of [`Canonical`] are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// The root.
    Message,
    /// The one assertion.
    Assertion,
}

/// Exclusive canonical form of the outermost signed element, exactly as it was digested, after **every** signature of the
/// message was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical {
    pub signed: Signed,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotVerified {
    /// At least one signature is not good. The text is for the operator.
    Bad(String),
    /// Two verifiers do not agree: an alarm.
    Disagree(String),
    /// No verifier is free, or it took too long, or it died.
    Busy(String),
}

pub trait Verifier: Send + Sync {
    /// Called only where the screen found at least one signature.
    fn verify(&self, screened: &Screened<'_>, trusted: &Trusted<'_>) -> Result<Canonical, NotVerified>;
}

/// It was not decrypted; why, nobody learns (padding oracles).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotDecrypted;

pub trait Decryptor: Send + Sync {
    /// The plain bytes: the text of one element.
    fn decrypt(&self, encrypted: &Encrypted<'_>) -> Result<Vec<u8>, NotDecrypted>;
}
