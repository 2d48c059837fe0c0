//! Prove: which signatures must be there, and what the verifier proved.
//!
//! Invariant: nothing is asked of the verifier with an empty list of certificates or algorithms, or without a signature.
//! Invariant: what the verifier gives back must be what the outermost signature covers, or two views disagree.

use gatewright_bundle::program::{Saml, SignatureAlgorithm, WantSigned};
use gatewright_terms::Refusal;

use crate::refused::{Refused, Step};
use crate::screen::{LIMITS, Screened, ScreenedSignature};
use crate::verifier::{NotVerified, Signed, Trusted, Verifier};
use crate::xml::{Document, Limits};

const STAGE: &str = "signature";

/// The exclusive canonical form writes a declaration wherever a prefix is first used, so it is longer than the message; with
/// `xsi` on every attribute value, twice as long. Elements, attributes and depth stay.
const CANONICAL_LIMITS: Limits =
    Limits { bytes_max: 4 * LIMITS.bytes_max, namespaces_max: 4 * LIMITS.namespaces_max, ..LIMITS };

/// Which elements carry a signature of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Covered {
    pub(crate) message: bool,
    pub(crate) assertion: bool,
}

/// Canonical bytes, verified.
pub(crate) enum Proof {
    Message(Vec<u8>),
    Assertion(Vec<u8>),
}

impl Proof {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Message(bytes) | Self::Assertion(bytes) => bytes,
        }
    }

    /// By the same reader as the message itself.
    pub(crate) fn document(&self) -> Result<Document<'_>, Refused> {
        Document::parse(self.bytes(), &CANONICAL_LIMITS)
            .map_err(|fault| disagree("canonical-unreadable", format!("the canonical bytes are not readable: {fault}")))
    }
}

pub(crate) fn covered(screened: &Screened<'_>) -> Covered {
    let has = |signed| screened.signatures().iter().any(|signature| signature.covers == signed);
    Covered { message: has(Signed::Message), assertion: has(Signed::Assertion) }
}

/// Whether the signatures that the policy asks for are there (ST-SAML-06). Whether they are good is the verifier's.
pub(crate) fn check_wanted(wanted: WantSigned, covered: Covered) -> Result<(), Refused> {
    let missing = |reason, text: &str| Err(Refused::new(Refusal::SamlSignatureMissing, reason, STAGE, text));
    let Covered { message, assertion } = covered;
    match wanted {
        _ if !message && !assertion => missing("unsigned", "neither the response nor the assertion is signed"),
        WantSigned::Assertion | WantSigned::Both if !assertion => {
            missing("assertion-unsigned", "the assertion has no signature of its own, and the policy asks for one")
        }
        WantSigned::Response | WantSigned::Both if !message => {
            missing("response-unsigned", "the response has no signature of its own, and the policy asks for one")
        }
        WantSigned::Assertion | WantSigned::Response | WantSigned::Both | WantSigned::Either => Ok(()),
    }
}

/// Every signature of the message is good. There must be one.
pub(crate) fn prove(
    screened: &Screened<'_>,
    saml: &Saml,
    verifier: &dyn Verifier,
    story: &mut Vec<Step>,
) -> Result<Proof, Refused> {
    let trusted = trusted(saml)?;
    for signature in screened.signatures() {
        check_algorithm(signature.algorithm, saml)?;
    }
    check_one_kind(screened)?;
    let outermost = match covered(screened) {
        Covered { message: true, .. } => Signed::Message,
        Covered { assertion: true, .. } => Signed::Assertion,
        Covered { message: false, assertion: false } => {
            return Err(Refused::new(Refusal::SamlSignatureMissing, "unsigned", STAGE, "nothing is signed"));
        }
    };
    let canonical = verifier.verify(screened, &trusted).map_err(not_verified)?;
    if canonical.signed != outermost {
        return Err(disagree("canonical-of-another", "the verifier gave the bytes of another element".to_owned()));
    }
    let what: Vec<&str> = screened.signatures().iter().map(|signature| name(signature.covers)).collect();
    story.push(Step::new(STAGE, format!("good: {}; {} canonical bytes", what.join(", "), canonical.bytes.len())));
    Ok(match outermost {
        Signed::Message => Proof::Message(canonical.bytes),
        Signed::Assertion => Proof::Assertion(canonical.bytes),
    })
}

/// Signatures of RSA and of EC keys in one message are not taken together: no provider signs so.
fn check_one_kind(screened: &Screened<'_>) -> Result<(), Refused> {
    let is_rsa = |signature: &ScreenedSignature| match signature.algorithm {
        SignatureAlgorithm::RsaSha256 | SignatureAlgorithm::RsaSha384 | SignatureAlgorithm::RsaSha512 => true,
        SignatureAlgorithm::EcdsaSha256 | SignatureAlgorithm::EcdsaSha384 | SignatureAlgorithm::EcdsaSha512 => false,
    };
    let mut kinds = screened.signatures().iter().map(is_rsa);
    let first = kinds.next();
    if kinds.any(|kind| Some(kind) != first) {
        let text = "one signature is of an RSA key, the other of an EC key";
        return Err(Refused::new(Refusal::SamlAlgorithm, "algorithms-mixed", STAGE, text));
    }
    Ok(())
}

pub(crate) fn check_algorithm(algorithm: SignatureAlgorithm, saml: &Saml) -> Result<(), Refused> {
    if saml.algorithms.contains(&algorithm) {
        return Ok(());
    }
    let text = format!("{algorithm:?} is not among the algorithms of the connection");
    Err(Refused::new(Refusal::SamlAlgorithm, "algorithm-not-wanted", STAGE, text))
}

/// The bundle holds neither list empty; a check that is free.
pub(crate) fn trusted(saml: &Saml) -> Result<Trusted<'_>, Refused> {
    if saml.certificates.is_empty() || saml.algorithms.is_empty() {
        let text = "the connection has no certificate or no algorithm: nothing could be verified";
        return Err(Refused::new(Refusal::SamlSignature, "nothing-trusted", STAGE, text));
    }
    Ok(Trusted { certificates: &saml.certificates, algorithms: &saml.algorithms })
}

pub(crate) fn not_verified(why: NotVerified) -> Refused {
    match why {
        NotVerified::Bad(text) => Refused::new(Refusal::SamlSignature, "signature", STAGE, text),
        NotVerified::Disagree(text) => disagree("verifiers-disagree", text),
        NotVerified::Busy(text) => Refused::new(Refusal::SamlBusy, "busy", STAGE, text),
    }
}

pub(crate) fn disagree(reason: &'static str, text: String) -> Refused {
    Refused::new(Refusal::SamlVerifiersDisagree, reason, STAGE, text)
}

fn name(signed: Signed) -> &'static str {
    match signed {
        Signed::Message => "message",
        Signed::Assertion => "assertion",
    }
}
