//! Attributes: the values of an assertion by exact `Name` (ST-SAML-20).
//!
//! Invariant: `FriendlyName` and `NameFormat` decide nothing; `xsi:type` is not looked at, every value is text.
//! Invariant: a mapping for one value with two is an error, also where both are equal or stand in two elements.

use gatewright_terms::Refusal;

use super::ATTRIBUTES;
use crate::refused::{Refused, echo};
use crate::screen::ASSERTION;
use crate::xml::Element;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// A provider that sends its whole schema has about 60.
const ATTRIBUTES_MAX: usize = 256;
/// IIP-G02 asks for 256 characters; an address has 254, a name fewer.
const VALUE_CHARS_MAX: usize = 1_024;

pub(super) struct Attributes<'d> {
    all: Vec<Element<'d>>,
}

impl<'d> Attributes<'d> {
    pub(super) fn of(assertion: Element<'d>) -> Result<Self, Refused> {
        let all: Vec<Element<'d>> = assertion
            .child(ASSERTION, "AttributeStatement")
            .flat_map(|statement| statement.child(ASSERTION, "Attribute"))
            .take(ATTRIBUTES_MAX + 1)
            .collect();
        if all.len() > ATTRIBUTES_MAX {
            return Err(refused("too-many-attributes", format!("there are more than {ATTRIBUTES_MAX} attributes")));
        }
        Ok(Self { all })
    }

    pub(super) fn is_there(&self, name: &str) -> bool {
        self.all.iter().any(|attribute| attribute.attribute("Name") == Some(name))
    }

    /// All values of all attributes of this name. `None` stands for an `xsi:nil`.
    pub(super) fn values(&self, name: &str) -> Result<Vec<Option<&'d str>>, Refused> {
        let named = self.all.iter().filter(|attribute| attribute.attribute("Name") == Some(name));
        named
            .flat_map(|attribute| attribute.child(ASSERTION, "AttributeValue"))
            .map(|element| value(name, element))
            .collect()
    }

    /// The one value; `None` where there is none, or it is nil or empty.
    pub(super) fn single(&self, name: &str) -> Result<Option<&'d str>, Refused> {
        let values = self.values(name)?;
        let [] = values.get(1..).unwrap_or_default() else {
            let text = format!("{} has {} values, and the connection reads one", echo(name), values.len());
            return Err(refused("several-values", text));
        };
        let one = values.into_iter().next().flatten().filter(|text| !text.is_empty());
        if one.is_some_and(|text| text.chars().nth(VALUE_CHARS_MAX).is_some()) {
            return Err(refused(
                "value-too-long",
                format!("{} has more than {VALUE_CHARS_MAX} characters", echo(name)),
            ));
        }
        Ok(one)
    }
}

/// The screen takes `xsi:nil` on an empty value alone.
fn value<'d>(name: &str, element: Element<'d>) -> Result<Option<&'d str>, Refused> {
    let text =
        element.text().ok_or_else(|| refused("value-nested", format!("a value of {} holds elements", echo(name))))?;
    let is_nil = element.attributes().any(|attribute| attribute.namespace() == XSI && attribute.name() == "nil");
    Ok((!is_nil).then_some(text))
}

pub(super) fn refused(reason: &'static str, text: impl Into<String>) -> Refused {
    Refused::new(Refusal::SamlAttribute, reason, ATTRIBUTES, text)
}
