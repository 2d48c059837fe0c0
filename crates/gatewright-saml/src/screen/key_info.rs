//! Key info: what a message says about keys. Nobody here believes it (ST-SAML-11); it must only do no harm.
//!
//! Invariant: nothing in it leads anywhere else: no retrieval, no reference, no address.

use gatewright_terms::Refusal;

use super::{DSIG, Work, place_of, refuse};
use crate::refused::Refused;
use crate::xml::{Element, is_white};

const DSIG11: &str = "http://www.w3.org/2009/xmldsig11#";

/// Parent, namespace, name, attributes: all that is taken.
const TAKEN: &[(&str, &str, &str, &[&str])] = &[
    ("KeyInfo", DSIG, "KeyName", &[]),
    ("KeyInfo", DSIG, "X509Data", &[]),
    ("KeyInfo", DSIG, "KeyValue", &[]),
    ("X509Data", DSIG, "X509Certificate", &[]),
    ("X509Data", DSIG, "X509SubjectName", &[]),
    ("X509Data", DSIG, "X509SKI", &[]),
    ("X509Data", DSIG, "X509CRL", &[]),
    ("X509Data", DSIG, "X509IssuerSerial", &[]),
    ("X509Data", DSIG11, "X509Digest", &["Algorithm"]),
    ("X509IssuerSerial", DSIG, "X509IssuerName", &[]),
    ("X509IssuerSerial", DSIG, "X509SerialNumber", &[]),
    ("KeyValue", DSIG, "RSAKeyValue", &[]),
    ("RSAKeyValue", DSIG, "Modulus", &[]),
    ("RSAKeyValue", DSIG, "Exponent", &[]),
    ("KeyValue", DSIG11, "ECKeyValue", &[]),
    // An object identifier, `urn:oid:…`.
    ("ECKeyValue", DSIG11, "NamedCurve", &["URI"]),
    ("ECKeyValue", DSIG11, "PublicKey", &[]),
];

/// Rules `retrieval-method`, `key-info` and `key-info-attribute`, for a whole `KeyInfo`.
pub(super) fn check(key_info: Element<'_>, work: &mut Work) -> Result<(), Refused> {
    if !key_info.is(DSIG, "KeyInfo") {
        return Err(shape("key-info", key_info, "is no `KeyInfo`"));
    }
    attributes(key_info, &["Id"])?;
    key_info.children().try_for_each(|child| check_child(child, work))
}

/// One child of a `KeyInfo`, with all that it holds.
pub(super) fn check_child(child: Element<'_>, work: &mut Work) -> Result<(), Refused> {
    for element in child.descendants() {
        work.visit(element);
        if matches!(element.name(), "RetrievalMethod" | "KeyInfoReference") {
            return Err(shape("retrieval-method", element, "fetches a key from elsewhere"));
        }
        let parent = element.parent().map_or("", Element::name);
        let taken = TAKEN.iter().find(|(above, namespace, name, _)| *above == parent && element.is(namespace, name));
        let Some((.., names)) = taken else {
            return Err(shape("key-info", element, "has no place in a `KeyInfo`"));
        };
        attributes(element, names)?;
        if element.has_text_beside_elements() {
            return Err(shape("key-info", element, "holds text beside elements"));
        }
        let address = element.attribute("URI").filter(|uri| !uri.starts_with("urn:oid:"));
        if address.is_some() {
            return Err(shape("retrieval-method", element, "names an address"));
        }
    }
    Ok(())
}

fn attributes(element: Element<'_>, names: &[&str]) -> Result<(), Refused> {
    if has_only(element, names) {
        Ok(())
    } else {
        Err(shape("key-info-attribute", element, "has an attribute that is not taken"))
    }
}

/// Whether no attribute stands on an element but these, without prefix.
pub(super) fn has_only(element: Element<'_>, names: &[&str]) -> bool {
    element.attributes().all(|attribute| attribute.namespace().is_empty() && names.contains(&attribute.name()))
}

/// Whether an element holds neither elements nor anything but white space.
pub(super) fn is_empty(element: Element<'_>) -> bool {
    element.text().is_some_and(|text| text.chars().all(is_white))
}

fn shape(reason: &'static str, element: Element<'_>, what: &str) -> Refused {
    refuse(Refusal::SamlSignatureShape, reason, format!("{} {what}", place_of(element)))
}
