//! References: a signature that points elsewhere, transforms what it points to, or brings company.

use gatewright_terms::Refusal as R;
use testkit::saml::Reference;

use super::message::{Base, Message, once};
use super::variant::{Defect, hold, screen};
use super::world::{ASSERTION_ID, RESPONSE_ID};

/// ST-SAML-08: one reference, to the ID of the parent. Nothing is fetched, evaluated or transformed.
#[test]
fn references_to_elsewhere_are_refused() {
    hold("references");
}

const ROWS: &[u8] = &[8];

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = addresses();
    all.extend(further_transforms());
    all.extend(missing_transforms());
    all.extend(counts());
    all.extend(strangers());
    all.extend(places());
    all.extend(key_infos());
    all
}

/// The digest is right for whoever resolves the address to the parent.
fn addresses() -> Vec<Defect> {
    let to = |name: &str, reason: &'static str, uri: &'static str| {
        screen(name, ROWS, R::SamlSignatureShape, reason, move |m: Message| {
            m.signature(|signature| signature.references[0].uri = Some(uri.to_owned()))
        })
    };
    let mut all = vec![
        to("the-whole-document", "reference-empty", ""),
        to("nothing-but-a-hash", "reference-other", "#"),
        to("without-a-hash", "reference-external", ASSERTION_ID),
        to("pointer-to-the-root", "reference-pointer", "#xpointer(/)"),
        to("pointer-by-id", "reference-pointer", "#xpointer(id('_assertion'))"),
        to("pointer-by-element", "reference-pointer", "#element(_assertion)"),
        to("pointer-with-scheme", "reference-pointer", "#xmlns(x=urn:x)xpointer(//x:y)"),
        to("http", "reference-external", "http://127.0.0.1:9/x"),
        to("https", "reference-external", "https://127.0.0.1:9/x"),
        to("ftp", "reference-external", "ftp://127.0.0.1:9/x"),
        to("file", "reference-external", "file:///etc/hostname"),
        to("endless-file", "reference-external", "file:///dev/zero"),
        to("path", "reference-external", "/etc/hostname"),
        to("relative-path", "reference-external", "x.xml#_assertion"),
        to("data", "reference-external", "data:text/xml,%3Cx/%3E"),
        to("attachment", "reference-external", "cid:x"),
        to("urn", "reference-external", "urn:x"),
        to("escaped-id", "reference-other", "#%5Fassertion"),
        to("id-with-white-space", "reference-other", "#_assertion "),
        to("white-space-before-the-hash", "reference-external", " #_assertion"),
        to("id-in-capitals", "reference-other", "#_ASSERTION"),
        to("id-that-is-not-there", "reference-other", "#_nowhere"),
        to("two-hashes", "reference-other", "##_assertion"),
        screen("no-address", ROWS, R::SamlSignatureShape, "reference-without-address", |m| {
            m.signature(|signature| {
                signature.edit = Some(|text| {
                    let (before, rest) = text.split_once(" URI=\"#").unwrap();
                    format!("{before}{}", rest.split_once('"').unwrap().1)
                });
            })
        }),
    ];
    let other = |name: &str, base: &'static [Base], id: &'static str| {
        screen(name, &[1, 8], R::SamlSignatureShape, "reference-other", move |m: Message| {
            m.signature(|signature| {
                let reference = &mut signature.references[0];
                (reference.uri, reference.of) = (Some(format!("#{id}")), Some(id.to_owned()));
            })
        })
        .on(base)
    };
    all.push(other("response-signature-over-the-assertion", &[Base::Response], ASSERTION_ID));
    all.push(other("assertion-signature-over-the-response", &[Base::Assertion], RESPONSE_ID));
    all
}

/// Another text of the signature, before it is made.
fn edited(name: &str, rows: &'static [u8], reason: &'static str, edit: fn(&str) -> String) -> Defect {
    screen(name, rows, R::SamlSignatureShape, reason, move |m: Message| {
        m.signature(|signature| signature.edit = Some(edit))
    })
}

/// What else is done to the bytes before they are hashed.
fn further_transforms() -> Vec<Defect> {
    let more = |name: &str, reason: &'static str, xml: &'static str| {
        screen(name, &[8, 9], R::SamlSignatureShape, reason, move |m: Message| {
            m.signature(|signature| xml.clone_into(&mut signature.references[0].more_transforms))
        })
    };
    vec![
        more(
            "xpath",
            "transform-unknown",
            "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>true()</ds:XPath></ds:Transform>",
        ),
        more(
            "costly-xpath",
            "transform-unknown",
            "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>count(//. | //@* | //namespace::*)</ds:XPath></ds:Transform>",
        ),
        more(
            "xpath-filter",
            "transform-unknown",
            "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"><f:XPath xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" Filter=\"union\">/</f:XPath></ds:Transform>",
        ),
        more(
            "xslt",
            "transform-unknown",
            "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><t:stylesheet xmlns:t=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"><t:template match=\"/\"><t:copy-of select=\".\"/></t:template></t:stylesheet></ds:Transform>",
        ),
        more(
            "xpointer",
            "transform-unknown",
            "<ds:Transform Algorithm=\"http://www.w3.org/2001/04/xmldsig-more/xptr\"/>",
        ),
        more("base64", "transform-unknown", "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>"),
        more("decryption", "transform-unknown", "<ds:Transform Algorithm=\"http://www.w3.org/2002/07/decrypt#XML\"/>"),
        more(
            "enveloped-twice",
            "transform-doubled",
            "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>",
        ),
        more(
            "canonical-twice",
            "transform-doubled",
            "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>",
        ),
    ]
}

/// The two that there must be, in their order.
fn missing_transforms() -> Vec<Defect> {
    const ROWS: &[u8] = &[8, 9];
    vec![
        screen("not-enveloped", ROWS, R::SamlSignatureShape, "transform-missing", |m| {
            m.signature(|signature| signature.references[0].enveloped = false)
        }),
        edited("no-canonicalisation", ROWS, "transform-missing", |text| {
            once(text, "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>", "")
        }),
        edited("no-transforms", ROWS, "reference-part", |text| {
            let (before, rest) = text.split_once("<ds:Transforms>").unwrap();
            format!("{before}{}", rest.split_once("</ds:Transforms>").unwrap().1)
        }),
        edited("wrong-order", ROWS, "transform-order", |text| {
            let (one, two) = (
                "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>",
                "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>",
            );
            once(text, &format!("{one}{two}"), &format!("{two}{one}"))
        }),
        edited("parameter-in-enveloped", ROWS, "transform-parameters", |text| {
            once(text, "#enveloped-signature\"/>", "#enveloped-signature\"><ds:XPath>1</ds:XPath></ds:Transform>")
        }),
        edited("transform-of-another-namespace", ROWS, "transforms-part", |text| {
            let exclusive = "Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
            once(
                text,
                &format!("<ds:{exclusive}"),
                &format!("<x:{exclusive}").replace("x:Transform", "x:Transform xmlns:x=\"urn:x\""),
            )
        }),
    ]
}

/// More than one of what there must be one.
fn counts() -> Vec<Defect> {
    let two = |name: &str, second: fn() -> Reference, first: bool| {
        screen(name, ROWS, R::SamlSignatureShape, "two-references", move |m: Message| {
            m.signature(|signature| {
                let at = if first { 0 } else { signature.references.len() };
                signature.references.insert(at, second());
            })
        })
    };
    vec![
        two("second-reference-to-the-same", Reference::default, false),
        two(
            "second-reference-to-the-assertion",
            || Reference {
                uri: Some(format!("#{ASSERTION_ID}")),
                of: Some(ASSERTION_ID.to_owned()),
                ..Reference::default()
            },
            false,
        ),
        two(
            "first-reference-to-the-network",
            || Reference { uri: Some("http://127.0.0.1:9/x".to_owned()), ..Reference::default() },
            true,
        ),
        edited("no-reference", ROWS, "no-reference", |text| {
            let (before, rest) = text.split_once("<ds:Reference ").unwrap();
            format!("{before}{}", rest.split_once("</ds:Reference>").unwrap().1)
        }),
        edited("second-signed-info", ROWS, "signed-info-count", |text| {
            once(text, "</ds:SignedInfo>", "</ds:SignedInfo><ds:SignedInfo/>")
        }),
        screen("forged-signed-info-before-the-true-one", &[1, 8], R::SamlSignatureShape, "signed-info-count", |m| {
            m.after_with(|text| {
                let (before, rest) = text.split_once("<ds:SignedInfo>").unwrap();
                let info =
                    rest.split_once("</ds:SignedInfo>").unwrap().0.replace("=</ds:DigestValue>", "A</ds:DigestValue>");
                format!("{before}<ds:SignedInfo>{info}</ds:SignedInfo><ds:SignedInfo>{rest}")
            })
        }),
        screen("second-value", ROWS, R::SamlSignatureShape, "signature-value-count", |m| {
            m.after_with(|text| {
                text.replacen(
                    "<ds:SignatureValue>",
                    "<ds:SignatureValue>AAAA</ds:SignatureValue><ds:SignatureValue>",
                    1,
                )
            })
        }),
    ]
}

/// What else stands in a signature.
fn strangers() -> Vec<Defect> {
    vec![
        edited("object", &[1, 8], "signature-object", |text| {
            once(text, "</ds:Signature>", "<ds:Object/></ds:Signature>")
        }),
        edited("manifest", &[1, 8], "signature-object", |text| {
            once(
                text,
                "</ds:Signature>",
                "<ds:Object><ds:Manifest><ds:Reference URI=\"http://127.0.0.1:9/x\"/></ds:Manifest></ds:Object></ds:Signature>",
            )
        }),
        edited("reference-with-type", ROWS, "reference-attribute", |text| {
            once(text, "<ds:Reference ", "<ds:Reference Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\" ")
        }),
        edited("stranger-in-signed-info", ROWS, "signed-info-part", |text| {
            once(text, "<ds:Reference ", "<x:y xmlns:x=\"urn:x\"/><ds:Reference ")
        }),
        edited("text-in-signed-info", ROWS, "signature-text", |text| {
            once(text, "<ds:Reference ", "text<ds:Reference ")
        }),
        edited("stranger-in-the-signature", ROWS, "signature-part", |text| {
            once(text, "</ds:SignedInfo>", "</ds:SignedInfo><x:y xmlns:x=\"urn:x\"/>")
        }),
    ]
}

/// A signature, or a part of it, that stands elsewhere.
fn places() -> Vec<Defect> {
    vec![
        screen("parts-in-another-order", ROWS, R::SamlSignatureShape, "signature-order", |m| {
            m.after_with(|text| {
                let (before, rest) = text.split_once("<ds:SignatureValue>").unwrap();
                let (value, rest) = rest.split_once("</ds:SignatureValue>").unwrap();
                let (info, rest) = rest.split_once("</ds:KeyInfo>").unwrap();
                format!("{before}{info}</ds:KeyInfo><ds:SignatureValue>{value}</ds:SignatureValue>{rest}")
            })
        }),
        screen("signature-in-the-issuer", ROWS, R::SamlSignatureShape, "signature-elsewhere", |m| {
            m.after_with(|text| {
                let (own, rest) = super::message::without_signature(&text);
                rest.replacen("</saml:Issuer>", &format!("{own}</saml:Issuer>"), 1)
            })
        }),
        screen("signature-in-the-status", ROWS, R::SamlSignatureShape, "signature-elsewhere", |m| {
            m.after_with(|text| {
                let (own, rest) = super::message::without_signature(&text);
                once(&rest, "</samlp:Status>", &format!("{own}</samlp:Status>"))
            })
        }),
        screen("signature-at-the-end", ROWS, R::SamlStructure, "child-order", |m| {
            m.after_with(|text| {
                let (own, rest) = super::message::without_signature(&text);
                once(&rest, "</samlp:Response>", &format!("{own}</samlp:Response>"))
            })
        })
        .on(&[Base::Response]),
    ]
}

fn key_infos() -> Vec<Defect> {
    let with = |name: &str, reason: &'static str, xml: &'static str| {
        screen(name, &[8, 11], R::SamlSignatureShape, reason, move |m: Message| {
            m.signature(|signature| signature.after_value = format!("<ds:KeyInfo>{xml}</ds:KeyInfo>"))
        })
    };
    vec![
        with(
            "key-from-the-network",
            "retrieval-method",
            "<ds:RetrievalMethod URI=\"http://127.0.0.1:9/key\" Type=\"http://www.w3.org/2000/09/xmldsig#X509Data\"/>",
        ),
        with("key-from-a-file", "retrieval-method", "<ds:RetrievalMethod URI=\"file:///etc/hostname\"/>"),
        with(
            "key-by-reference",
            "retrieval-method",
            "<d:KeyInfoReference xmlns:d=\"http://www.w3.org/2009/xmldsig11#\" URI=\"#_key\"/>",
        ),
        with("encrypted-key", "key-info", "<x:EncryptedKey xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"/>"),
        with("derived-key", "key-info", "<x:DerivedKey xmlns:x=\"http://www.w3.org/2009/xmlenc11#\"/>"),
        with("pgp", "key-info", "<ds:PGPData/>"),
        with("stranger", "key-info", "<x:y xmlns:x=\"urn:x\"/>"),
        screen("two-key-infos", &[8, 11], R::SamlSignatureShape, "two-key-infos", |m| {
            m.signature(|signature| signature.after_value = signature.after_value.repeat(2))
        }),
    ]
}
