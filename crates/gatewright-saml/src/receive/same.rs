//! Same: the canonical bytes hold the very tree that the screen saw (ST-SAML-02).
//!
//! The verifier has a parser of its own. What it digested comes back as bytes, is read by ours, and must be the screened
//! element: the same names, namespaces, attributes, values and texts in the same order, without the signature that the
//! enveloped-signature transform takes out. Two parsers that see two documents end here, whatever the trick was.
//!
//! Invariant: one pass over both trees, no recursion.

use std::ops::Range;

use super::prove::disagree;
use crate::refused::Refused;
use crate::screen::DSIG;
use crate::xml::{Attribute, Document, Element};

/// The root of the canonical document, which must be this screened element.
pub(crate) fn root<'d>(screened: Element<'_>, canonical: &'d Document<'_>) -> Result<Element<'d>, Refused> {
    let root = canonical.root();
    if is_same(screened, root) { Ok(root) } else { Err(differs(screened)) }
}

/// The child of the canonical root that stands for this child of the screened root. Only after [`root`] has compared both.
pub(crate) fn child_of_root<'d>(screened: Element<'_>, canonical: &'d Document<'_>) -> Result<Element<'d>, Refused> {
    let mut found = canonical.root().child(screened.namespace(), screened.name());
    found.find(|child| child.attribute("ID") == screened.attribute("ID")).ok_or_else(|| differs(screened))
}

fn differs(screened: Element<'_>) -> Refused {
    disagree("canonical-differs", format!("the verifier saw another {} than the screen", screened.name()))
}

/// Each element has as many children in both, so the pairs run out on both sides at once.
fn is_same(screened: Element<'_>, canonical: Element<'_>) -> bool {
    let own = own_signature(screened);
    let ours = screened.descendants().filter(|element| !own.contains(&element.index()));
    ours.zip(canonical.descendants())
        .all(|(ours, other)| is_same_element(ours, other, usize::from(ours == screened && !own.is_empty())))
}

/// Its elements, as a range of the document order. The screen has passed it: a direct child, one at the most.
fn own_signature(element: Element<'_>) -> Range<usize> {
    element
        .child(DSIG, "Signature")
        .next()
        .map_or(0..0, |found| found.index()..found.index() + found.descendants().count())
}

fn is_same_element(ours: Element<'_>, other: Element<'_>, taken_out: usize) -> bool {
    let children = ours.children().count();
    ours.is(other.namespace(), other.name())
        && children.checked_sub(taken_out) == Some(other.children().count())
        && ours.text() == other.text()
        && has_same_attributes(ours, other)
}

/// The canonical form sorts them.
fn has_same_attributes(ours: Element<'_>, other: Element<'_>) -> bool {
    ours.attributes().count() == other.attributes().count()
        && ours.attributes().all(|attribute| other.attributes().any(|another| is_same_attribute(attribute, another)))
}

fn is_same_attribute(one: Attribute<'_>, another: Attribute<'_>) -> bool {
    one.name() == another.name() && one.namespace() == another.namespace() && one.value() == another.value()
}
