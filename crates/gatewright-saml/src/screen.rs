//! Screen: what a message must look like before anybody else sees it.
//!
//! Reads the bytes of a response or of a logout message; gives [`Screened`], or refuses by the first rule that is broken,
//! always the same one for the same bytes. Each rule has a word of its own. They stand, in this order, in
//! `screen/markup` (the reader's own), `screen/shape` (what may stand where), `screen/places` (the same as a table),
//! `screen/attributes`, `screen/holders` (where strangers may put elements), `screen/ids`, `screen/signature` with
//! `screen/key_info`, `screen/encrypted`, and `screen/algorithms`, which lists what is allowed.
//!
//! Trust: alleged on the way in and still alleged on the way out: a screen says what a message looks like, never that it is
//! true. But it can be verified without surprises: one assertion, each signature over its own parent, no other reference.
//! Invariant: private fields and no public constructor: holding a [`Screened`] is the proof that every rule was met.
//! Invariant: no C, no file, no socket; one pass of each rule over the tree, so the steps grow linearly (ST-SAML-22).

mod algorithms;
mod attributes;
mod encrypted;
mod holders;
mod ids;
mod key_info;
mod markup;
mod octets;
mod places;
mod shape;
mod signature;

use std::ops::Range;

use gatewright_bundle::program::SignatureAlgorithm;
use gatewright_terms::Refusal;

use crate::refused::{Refused, echo};
use crate::verifier::Signed;
use crate::xml::{Document, Element};

pub(crate) use algorithms::signature_algorithm;
pub use encrypted::{DataCipher, ENCRYPTED_KEY_BYTES_MAX, ENCRYPTED_KEYS_MAX, KeyTransport};
pub use ids::ID_BYTES_MAX;
pub use markup::{ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, LIMITS, MESSAGE_BYTES_MAX, NAMESPACES_MAX};
pub(crate) use octets::{base64_exact, base64_with_white_space};
pub use signature::{PREFIXES_MAX, SIGNATURE_BYTES_MAX};

/// `urn:oasis:names:tc:SAML:2.0:protocol`.
pub const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// `urn:oasis:names:tc:SAML:2.0:assertion`.
pub const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// XML Signature.
pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// XML Encryption.
pub const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";

/// More steps than these for each byte, no message takes: each rule goes over the tree once, and there are few.
pub const INPUT_STEPS_MAX: u64 = 40;

/// Which message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Response,
    LogoutRequest,
    LogoutResponse,
}

/// A signature of the one shape that is taken: a direct child of what it signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenedSignature {
    pub covers: Signed,
    /// The `ID` of what it signs, and of its one reference.
    pub id: String,
    pub algorithm: SignatureAlgorithm,
}

/// A message that has passed every rule.
#[derive(Debug)]
pub struct Screened<'a> {
    document: Document<'a>,
    kind: Kind,
    signatures: Vec<ScreenedSignature>,
    assertion: Option<usize>,
    encrypted: Option<encrypted::Parts>,
    steps: u64,
}

/// A message of single sign-on: a `Response`.
///
/// # Errors
/// The first rule that it breaks.
pub fn screen_response(bytes: &[u8]) -> Result<Screened<'_>, Refused> {
    screen(bytes, &[Kind::Response], &mut Work::default())
}

/// A message of single logout: a `LogoutRequest` or a `LogoutResponse`.
///
/// # Errors
/// The first rule that it breaks.
pub fn screen_logout(bytes: &[u8]) -> Result<Screened<'_>, Refused> {
    screen(bytes, &[Kind::LogoutRequest, Kind::LogoutResponse], &mut Work::default())
}

/// What [`screen_response`] visits, also where it refuses.
pub fn screen_steps(bytes: &[u8]) -> u64 {
    let mut work = Work::default();
    // The verdict does not matter here.
    let _ = screen(bytes, &[Kind::Response], &mut work);
    work.steps
}

fn screen<'a>(bytes: &'a [u8], kinds: &[Kind], work: &mut Work) -> Result<Screened<'a>, Refused> {
    let document = markup::read(bytes, work)?;
    let kind = shape::root(&document, kinds)?;
    let assertion = shape::assertion(&document, kind, work)?;
    signature::places(&document, work)?;
    encrypted::others(&document, work)?;
    holders::check(&document, work)?;
    shape::places(&document, work)?;
    attributes::check(&document, work)?;
    ids::check(&document, work)?;
    let signatures = signature::check(&document, work)?;
    let encrypted = encrypted::check(&document, work)?;
    let assertion = assertion.filter(|found| found.is(ASSERTION, "Assertion")).map(Element::index);
    Ok(Screened { kind, signatures, assertion, encrypted, steps: work.steps, document })
}

impl<'a> Screened<'a> {
    pub fn document(&self) -> &Document<'a> {
        &self.document
    }

    /// The bytes that were screened.
    pub fn source(&self) -> &'a [u8] {
        self.document.text().as_bytes()
    }

    pub fn root(&self) -> Element<'_> {
        self.document.root()
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// In document order; none or one for the message, none or one for the assertion.
    pub fn signatures(&self) -> &[ScreenedSignature] {
        &self.signatures
    }

    /// The plain assertion. Neither this nor [`Screened::encrypted`] is there in logout messages and where the status is
    /// not success.
    pub fn assertion(&self) -> Option<Element<'_>> {
        self.assertion.and_then(|at| self.document.element(at))
    }

    pub fn encrypted(&self) -> Option<Encrypted<'_>> {
        let parts = self.encrypted.as_ref()?;
        Some(Encrypted { element: self.document.element(parts.at)?, parts })
    }

    /// What was visited: the reader's steps, and one for each visit of a rule to an element or an attribute, or to a byte of
    /// a value.
    pub fn steps(&self) -> u64 {
        self.steps
    }
}

/// An `EncryptedAssertion` whose algorithms are on the list and whose values are base64.
#[derive(Debug, Clone, Copy)]
pub struct Encrypted<'d> {
    element: Element<'d>,
    parts: &'d encrypted::Parts,
}

impl<'d> Encrypted<'d> {
    pub fn data_algorithm(&self) -> DataCipher {
        self.parts.data
    }

    /// The same for every key.
    pub fn key_transport(&self) -> KeyTransport {
        self.parts.transport
    }

    /// The content key, encrypted once for each recipient; at least one. Which is for us, only trying tells.
    pub fn encrypted_keys(&self) -> &'d [Vec<u8>] {
        &self.parts.keys
    }

    /// Initialisation vector and ciphertext.
    pub fn cipher_value(&self) -> Vec<u8> {
        self.parts.cipher.clone()
    }

    /// Of the `EncryptedAssertion`, in bytes of the source.
    pub fn span(&self) -> Range<usize> {
        self.element.span()
    }
}

fn refuse(refusal: Refusal, reason: &'static str, text: impl Into<String>) -> Refused {
    Refused::new(refusal, reason, "screen", text)
}

/// An element, for the operator's trace.
fn place_of(element: Element<'_>) -> String {
    format!("{} at byte {}", echo(element.name()), element.span().start)
}

/// Counts the visits of the rules.
#[derive(Default)]
struct Work {
    steps: u64,
}

impl Work {
    fn visit(&mut self, element: Element<'_>) {
        self.steps += 1 + element.attributes().count() as u64;
    }

    fn read(&mut self, value: &str) {
        self.steps += value.len() as u64;
    }
}
