//! Markup: what the reader refuses, seen through the screen (ST-SAML-03, ST-SAML-04, ST-SAML-10).

use gatewright_terms::Refusal;

use crate::twin::{PLAIN, Twin, twin};

const fn malformed(reason: &'static str, instead_of: &'static str, stands: &'static str) -> Twin {
    twin(Refusal::SamlMalformed, reason, PLAIN, instead_of, stands)
}

const fn forbidden(reason: &'static str, instead_of: &'static str, stands: &'static str) -> Twin {
    twin(Refusal::SamlForbiddenMarkup, reason, PLAIN, instead_of, stands)
}

pub(crate) const TWINS: &[Twin] = &[
    forbidden("document-type", "<samlp:Response", "<!DOCTYPE Response><samlp:Response"),
    forbidden(
        "document-type",
        "<samlp:Response",
        "<!DOCTYPE r [<!ENTITY e SYSTEM \"http://127.0.0.1/\">]><samlp:Response",
    ),
    forbidden("document-type", "<samlp:Status>", "<!ENTITY e 'x'><samlp:Status>"),
    forbidden("entity", "ada@acme", "ada&at;acme"),
    forbidden("entity", "Name=\"email\"", "Name=\"&email;\""),
    forbidden("comment", "00u1", "00u<!-- -->1"),
    forbidden("comment", "ada@acme.example<", "ada@acme.example<!-- -->.evil.example<"),
    forbidden("comment", "https://idp.example/<", "https://idp.<!---->example/<"),
    forbidden(
        "comment",
        "https://gate.example/sso/acme/okta/metadata<",
        "https://gate.example/sso/acme/okta/metadata<!---->x<",
    ),
    forbidden("comment", "<samlp:Response", "<!-- --><samlp:Response"),
    forbidden("comment", "</samlp:Response>", "</samlp:Response><!-- -->"),
    forbidden("processing-instruction", "00u1", "00u<?x?>1"),
    forbidden("processing-instruction", "<samlp:Response", "<?xml-stylesheet href='x'?><samlp:Response"),
    forbidden("processing-instruction", "</samlp:Response>", "</samlp:Response><?x?>"),
    forbidden("processing-instruction", "<samlp:Response", "\n<?xml version='1.0'?><samlp:Response"),
    forbidden("cdata-section", "00u1", "<![CDATA[00u1]]>"),
    forbidden("cdata-section", "staff", "st<![CDATA[a]]>ff"),
    malformed("second-root", "</samlp:Response>", "</samlp:Response><samlp:Response/>"),
    malformed("text-outside-the-root", "</samlp:Response>", "</samlp:Response>x"),
    malformed("no-root-element", "<samlp:Response", "x<samlp:Response"),
    malformed("byte-order-mark", "<samlp:Response", "\u{FEFF}<samlp:Response"),
    malformed("declaration", "<samlp:Response", "<?xml version=\"1.1\"?><samlp:Response"),
    malformed("declaration", "<samlp:Response", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><samlp:Response"),
    malformed("declaration", "<samlp:Response", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><samlp:Response"),
    malformed("declaration", "<samlp:Response", "<?xml encoding=\"UTF-8\"?><samlp:Response"),
    malformed("unclosed-element", "</samlp:Response>", ""),
    malformed("crossed-tags", "</samlp:Status>", "</samlp:Statu>"),
    malformed("prefix-unbound", "<saml:Advice/>", "<sam:Advice/>"),
    malformed("attribute-doubled", "ID=\"_response\"", "ID=\"_response\" ID=\"_response\""),
    malformed(
        "attribute-doubled",
        "<saml:AttributeValue>staff",
        "<saml:AttributeValue xmlns:a='urn:x' xmlns:b='urn:x' a:c='1' b:c='2'>staff",
    ),
    malformed("namespace-not-absolute", "<saml:Advice/>", "<saml:Advice xmlns:x=\"relative\"/>"),
    malformed("not-a-character", "00u1", "00u&#0;1"),
    malformed("not-a-character", "00u1", "00u\u{1}1"),
    malformed("section-end-in-text", "00u1", "00u]]>1"),
    malformed("bare-ampersand", "00u1", "00u& 1"),
];

/// ST-SAML-03: bytes that are no UTF-8.
#[test]
fn st_saml_03_other_encodings_are_refused() {
    let utf16: Vec<u8> = PLAIN.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut latin = PLAIN.as_bytes().to_vec();
    let at = PLAIN.find("staff").unwrap();
    latin[at] = 0xE9;
    let overlong = PLAIN.replace("staff", "st~ff").into_bytes();
    let overlong: Vec<u8> =
        overlong.iter().flat_map(|b| if *b == b'~' { vec![0xC0, 0xAF] } else { vec![*b] }).collect();
    let surrogate: Vec<u8> =
        PLAIN.bytes().enumerate().flat_map(|(n, b)| if n == at { vec![0xED, 0xA0, 0x80] } else { vec![b] }).collect();
    for bytes in [utf16.as_slice(), &latin, &overlong, &surrogate] {
        let refused = gatewright_saml::screen::screen_response(bytes).unwrap_err();
        assert_eq!((refused.refusal, refused.story.len()), (Refusal::SamlMalformed, 1), "{refused}");
    }
    for bytes in [latin.as_slice(), &overlong, &surrogate] {
        assert_eq!(gatewright_saml::screen::screen_response(bytes).unwrap_err().reason, "not-utf8");
    }
}
