//! Shape: the root, the one assertion, and every element where the standard puts it (ST-SAML-05).

use gatewright_terms::Refusal;

use super::places::{self, Holds, Part, Place};
use super::{ASSERTION, DSIG, Kind, PROTOCOL, Work, XENC, place_of, refuse};
use crate::refused::Refused;
use crate::xml::{Document, Element, is_white};

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// Rule `wrong-root`: the message is one of those that the door takes.
pub(super) fn root(document: &Document<'_>, kinds: &[Kind]) -> Result<Kind, Refused> {
    let root = document.root();
    let kind = match (root.namespace(), root.name()) {
        (PROTOCOL, "Response") => Some(Kind::Response),
        (PROTOCOL, "LogoutRequest") => Some(Kind::LogoutRequest),
        (PROTOCOL, "LogoutResponse") => Some(Kind::LogoutResponse),
        _ => None,
    };
    kind.filter(|kind| kinds.contains(kind)).ok_or_else(|| {
        refuse(Refusal::SamlStructure, "wrong-root", format!("{} is not the message that belongs here", place_of(root)))
    })
}

/// Rules about the assertion: `assertion-look-alike`, `assertion-elsewhere`, `two-assertions`, `no-assertion`.
///
/// A response whose status is not success may come without one: it can lead to nothing but a refusal.
pub(super) fn assertion<'d>(
    document: &'d Document<'_>,
    kind: Kind,
    work: &mut Work,
) -> Result<Option<Element<'d>>, Refused> {
    let root = document.root();
    let mut found = None;
    let mut count = 0;
    for element in root.descendants() {
        work.visit(element);
        if !matches!(element.name(), "Assertion" | "EncryptedAssertion") {
            continue;
        }
        if element.namespace() != ASSERTION {
            return Err(structure("assertion-look-alike", element, "has the name of an assertion and is none"));
        }
        if kind != Kind::Response || element.parent() != Some(root) {
            return Err(structure("assertion-elsewhere", element, "is not a direct child of the response"));
        }
        count += 1;
        found = found.or(Some(element));
    }
    if count > 1 {
        return Err(refuse(Refusal::SamlStructure, "two-assertions", format!("there are {count} assertions")));
    }
    if kind == Kind::Response && found.is_none() && succeeded(root) {
        return Err(refuse(Refusal::SamlStructure, "no-assertion", "the status is success and there is no assertion"));
    }
    Ok(found)
}

fn succeeded(response: Element<'_>) -> bool {
    let mut codes = response.child(PROTOCOL, "Status").flat_map(|status| status.child(PROTOCOL, "StatusCode"));
    codes.any(|code| code.attribute("Value") == Some(SUCCESS))
}

/// Rules about the places of elements, for every element of SAML, in document order.
pub(super) fn places(document: &Document<'_>, work: &mut Work) -> Result<(), Refused> {
    for element in document.root().descendants() {
        work.visit(element);
        if !matches!(element.namespace(), PROTOCOL | ASSERTION) {
            continue;
        }
        let place = places::of(element.namespace(), element.name())
            .ok_or_else(|| structure("unknown-element", element, "has no place in a message"))?;
        match place.holds {
            Holds::Text => text(element)?,
            Holds::Elements(parts) => elements(element, parts, work)?,
            Holds::Anything | Holds::Encrypted => {}
        }
    }
    Ok(())
}

/// Rule `element-in-text`: a value is whole; nothing cuts it in two (ST-SAML-04).
fn text(element: Element<'_>) -> Result<(), Refused> {
    match element.text() {
        Some(_) => Ok(()),
        None => Err(structure("element-in-text", element, "holds elements where only text belongs")),
    }
}

/// Rules `text-beside-elements`, `unknown-element`, `unknown-child`, `foreign-element`, `child-order`, `child-doubled`, `child-missing`.
fn elements(element: Element<'_>, parts: &[Part], work: &mut Work) -> Result<(), Refused> {
    if element.has_text_beside_elements() || element.text().is_some_and(|text| !text.chars().all(is_white)) {
        return Err(structure("text-beside-elements", element, "holds text where only elements belong"));
    }
    let mut at = 0;
    let mut counts = vec![0_usize; parts.len()];
    for child in element.children() {
        work.visit(child);
        let part = parts.iter().position(|part| part.names.iter().any(|(namespace, name)| child.is(namespace, name)));
        let Some(part) = part else {
            let reason = match child.namespace() {
                PROTOCOL | ASSERTION if place(child).is_none() => "unknown-element",
                PROTOCOL | ASSERTION | DSIG | XENC => "unknown-child",
                _ => "foreign-element",
            };
            return Err(structure(reason, child, "has no place here"));
        };
        if part < at {
            return Err(structure("child-order", child, "stands behind what must follow it"));
        }
        at = part;
        if let Some(count) = counts.get_mut(part) {
            *count += 1;
        }
    }
    for (part, count) in parts.iter().zip(counts) {
        let name = part.names.first().map_or("", |(_, name)| name);
        if count > part.most {
            return Err(structure("child-doubled", element, &format!("holds {count} `{name}`")));
        }
        if count < part.least {
            return Err(structure("child-missing", element, &format!("lacks `{name}`")));
        }
    }
    Ok(())
}

pub(super) fn structure(reason: &'static str, element: Element<'_>, what: &str) -> Refused {
    refuse(Refusal::SamlStructure, reason, format!("{} {what}", place_of(element)))
}

/// What the schemas say about an element, if it is one of SAML.
pub(super) fn place(element: Element<'_>) -> Option<&'static Place> {
    places::of(element.namespace(), element.name())
}
