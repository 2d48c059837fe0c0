//! Identity: whom the assertion names, and by what.

use gatewright_bundle::program::{NameId, Subject};
use gatewright_terms::Refusal as R;

use super::message::{Message, around};
use super::variant::{Defect, check, hold};
use super::world::SP_ENTITY_ID;

/// ST-SAML-20, ST-SAML-21: the NameID that the connection identifies people by, whole, of the right format, or the attribute.
#[test]
fn names_that_identify_nobody_are_refused() {
    hold("identity");
}

const ROWS: &[u8] = &[20, 21];
const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = values();
    all.extend(formats());
    all.extend(kinds());
    all.extend(by_attribute());
    all
}

fn values() -> Vec<Defect> {
    let value = |name: &str, to: String| {
        check(name, ROWS, R::SamlNameId, "name-id-value", move |m: Message| {
            m.answer(|answer| answer.name_id.as_mut().unwrap().0.clone_from(&to))
        })
    };
    vec![
        value("empty", String::new()),
        value("white-space", "  ".to_owned()),
        value("white-space-before", " ada-1".to_owned()),
        value("white-space-behind", "ada-1\u{a0}".to_owned()),
        value("line-end-behind", "ada-1\n".to_owned()),
        value("tabulator", "ada\t1".to_owned()),
        value("control", "ada\u{85}1".to_owned()),
        value("endless", "a".repeat(257))
            .twin(|m| m.answer(|answer| answer.name_id.as_mut().unwrap().0 = "ä".repeat(256)))
            .identity(|identity| {
                identity.subject = "ä".repeat(256);
                identity.name_id = Some("ä".repeat(256));
            }),
    ]
}

fn formats() -> Vec<Defect> {
    let format = |name: &str, to: &'static str| {
        check(name, ROWS, R::SamlNameId, "name-id-format", move |m: Message| {
            m.answer(|answer| to.clone_into(&mut answer.name_id.as_mut().unwrap().1))
        })
    };
    let qualifier = |name: &str, attribute: &'static str| {
        check(name, ROWS, R::SamlNameId, "name-id-qualifier", move |m: Message| {
            m.before("<saml:NameID ", &format!("<saml:NameID {attribute} "))
        })
        .twin(|m| {
            let ours = format!(
                "<saml:NameID NameQualifier=\"https://idp.acme.example/saml\" SPNameQualifier=\"{SP_ENTITY_ID}\" "
            );
            m.before("<saml:NameID ", &ours)
        })
    };
    vec![
        format("no-format", ""),
        format("transient", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
        format("address", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
        format("unspecified", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"),
        format("encrypted", "urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted"),
        format("format-in-capitals", "urn:oasis:names:tc:SAML:2.0:nameid-format:PERSISTENT"),
        qualifier("made-by-another", "NameQualifier=\"https://idp.globex.example/saml\""),
        qualifier("made-for-another", "SPNameQualifier=\"https://other.example\""),
        check("transient-as-identity", ROWS, R::SamlNameId, "name-id-transient", |m| {
            m.answer(|answer| {
                "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
                    .clone_into(&mut answer.name_id.as_mut().unwrap().1);
            })
        })
        .setting(|setting| setting.saml.name_id = NameId::Unspecified),
    ]
}

fn kinds() -> Vec<Defect> {
    let replaced = |name: &str, refusal: R, reason: &'static str, to: &'static str| {
        check(name, ROWS, refusal, reason, move |m: Message| {
            m.before_with(move |text| {
                let (before, _, after) = around(&text, "saml:NameID");
                format!("{before}{to}{after}")
            })
        })
    };
    vec![
        replaced("missing", R::SamlNameId, "name-id-missing", ""),
        replaced("base-id", R::SamlStructure, "unknown-element", "<saml:BaseID/>"),
        replaced(
            "encrypted-id",
            R::SamlEncryption,
            "encrypted-id",
            "<saml:EncryptedID><x:EncryptedData xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"/></saml:EncryptedID>",
        ),
    ]
}

/// Connections that identify people by an attribute need no NameID.
fn by_attribute() -> Vec<Defect> {
    let by_attribute = |defect: Defect| {
        defect
            .setting(|setting| {
                setting.saml.subject = Subject::Attribute("oid".to_owned());
                setting.saml.name_id = NameId::Unspecified;
            })
            .twin(|m| {
                m.answer(|answer| {
                    answer.attribute("oid", &["o-1"]);
                    answer.name_id = None;
                })
            })
            .identity(|identity| {
                "o-1".clone_into(&mut identity.subject);
                identity.name_id = None;
            })
    };
    let attribute = |name: &str, reason: &'static str, values: &'static [&'static str]| {
        by_attribute(check(name, ROWS, R::SamlAttribute, reason, move |m: Message| {
            m.answer(|answer| {
                answer.attribute("oid", values);
                answer.name_id = None;
            })
        }))
    };
    vec![
        attribute("attribute-missing", "subject-missing", &[]),
        attribute("attribute-empty", "subject-missing", &[""]),
        attribute("attribute-twice", "several-values", &["o-1", "o-2"]),
        attribute("attribute-twice-the-same", "several-values", &["o-1", "o-1"]),
        attribute("attribute-with-white-space", "subject-value", &[" o-1"]),
        attribute("attribute-with-a-line-end", "subject-value", &["o-1\n"]),
        by_attribute(check("attribute-by-friendly-name", ROWS, R::SamlAttribute, "subject-missing", |m| {
            m.answer(|answer| answer.attribute("urn:oid:1", &["o-1"]))
                .before("<saml:Attribute Name=\"urn:oid:1\"", "<saml:Attribute Name=\"urn:oid:1\" FriendlyName=\"oid\"")
        })),
        by_attribute(check("name-id-in-the-place-of-the-attribute", ROWS, R::SamlAttribute, "subject-missing", |m| {
            m.answer(|answer| answer.name_id = Some(("o-1".to_owned(), PERSISTENT.to_owned())))
        })),
    ]
}
