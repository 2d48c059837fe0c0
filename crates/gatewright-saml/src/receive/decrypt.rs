//! Decrypt: an encrypted assertion, put in its place and screened and verified like a plain one.
//!
//! Anybody can encrypt to the key that we publish: a ciphertext proves nothing (ST-SAML-07). So what was inside is believed
//! only under a verified signature of its own, or under a verified signature of the response that covered its ciphertext.
//!
//! Invariant: AES-CBC is opened only under a verified signature of the response: without one, whoever may change the
//! ciphertext learns the plain text from how we answer.
//! Invariant: whatever goes wrong from the first try of the key to the plain assertion in its place has one refusal, one
//! reason and one text (ST-SAML-23).

use std::ops::Range;

use gatewright_terms::Refusal;

use super::prove::{self, Covered, prove};
use super::{Expected, Proof, same};
use crate::checks::{self, Message};
use crate::refused::{Refused, Step};
use crate::screen::{ASSERTION, DataCipher, Screened, screen_response};
use crate::verified::Verified;
use crate::verifier::{Decryptor, Verifier};
use crate::xml::Element;

const STAGE: &str = "decryption";

pub(super) fn open_and_check(
    screened: &Screened<'_>,
    expected: &Expected<'_>,
    verifier: &dyn Verifier,
    decryptor: Option<&dyn Decryptor>,
    story: &mut Vec<Step>,
) -> Result<Verified, Refused> {
    let response_signed = prove::covered(screened).message;
    // Whether the assertion has a signature of its own is seen inside; what the response lacks is seen already.
    prove::check_wanted(expected.saml.want_signed, Covered { message: response_signed, assertion: true })?;
    let proof = if response_signed { Some(prove(screened, expected.saml, verifier, story)?) } else { None };
    let (outside, place) = place(screened, proof.as_ref())?;
    let plain = open(screened, response_signed, decryptor)?;
    let (whole, place) = put(&outside, place, &plain)?;

    let inner = screen_response(&whole).map_err(|refused| if is_unreadable(&refused) { failed() } else { refused })?;
    let assertion = inner.assertion().filter(|assertion| assertion.span() == place).ok_or_else(failed)?;
    story.push(Step::new(STAGE, format!("decrypted {} bytes", plain.len())));

    // The response has none left: its own was taken out, or it had none.
    let covered = prove::covered(&inner);
    prove::check_wanted(expected.saml.want_signed, Covered { message: response_signed, assertion: covered.assertion })?;
    let inner_proof = if covered.assertion { Some(prove(&inner, expected.saml, verifier, story)?) } else { None };
    let canonical = inner_proof.as_ref().map(Proof::document).transpose()?;
    let assertion = match &canonical {
        Some(canonical) => same::root(assertion, canonical)?,
        // The verified response covers the ciphertext, and that authenticates what was inside.
        None => assertion,
    };
    checks::check(&Message { response: inner.root(), response_signed, assertion }, expected, story)
}

/// The bytes that surround the encrypted assertion, and where it lies in them: the canonical ones where the response is
/// signed, which have no signature of the response any more; else the source, which never had one.
fn place(screened: &Screened<'_>, proof: Option<&Proof>) -> Result<(Vec<u8>, Range<usize>), Refused> {
    let Some(proof) = proof else {
        let span = screened.encrypted().map(|encrypted| encrypted.span()).unwrap_or_default();
        return Ok((screened.source().to_vec(), span));
    };
    let canonical = proof.document()?;
    let root = same::root(screened.root(), &canonical)?;
    let span = root.child(ASSERTION, "EncryptedAssertion").next().map(Element::span).unwrap_or_default();
    Ok((proof.bytes().to_vec(), span))
}

fn open(screened: &Screened<'_>, response_signed: bool, decryptor: Option<&dyn Decryptor>) -> Result<Vec<u8>, Refused> {
    let refuse = |reason, text| Err(Refused::new(Refusal::SamlEncryption, reason, STAGE, text));
    let Some(encrypted) = screened.encrypted() else { return Err(failed()) };
    match encrypted.data_algorithm() {
        DataCipher::Aes128Gcm | DataCipher::Aes256Gcm => {}
        DataCipher::Aes128Cbc | DataCipher::Aes256Cbc if response_signed => {}
        DataCipher::Aes128Cbc | DataCipher::Aes256Cbc => {
            return refuse("cbc-without-signature", "AES-CBC is taken only where the response itself is signed");
        }
    }
    let Some(decryptor) = decryptor else {
        return refuse("no-decryption-key", "the assertion is encrypted, and there is no key to decrypt with");
    };
    decryptor.decrypt(&encrypted).map_err(|_| failed())
}

/// The plain element in the place of the encrypted one. White space around it is not part of it.
fn put(outside: &[u8], place: Range<usize>, plain: &[u8]) -> Result<(Vec<u8>, Range<usize>), Refused> {
    let plain = plain.trim_ascii();
    if !plain.starts_with(b"<") || !plain.ends_with(b">") {
        return Err(failed());
    }
    let (before, after) = outside.get(..place.start).zip(outside.get(place.end..)).ok_or_else(failed)?;
    let whole = [before, plain, after].concat();
    let end = place.start.saturating_add(plain.len());
    Ok((whole, place.start..end))
}

/// What a wrong key makes of a ciphertext is no XML; a refusal for that must look like any other failure.
fn is_unreadable(refused: &Refused) -> bool {
    matches!(refused.refusal, Refusal::SamlMalformed | Refusal::SamlForbiddenMarkup | Refusal::SamlTooLarge)
}

fn failed() -> Refused {
    Refused::new(Refusal::SamlEncryption, "not-decrypted", STAGE, "the assertion could not be decrypted")
}
