//! Verify: the one way from bytes to a bundle that the gate takes.
//!
//! Reads the bytes of a file, the trusted keys, and what is expected; gives a [`VerifiedBundle`] or the first reason
//! against it.
//!
//! Trust: bytes from anywhere come in; content that k of n trusted keys signed, for this environment, not older than
//! what was accepted, goes out.
//! Invariant: the content is not decoded before its length and digest are known to be the signed ones (ST-BUN-06).

use ed25519_dalek::{Signature, VerifyingKey};
use gatewright_terms::{Slug, Timestamp};

use crate::content::Content;
use crate::digest::Digest;
use crate::file::BundleFile;
use crate::malformed::{Defect, Part};
use crate::refused::BundleRefused;
use crate::statement::Statement;
use crate::trust::Trust;
use crate::verified::VerifiedBundle;

/// What the caller knows, and the bundle must fit.
#[derive(Debug, Clone)]
pub struct Expected<'a> {
    pub environment: &'a Slug,
    pub now: Timestamp,
    /// The highest bundle that was ever accepted for the environment; `None` where there is none, or nobody remembers.
    pub accepted: Option<Accepted>,
}

/// A bundle that was accepted before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    pub sequence: u64,
    /// Of the content.
    pub digest: Digest,
}

/// Verifies signatures, environment, sequence, expiry, length, digest and form, in this order; of the form of very large
/// content ([`SECTIONS_AT_ONCE_BYTES_MAX`](crate::limits::SECTIONS_AT_ONCE_BYTES_MAX)) all but the organisations.
pub fn verify(bytes: &[u8], trust: &Trust, expected: &Expected<'_>) -> Result<VerifiedBundle, BundleRefused> {
    let file = BundleFile::parse(bytes)?;
    let statement = verify_signatures(&file, trust)?.clone();
    check_statement(&statement, expected)?;
    let length_fits = statement.length == file.content().len() as u64;
    if !length_fits || statement.digest != file.digest() {
        return Err(BundleRefused::OtherContent);
    }
    let content = Content::parse(file.into_content())?;
    content.settle()?;
    if content.environment().name != statement.environment {
        return Err(Defect::Disagrees("the environment").within(Part::Statement).into());
    }
    Ok(VerifiedBundle::new(statement, content))
}

/// Enough distinct trusted keys, and no bad signature by any of them. Keys that nobody trusts say nothing.
fn verify_signatures<'a>(file: &'a BundleFile, trust: &Trust) -> Result<&'a Statement, BundleRefused> {
    let statement = file.statement().ok_or(BundleRefused::Unsigned)?;
    let message = statement.signing_bytes();
    let mut good = 0;
    for (id, signature) in file.signatures() {
        let Some(trusted) = trust.key(id) else { continue };
        let key = VerifyingKey::from_bytes(&trusted.key).map_err(|_| BundleRefused::BadSignature { key: *id })?;
        // Strict: RFC 8032 §5.1.7 without the freedoms that let one signature have several spellings.
        key.verify_strict(&message, &Signature::from_bytes(signature))
            .map_err(|_| BundleRefused::BadSignature { key: *id })?;
        good += 1;
    }
    let threshold = trust.threshold();
    if good < threshold { Err(BundleRefused::TooFewSignatures { good, threshold }) } else { Ok(statement) }
}

fn check_statement(statement: &Statement, expected: &Expected<'_>) -> Result<(), BundleRefused> {
    if statement.environment != *expected.environment {
        let (found, expected) = (statement.environment.clone(), expected.environment.clone());
        return Err(BundleRefused::OtherEnvironment { found, expected });
    }
    let (sequence, digest) = (statement.sequence, statement.digest);
    match expected.accepted {
        Some(accepted) if sequence < accepted.sequence => {
            return Err(BundleRefused::Rollback { found: sequence, highest: accepted.sequence });
        }
        Some(accepted) if sequence == accepted.sequence && digest != accepted.digest => {
            return Err(BundleRefused::SequenceReused { sequence });
        }
        Some(_) | None => {}
    }
    // A node that ran it keeps it, over a restart too: it never goes dark because a bundle has expired.
    let ran_before = expected.accepted == Some(Accepted { sequence, digest });
    match statement.expires {
        Some(at) if at <= expected.now && !ran_before => Err(BundleRefused::Expired { at }),
        Some(_) | None => Ok(()),
    }
}
