//! Person: who it is, their address and their names (ST-SAML-20, ST-SAML-21).
//!
//! Invariant: an address routes and never identifies; a name that is not printable is left out.

use std::sync::Arc;

use gatewright_bundle::program::Subject;
use gatewright_terms::{AttributeValue, EmailAddress, Refusal};

use super::ATTRIBUTES;
use super::attributes::{Attributes, refused};
use super::name_id::{PERSISTENT, TRANSIENT, VALUE_CHARS_MAX};
use crate::receive::Expected;
use crate::refused::{Refused, echo};
use crate::verified::SubjectId;

pub(super) struct Person {
    pub(super) subject: Arc<str>,
    pub(super) email: EmailAddress,
    pub(super) given_name: Option<AttributeValue>,
    pub(super) family_name: Option<AttributeValue>,
}

pub(super) fn read(
    attributes: &Attributes<'_>,
    name_id: Option<&SubjectId>,
    expected: &Expected<'_>,
) -> Result<Person, Refused> {
    let mapped = &expected.saml.attributes;
    let name = |name: Option<&String>| -> Result<Option<AttributeValue>, Refused> {
        let text = name.map(|name| attributes.single(name)).transpose()?.flatten();
        Ok(text.and_then(|text| AttributeValue::parse(text).ok()))
    };
    Ok(Person {
        subject: subject(attributes, name_id, &expected.saml.subject)?,
        email: email(attributes, name_id, mapped.email.as_deref())?,
        given_name: name(mapped.given_name.as_ref())?,
        family_name: name(mapped.family_name.as_ref())?,
    })
}

fn subject(attributes: &Attributes<'_>, name_id: Option<&SubjectId>, subject: &Subject) -> Result<Arc<str>, Refused> {
    match subject {
        Subject::NameId => name_id
            .map(|name_id| Arc::from(name_id.value.as_str()))
            .ok_or_else(|| Refused::new(Refusal::SamlNameId, "name-id-missing", ATTRIBUTES, "there is no `NameID`")),
        Subject::Attribute(name) => {
            let text = attributes.single(name)?.ok_or_else(|| {
                refused("subject-missing", format!("{}, which identifies a person, has no value", echo(name)))
            })?;
            let good = text.chars().nth(VALUE_CHARS_MAX).is_none()
                && !text.chars().any(char::is_control)
                && text.trim() == text;
            good.then(|| Arc::from(text)).ok_or_else(|| {
                refused("subject-value", format!("{} is too long, or not printable to its ends", echo(name)))
            })
        }
    }
}

fn email(
    attributes: &Attributes<'_>,
    name_id: Option<&SubjectId>,
    mapped: Option<&str>,
) -> Result<EmailAddress, Refused> {
    let (text, place) = match mapped {
        Some(name) => (attributes.single(name)?, echo(name)),
        None => (
            name_id.filter(|name_id| may_be_address(name_id)).map(|name_id| name_id.value.as_str()),
            "NameID".to_owned(),
        ),
    };
    let what = if text.is_none() { "is not there" } else { "is not exactly one address" };
    text.and_then(|text| EmailAddress::parse(text).ok()).ok_or_else(|| {
        Refused::new(Refusal::EmailMissing, "email-missing", ATTRIBUTES, format!("the e-mail address ({place}) {what}"))
    })
}

/// A handle is none, whatever it looks like.
fn may_be_address(name_id: &SubjectId) -> bool {
    !matches!(name_id.format.as_deref(), Some(PERSISTENT | TRANSIENT))
}
