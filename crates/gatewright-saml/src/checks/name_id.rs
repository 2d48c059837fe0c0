//! Name-id: the subject's name, in the format that the policy asks for (ST-SAML-21).
//!
//! Invariant: the value is whole and is compared byte for byte; one that holds elements or control characters is refused.

use gatewright_bundle::program::{NameId, Subject};
use gatewright_terms::Refusal;

use super::SUBJECT;
use crate::receive::Expected;
use crate::refused::{Refused, echo};
use crate::screen::ASSERTION;
use crate::verified::SubjectId;
use crate::xml::Element;

pub(crate) const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
pub(crate) const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
pub(crate) const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/// SAML Core §8.3.7: a persistent identifier has 256 characters at the most; an address fewer. In characters, as IIP-G02
/// asks: up to four bytes each.
pub(crate) const VALUE_CHARS_MAX: usize = 256;
/// Entity ids stand in the qualifiers, URNs in the format.
const QUALIFIER_BYTES_MAX: usize = 1_024;

/// The NameID, where there is one. It must be there where it identifies the person.
pub(super) fn check_name_id(subject: Element<'_>, expected: &Expected<'_>) -> Result<Option<SubjectId>, Refused> {
    let identifies = expected.saml.subject == Subject::NameId;
    let found = read_name_id(subject).map_err(|(reason, text)| refused(reason, text))?;
    let Some(found) = found else {
        return if identifies { Err(refused("name-id-missing", "there is no `NameID`")) } else { Ok(None) };
    };
    check_format(&found, expected.saml.name_id)?;
    if identifies {
        check_identity(&found, expected)?;
    }
    Ok(Some(found))
}

/// The NameID of a subject or of a logout request. There is one at the most; the screen takes no `BaseID` and no
/// `EncryptedID` in its place.
pub(crate) fn read_name_id(parent: Element<'_>) -> Result<Option<SubjectId>, (&'static str, String)> {
    let Some(element) = parent.child(ASSERTION, "NameID").next() else { return Ok(None) };
    let value = element.text().unwrap_or_default();
    let whole = !value.is_empty() && value.chars().take(VALUE_CHARS_MAX + 1).count() <= VALUE_CHARS_MAX;
    if !whole || value.chars().any(char::is_control) || value.trim() != value {
        let text =
            "the `NameID` is empty, longer than 256 characters, not printable, or begins or ends with white space";
        return Err(("name-id-value", text.to_owned()));
    }
    let qualifier = |name: &'static str| match element.attribute(name) {
        None => Ok(None),
        Some(text) if text.len() <= QUALIFIER_BYTES_MAX && !text.chars().any(char::is_control) => {
            Ok(Some(text.to_owned()))
        }
        Some(_) => Err(("name-id-qualifier", format!("`{name}` of the `NameID` is too long or not printable"))),
    };
    Ok(Some(SubjectId {
        value: value.to_owned(),
        format: qualifier("Format")?,
        name_qualifier: qualifier("NameQualifier")?,
        sp_name_qualifier: qualifier("SPNameQualifier")?,
    }))
}

fn check_format(found: &SubjectId, wanted: NameId) -> Result<(), Refused> {
    let wanted = match wanted {
        NameId::Persistent => PERSISTENT,
        NameId::Email => EMAIL,
        NameId::Transient => TRANSIENT,
        NameId::Unspecified => return Ok(()),
    };
    let format = found.format.as_deref().unwrap_or(UNSPECIFIED);
    if format == wanted {
        return Ok(());
    }
    Err(refused("name-id-format", format!("the format of the `NameID` is {}, not {}", echo(format), echo(wanted))))
}

/// What identifies a person must be the same at the next sign-in and must not be another's elsewhere.
fn check_identity(found: &SubjectId, expected: &Expected<'_>) -> Result<(), Refused> {
    if found.format.as_deref() == Some(TRANSIENT) {
        return Err(refused(
            "name-id-transient",
            "a transient `NameID` is another one at each sign-in: it identifies nobody",
        ));
    }
    // §2.2.1: a value means one person only together with its qualifiers; in two name spaces it may mean two.
    let ours = |qualifier: &Option<String>, name: &str| qualifier.as_ref().is_none_or(|text| text == name);
    let qualified =
        ours(&found.name_qualifier, &expected.saml.entity_id) && ours(&found.sp_name_qualifier, expected.sp_entity_id);
    if !qualified {
        return Err(refused("name-id-qualifier", "the `NameID` was made by or for another entity"));
    }
    Ok(())
}

fn refused(reason: &'static str, text: impl Into<String>) -> Refused {
    Refused::new(Refusal::SamlNameId, reason, SUBJECT, text)
}
