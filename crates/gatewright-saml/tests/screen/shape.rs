//! Shape: where elements, attributes and IDs stand (ST-SAML-01, ST-SAML-05).

use gatewright_terms::Refusal;

use crate::twin::{FAILED, LOGOUT_REQUEST, LOGOUT_RESPONSE, PLAIN, Twin, screen, twin};

const fn plain(reason: &'static str, instead_of: &'static str, stands: &'static str) -> Twin {
    twin(Refusal::SamlStructure, reason, PLAIN, instead_of, stands)
}

const SECOND: &str = "<saml:Assertion ID=\"_evil\" Version=\"2.0\" IssueInstant=\"2026-11-24T08:00:00Z\"><saml:Issuer>x</saml:Issuer></saml:Assertion>";

macro_rules! around {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "<saml:Assertion ID=\"_evil\" Version=\"2.0\" IssueInstant=\"2026-11-24T08:00:00Z\">",
            "<saml:Issuer>x</saml:Issuer></saml:Assertion>",
            $after
        )
    };
}

pub(crate) const TWINS: &[Twin] = &[
    // The root.
    plain(
        "wrong-root",
        "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"",
        "xmlns:samlp=\"urn:oasis:names:tc:SAML:1.0:protocol\"",
    ),
    // The one assertion, against wrapping in every place and order.
    plain("two-assertions", "</samlp:Response>", around!("", "</samlp:Response>")),
    plain("two-assertions", "<saml:Assertion", around!("", "<saml:Assertion")),
    plain("two-assertions", "</samlp:Response>", "<saml:EncryptedAssertion/></samlp:Response>"),
    plain("two-assertions", "<saml:Assertion", "<saml:EncryptedAssertion/><saml:Assertion"),
    plain("assertion-elsewhere", "<saml:Advice/>", around!("<saml:Advice>", "</saml:Advice>")),
    plain("assertion-elsewhere", "<samlp:Status>", around!("<samlp:Extensions>", "</samlp:Extensions><samlp:Status>")),
    plain(
        "assertion-elsewhere",
        "</samlp:Status>",
        around!("<samlp:StatusDetail>", "</samlp:StatusDetail></samlp:Status>"),
    ),
    plain("assertion-elsewhere", "<ds:KeyInfo>", around!("<ds:Object>", "</ds:Object><ds:KeyInfo>")),
    plain("assertion-elsewhere", "<saml:Subject>", around!("", "<saml:Subject>")),
    plain("assertion-elsewhere", "staff", around!("", "")),
    plain(
        "assertion-elsewhere",
        "InResponseTo=\"_request\"/>",
        around!("InResponseTo=\"_request\">", "</saml:SubjectConfirmationData>"),
    ),
    plain("assertion-elsewhere", "<ds:X509Data>", "<saml:EncryptedAssertion/><ds:X509Data>"),
    plain("assertion-elsewhere", "<saml:Advice/>", "<saml:Advice><saml:EncryptedAssertion/></saml:Advice>"),
    plain("assertion-look-alike", "<saml:Assertion", "<Assertion xmlns=\"urn:evil\"/><saml:Assertion"),
    plain("assertion-look-alike", "staff", "<samlp:Assertion/>"),
    plain(
        "assertion-look-alike",
        "<saml:Advice/>",
        "<saml:Advice><Assertion xmlns=\"urn:oasis:names:tc:SAML:1.0:assertion\"/></saml:Advice>",
    ),
    twin(Refusal::SamlStructure, "no-assertion", FAILED, "status:Responder", "status:Success"),
    twin(
        Refusal::SamlStructure,
        "assertion-elsewhere",
        LOGOUT_RESPONSE,
        "</samlp:LogoutResponse>",
        around!("", "</samlp:LogoutResponse>"),
    ),
    // Every element where the schema puts it.
    plain("unknown-element", "<saml:Advice/>", "<saml:Advise/>"),
    plain("unknown-child", "<saml:Advice/>", "<saml:Advice/><saml:Audience/>"),
    plain("unknown-element", "<saml:Subject>", "<saml:Statement/><saml:Subject>"),
    plain(
        "unknown-child",
        "<saml:Subject>",
        "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/><saml:Subject>",
    ),
    plain(
        "unknown-child",
        "<saml:Subject>",
        "<EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\"/><saml:Subject>",
    ),
    plain(
        "foreign-element",
        "<saml:Subject>",
        "<saml:Subject><NameID xmlns=\"urn:oasis:names:tc:SAML:1.0:assertion\">x</NameID>",
    ),
    plain("unknown-child", "<samlp:Status>", "<saml:Subject/><samlp:Status>"),
    plain("foreign-element", "<saml:Subject>", "<Subject xmlns=\"urn:evil\"/><saml:Subject>"),
    plain("foreign-element", "<saml:AudienceRestriction>", "<x xmlns=\"urn:x\"/><saml:AudienceRestriction>"),
    plain("foreign-element", "<saml:Subject>", "<Subject xmlns=\"\"/><saml:Subject>"),
    plain("child-order", "<saml:Advice/>", "<saml:Advice/><saml:Subject/>"),
    plain("child-order", "</samlp:Response>", "<samlp:Extensions/></samlp:Response>"),
    plain("child-doubled", "<saml:Issuer>", "<saml:Issuer>x</saml:Issuer><saml:Issuer>"),
    plain("child-doubled", "<saml:Advice/>", "<saml:Advice/><saml:Advice/>"),
    plain("child-doubled", "<saml:Subject>", "<saml:Subject/><saml:Subject>"),
    plain("child-doubled", "<saml:NameID ", "<saml:NameID>root</saml:NameID><saml:NameID "),
    plain("child-doubled", "<saml:Conditions ", "<saml:Conditions/><saml:Conditions "),
    twin(
        Refusal::SamlStructure,
        "child-missing",
        FAILED,
        "<samlp:Status>\n    <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"/></samlp:StatusCode>",
        "<samlp:Status>",
    ),
    plain("child-missing", "<saml:Audience>https://gate.example/sso/acme/okta/metadata</saml:Audience>", ""),
    twin(Refusal::SamlStructure, "child-missing", LOGOUT_REQUEST, "<saml:NameID>00u1</saml:NameID>", ""),
    plain("element-in-text", "00u1", "admin<x xmlns=\"urn:x\"/>00u1"),
    plain("element-in-text", "https://idp.example/<", "<x xmlns=\"urn:x\"/>https://idp.example/<"),
    plain("text-beside-elements", "<saml:Subject>", "<saml:Subject>x"),
    plain("text-beside-elements", "</samlp:Status>", "x</samlp:Status>"),
    plain("text-beside-elements", "</samlp:Status>", "&#32;</samlp:Status>"),
    plain(
        "text-beside-elements",
        "<saml:AudienceRestriction>",
        "<saml:OneTimeUse>x</saml:OneTimeUse><saml:AudienceRestriction>",
    ),
    // What strangers may put somewhere is no message.
    plain("message-in-holder", "<samlp:Status>", "<samlp:Extensions><samlp:Status/></samlp:Extensions><samlp:Status>"),
    plain(
        "message-in-holder",
        "<samlp:Status>",
        "<samlp:Extensions><saml:Issuer>x</saml:Issuer></samlp:Extensions><samlp:Status>",
    ),
    plain("message-in-holder", "<saml:Advice/>", "<saml:Advice><saml:NameID>x</saml:NameID></saml:Advice>"),
    plain("message-in-holder", "staff", "<x xmlns=\"urn:x\"><saml:Issuer>x</saml:Issuer></x>"),
    plain("message-in-holder", "staff", "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>"),
    plain("message-in-holder", "staff", "<EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\"/>"),
    plain("message-in-holder", "staff", "<saml:AssertionIDRef>x</saml:AssertionIDRef>"),
    plain("look-alike", "staff", "<x xmlns=\"urn:x\"><NameID>x</NameID></x>"),
    plain("look-alike", "staff", "<EncryptedData xmlns=\"urn:x\"/>"),
    plain("look-alike", "<saml:Advice/>", "<saml:Advice><Subject xmlns=\"\"/></saml:Advice>"),
    // Attributes.
    plain("unknown-attribute", "ID=\"_response\"", "ID=\"_response\" id=\"_other\""),
    plain("unknown-attribute", "ID=\"_assertion\"", "ID=\"_assertion\" AssertionID=\"x\""),
    plain("unknown-attribute", "<saml:Subject>", "<saml:Subject ID=\"x\">"),
    plain("unknown-attribute", "<saml:Conditions ", "<saml:Conditions notOnOrAfter=\"2036-01-01T00:00:00Z\" "),
    plain("foreign-attribute", "ID=\"_assertion\"", "ID=\"_assertion\" xmlns:x=\"urn:x\" x:y=\"z\""),
    plain("qualified-attribute", "Version=\"2.0\"", "Version=\"2.0\" saml:Version=\"2.0\""),
    plain("qualified-attribute", "<saml:Attribute Name=\"email\"", "<saml:Attribute Name=\"email\" saml:Name=\"x\""),
    plain("xml-id", "<saml:Subject>", "<saml:Subject xml:id=\"_assertion\">"),
    plain("xml-id", "<saml:AttributeValue>", "<saml:AttributeValue xml:id=\"x\">"),
    plain("xml-attribute", "<saml:Subject>", "<saml:Subject xml:base=\"http://evil.example/\">"),
    plain("xml-attribute", "<ds:Reference ", "<ds:Reference xml:base=\"http://evil.example/\" "),
    plain(
        "xsi-type",
        "<saml:Subject>",
        "<saml:Subject xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"x\">",
    ),
    plain(
        "xsi-type",
        "<ds:SignedInfo>",
        "<ds:SignedInfo xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"x\">",
    ),
    plain(
        "xsi-nil",
        "<saml:AttributeValue>staff",
        "<saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\">staff",
    ),
    plain(
        "xsi-nil",
        "<saml:Subject>",
        "<saml:Subject xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\">",
    ),
    plain(
        "schema-location",
        "<saml:AttributeValue>staff",
        "<saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:noNamespaceSchemaLocation=\"http://x/\">staff",
    ),
    // IDs.
    plain("id-missing", "ID=\"_response\" ", ""),
    plain("id-missing", "<saml:Assertion ID=\"_assertion\"", "<saml:Assertion"),
    twin(Refusal::SamlStructure, "id-missing", LOGOUT_REQUEST, "ID=\"_logout\" ", ""),
    plain("id-doubled", "ID=\"_response\"", "ID=\"_assertion\""),
    plain("id-doubled", "<ds:Signature ", "<ds:Signature Id=\"_assertion\" "),
    plain("id-doubled", "<saml:AttributeValue>", "<saml:AttributeValue id=\"_assertion\">"),
    plain("id-doubled", "<saml:AttributeValue>", "<saml:AttributeValue xmlns:u=\"urn:u\" u:Id=\"_response\">"),
    plain("id-not-a-name", "ID=\"_response\"", "ID=\"0response\""),
    plain("id-not-a-name", "ID=\"_response\"", "ID=\"\""),
    plain("id-not-a-name", "ID=\"_response\"", "ID=\"_res ponse\""),
    plain("id-not-a-name", "ID=\"_response\"", "ID=\"a:response\""),
];

/// ST-SAML-05: two assertions in every order and mix, and none that counts by another name.
#[test]
fn st_saml_05_two_assertions_are_refused_in_every_order() {
    let encrypted = "<saml:EncryptedAssertion/>";
    for extra in [SECOND, encrypted] {
        for at in ["<saml:Issuer>", "<samlp:Status>", "<saml:Assertion", "</samlp:Response>"] {
            let refused = screen(&PLAIN.replacen(at, &format!("{extra}{at}"), 1)).unwrap_err();
            assert_eq!(refused.reason, "two-assertions", "{extra} before {at}");
        }
    }
}
