//! Attributes: none that is not in the schema, and none that makes a document mean something else.
//!
//! `xml:base` moves addresses and `xml:id` is a second kind of ID; `xsi:type` lets an element pass for another one; a schema
//! hint points to another document. Where values of attributes stand, providers write `xsi:type="xs:string"`: there it is
//! taken, and never read.

use super::places::{Attributes, Holds};
use super::shape::{place, structure};
use super::{ASSERTION, DSIG, PROTOCOL, Work, XENC};
use crate::refused::Refused;
use crate::xml::{Attribute, Document, Element, XML_NAMESPACE};

const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Every attribute of every element, in document order.
pub(super) fn check(document: &Document<'_>, work: &mut Work) -> Result<(), Refused> {
    for element in document.root().descendants() {
        work.visit(element);
        for attribute in element.attributes() {
            match attribute.namespace() {
                "" => plain(element, attribute)?,
                XML_NAMESPACE => of_xml(element, attribute)?,
                SCHEMA_INSTANCE => of_schema_instance(element, attribute)?,
                PROTOCOL | ASSERTION | DSIG | XENC => {
                    return Err(structure(
                        "qualified-attribute",
                        element,
                        &named(attribute, "has a prefix and must not"),
                    ));
                }
                _ => foreign(element, attribute)?,
            }
        }
    }
    Ok(())
}

fn named(attribute: Attribute<'_>, what: &str) -> String {
    format!("has the attribute {}, which {what}", crate::refused::echo(attribute.name()))
}

/// Rule `unknown-attribute`.
fn plain(element: Element<'_>, attribute: Attribute<'_>) -> Result<(), Refused> {
    match place(element).map(|place| &place.attributes) {
        Some(Attributes::These(names)) if !names.contains(&attribute.name()) => {
            Err(structure("unknown-attribute", element, &named(attribute, "the schema does not know")))
        }
        // Elements of signatures and encryption have stricter rules of their own; those of strangers stand in holders.
        Some(Attributes::These(_) | Attributes::Any) | None => Ok(()),
    }
}

/// Rules `xml-id` and `xml-attribute`.
fn of_xml(element: Element<'_>, attribute: Attribute<'_>) -> Result<(), Refused> {
    match attribute.name() {
        "lang" | "space" => Ok(()),
        "id" => Err(structure("xml-id", element, &named(attribute, "would be a second kind of ID"))),
        _ => Err(structure("xml-attribute", element, &named(attribute, "changes what the message means"))),
    }
}

/// Rules `xsi-type`, `xsi-nil` and `schema-location`.
fn of_schema_instance(element: Element<'_>, attribute: Attribute<'_>) -> Result<(), Refused> {
    let is_value = element.is(ASSERTION, "AttributeValue");
    match attribute.name() {
        "type" if is_value || element.is(ASSERTION, "Condition") || is_foreign(element) => Ok(()),
        "type" => Err(structure("xsi-type", element, &named(attribute, "would make it another element"))),
        // Keycloak says so that an attribute has no value.
        "nil" if is_value && element.text() == Some("") => Ok(()),
        "nil" => Err(structure("xsi-nil", element, &named(attribute, "says that it is empty"))),
        _ => Err(structure("schema-location", element, &named(attribute, "points to another document"))),
    }
}

/// Rule `foreign-attribute`.
fn foreign(element: Element<'_>, attribute: Attribute<'_>) -> Result<(), Refused> {
    if is_foreign(element) || place(element).is_some_and(|place| place.foreign_attributes) {
        return Ok(());
    }
    Err(structure("foreign-attribute", element, &named(attribute, "is of a foreign namespace")))
}

fn is_foreign(element: Element<'_>) -> bool {
    !matches!(element.namespace(), PROTOCOL | ASSERTION | DSIG | XENC)
}

/// Whether an element may hold elements of strangers.
pub(super) fn is_holder(element: Element<'_>) -> bool {
    place(element).is_some_and(|place| matches!(place.holds, Holds::Anything))
}
