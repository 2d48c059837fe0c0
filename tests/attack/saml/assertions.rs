//! Assertions: how many there are, which element is one, what an ID is, and messages that are something else.

use gatewright_terms::Refusal as R;
use testkit::saml::{Encryption, Signature, encrypt, sign};

use super::message::{Base, Message, around, element, forged, once};
use super::variant::{Defect, StoppedBy, check, hold, screen};
use super::world::{ASSERTION_ID, RESPONSE_ID};

/// ST-SAML-05, ST-SAML-18: one assertion, as a direct child, with IDs of its own, in a response of SAML 2.0.
#[test]
fn confused_messages_are_refused() {
    hold("assertions");
}

const ROWS: &[u8] = &[5];

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = counts();
    all.extend(look_alikes());
    all.extend(names());
    all.extend(schema_attributes());
    all.extend(ids());
    all.extend(kinds());
    all.extend(order());
    all
}

/// Two assertions in every order and mix; each is signed by the provider.
fn counts() -> Vec<Defect> {
    /// A second assertion that the provider has signed as well.
    fn second(text: &str) -> String {
        let other = forged(element(text, "saml:Assertion"));
        let hole = "{sign:second}";
        let other = once(&other.replace("{sign:assertion}", ""), "</saml:Issuer>", &format!("</saml:Issuer>{hole}"));
        sign(&other, hole, &Signature::by(&testkit::saml::ACME))
    }
    let mix = |name: &str, put: fn(&str, &str) -> String| {
        screen(name, ROWS, R::SamlStructure, "two-assertions", move |m: Message| {
            m.before_with(move |text| {
                let (before, assertion, after) = around(&text, "saml:Assertion");
                format!("{before}{}{after}", put(assertion, &second(&text)))
            })
        })
    };
    vec![
        mix("two-signed", |one, two| format!("{one}{two}")),
        mix("two-signed-the-other-way-round", |one, two| format!("{two}{one}")),
        mix("plain-then-encrypted", |one, two| format!("{one}{}", encrypt(two, &Encryption::default()))),
        mix("encrypted-then-plain", |one, two| format!("{}{one}", encrypt(two, &Encryption::default()))),
        mix("three", |one, two| format!("{two}{one}{}", encrypt(two, &Encryption::default()))),
        mix("one-unsigned-behind", |one, two| format!("{one}{}", super::message::without_signature(two).1)),
        screen("two-encrypted", ROWS, R::SamlStructure, "two-assertions", |m| {
            m.after_with(|text| {
                let sealed = element(&text, "saml:EncryptedAssertion").to_owned();
                once(&text, &sealed, &format!("{sealed}{}", sealed.replace("_key", "_other")))
            })
        })
        .on(Base::SEALED),
        screen("none", ROWS, R::SamlStructure, "no-assertion", |m| {
            m.before_with(|text| {
                let (before, _, after) = around(&text, "saml:Assertion");
                format!("{before}{after}")
            })
        })
        .on(&[Base::Response]),
    ]
}

fn foreign(name: &str, reason: &'static str, from: &'static str, to: &'static str) -> Defect {
    screen(name, ROWS, R::SamlStructure, reason, move |m: Message| m.before(from, to))
}

/// What is called an assertion, or a part of one, and is of another namespace.
fn look_alikes() -> Vec<Defect> {
    vec![
        screen("assertion-of-a-foreign-namespace", ROWS, R::SamlStructure, "assertion-look-alike", |m| {
            m.before_with(|text| {
                let evil = forged(element(&text, "saml:Assertion")).replace("{sign:assertion}", "");
                let evil = evil.replace("<saml:Assertion xmlns:saml=", "<saml:Assertion xmlns:saml=\"urn:x\" xmlns:y=");
                once(&text, "</samlp:Response>", &format!("{evil}</samlp:Response>"))
            })
        }),
        screen("assertion-without-namespace", ROWS, R::SamlStructure, "assertion-look-alike", |m| {
            m.before_with(|text| once(&text, "</samlp:Response>", "<Assertion ID=\"_x\"/></samlp:Response>"))
        }),
        foreign(
            "look-alike-in-an-attribute",
            "look-alike",
            "<saml:AttributeValue>Ada</saml:AttributeValue>",
            "<saml:AttributeValue><x:NameID xmlns:x=\"urn:x\">owner-1</x:NameID></saml:AttributeValue>",
        ),
        foreign(
            "look-alike-in-extensions",
            "assertion-look-alike",
            "<samlp:Status>",
            "<samlp:Extensions><x:Assertion xmlns:x=\"urn:x\"/></samlp:Extensions><samlp:Status>",
        ),
        screen("saml-1-assertion", ROWS, R::SamlStructure, "assertion-look-alike", |m| {
            m.before_with(|text| {
                text.replace("urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:1.0:assertion")
            })
        }),
    ]
}

/// The same local names where one of ours is awaited.
fn names() -> Vec<Defect> {
    vec![
        foreign(
            "name-id-of-a-foreign-namespace",
            "foreign-element",
            "</saml:NameID>",
            "</saml:NameID><x:NameID xmlns:x=\"urn:x\">owner-1</x:NameID>",
        ),
        foreign(
            "name-id-of-the-protocol",
            "unknown-element",
            "</saml:NameID>",
            "</saml:NameID><samlp:NameID>owner-1</samlp:NameID>",
        ),
        foreign(
            "attribute-of-a-foreign-namespace",
            "foreign-element",
            "</saml:AttributeStatement>",
            "<x:Attribute xmlns:x=\"urn:x\" Name=\"email\"/></saml:AttributeStatement>",
        ),
        foreign(
            "conditions-of-a-foreign-namespace",
            "foreign-element",
            "</saml:Conditions>",
            "</saml:Conditions><x:Conditions xmlns:x=\"urn:x\"/>",
        ),
        foreign("subject-in-small-letters", "unknown-element", "</saml:Subject>", "</saml:Subject><saml:subject/>"),
        screen("attribute-with-a-prefix", ROWS, R::SamlStructure, "qualified-attribute", |m| {
            m.before("<saml:SubjectConfirmationData ", "<saml:SubjectConfirmationData saml:Recipient=\"x\" ")
        }),
        screen("foreign-recipient-beside-none", ROWS, R::SamlRecipient, "recipient-missing", |m| {
            m.before(" Recipient=", " xmlns:x=\"urn:x\" x:Recipient=")
        })
        .stopped_by(StoppedBy::Checks),
    ]
}

/// Attributes that tell a reader how to read.
fn schema_attributes() -> Vec<Defect> {
    vec![
        screen("type-of-another-element", ROWS, R::SamlStructure, "xsi-type", |m| {
            m.before(
                "<saml:Subject>",
                "<saml:Subject xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"saml:Advice\">",
            )
        }),
        screen("schema-location", &[5, 8], R::SamlStructure, "schema-location", |m| {
            m.before("<saml:Subject>", "<saml:Subject xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:x http://127.0.0.1:9/x.xsd\">")
        }),
        screen("base-address", &[5, 8], R::SamlStructure, "xml-attribute", |m| {
            m.before("<saml:Subject>", "<saml:Subject xml:base=\"http://127.0.0.1:9/\">")
        }),
    ]
}

fn ids() -> Vec<Defect> {
    let id = |name: &str, refusal: R, reason: &'static str, from: &'static str, to: &'static str| {
        screen(name, ROWS, refusal, reason, move |m: Message| m.before(from, to)).on(&[Base::Response])
    };
    vec![
        screen("id-of-the-response-on-the-assertion", ROWS, R::SamlStructure, "id-doubled", |m| {
            m.answer(|answer| RESPONSE_ID.clone_into(&mut answer.assertion_id))
        }),
        screen("no-id-on-the-assertion", ROWS, R::SamlStructure, "id-missing", |m| m.before(" ID=\"_assertion\"", ""))
            .on(&[Base::Response]),
        screen("no-id-on-the-response", ROWS, R::SamlStructure, "id-missing", |m| m.before(" ID=\"_response\"", ""))
            .on(&[Base::Assertion]),
        id("empty-id", R::SamlStructure, "id-not-a-name", "ID=\"_assertion\"", "ID=\"\""),
        id("id-with-white-space", R::SamlStructure, "id-not-a-name", "ID=\"_assertion\"", "ID=\" _assertion\""),
        id("id-with-a-quote", R::SamlStructure, "id-not-a-name", "ID=\"_assertion\"", "ID=\"_a')]|//*[('\""),
        id("id-that-starts-with-a-digit", R::SamlStructure, "id-not-a-name", "ID=\"_assertion\"", "ID=\"1a\""),
        id("id-with-a-colon", R::SamlStructure, "id-not-a-name", "ID=\"_assertion\"", "ID=\"a:b\""),
        screen("endless-id", &[5, 22], R::SamlTooLarge, "id-too-long", |m| {
            m.answer(|answer| answer.assertion_id = "_".repeat(257))
        })
        .twin(|m| m.answer(|answer| answer.assertion_id = "_".repeat(256)))
        .identity(|identity| identity.assertion_id = "_".repeat(256)),
        id("xml-id", R::SamlStructure, "xml-id", "<saml:Subject>", "<saml:Subject xml:id=\"_subject\">"),
        id(
            "xml-id-of-the-assertion",
            R::SamlStructure,
            "xml-id",
            "<saml:Subject>",
            "<saml:Subject xml:id=\"_assertion\">",
        ),
        id(
            "id-on-the-subject",
            R::SamlStructure,
            "unknown-attribute",
            "<saml:Subject>",
            "<saml:Subject ID=\"_subject\">",
        ),
        id(
            "small-id-on-the-subject",
            R::SamlStructure,
            "unknown-attribute",
            "<saml:Subject>",
            "<saml:Subject Id=\"_assertion\">",
        ),
        screen("id-of-the-assertion-in-an-attribute-value", ROWS, R::SamlStructure, "id-doubled", |m| {
            m.before("<saml:AttributeValue>Ada<", &format!("<saml:AttributeValue Id=\"{ASSERTION_ID}\">Ada<"))
        }),
        screen("id-of-the-assertion-in-extensions", ROWS, R::SamlStructure, "id-doubled", |m| {
            m.before("<samlp:Status>", &format!("<samlp:Extensions><x:y xmlns:x=\"urn:x\" x:id=\"{ASSERTION_ID}\"/></samlp:Extensions><samlp:Status>"))
        }),
        screen("id-of-the-assertion-in-its-signature", &[5, 8], R::SamlStructure, "id-doubled", |m| {
            m.signature(|signature| {
                signature.edit = Some(|text| once(text, "<ds:KeyInfo>", "<ds:KeyInfo Id=\"_assertion\">"));
            })
        }),
    ]
}

/// Messages that are no response of SAML 2.0.
fn kinds() -> Vec<Defect> {
    let root = |name: &str, element: &'static str| {
        screen(name, &[5, 18], R::SamlStructure, "wrong-root", move |m: Message| {
            m.before_with(move |text| text.replace("samlp:Response", &format!("samlp:{element}")))
        })
    };
    let version = |name: &str, to: &'static str, at: &'static str| {
        check(name, &[18], R::SamlVersion, "version", move |m: Message| {
            m.before_with(move |text| {
                let (before, rest) = text.split_once(at).unwrap();
                format!("{before}{at}{}", rest.replacen(" Version=\"2.0\"", to, 1))
            })
        })
    };
    vec![
        root("logout-response", "LogoutResponse"),
        root("logout-request", "LogoutRequest"),
        root("artifact-response", "ArtifactResponse"),
        root("authn-request", "AuthnRequest"),
        root("response-in-small-letters", "response"),
        screen("saml-1-response", &[5, 18], R::SamlStructure, "wrong-root", |m| {
            m.before_with(|text| {
                text.replace("urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:1.0:protocol")
            })
        }),
        screen("response-of-a-foreign-namespace", &[5, 18], R::SamlStructure, "wrong-root", |m| {
            m.before_with(|text| text.replace("urn:oasis:names:tc:SAML:2.0:protocol", "urn:x"))
        }),
        screen("response-without-namespace", &[5, 18], R::SamlStructure, "wrong-root", |m| {
            m.before_with(|text| text.replace("<samlp:", "<").replace("</samlp:", "</"))
        }),
        screen("metadata", &[5], R::SamlStructure, "wrong-root", |m| {
            m.after_with(|_| testkit::saml::Idp::acme().metadata())
        }),
        version("response-of-version-1-1", " Version=\"1.1\"", "<samlp:Response"),
        version("response-of-version-2", " Version=\"2\"", "<samlp:Response"),
        version("response-without-version", "", "<samlp:Response"),
        version("assertion-of-version-1-1", " Version=\"1.1\"", "<saml:Assertion"),
        version("assertion-of-version-2-1", " Version=\"2.1\"", "<saml:Assertion"),
        version("assertion-without-version", "", "<saml:Assertion"),
        version("version-with-white-space", " Version=\" 2.0\"", "<saml:Assertion"),
    ]
}

/// The order and number that the schema gives.
fn order() -> Vec<Defect> {
    let edited = |name: &str, reason: &'static str, from: &'static str, to: &'static str| {
        screen(name, ROWS, R::SamlStructure, reason, move |m: Message| m.before(from, to))
    };
    vec![
        edited(
            "two-subjects",
            "child-doubled",
            "</saml:Subject>",
            "</saml:Subject><saml:Subject><saml:NameID>owner-1</saml:NameID></saml:Subject>",
        ),
        edited("two-name-ids", "child-doubled", "</saml:NameID>", "</saml:NameID><saml:NameID>owner-1</saml:NameID>"),
        edited(
            "name-id-behind-the-confirmation",
            "child-order",
            "</saml:SubjectConfirmation>",
            "</saml:SubjectConfirmation><saml:NameID>owner-1</saml:NameID>",
        ),
        edited("two-conditions", "child-doubled", "</saml:Conditions>", "</saml:Conditions><saml:Conditions/>"),
        edited(
            "two-statuses",
            "child-doubled",
            "</samlp:Status>",
            "</samlp:Status><samlp:Status><samlp:StatusCode Value=\"x\"/></samlp:Status>",
        ),
        edited("text-in-the-response", "text-beside-elements", "</samlp:Status>", "</samlp:Status>text"),
        edited("text-in-the-subject", "text-beside-elements", "<saml:Subject>", "<saml:Subject>owner-1"),
        edited("element-in-the-name-id", "element-in-text", ">ada-1<", ">ada<x:y xmlns:x=\"urn:x\"/>-1<"),
        edited(
            "element-in-the-audience",
            "element-in-text",
            "<saml:Audience>",
            "<saml:Audience><x:y xmlns:x=\"urn:x\"/>",
        ),
        edited(
            "stranger-in-the-response",
            "foreign-element",
            "</samlp:Response>",
            "<x:y xmlns:x=\"urn:x\"/></samlp:Response>",
        ),
        edited(
            "stranger-in-the-assertion",
            "foreign-element",
            "</saml:Assertion>",
            "<x:y xmlns:x=\"urn:x\"/></saml:Assertion>",
        ),
        edited(
            "unknown-attribute",
            "unknown-attribute",
            "<saml:AudienceRestriction>",
            "<saml:AudienceRestriction Optional=\"true\">",
        ),
        edited(
            "foreign-attribute",
            "foreign-attribute",
            "<saml:Subject>",
            "<saml:Subject xmlns:x=\"urn:x\" x:y=\"z\">",
        ),
        edited(
            "two-issuers-in-the-assertion",
            "child-doubled",
            "{sign:assertion}",
            "<saml:Issuer>https://idp.globex.example/saml</saml:Issuer>{sign:assertion}",
        ),
        edited(
            "two-issuers-in-the-response",
            "child-doubled",
            "{sign:response}",
            "<saml:Issuer>https://idp.globex.example/saml</saml:Issuer>{sign:response}",
        ),
    ]
}
