//! Receive: the bytes of a response to a proven sign-in, through one door.
//!
//! Decode, screen, verify, read from the canonical bytes, decrypt where it is encrypted and do all of that again with what
//! was inside, check. `receive/prove` verifies and compares, `receive/decrypt` opens, `checks` reads.
//!
//! Trust: the form value is anybody's. Out comes [`Verified`], or a refusal with the steps that led to it.
//! Invariant: an unsigned message passes in no configuration (ST-SAML-06), and neither does an assertion that no verified
//! signature covers (ST-SAML-01, ST-SAML-07).
//! Invariant: the verifier and the decryptor see only what the screen has passed.

mod decrypt;
mod prove;
mod same;

use gatewright_bundle::program::{Encryption, Saml};
use gatewright_terms::{Refusal, Slug, Timestamp};

use crate::checks::{self, Message, RESPONSE};
use crate::refused::{Refused, Step};
use crate::screen::{self, MESSAGE_BYTES_MAX, Screened, screen_response};
use crate::verified::Verified;
use crate::verifier::{Decryptor, Verifier};
use crate::xml::Element;

pub(crate) use prove::{Proof, check_algorithm, not_verified, prove, trusted};
pub(crate) use same::root as same_root;

/// Base64 makes four characters of three bytes; the rest is room for line breaks.
pub const FORM_VALUE_BYTES_MAX: usize = MESSAGE_BYTES_MAX / 2 * 3;

/// What a response has to answer and to whom it must be addressed: from the policy, the environment and our own store,
/// never from the message.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub connection: &'a Slug,
    pub saml: &'a Saml,
    /// Our entity id for this connection.
    pub sp_entity_id: &'a str,
    /// The address of this connection's assertion consumer service, as the browser sees it.
    pub acs: &'a str,
    pub request: Request<'a>,
    pub now: Timestamp,
}

/// The sign-in that a response belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request<'a> {
    /// It must answer the request with this id, which our own store holds open for this connection.
    Answers(&'a str),
    /// No sign-in is under way: only where `unsafe "idp-initiated"` of the policy takes it.
    Unsolicited,
}

impl<'a> Request<'a> {
    pub(crate) fn id(self) -> Option<&'a str> {
        match self {
            Self::Answers(id) => Some(id),
            Self::Unsolicited => None,
        }
    }
}

/// The value of the form field `SAMLResponse`: base64, in which white space is passed over.
///
/// The caller must still remember [`Verified::assertion_id`] once (ST-SAML-16), and compare the browser.
pub fn receive(
    form_value: &[u8],
    expected: &Expected<'_>,
    verifier: &dyn Verifier,
    decryptor: Option<&dyn Decryptor>,
) -> Result<Verified, Refused> {
    receive_document(&decode(form_value)?, expected, verifier, decryptor)
}

/// Base64, in which white space is passed over.
pub(crate) fn decode(form_value: &[u8]) -> Result<Vec<u8>, Refused> {
    if form_value.len() > FORM_VALUE_BYTES_MAX {
        let text = format!("the form value has more than {FORM_VALUE_BYTES_MAX} bytes");
        return Err(Refused::new(Refusal::SamlTooLarge, "form-too-large", "screen", text));
    }
    let text = std::str::from_utf8(form_value).ok();
    text.and_then(screen::base64_with_white_space)
        .ok_or_else(|| Refused::new(Refusal::SamlMalformed, "not-base64", "screen", "the form value is not base64"))
}

/// As [`receive`], with the document itself.
pub fn receive_document(
    bytes: &[u8],
    expected: &Expected<'_>,
    verifier: &dyn Verifier,
    decryptor: Option<&dyn Decryptor>,
) -> Result<Verified, Refused> {
    let mut story = Vec::new();
    match follow(bytes, expected, verifier, decryptor, &mut story) {
        Ok(person) => Ok(Verified { story, ..person }),
        Err(refused) => Err(refused.after(story)),
    }
}

fn follow(
    bytes: &[u8],
    expected: &Expected<'_>,
    verifier: &dyn Verifier,
    decryptor: Option<&dyn Decryptor>,
    story: &mut Vec<Step>,
) -> Result<Verified, Refused> {
    let screened = screen_response(bytes)?;
    story.push(Step::new("screen", format!("{} bytes, {} steps", bytes.len(), screened.steps())));
    admit_request(screened.root(), expected)?;
    if screened.encrypted().is_some() {
        return decrypt::open_and_check(&screened, expected, verifier, decryptor, story);
    }
    let Some(assertion) = screened.assertion() else { return Err(without_assertion(&screened)) };
    if expected.saml.encryption == Encryption::Required {
        let text = "the assertion is plain, and the policy asks for an encrypted one";
        return Err(Refused::new(Refusal::SamlEncryption, "not-encrypted", "decryption", text));
    }
    prove::check_wanted(expected.saml.want_signed, prove::covered(&screened))?;
    let proof = prove(&screened, expected.saml, verifier, story)?;
    let canonical = proof.document()?;
    let message = match proof {
        Proof::Message(_) => Message {
            response: same::root(screened.root(), &canonical)?,
            response_signed: true,
            assertion: same::child_of_root(assertion, &canonical)?,
        },
        Proof::Assertion(_) => {
            Message { response: screened.root(), response_signed: false, assertion: same::root(assertion, &canonical)? }
        }
    };
    checks::check(&message, expected, story)
}

/// Whether the policy takes a response that answers nothing. One that answers something is told by its own check.
fn admit_request(root: Element<'_>, expected: &Expected<'_>) -> Result<(), Refused> {
    if expected.request != Request::Unsolicited || root.attribute("InResponseTo").is_some() {
        return Ok(());
    }
    let refuse = |reason, text| Err(Refused::new(Refusal::SamlUnsolicited, reason, RESPONSE, text));
    match &expected.saml.idp_initiated {
        None => {
            refuse("unsolicited", "it answers no request, and the policy has no `unsafe \"idp-initiated\"`".to_owned())
        }
        Some(open) if expected.now >= open.until => {
            refuse("unsolicited-no-longer", format!("`unsafe \"idp-initiated\"` ended {}", open.until))
        }
        Some(_) => Ok(()),
    }
}

/// The screen lets it through where the status is not success: the provider says why. Nothing of it is believed.
fn without_assertion(screened: &Screened<'_>) -> Refused {
    checks::check_status(screened.root()).err().unwrap_or_else(|| {
        Refused::new(Refusal::SamlStructure, "no-assertion", RESPONSE, "the response has no assertion")
    })
}
