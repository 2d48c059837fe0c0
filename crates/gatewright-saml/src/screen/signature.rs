//! Signature: where signatures stand, and the one shape that they have (ST-SAML-08, ST-SAML-09).
//!
//! Invariant: a signature that has passed refers to its own parent and to nothing else, and is computed without any
//! parameter but the prefixes that exclusive canonicalisation keeps.

use gatewright_bundle::program::SignatureAlgorithm;
use gatewright_terms::Refusal;

use super::algorithms::{ENVELOPED, EXCLUSIVE, digest, signature_algorithm};
use super::key_info::{self, has_only, is_empty};
use super::octets::base64_with_white_space;
use super::shape::structure;
use super::{ASSERTION, DSIG, ScreenedSignature, Work, place_of, refuse};
use crate::refused::{Refused, echo};
use crate::verifier::Signed;
use crate::xml::{Document, Element, is_ncname};

/// In bytes: RSA with 8192 bits.
pub const SIGNATURE_BYTES_MAX: usize = 1024;
/// In `PrefixList`. Providers send one or two.
pub const PREFIXES_MAX: usize = 16;

/// Rules `signature-look-alike`, `signature-elsewhere` and `two-signatures`, in document order.
pub(super) fn places(document: &Document<'_>, work: &mut Work) -> Result<(), Refused> {
    let root = document.root();
    let mut signed = Vec::new();
    for element in root.descendants() {
        work.visit(element);
        if element.name() != "Signature" {
            continue;
        }
        if element.namespace() != DSIG {
            return Err(structure("signature-look-alike", element, "has the name of a signature and is none"));
        }
        let parent = element.parent().filter(|parent| covers(*parent, root).is_some());
        let parent =
            parent.ok_or_else(|| shape("signature-elsewhere", element, "is no direct child of what can be signed"))?;
        if signed.contains(&parent.index()) {
            return Err(shape("two-signatures", element, "is a second one"));
        }
        // Bounded: there is one assertion.
        signed.push(parent.index());
    }
    Ok(())
}

fn covers(parent: Element<'_>, root: Element<'_>) -> Option<Signed> {
    if parent == root {
        return Some(Signed::Message);
    }
    (parent.is(ASSERTION, "Assertion") && parent.parent() == Some(root)).then_some(Signed::Assertion)
}

/// The shape of every signature, in document order.
pub(super) fn check(document: &Document<'_>, work: &mut Work) -> Result<Vec<ScreenedSignature>, Refused> {
    let root = document.root();
    let mut signatures = Vec::new();
    for parent in std::iter::once(root).chain(root.child(ASSERTION, "Assertion")) {
        for signature in parent.child(DSIG, "Signature") {
            let covers = covers(parent, root).unwrap_or(Signed::Message);
            let id = parent.attribute("ID").unwrap_or_default();
            let algorithm = one(signature, id, work)?;
            signatures.push(ScreenedSignature { covers, id: id.to_owned(), algorithm });
        }
    }
    Ok(signatures)
}

fn one(signature: Element<'_>, id: &str, work: &mut Work) -> Result<SignatureAlgorithm, Refused> {
    for element in signature.descendants() {
        work.visit(element);
        if element.has_text_beside_elements() {
            return Err(shape("signature-text", element, "holds text beside elements"));
        }
    }
    attributes(signature, &["Id"])?;
    let (signed_info, value) = parts(signature, work)?;
    let algorithm = signed_info_of(signed_info, id, work)?;
    attributes(value, &["Id"])?;
    let octets = value.text().and_then(|text| decoded(text, work));
    if !octets.is_some_and(|octets| (1..=SIGNATURE_BYTES_MAX).contains(&octets.len())) {
        return Err(shape("signature-value", value, "is no base64, or not of the length of a signature"));
    }
    Ok(algorithm)
}

fn decoded(text: &str, work: &mut Work) -> Option<Vec<u8>> {
    work.read(text);
    base64_with_white_space(text)
}

/// Rules `signature-object`, `signature-part`, `signed-info-count`, `signature-value-count`, `two-key-infos`,
/// `signature-order`, and those of `KeyInfo`.
fn parts<'d>(signature: Element<'d>, work: &mut Work) -> Result<(Element<'d>, Element<'d>), Refused> {
    let mut ranks = Vec::new();
    for child in signature.children() {
        ranks.push(match (child.namespace(), child.name()) {
            (DSIG, "SignedInfo") => 0,
            (DSIG, "SignatureValue") => 1,
            (DSIG, "KeyInfo") => 2,
            (_, "Object") => return Err(shape("signature-object", child, "can hide what was signed")),
            _ => return Err(shape("signature-part", child, "has no place in a signature")),
        });
    }
    let count = |rank: i32| ranks.iter().filter(|at| **at == rank).count();
    for (rank, reason) in [(0, "signed-info-count"), (1, "signature-value-count")] {
        if count(rank) != 1 {
            return Err(shape(reason, signature, "must hold exactly one"));
        }
    }
    if count(2) > 1 {
        return Err(shape("two-key-infos", signature, "must hold one at most"));
    }
    if !ranks.is_sorted() {
        return Err(shape("signature-order", signature, "has its parts in another order"));
    }
    if let Some(key_info) = signature.child(DSIG, "KeyInfo").next() {
        key_info::check(key_info, work)?;
    }
    let mut children = signature.children();
    let both = children.next().zip(children.next());
    both.ok_or_else(|| shape("signature-part", signature, "lacks a part"))
}

/// Rules `no-reference`, `two-references`, `signed-info-part`, and those of its three parts.
fn signed_info_of(signed_info: Element<'_>, id: &str, work: &mut Work) -> Result<SignatureAlgorithm, Refused> {
    attributes(signed_info, &["Id"])?;
    match signed_info.child(DSIG, "Reference").count() {
        0 => return Err(shape("no-reference", signed_info, "refers to nothing")),
        1 => {}
        _ => return Err(shape("two-references", signed_info, "has more than one reference")),
    }
    let [canonicalization, method, reference] =
        exactly(signed_info, ["CanonicalizationMethod", "SignatureMethod", "Reference"], "signed-info-part")?;
    if !algorithm_is(canonicalization, EXCLUSIVE) {
        return Err(shape("canonicalization", canonicalization, "is not exclusive canonicalisation"));
    }
    prefixes(canonicalization, work)?;
    let uri = algorithm(method)?;
    let known = signature_algorithm(uri).ok_or_else(|| refused_algorithm("signature-method", method, uri))?;
    if !is_empty(method) {
        return Err(shape("signature-method-parameters", method, "has parameters"));
    }
    reference_of(reference, id, work)?;
    Ok(known)
}

/// Rules `reference-attribute`, `reference-part`, `digest-method`, `digest-method-parameters`, `digest-value`, and those of
/// its address and its transforms.
fn reference_of(reference: Element<'_>, id: &str, work: &mut Work) -> Result<(), Refused> {
    address(reference, id)?;
    if !has_only(reference, &["URI"]) {
        return Err(shape("reference-attribute", reference, "has an attribute other than `URI`"));
    }
    let [transforms, method, value] =
        exactly(reference, ["Transforms", "DigestMethod", "DigestValue"], "reference-part")?;
    transforms_of(transforms, work)?;
    let uri = algorithm(method)?;
    let hash = digest(uri).ok_or_else(|| refused_algorithm("digest-method", method, uri))?;
    if !is_empty(method) {
        return Err(shape("digest-method-parameters", method, "has parameters"));
    }
    attributes(value, &[])?;
    let octets = value.text().and_then(|text| decoded(text, work));
    if octets.map(|octets| octets.len()) != Some(hash.bytes()) {
        return Err(shape("digest-value", value, "is no base64, or not of the length of the digest"));
    }
    Ok(())
}

/// Rules `reference-without-address`, `reference-empty`, `reference-external`, `reference-pointer`, `reference-other`.
///
/// Exactly `#` and the ID of the parent: no other form is ever resolved (ST-SAML-08).
fn address(reference: Element<'_>, id: &str) -> Result<(), Refused> {
    let Some(uri) = reference.attribute("URI") else {
        return Err(shape("reference-without-address", reference, "has no `URI`"));
    };
    if uri.is_empty() {
        return Err(shape("reference-empty", reference, "refers to the whole document"));
    }
    let Some(name) = uri.strip_prefix('#') else {
        return Err(shape("reference-external", reference, "refers to something outside the message"));
    };
    if name.contains('(') {
        return Err(shape("reference-pointer", reference, "refers by an expression"));
    }
    if name != id || id.is_empty() {
        return Err(shape("reference-other", reference, "refers to another element than its parent"));
    }
    Ok(())
}

/// Rules `transforms-part`, `transform-unknown`, `transform-parameters`, `transform-doubled`, `transform-order`,
/// `transform-missing`.
///
/// Both must be there: without exclusive canonicalisation the inclusive one would follow (XML Signature §4.4.3.2).
fn transforms_of(transforms: Element<'_>, work: &mut Work) -> Result<(), Refused> {
    attributes(transforms, &[])?;
    let mut seen = Vec::new();
    for transform in transforms.children() {
        if !transform.is(DSIG, "Transform") {
            return Err(shape("transforms-part", transform, "is no transform"));
        }
        match algorithm(transform)? {
            ENVELOPED if is_empty(transform) => seen.push(0),
            ENVELOPED => return Err(shape("transform-parameters", transform, "has parameters")),
            EXCLUSIVE => {
                prefixes(transform, work)?;
                seen.push(1);
            }
            other => return Err(shape("transform-unknown", transform, &format!("is {}", echo(other)))),
        }
    }
    match seen.as_slice() {
        [0, 1] => Ok(()),
        [1, 0] => Err(shape("transform-order", transforms, "are in another order")),
        [] | [_] => Err(shape("transform-missing", transforms, "must be the two")),
        _ => Err(shape("transform-doubled", transforms, "must be the two, each once")),
    }
}

/// Rules `canonicalization-parameters` and `prefix-list`: nothing, or one `InclusiveNamespaces` with a list of prefixes.
///
/// Okta and others send it. It only adds declarations to the canonical form; every element keeps its name.
fn prefixes(method: Element<'_>, work: &mut Work) -> Result<(), Refused> {
    let parameters = || shape("canonicalization-parameters", method, "has parameters other than a list of prefixes");
    if is_empty(method) {
        return Ok(());
    }
    let mut children = method.children();
    let (Some(list), None) = (children.next(), children.next()) else {
        return Err(parameters());
    };
    if !list.is(EXCLUSIVE, "InclusiveNamespaces") || !has_only(list, &["PrefixList"]) || !is_empty(list) {
        return Err(parameters());
    }
    let list = list.attribute("PrefixList").ok_or_else(parameters)?;
    work.read(list);
    let mut count = 0;
    for prefix in list.split(' ').filter(|prefix| !prefix.is_empty()) {
        count += 1;
        if count > PREFIXES_MAX || (prefix != "#default" && !is_ncname(prefix)) {
            return Err(shape("prefix-list", method, "has a list that is too long or holds what is no prefix"));
        }
    }
    Ok(())
}

/// Exactly these children, in this order, all of XML Signature.
fn exactly<'d, const N: usize>(
    element: Element<'d>,
    names: [&str; N],
    reason: &'static str,
) -> Result<[Element<'d>; N], Refused> {
    let children: Vec<Element<'d>> = element.children().take(N + 1).collect();
    let children: [Element<'d>; N] = children
        .try_into()
        .map_err(|_| shape(reason, element, &format!("must hold exactly `{}`", names.join("`, `"))))?;
    match children.iter().zip(names).find(|(child, name)| !child.is(DSIG, name)) {
        None => Ok(children),
        Some((child, name)) => Err(shape(reason, *child, &format!("stands where `{name}` belongs"))),
    }
}

/// Rule `signature-attribute`.
fn attributes(element: Element<'_>, names: &[&str]) -> Result<(), Refused> {
    if has_only(element, names) {
        return Ok(());
    }
    Err(shape("signature-attribute", element, "has an attribute that is not taken"))
}

fn algorithm(element: Element<'_>) -> Result<&str, Refused> {
    attributes(element, &["Algorithm"])?;
    element.attribute("Algorithm").ok_or_else(|| shape("signature-attribute", element, "has no `Algorithm`"))
}

fn algorithm_is(element: Element<'_>, uri: &str) -> bool {
    has_only(element, &["Algorithm"]) && element.attribute("Algorithm") == Some(uri)
}

fn refused_algorithm(reason: &'static str, element: Element<'_>, uri: &str) -> Refused {
    refuse(Refusal::SamlAlgorithm, reason, format!("{} is {}, which is not allowed", place_of(element), echo(uri)))
}

fn shape(reason: &'static str, element: Element<'_>, what: &str) -> Refused {
    refuse(Refusal::SamlSignatureShape, reason, format!("{} {what}", place_of(element)))
}
