//! Logout: a provider's request to end sessions, and its answer to ours (ST-SAML-27).
//!
//! Reads a message that came by form or by redirect; gives [`VerifiedLogoutRequest`] or [`VerifiedLogoutResponse`]. Which
//! sessions a request names, and whether its ID was seen before, only the caller's store knows.
//!
//! Trust: an unsigned logout message ends nothing, in no configuration.
//! Invariant: by form, what is read are the canonical bytes of the verified signature; by redirect, the document that was
//! inflated out of the very octets that were verified (ST-SAML-26).

mod read;
mod verified;

use gatewright_bundle::program::{Saml, SignatureAlgorithm};
use gatewright_terms::{Refusal, Timestamp};

use crate::receive::{Proof, check_algorithm, decode, not_verified, prove, same_root, trusted};
use crate::redirect::{MessageKind, Redirected};
use crate::refused::{Refused, Step};
use crate::screen::{Kind, Screened, screen_logout};
use crate::verifier::{NotVerified, Trusted, Verifier};
use crate::xml::Element;

pub use verified::{VerifiedLogoutRequest, VerifiedLogoutResponse};

const STAGE: &str = "logout";

/// Signatures over octets instead of XML: those of the redirect binding (Bindings §3.4.4.1).
pub trait DetachedVerifier: Send + Sync {
    /// Good under one of the certificates. Called only with an algorithm of the connection.
    fn verify_detached(
        &self,
        octets: &[u8],
        algorithm: SignatureAlgorithm,
        signature: &[u8],
        trusted: &Trusted<'_>,
    ) -> Result<(), NotVerified>;
}

/// Whose message it must be and where it must have been sent.
#[derive(Debug, Clone, Copy)]
pub struct LogoutExpected<'a> {
    pub saml: &'a Saml,
    /// Our single logout address of this connection, as the browser sees it.
    pub address: &'a str,
    pub now: Timestamp,
}

/// How a message came, with whoever verifies such.
#[derive(Clone, Copy)]
pub enum Carried<'a> {
    /// The value of the form field, base64.
    Post { form_value: &'a [u8], verifier: &'a dyn Verifier },
    /// What [`crate::redirect::read`] took out of the query.
    Redirect { redirected: &'a Redirected, verifier: &'a dyn DetachedVerifier },
}

/// A `LogoutRequest` of the provider. The caller must still remember its ID once, until
/// [`VerifiedLogoutRequest::usable_until`].
pub fn receive_logout_request(
    carried: Carried<'_>,
    expected: &LogoutExpected<'_>,
) -> Result<VerifiedLogoutRequest, Refused> {
    with_proof(carried, expected, Kind::LogoutRequest, |root, story| read::request(root, expected, story))
}

/// The provider's `LogoutResponse` to our request with this ID.
pub fn receive_logout_response(
    carried: Carried<'_>,
    expected: &LogoutExpected<'_>,
    request_id: &str,
) -> Result<VerifiedLogoutResponse, Refused> {
    with_proof(carried, expected, Kind::LogoutResponse, |root, story| read::response(root, expected, request_id, story))
}

/// Decodes, screens, verifies, and reads what was verified.
fn with_proof<T>(
    carried: Carried<'_>,
    expected: &LogoutExpected<'_>,
    kind: Kind,
    read: impl FnOnce(Element<'_>, Vec<Step>) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let mut story = Vec::new();
    let result = match carried {
        Carried::Post { form_value, verifier } => {
            decode(form_value).and_then(|bytes| by_form(&bytes, expected, kind, verifier, &mut story, read))
        }
        Carried::Redirect { redirected, verifier } => {
            by_redirect(redirected, expected, kind, verifier, &mut story, read)
        }
    };
    result.map_err(|refused| as_logout(refused).after(story))
}

fn by_form<T>(
    bytes: &[u8],
    expected: &LogoutExpected<'_>,
    kind: Kind,
    verifier: &dyn Verifier,
    story: &mut Vec<Step>,
    read: impl FnOnce(Element<'_>, Vec<Step>) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let screened = screen(bytes, kind)?;
    let proof: Proof = prove(&screened, expected.saml, verifier, story)?;
    let canonical = proof.document()?;
    let root = same_root(screened.root(), &canonical)?;
    read(root, std::mem::take(story))
}

fn by_redirect<T>(
    redirected: &Redirected,
    expected: &LogoutExpected<'_>,
    kind: Kind,
    verifier: &dyn DetachedVerifier,
    story: &mut Vec<Step>,
    read: impl FnOnce(Element<'_>, Vec<Step>) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let screened = screen(&redirected.message, kind)?;
    let parameter = match kind {
        Kind::LogoutRequest => MessageKind::Request,
        Kind::LogoutResponse | Kind::Response => MessageKind::Response,
    };
    if redirected.kind != parameter {
        return Err(refused("other-parameter", "a request came as a response, or a response as a request"));
    }
    if !screened.signatures().is_empty() {
        // Bindings §3.4.4.1: it is taken out and stands in the query.
        return Err(refused("signature-inside", "a message by redirect is signed in the query, not inside"));
    }
    let Some(signature) = &redirected.signature else { return Err(refused("unsigned", "the query has no signature")) };
    let trusted = trusted(expected.saml)?;
    check_algorithm(signature.algorithm, expected.saml)?;
    verifier
        .verify_detached(&signature.signed, signature.algorithm, &signature.value, &trusted)
        .map_err(not_verified)?;
    story.push(Step::new("signature", "good: the query"));
    read(screened.root(), std::mem::take(story))
}

fn screen(bytes: &[u8], kind: Kind) -> Result<Screened<'_>, Refused> {
    let screened = screen_logout(bytes)?;
    if screened.kind() != kind {
        return Err(refused("other-message", format!("it is a {:?}, not a {kind:?}", screened.kind())));
    }
    Ok(screened)
}

/// What a logout message says wrongly has one page for the operator; what it looks like has those of every message.
fn as_logout(mut refused: Refused) -> Refused {
    let said = [
        Refusal::SamlVersion,
        Refusal::SamlIssuer,
        Refusal::SamlDestination,
        Refusal::SamlExpired,
        Refusal::SamlNotYet,
        Refusal::SamlSignature,
        Refusal::SamlSignatureMissing,
    ];
    if said.contains(&refused.refusal) {
        refused.refusal = Refusal::SamlLogout;
    }
    refused
}

fn refused(reason: &'static str, text: impl Into<String>) -> Refused {
    Refused::new(Refusal::SamlLogout, reason, STAGE, text)
}
