//! Substitution: something is exchanged after the provider has signed, or somebody else has signed.

use gatewright_bundle::program::Certificate;
use gatewright_terms::Refusal as R;
use testkit::saml::{ACME, ACME_NEXT, GLOBEX, Idp, P256, Signature};

use super::message::{Base, Message, around, element, forged, once, without_signature};
use super::variant::{Defect, check, hold, screen, signature};
use super::world::{ACS, NOW, SP_ENTITY_ID};

/// ST-SAML-01, ST-SAML-11, ST-SAML-12: what is read was signed, by a key of the connection.
#[test]
fn substituted_messages_are_refused() {
    hold("substitution");
}

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = values();
    all.extend(shell());
    all.extend(grafts());
    all.extend(signers());
    all
}

/// One byte of meaning after signing.
fn values() -> Vec<Defect> {
    let changed = |name: &str, from: &'static str, to: &'static str| {
        signature(name, &[1], move |m: Message| {
            m.after_with(move |text| {
                let assertion = element(&text, "saml:Assertion");
                text.replace(assertion, &assertion.replace(from, to))
            })
        })
    };
    vec![
        changed("name-id", ">ada-1<", ">owner-1<"),
        changed("address", ">ada@acme.com<", ">owner@acme.com<"),
        changed("group", ">ml<", ">owners<"),
        changed("attribute-name", "\"lastName\"", "\"otherName\""),
        changed("audience", "<saml:Audience>", "<saml:Audience> "),
        changed("end-of-validity", "2027-01-15T08:05:00Z", "2027-01-15T09:05:00Z"),
        changed("context-class", "PasswordProtectedTransport", "MobileTwoFactorContract"),
        changed(
            "time-of-authentication",
            "AuthnInstant=\"2027-01-15T08:00:00Z\"",
            "AuthnInstant=\"2027-01-15T07:59:59Z\"",
        ),
        changed("session-index", "_session-1", "_session-2"),
        changed("white-space-between-elements", "<saml:Subject>", "<saml:Subject> "),
        changed(
            "group-added",
            "<saml:AttributeValue>ml<",
            "<saml:AttributeValue>owners</saml:AttributeValue><saml:AttributeValue>ml<",
        ),
        changed("group-removed", "<saml:AttributeValue>admins</saml:AttributeValue>", ""),
        changed("two-values-joined", "ml</saml:AttributeValue><saml:AttributeValue>admins", "mladmins"),
        changed(
            "groups-exchanged",
            "ml</saml:AttributeValue><saml:AttributeValue>admins",
            "admins</saml:AttributeValue><saml:AttributeValue>ml",
        ),
    ]
}

/// The response around the assertion, where it is signed.
fn shell() -> Vec<Defect> {
    let changed = |name: &str, from: &'static str, to: &'static str| {
        signature(name, &[1], move |m: Message| {
            m.after_with(move |text| {
                assert!(text.contains(from), "{from}");
                text.replacen(from, to, 1)
            })
        })
        .on(&[Base::Response, Base::Both])
    };
    vec![
        changed(
            "time-of-the-response",
            "IssueInstant=\"2027-01-15T08:00:00Z\"",
            "IssueInstant=\"2027-01-15T08:00:01Z\"",
        ),
        changed(
            "consent-added",
            "<samlp:Response ",
            "<samlp:Response Consent=\"urn:oasis:names:tc:SAML:2.0:consent:obtained\" ",
        ),
        changed(
            "status-message-added",
            "</samlp:Status>",
            "<samlp:StatusMessage>ok</samlp:StatusMessage></samlp:Status>",
        ),
        changed(
            "extensions-added",
            "<samlp:Status>",
            "<samlp:Extensions><x:y xmlns:x=\"urn:x\"/></samlp:Extensions><samlp:Status>",
        ),
        changed("white-space-added", "<samlp:Status>", " <samlp:Status>"),
        changed(
            "prefix-of-a-child-changed",
            "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>",
            "<q:Status xmlns:q=\"urn:oasis:names:tc:SAML:2.0:protocol\"><q:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></q:Status>",
        ),
    ]
}

/// Good parts of two messages in one.
fn grafts() -> Vec<Defect> {
    fn replaced(m: Message, other: &Message) -> Message {
        let theirs = element(&other.text(), "saml:Assertion").to_owned();
        m.after_with(move |text| {
            let (before, _, after) = around(&text, "saml:Assertion");
            format!("{before}{theirs}{after}")
        })
    }
    let other = |change: fn(&mut testkit::saml::Answer)| Message::honest(Base::Assertion).answer(change);
    vec![
        check("assertion-for-another-request", &[1, 15], R::SamlInResponseTo, "in-response-to", move |m| {
            replaced(m, &other(|answer| answer.in_response_to = Some("_another".into())))
        })
        .on(&[Base::Assertion]),
        check("assertion-for-another-audience", &[1, 13], R::SamlAudience, "audience", move |m| {
            replaced(m, &other(|answer| answer.audience = SP_ENTITY_ID.replace("acme", "globex")))
        })
        .on(&[Base::Assertion]),
        check("assertion-for-another-address", &[1, 17], R::SamlRecipient, "recipient", move |m| {
            replaced(m, &other(|answer| answer.acs = ACS.replace("acme", "globex")))
        })
        .on(&[Base::Assertion]),
        check("assertion-of-yesterday", &[1, 14], R::SamlExpired, "expired", move |m| {
            replaced(m, &other(|answer| answer.now = NOW - 86_400))
        })
        .on(&[Base::Assertion]),
        signature("assertion-of-another-response-in-a-signed-one", &[1], |m| {
            replaced(
                m,
                &Message::honest(Base::Assertion).answer(|answer| answer.name_id.as_mut().unwrap().0 = "bob-1".into()),
            )
        })
        .on(&[Base::Both]),
        signature("signature-of-another-message", &[1], |m| {
            m.after_with(|text| {
                let stranger = Message::honest(Base::Assertion)
                    .answer(|answer| answer.name_id.as_mut().unwrap().0 = "bob-1".into())
                    .text();
                let (own, _) = without_signature(&text);
                once(&text, &own, &without_signature(&stranger).0)
            })
        })
        .on(&[Base::Assertion]),
        // The forged one under the ID that was signed.
        signature("forged-under-the-signed-id", &[1], |m| {
            m.after_with(|text| {
                let (before, assertion, after) = around(&text, "saml:Assertion");
                let (signature, plain) = without_signature(assertion);
                let evil = forged(&plain).replace("_forged", super::world::ASSERTION_ID);
                format!("{before}{}{after}", once(&evil, "</saml:Issuer>", &format!("</saml:Issuer>{signature}")))
            })
        })
        .on(&[Base::Assertion, Base::Both]),
        screen("forged-under-the-signature-of-the-true-one", &[1, 8], R::SamlSignatureShape, "reference-other", |m| {
            m.after_with(|text| {
                let (before, assertion, after) = around(&text, "saml:Assertion");
                let (signature, plain) = without_signature(assertion);
                let evil = once(&forged(&plain), "</saml:Issuer>", &format!("</saml:Issuer>{signature}"));
                format!("{before}{evil}{after}")
            })
        })
        .on(&[Base::Assertion, Base::Both]),
    ]
}

/// Somebody else's key.
fn signers() -> Vec<Defect> {
    vec![
        signature("stranger-with-own-certificate-in-the-message", &[11], |m| m.key(&GLOBEX)),
        signature("stranger-with-our-provider's-certificate-in-the-message", &[11], |m| {
            m.signature(|signature| signature.key = &GLOBEX)
        }),
        // The message names the stranger; what it says is ignored both ways.
        signature("key-value-of-the-stranger", &[11], |m| m.key(&GLOBEX))
            .twin(|m| m.signature(|signature| signature.after_value = Signature::by(&GLOBEX).after_value)),
        signature("stranger-without-key-info", &[11], |m| {
            m.key(&GLOBEX).signature(|signature| signature.after_value.clear())
        })
        .twin(|m| m.signature(|signature| signature.after_value.clear())),
        signature("elliptic-stranger", &[11], |m| {
            m.key(&P256).signature(|signature| signature.method = testkit::saml::Method::EcdsaSha256)
        }),
        signature("key-that-was-rotated-out", &[12], |m| m.key(&ACME))
            .twin(|m| m.key(&ACME_NEXT))
            .setting(|setting| setting.saml.certificates = vec![Certificate(ACME_NEXT.certificate_der())]),
        signature("key-that-is-not-yet-trusted", &[12], |m| m.key(&ACME_NEXT)),
        signature("inner-signature-of-a-stranger-in-a-signed-response", &[1, 11], |mut m| {
            m.assertion = Signature::by(&GLOBEX);
            m
        })
        .on(&[Base::Both]),
        signature("outer-signature-of-a-stranger-around-a-signed-assertion", &[1, 11], |mut m| {
            m.response = Signature::by(&GLOBEX);
            m
        })
        .on(&[Base::Both]),
        signature("honest-message-of-another-provider", &[11, 13], |mut m| {
            m.idp = Idp::globex();
            m.key(&GLOBEX)
        }),
        check("another-provider-in-the-same-hands", &[13], R::SamlIssuer, "issuer", |mut m| {
            m.idp = Idp::globex();
            m
        }),
    ]
}
