//! Attributes: two of what must be one, values that are none, names that only look right.

use gatewright_terms::Refusal as R;

use super::message::{Base, Message};
use super::variant::{Defect, check, hold};

/// ST-SAML-20, ST-SAML-21: exact names, one value where one is read, whole values.
#[test]
fn attributes_that_are_not_acceptable_are_refused() {
    hold("attributes");
}

const ROWS: &[u8] = &[20];

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = counts();
    all.extend(addresses());
    all.extend(names());
    all.extend(values());
    all
}

fn counts() -> Vec<Defect> {
    let twice = |name: &str, attribute: &'static str, values: &'static [&'static str]| {
        check(name, ROWS, R::SamlAttribute, "several-values", move |m: Message| {
            m.answer(|answer| answer.attribute(attribute, values))
        })
    };
    vec![
        twice("two-addresses", "email", &["ada@acme.com", "owner@acme.com"]),
        twice("two-addresses-the-other-way-round", "email", &["owner@acme.com", "ada@acme.com"]),
        twice("one-address-twice", "email", &["ada@acme.com", "ada@acme.com"]),
        twice("an-address-and-nothing", "email", &["ada@acme.com", ""]),
        twice("two-first-names", "firstName", &["Ada", "Owner"]),
        twice("two-last-names", "lastName", &["Lovelace", "Owner"]),
        check("address-in-two-attributes", ROWS, R::SamlAttribute, "several-values", |m| {
            m.before("<saml:Attribute Name=\"email\">", "<saml:Attribute Name=\"email\"><saml:AttributeValue>owner@acme.com</saml:AttributeValue></saml:Attribute><saml:Attribute Name=\"email\">")
        }),
        check("address-in-two-statements", ROWS, R::SamlAttribute, "several-values", |m| {
            m.before("<saml:AttributeStatement>", "<saml:AttributeStatement><saml:Attribute Name=\"email\"><saml:AttributeValue>owner@acme.com</saml:AttributeValue></saml:Attribute></saml:AttributeStatement><saml:AttributeStatement>")
        }),
        check("too-many-attributes", &[20, 22], R::SamlAttribute, "too-many-attributes", |m| many(m, 257))
            .twin(|m| many(m, 256))
            .on(&[Base::Assertion]),
    ]
}

/// With the four that are there already.
fn many(message: Message, count: usize) -> Message {
    message.answer(|answer| {
        for n in answer.attributes.len()..count {
            answer.attribute(&format!("more-{n}"), &["x"]);
        }
    })
}

fn addresses() -> Vec<Defect> {
    let forms: &'static [(&'static str, &'static str)] = &[
        ("no-domain", "ada"),
        ("empty-domain", "ada@"),
        ("no-local-part", "@acme.com"),
        ("with-a-name", "Ada <ada@acme.com>"),
        ("two-with-a-comma", "ada@acme.com,owner@acme.com"),
        ("two-with-a-semicolon", "ada@acme.com;owner@acme.com"),
        ("two-with-a-space", "ada@acme.com owner@acme.com"),
        ("two-signs", "ada@evil.example@acme.com"),
        ("quoted", "\"ada@evil.example\"@acme.com"),
        ("network-address", "ada@[127.0.0.1]"),
        ("white-space-before", " ada@acme.com"),
        ("white-space-behind", "ada@acme.com "),
        ("line-end-inside", "ada@acme.com\nbcc:owner@acme.com"),
        ("with-a-comment", "ada(x)@acme.com"),
        ("with-a-scheme", "mailto:ada@acme.com"),
        ("zero-width", "ada\u{200b}@acme.com"),
    ];
    let mut all: Vec<Defect> = forms
        .iter()
        .map(|(name, to)| {
            check(format!("address-{name}"), ROWS, R::EmailMissing, "email-missing", move |m| {
                m.answer(|answer| answer.attribute("email", &[to]))
            })
            .on(&[Base::Assertion, Base::Response])
        })
        .collect();
    all.push(check("address-missing", &[20, 21], R::EmailMissing, "email-missing", |m| {
        m.answer(|answer| answer.attribute("email", &[]))
    }));
    all.push(check("address-empty", &[20, 21], R::EmailMissing, "email-missing", |m| {
        m.answer(|answer| answer.attribute("email", &[""]))
    }));
    // A connection without a mapping takes the NameID, if it is an address and no handle.
    all.push(
        check("handle-that-looks-like-an-address", ROWS, R::EmailMissing, "email-missing", |m| {
            m.answer(|answer| "ada@acme.com".clone_into(&mut answer.name_id.as_mut().unwrap().0))
        })
        .bad_setting(|setting| setting.saml.attributes.email = None)
        .on(&[Base::Assertion]),
    );
    all
}

fn names() -> Vec<Defect> {
    let renamed = |name: &str, to: &'static str| {
        check(name, ROWS, R::EmailMissing, "email-missing", move |m: Message| m.before("Name=\"email\"", to))
    };
    vec![
        renamed("address-by-friendly-name", "Name=\"urn:oid:0.9.2342.19200300.100.1.3\" FriendlyName=\"email\""),
        renamed("address-in-capitals", "Name=\"Email\""),
        renamed("address-with-white-space", "Name=\"email \""),
        renamed("address-by-prefix", "Name=\"email2\""),
        renamed("address-without-name", "FriendlyName=\"email\""),
        check("address-of-a-foreign-attribute", ROWS, R::EmailMissing, "email-missing", |m| {
            m.before("<saml:Attribute Name=\"email\"", "<saml:Attribute xmlns:x=\"urn:x\" x:Name=\"email\"")
        }),
        // Spoofed beside the true one: the twin has it too and is Ada.
        check("spoofed-friendly-name-and-no-address", ROWS, R::EmailMissing, "email-missing", |m| {
            spoofed(m).answer(|answer| answer.attribute("email", &[]))
        })
        .twin(spoofed),
    ]
}

fn spoofed(message: Message) -> Message {
    message
        .answer(|answer| answer.attribute("display", &["owner@acme.com"]))
        .before("<saml:Attribute Name=\"display\"", "<saml:Attribute Name=\"display\" FriendlyName=\"email\"")
}

fn values() -> Vec<Defect> {
    let valued = |name: &str, reason: &'static str, to: &'static str| {
        check(name, ROWS, R::SamlAttribute, reason, move |m: Message| {
            m.before("<saml:AttributeValue>ada@acme.com</saml:AttributeValue>", to)
        })
    };
    vec![
        valued(
            "element-in-a-value",
            "value-nested",
            "<saml:AttributeValue>ada@acme.com<x:y xmlns:x=\"urn:x\"/></saml:AttributeValue>",
        ),
        valued(
            "value-in-an-element",
            "value-nested",
            "<saml:AttributeValue><x:y xmlns:x=\"urn:x\">ada@acme.com</x:y></saml:AttributeValue>",
        ),
        valued(
            "name-id-as-a-value",
            "value-nested",
            "<saml:AttributeValue><saml:NameID>ada@acme.com</saml:NameID></saml:AttributeValue>",
        ),
        check("nil-with-a-value", ROWS, R::SamlStructure, "xsi-nil", |m| {
            m.before(
                "<saml:AttributeValue>ada@",
                "<saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\">ada@",
            )
        }),
        check("endless-value", &[20, 22], R::SamlAttribute, "value-too-long", |m| {
            m.answer(|answer| answer.attribute("lastName", &[&"a".repeat(1_025)]))
        }),
        check("groups-that-hold-elements", ROWS, R::SamlAttribute, "value-nested", |m| {
            m.before("<saml:AttributeValue>ml<", "<saml:AttributeValue><x:y xmlns:x=\"urn:x\">ml</x:y><")
        }),
        check("encrypted-attribute", ROWS, R::SamlEncryption, "encrypted-attribute", |m| {
            m.before("</saml:AttributeStatement>", "<saml:EncryptedAttribute><x:EncryptedData xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"/></saml:EncryptedAttribute></saml:AttributeStatement>")
        }),
    ]
}
