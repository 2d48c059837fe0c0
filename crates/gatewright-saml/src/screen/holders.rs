//! Holders: elements that may hold elements of strangers: extensions, advice, details, values.
//!
//! This is where a wrapped assertion would be hidden: nothing of a message may stand in them, nor anything that has its name
//! (ST-SAML-01, ST-SAML-05).

use super::attributes::is_holder;
use super::shape::structure;
use super::{ASSERTION, DSIG, PROTOCOL, Work, XENC, key_info};
use crate::refused::Refused;
use crate::xml::{Document, Element};

/// Names that no stranger's element may have, because a reader blind to namespaces would take it for ours. `KeyInfo` is not
/// among them: Keycloak has an extension of that name, and nobody here reads keys from messages.
const RESERVED: &[&str] = &[
    "Response",
    "LogoutRequest",
    "LogoutResponse",
    "Assertion",
    "EncryptedAssertion",
    "Issuer",
    "Status",
    "StatusCode",
    "Subject",
    "NameID",
    "SubjectConfirmation",
    "SubjectConfirmationData",
    "Conditions",
    "AudienceRestriction",
    "AuthnStatement",
    "AttributeStatement",
    "AttributeValue",
    "Signature",
    "SignedInfo",
    "SignatureValue",
    "EncryptedData",
    "EncryptedKey",
];

/// Rules `message-in-holder` and `look-alike`, for everything in every holder, in document order.
pub(super) fn check(document: &Document<'_>, work: &mut Work) -> Result<(), Refused> {
    let mut until = 0;
    let mut holder = document.root();
    for element in document.root().descendants() {
        work.visit(element);
        if element.index() < until {
            content(holder, element, work)?;
        } else if is_holder(element) {
            holder = element;
            until = element.index() + element.descendants().count();
        }
    }
    Ok(())
}

fn content(holder: Element<'_>, element: Element<'_>, work: &mut Work) -> Result<(), Refused> {
    let allowed = match element.namespace() {
        ASSERTION => match element.name() {
            // eduPersonTargetedID.
            "NameID" => holder.name() == "AttributeValue",
            "AssertionIDRef" | "AssertionURIRef" => holder.name() == "Advice",
            _ => false,
        },
        // The key of a holder of key (SAML Profiles §3.1), which no check here takes for anything.
        DSIG if holder.name() == "SubjectConfirmationData" => {
            if element.parent() == Some(holder) {
                key_info::check(element, work)?;
            }
            true
        }
        PROTOCOL | DSIG | XENC => false,
        _ if RESERVED.contains(&element.name()) => {
            return Err(structure("look-alike", element, "has a name of SAML in a foreign namespace"));
        }
        _ => true,
    };
    if allowed {
        return Ok(());
    }
    Err(structure("message-in-holder", element, "is a part of a message where only extensions belong"))
}
