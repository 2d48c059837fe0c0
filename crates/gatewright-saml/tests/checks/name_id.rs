//! The NameID as an identity, and an attribute in its place.

use gatewright_bundle::program::{NameId, Subject};
use gatewright_terms::Refusal;

use crate::harness::{Case, IDP, SP};

const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

fn name_id(format: &str, rest: &str, value: &str) -> String {
    format!("<saml:NameID Format=\"{format}\"{rest}>{value}</saml:NameID>")
}

fn with(element: &str, wanted: NameId) -> Case {
    Case::good().swap(&name_id(PERSISTENT, "", "u-1001"), element).policy(|saml| saml.name_id = wanted)
}

#[test]
fn the_format_is_the_one_of_the_policy() {
    for (wanted, format) in [(NameId::Persistent, PERSISTENT), (NameId::Email, EMAIL)] {
        assert_eq!(with(&name_id(format, "", "x@acme.com"), wanted).passes().subject(), "x@acme.com");
        for other in [PERSISTENT, EMAIL, TRANSIENT, UNSPECIFIED, "", "urn:other"] {
            if other != format {
                with(&name_id(other, "", "x"), wanted).refuses(Refusal::SamlNameId, "name-id-format");
            }
        }
        with("<saml:NameID>x</saml:NameID>", wanted).refuses(Refusal::SamlNameId, "name-id-format");
    }
    for any in [PERSISTENT, EMAIL, UNSPECIFIED, "urn:other"] {
        assert_eq!(with(&name_id(any, "", "x"), NameId::Unspecified).passes().subject(), "x");
    }
    assert_eq!(with("<saml:NameID>x</saml:NameID>", NameId::Unspecified).passes().subject(), "x");
}

#[test]
fn a_transient_name_identifies_nobody() {
    for wanted in [NameId::Transient, NameId::Unspecified] {
        let case = with(&name_id(TRANSIENT, "", "x"), wanted);
        case.refuses(Refusal::SamlNameId, "name-id-transient");
        let by_attribute = case.policy(|saml| saml.subject = Subject::Attribute("firstName".into()));
        assert_eq!(by_attribute.passes().subject(), "Ada");
    }
}

#[test]
fn a_name_is_ours_by_its_qualifiers() {
    let qualified = |by: &str, to: &str| {
        let rest = format!(" NameQualifier=\"{by}\" SPNameQualifier=\"{to}\"");
        with(&name_id(PERSISTENT, &rest, "x"), NameId::Persistent)
    };
    let verified = qualified(IDP, SP).passes();
    let name = verified.name_id().unwrap();
    assert_eq!((name.value.as_str(), name.format.as_deref()), ("x", Some(PERSISTENT)));
    assert_eq!((name.name_qualifier.as_deref(), name.sp_name_qualifier.as_deref()), (Some(IDP), Some(SP)));
    for (by, to) in [("https://other", SP), (IDP, "https://other"), (IDP, ""), ("", SP)] {
        qualified(by, to).refuses(Refusal::SamlNameId, "name-id-qualifier");
    }
    // In every format: one name in two name spaces may be two people.
    let of_other = " SPNameQualifier=\"x\"";
    with(&name_id(EMAIL, of_other, "x@acme.com"), NameId::Email).refuses(Refusal::SamlNameId, "name-id-qualifier");
    let ours = format!(" NameQualifier=\"{IDP}\" SPNameQualifier=\"{SP}\"");
    with(&name_id(EMAIL, &ours, "x@acme.com"), NameId::Email).passes();
}

/// Of any attribute, also where its value would decide nothing: it is recorded.
#[test]
fn what_stands_beside_the_name_is_short_and_printable() {
    let format = |format: &str| with(&name_id(format, "", "x@acme.com"), NameId::Unspecified);
    assert_eq!(format(&"f".repeat(1_024)).passes().subject(), "x@acme.com");
    for wrong in [&"f".repeat(1_025), "f&#9;"] {
        format(wrong).refuses(Refusal::SamlNameId, "name-id-qualifier");
    }
}

/// 256 characters of any script (IIP-G02), whole and visible.
#[test]
fn the_value_is_whole() {
    let value = |value: &str| with(&name_id(PERSISTENT, "", value), NameId::Persistent);
    let longest = "\u{1f511}".repeat(256);
    assert_eq!(value(&longest).passes().subject(), longest);
    for wrong in ["", " ", " x", "x\n", "a&#9;b", "a\u{85}b", &"u".repeat(257)] {
        value(wrong).refuses(Refusal::SamlNameId, "name-id-value");
    }
    assert_eq!(value("a&amp;b c").passes().subject(), "a&b c");
}

/// ST-SAML-21
#[test]
fn st_saml_21_a_name_id_is_needed_only_where_it_identifies() {
    let without = || Case::good().swap(&name_id(PERSISTENT, "", "u-1001"), "");
    without().refuses(Refusal::SamlNameId, "name-id-missing");
    let verified = without().policy(|saml| saml.subject = Subject::Attribute("lastName".into())).passes();
    assert_eq!((verified.subject(), verified.name_id()), ("Lovelace", None));
}

#[test]
fn an_attribute_that_identifies_has_one_whole_value() {
    let by = |name: &str| Case::good().policy(|saml| saml.subject = Subject::Attribute(name.into()));
    assert_eq!(by("lastName").passes().subject(), "Lovelace");
    by("LastName").refuses(Refusal::SamlAttribute, "subject-missing");
    by("groups").refuses(Refusal::SamlAttribute, "several-values");
    by("lastName").swap("Lovelace", "").refuses(Refusal::SamlAttribute, "subject-missing");
    let longest = "ß".repeat(256);
    assert_eq!(by("lastName").swap("Lovelace", &longest).passes().subject(), longest);
    for wrong in ["L ", "\nL", "a&#10;b", &"l".repeat(257)] {
        by("lastName").swap("Lovelace", wrong).refuses(Refusal::SamlAttribute, "subject-value");
    }
    // The format is asked for all the same.
    by("lastName").swap(PERSISTENT, EMAIL).refuses(Refusal::SamlNameId, "name-id-format");
}
