//! Second opinion: the signatures of a SAML message checked in Rust alone, without C.
//!
//! Reads the same screened bytes as the gate's own verifier and gives the same answer in the same form, with no line of
//! code in common: another reader, another canonical form, other arithmetic. The gate may ask it beside its own, and then
//! both must agree; the command line, which holds no C, asks it alone. The tests of `gate-saml` ask all of them the same.
//!
//! Trust: the bytes are alleged; what comes back is what a key of the connection has signed.
//! Invariant: keys and algorithms come from the caller, never from the message (ST-SAML-09, ST-SAML-11).
//! Invariant: every signature that the screen saw is good, over the very element that it covers, or none is (ST-SAML-08).
//! Invariant: an error, a panic or an empty result is a signature that is not good (ST-SAML-10).

use std::panic::{AssertUnwindSafe, catch_unwind};

use bergshamra::c14n::{C14nMode, canonicalize_doc};
use bergshamra::dsig::verify::verify_all_document_with_source;
use bergshamra::keys::loader::load_spki_der;
use bergshamra::xml::uppsala;
use bergshamra::xml::{Document as Tree, NodeId, NodeSet};
use bergshamra::{DsigContext, KeysManager, VerifiedReference, VerifyResult};
use gatewright_saml::certificate::CertificateFacts;
use gatewright_saml::screen::{DSIG, Screened, ScreenedSignature};
use gatewright_saml::xml::Element;
use gatewright_saml::{Canonical, NotVerified, Signed, Trusted, Verifier};

/// Exclusive canonical XML, whose prefix list it is.
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// A verifier without C. RSA keys of 2048 to 4096 bits, P-256, P-384 and P-521.
#[derive(Debug, Clone, Copy, Default)]
pub struct SecondOpinion;

impl Verifier for SecondOpinion {
    fn verify(&self, screened: &Screened<'_>, trusted: &Trusted<'_>) -> Result<Canonical, NotVerified> {
        let signatures = screened.signatures();
        if let Some(other) = signatures.iter().find(|signature| !trusted.algorithms.contains(&signature.algorithm)) {
            return Err(bad(format!("this connection takes no {:?}", other.algorithm)));
        }
        // Whatever is unwound stays inside: nothing of it is used again.
        catch_unwind(AssertUnwindSafe(|| check(screened, trusted)))
            .unwrap_or_else(|_| Err(bad("the signatures cannot be checked")))
    }
}

fn bad(text: impl Into<String>) -> NotVerified {
    NotVerified::Bad(text.into())
}

fn check(screened: &Screened<'_>, trusted: &Trusted<'_>) -> Result<Canonical, NotVerified> {
    let text = str::from_utf8(screened.source()).map_err(|_| bad("the message is not UTF-8"))?;
    let tree = uppsala::parse(text).map_err(|_| bad("the message is not readable"))?;
    let context = DsigContext::new(keys(trusted)?);
    let results = verify_all_document_with_source(&context, &tree, Some(text))
        .map_err(|error| bad(format!("the signatures cannot be checked: {error}")))?;
    let signatures = screened.signatures();
    if results.len() != signatures.len() {
        return Err(bad("there are more or fewer signatures than the screen saw"));
    }
    let mut outermost = None;
    for (signature, result) in signatures.iter().zip(&results) {
        let found = covered(signature, result)?;
        if outermost.is_none() || signature.covers == Signed::Message {
            outermost = Some((signature, found));
        }
    }
    let (signature, (target, signature_node)) = outermost.ok_or_else(|| bad("there is no signature"))?;
    let bytes = canonical(&tree, target, signature_node, &prefixes(screened, signature.covers)?)?;
    Ok(Canonical { signed: signature.covers, bytes })
}

/// The keys that are strong enough and readable here, and one at least (ST-SAML-06).
fn keys(trusted: &Trusted<'_>) -> Result<KeysManager, NotVerified> {
    let mut keys = KeysManager::new();
    let strong = trusted.certificates.iter().filter_map(|certificate| {
        let facts = CertificateFacts::parse(&certificate.0).ok()?;
        facts.weakness().is_none().then_some(facts)
    });
    keys.add_keys(strong.filter_map(|facts| load_spki_der(&facts.public_key_info).ok()));
    if keys.is_empty() { Err(bad("no certificate of this connection has a key that is taken")) } else { Ok(keys) }
}

/// The element that a good signature covers, and the signature itself.
fn covered(signature: &ScreenedSignature, result: &VerifyResult) -> Result<(NodeId, NodeId), NotVerified> {
    match result {
        VerifyResult::Valid { signature_node, references, .. } => match references.as_slice() {
            [VerifiedReference { uri, resolved_node: Some(target), digest_verified: true, .. }]
                if uri.strip_prefix('#') == Some(signature.id.as_str()) =>
            {
                Ok((*target, *signature_node))
            }
            _ => Err(bad("a signature does not cover what it should")),
        },
        VerifyResult::Invalid { reason } => Err(bad(reason.clone())),
    }
}

/// The element without its signature, as it was digested.
fn canonical(tree: &Tree<'_>, target: NodeId, signature: NodeId, prefixes: &[&str]) -> Result<Vec<u8>, NotVerified> {
    let signed = NodeSet::tree_without_comments(target, tree).subtract(&NodeSet::tree_with_comments(signature, tree));
    match canonicalize_doc(tree, C14nMode::Exclusive, Some(&signed), prefixes) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        Ok(_) | Err(_) => Err(bad("the signed element has no canonical form")),
    }
}

/// The prefix list of the signature's canonicalisation; empty where it has none.
fn prefixes<'s>(screened: &'s Screened<'_>, covers: Signed) -> Result<Vec<&'s str>, NotVerified> {
    let parent = match covers {
        Signed::Message => Some(screened.root()),
        Signed::Assertion => screened.assertion(),
    };
    let signature = parent.and_then(|parent| parent.child(DSIG, "Signature").next());
    let transforms = signature.into_iter().flat_map(Element::descendants).filter(|one| one.is(DSIG, "Transform"));
    let mut lists = transforms.flat_map(|transform| transform.child(EXCLUSIVE, "InclusiveNamespaces"));
    let list = lists.next().map(|list| list.attribute("PrefixList").unwrap_or_default());
    if lists.next().is_some() {
        return Err(bad("a signature has more than one prefix list"));
    }
    Ok(list.unwrap_or_default().split_ascii_whitespace().collect())
}
