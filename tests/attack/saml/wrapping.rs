//! Wrapping: the signed element is still there and good, and another one is put where a reader might look.
//!
//! Numbers are those of the paper that named the attack (Somorovsky et al., "On Breaking SAML", 2012).

use gatewright_terms::Refusal as R;

use super::message::{Base, Message, around, element, forged, once, without_signature};
use super::variant::{Defect, hold, screen};
use super::world::{ASSERTION_ID, RESPONSE_ID};

/// ST-SAML-01, ST-SAML-05, ST-SAML-08: the eight classical ways, and every other place for a second assertion.
#[test]
fn wrapped_messages_are_refused() {
    hold("wrapping");
}

const ROWS: &[u8] = &[1, 5];
const ASSERTION_SIGNED: &[Base] = &[Base::Assertion, Base::Both];
const RESPONSE_SIGNED: &[Base] = &[Base::Response, Base::Both];

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = numbered();
    all.extend(places());
    all.extend(roots());
    all
}

/// The forged assertion of the message.
fn evil(text: &str) -> String {
    forged(element(text, "saml:Assertion"))
}

/// The whole response with a forged assertion, unsigned, of another ID.
fn evil_response(text: &str) -> String {
    let (before, assertion, after) = around(text, "saml:Assertion");
    let shell = if before.contains("<ds:Signature ") { without_signature(before).1 } else { before.to_owned() };
    format!("{shell}{}{after}", forged(assertion)).replace(RESPONSE_ID, "_forged-response")
}

fn numbered() -> Vec<Defect> {
    vec![
        screen("xsw1", ROWS, R::SamlStructure, "assertion-elsewhere", |m| {
            m.after_with(|text| inside_the_signature(&evil_response(&text), &text, false))
        })
        .on(RESPONSE_SIGNED),
        screen("xsw2", ROWS, R::SamlStructure, "assertion-elsewhere", |m| {
            m.after_with(|text| inside_the_signature(&evil_response(&text), &text, true))
        })
        .on(RESPONSE_SIGNED),
        screen("xsw3", ROWS, R::SamlStructure, "two-assertions", |m| {
            m.after_with(|text| {
                let (before, assertion, after) = around(&text, "saml:Assertion");
                format!("{before}{}{assertion}{after}", forged(assertion))
            })
        })
        .on(ASSERTION_SIGNED),
        screen("xsw3-behind", ROWS, R::SamlStructure, "two-assertions", |m| {
            m.after_with(|text| {
                let (before, assertion, after) = around(&text, "saml:Assertion");
                format!("{before}{assertion}{}{after}", forged(assertion))
            })
        })
        .on(ASSERTION_SIGNED),
        screen("xsw4", ROWS, R::SamlStructure, "assertion-elsewhere", |m| {
            m.after_with(|text| {
                let (before, assertion, after) = around(&text, "saml:Assertion");
                let open = forged(assertion).replace("</saml:Assertion>", "");
                format!("{before}{open}{assertion}</saml:Assertion>{after}")
            })
        })
        .on(ASSERTION_SIGNED),
        screen("xsw5", ROWS, R::SamlStructure, "two-assertions", |m| {
            m.after_with(|text| {
                let (before, assertion, after) = around(&text, "saml:Assertion");
                let (_, plain) = without_signature(assertion);
                format!("{before}{}{plain}{after}", with_its_signature(assertion))
            })
        })
        .on(ASSERTION_SIGNED),
        screen("xsw6", ROWS, R::SamlStructure, "assertion-elsewhere", |m| {
            m.after_with(|text| {
                let (before, assertion, after) = around(&text, "saml:Assertion");
                let (_, plain) = without_signature(assertion);
                let evil = with_its_signature(assertion);
                format!("{before}{}{after}", once(&evil, "</ds:Signature>", &format!("{plain}</ds:Signature>")))
            })
        })
        .on(ASSERTION_SIGNED),
        screen("xsw7", ROWS, R::SamlStructure, "assertion-elsewhere", |m| {
            m.after_with(|text| in_extensions(&evil(&text), &text))
        }),
        screen("xsw7-original", ROWS, R::SamlStructure, "assertion-elsewhere", |m| {
            m.after_with(|text| {
                let (before, assertion, after) = around(&text, "saml:Assertion");
                in_extensions(assertion, &format!("{before}{}{after}", forged(assertion)))
            })
        })
        .on(ASSERTION_SIGNED),
        screen("xsw8", &[1, 5, 8], R::SamlStructure, "assertion-elsewhere", |m| {
            m.after_with(|text| {
                let (before, assertion, after) = around(&text, "saml:Assertion");
                let (_, plain) = without_signature(assertion);
                let object = format!("<ds:Object>{plain}</ds:Object></ds:Signature>");
                format!("{before}{}{after}", once(&with_its_signature(assertion), "</ds:Signature>", &object))
            })
        })
        .on(ASSERTION_SIGNED),
    ]
}

/// The forged assertion with the signature of the true one.
fn with_its_signature(assertion: &str) -> String {
    let (signature, plain) = without_signature(assertion);
    let evil = forged(&plain);
    once(&evil, "</saml:Issuer>", &format!("</saml:Issuer>{signature}"))
}

/// The forged response carries the signature of the true one, and the true one inside or before it.
fn inside_the_signature(evil: &str, text: &str, before_it: bool) -> String {
    let (signature, original) = without_signature(text);
    let carried = if before_it {
        format!("{original}{signature}")
    } else {
        signature.replace("</ds:Signature>", &format!("{original}</ds:Signature>"))
    };
    evil.replacen("</saml:Issuer>", &format!("</saml:Issuer>{carried}"), 1)
}

fn in_extensions(inner: &str, text: &str) -> String {
    once(text, "<samlp:Status>", &format!("<samlp:Extensions>{inner}</samlp:Extensions><samlp:Status>"))
}

/// Where else an assertion may hide. The provider signs all of it: the structure alone is false.
fn places() -> Vec<Defect> {
    let hide = |name: &str, reason: &'static str, put: fn(&str, &str) -> String| {
        screen(name, ROWS, R::SamlStructure, reason, move |m: Message| {
            m.before_with(move |text| put(&text, &evil(&text).replace("{sign:assertion}", "")))
        })
    };
    vec![
        hide("in-status-detail", "assertion-elsewhere", |text, evil| {
            once(text, "</samlp:Status>", &format!("<samlp:StatusDetail>{evil}</samlp:StatusDetail></samlp:Status>"))
        }),
        hide("in-advice", "assertion-elsewhere", |text, evil| {
            once(text, "</saml:Conditions>", &format!("</saml:Conditions><saml:Advice>{evil}</saml:Advice>"))
        }),
        hide("in-an-attribute-value", "assertion-elsewhere", |text, evil| {
            let value = format!("<saml:AttributeValue>{evil}</saml:AttributeValue>");
            once(text, "<saml:AttributeValue>Ada</saml:AttributeValue>", &value)
        }),
        hide("in-confirmation-data", "assertion-elsewhere", |text, evil| {
            let (before, data) = text.split_once("<saml:SubjectConfirmationData ").unwrap();
            let data = data.replacen("/>", &format!(">{evil}</saml:SubjectConfirmationData>"), 1);
            format!("{before}<saml:SubjectConfirmationData {data}")
        }),
        hide("in-a-condition", "assertion-elsewhere", |text, evil| {
            once(text, "</saml:Conditions>", &format!("<saml:Condition>{evil}</saml:Condition></saml:Conditions>"))
        }),
        hide("in-an-authentication-declaration", "assertion-elsewhere", |text, evil| {
            let declaration = format!("<saml:AuthnContextDecl>{evil}</saml:AuthnContextDecl></saml:AuthnContext>");
            once(text, "</saml:AuthnContext>", &declaration)
        }),
        hide("in-the-subject", "assertion-elsewhere", |text, evil| {
            once(text, "</saml:Subject>", &format!("{evil}</saml:Subject>"))
        }),
        hide("in-a-wrapper-of-its-own", "assertion-elsewhere", |text, evil| {
            once(text, "</samlp:Response>", &format!("<x:w xmlns:x=\"urn:x\">{evil}</x:w></samlp:Response>"))
        }),
        hide("in-the-name-id", "assertion-elsewhere", |text, evil| {
            once(text, "</saml:NameID>", &format!("{evil}</saml:NameID>"))
        }),
        hide("before-the-status", "two-assertions", |text, evil| {
            once(text, "<samlp:Status>", &format!("{evil}<samlp:Status>"))
        }),
        hide("true-one-in-advice-of-the-forged", "assertion-elsewhere", |text, evil| {
            let (before, assertion, after) = around(text, "saml:Assertion");
            let advice = format!("</saml:Conditions><saml:Advice>{assertion}</saml:Advice>");
            format!("{before}{}{after}", once(evil, "</saml:Conditions>", &advice))
        }),
    ]
}

/// Another root, with the true response inside.
fn roots() -> Vec<Defect> {
    let wrap = |name: &str, open: &'static str, close: &'static str| {
        screen(name, &[1, 5], R::SamlStructure, "wrong-root", move |m: Message| {
            m.after_with(move |text| format!("{open}{text}{close}"))
        })
    };
    vec![
        wrap(
            "in-soap",
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>",
            "</s:Body></s:Envelope>",
        ),
        wrap("in-an-element-without-namespace", "<w>", "</w>"),
        screen("response-in-response", ROWS, R::SamlStructure, "assertion-elsewhere", |m| {
            m.after_with(|text| {
                let evil = evil_response(&text);
                once(&evil, "</samlp:Response>", &format!("{text}</samlp:Response>"))
            })
        }),
        screen("response-without-assertion-in-extensions", ROWS, R::SamlStructure, "message-in-holder", |m| {
            m.before_with(|text| in_extensions("<samlp:Response ID=\"_forged\" Version=\"2.0\"/>", &text))
        }),
        screen("subject-in-advice", ROWS, R::SamlStructure, "message-in-holder", |m| {
            m.before("</saml:Conditions>", "</saml:Conditions><saml:Advice><saml:Subject><saml:NameID>owner-1</saml:NameID></saml:Subject></saml:Advice>")
        }),
        screen("attributes-in-an-attribute", ROWS, R::SamlStructure, "message-in-holder", |m| {
            m.before("<saml:AttributeValue>Ada<", "<saml:AttributeValue><saml:Attribute Name=\"email\"/><")
        }),
        screen("signature-in-an-attribute", &[1, 8], R::SamlStructure, "message-in-holder", |m| {
            m.before(
                "<saml:AttributeValue>Ada<",
                "<saml:AttributeValue><ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/><",
            )
        }),
        screen("assertion-as-root", ROWS, R::SamlStructure, "wrong-root", |m| {
            m.after_with(|text| element(&text, "saml:Assertion").to_owned())
        })
        .on(ASSERTION_SIGNED),
        screen("two-documents", &[3, 5], R::SamlMalformed, "second-root", |m| {
            m.after_with(|text| format!("{}{text}", evil_response(&text)))
        }),
        screen("same-id-twice", &[1, 5], R::SamlStructure, "two-assertions", |m| {
            m.after_with(|text| {
                let (before, assertion, after) = around(&text, "saml:Assertion");
                format!("{before}{}{assertion}{after}", forged(assertion).replace("_forged", ASSERTION_ID))
            })
        })
        .on(ASSERTION_SIGNED),
    ]
}
