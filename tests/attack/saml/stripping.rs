//! Stripping: a signature is not there, or only looks as if it were.

use gatewright_bundle::program::{SignatureAlgorithm, WantSigned};
use gatewright_terms::Refusal as R;
use testkit::saml::{Signs, WEAK};

use super::message::{Base, Message, element, once, without_signature};
use super::variant::{Defect, StoppedBy, hold, screen, signature};

/// ST-SAML-06: nothing that is missing switches the check off.
#[test]
fn stripped_signatures_are_refused() {
    hold("stripping");
}

const ROWS: &[u8] = &[6];

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = unsigned();
    all.extend(one_of_two());
    all.extend(values());
    all.extend(nothing_to_trust());
    all
}

fn nothing_signed(message: Message) -> Message {
    message.answer(|answer| answer.signs = Signs::Nothing)
}

fn unsigned() -> Vec<Defect> {
    let missing = |name: &str, base: &'static [Base]| {
        screen(name, ROWS, R::SamlSignatureMissing, "unsigned", nothing_signed).on(base)
    };
    vec![
        missing("unsigned-where-either-would-do", Base::PLAIN),
        missing("unsigned-where-the-assertion-is-asked", &[Base::Assertion, Base::Both])
            .setting(|setting| setting.saml.want_signed = WantSigned::Assertion),
        missing("unsigned-where-the-response-is-asked", &[Base::Response, Base::Both])
            .setting(|setting| setting.saml.want_signed = WantSigned::Response),
        missing("unsigned-where-both-are-asked", &[Base::Both])
            .setting(|setting| setting.saml.want_signed = WantSigned::Both),
        screen("signatures-taken-out", ROWS, R::SamlSignatureMissing, "unsigned", |m| {
            m.after_with(|mut text| {
                while text.contains("<ds:Signature ") {
                    text = without_signature(&text).1;
                }
                text
            })
        }),
        screen("signature-in-a-foreign-namespace", &[5, 6], R::SamlStructure, "signature-look-alike", |m| {
            m.after_with(|text| {
                text.replace("http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo", "urn:x\"><ds:SignedInfo")
            })
        }),
        screen("signature-without-namespace", &[5, 6], R::SamlStructure, "signature-look-alike", |m| {
            m.signature(|signature| signature.prefix = "").after_with(|text| {
                text.replace("<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">", "<Signature xmlns=\"\">")
            })
        })
        .twin(|m| {
            m.signature(|signature| {
                signature.prefix = "";
                signature.after_value.clear();
            })
        }),
    ]
}

/// Asked for one signature or both, and the other is there.
fn one_of_two() -> Vec<Defect> {
    let only = |signs: Signs| move |m: Message| m.answer(|answer| answer.signs = signs);
    vec![
        screen("only-the-response-signed", ROWS, R::SamlSignatureMissing, "assertion-unsigned", only(Signs::Response))
            .on(&[Base::Both])
            .setting(|setting| setting.saml.want_signed = WantSigned::Both),
        screen("only-the-assertion-signed", ROWS, R::SamlSignatureMissing, "response-unsigned", only(Signs::Assertion))
            .on(&[Base::Both])
            .setting(|setting| setting.saml.want_signed = WantSigned::Both),
        screen(
            "assertion-signature-asked-response-signed",
            ROWS,
            R::SamlSignatureMissing,
            "assertion-unsigned",
            only(Signs::Response),
        )
        .on(&[Base::Assertion, Base::Both])
        .setting(|setting| setting.saml.want_signed = WantSigned::Assertion),
        screen(
            "response-signature-asked-assertion-signed",
            ROWS,
            R::SamlSignatureMissing,
            "response-unsigned",
            only(Signs::Assertion),
        )
        .on(&[Base::Response, Base::Both])
        .setting(|setting| setting.saml.want_signed = WantSigned::Response),
        signature("inner-signature-taken-out-of-a-signed-response", &[1, 6], |m| {
            m.after_with(|text| {
                let assertion = element(&text, "saml:Assertion").to_owned();
                text.replace(&assertion, &without_signature(&assertion).1)
            })
        })
        .on(&[Base::Both]),
        screen("outer-signature-taken-out", ROWS, R::SamlSignatureMissing, "response-unsigned", |m| {
            m.after_with(|text| without_signature(&text).1)
        })
        .on(&[Base::Response, Base::Both])
        .setting(|setting| setting.saml.want_signed = WantSigned::Response)
        .on(&[Base::Both]),
    ]
}

/// There is a signature, without what makes it one.
fn values() -> Vec<Defect> {
    let emptied = |name: &str, reason: &'static str, start: &'static str, end: &'static str, left: &'static str| {
        screen(name, &[6, 10], R::SamlSignatureShape, reason, move |m: Message| {
            m.after_with(move |text| {
                let (before, rest) = text.split_once(start).unwrap();
                let (_, after) = rest.split_once(end).unwrap();
                format!("{before}{left}{after}")
            })
        })
    };
    let (value, digest) = ("<ds:SignatureValue>", "<ds:DigestValue>");
    vec![
        emptied(
            "empty-value",
            "signature-value",
            value,
            "</ds:SignatureValue>",
            "<ds:SignatureValue></ds:SignatureValue>",
        ),
        emptied(
            "value-of-white-space",
            "signature-value",
            value,
            "</ds:SignatureValue>",
            "<ds:SignatureValue> \n</ds:SignatureValue>",
        ),
        emptied("no-value", "signature-value-count", value, "</ds:SignatureValue>", ""),
        emptied(
            "value-is-no-base64",
            "signature-value",
            value,
            "</ds:SignatureValue>",
            "<ds:SignatureValue>?</ds:SignatureValue>",
        ),
        emptied("empty-digest", "digest-value", digest, "</ds:DigestValue>", "<ds:DigestValue></ds:DigestValue>"),
        emptied("no-digest", "reference-part", digest, "</ds:DigestValue>", ""),
        emptied(
            "digest-of-one-byte",
            "digest-value",
            digest,
            "</ds:DigestValue>",
            "<ds:DigestValue>AA==</ds:DigestValue>",
        ),
        emptied(
            "empty-signed-info",
            "no-reference",
            "<ds:SignedInfo>",
            "</ds:SignedInfo>",
            "<ds:SignedInfo></ds:SignedInfo>",
        ),
        emptied("empty-signature", "signed-info-count", "<ds:SignedInfo>", "</ds:KeyInfo>", ""),
        // The digest of nothing, and a value of zeros: what a failed canonicalisation would be compared with.
        signature("digest-of-nothing", &[10], |m| {
            m.after_with(|text| {
                let (before, rest) = text.split_once("<ds:DigestValue>").unwrap();
                let (_, after) = rest.split_once("</ds:DigestValue>").unwrap();
                format!("{before}<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue>{after}")
            })
        }),
        signature("value-of-zeros", &[10], |m| {
            m.after_with(|text| {
                let (before, rest) = text.split_once("<ds:SignatureValue>").unwrap();
                let (_, after) = rest.split_once("</ds:SignatureValue>").unwrap();
                let zeros = format!("{}AA==", "A".repeat(340));
                format!("{before}<ds:SignatureValue>{zeros}</ds:SignatureValue>{after}")
            })
        }),
    ]
}

/// The connection trusts nothing that could have signed. The bundle has no such connection; the door does not rely on it.
fn nothing_to_trust() -> Vec<Defect> {
    let nothing = |name: &str| screen(name, ROWS, R::SamlSignature, "nothing-trusted", |m| m);
    vec![
        nothing("no-certificate").bad_setting(|setting| setting.saml.certificates.clear()),
        nothing("no-algorithm").bad_setting(|setting| setting.saml.algorithms.clear()),
        signature("certificate-of-garbage", ROWS, |m| m)
            .bad_setting(|setting| setting.saml.certificates[0].0.truncate(40)),
        signature("weak-certificate-alone", &[6, 9], |m| m.key(&WEAK))
            .bad_setting(|setting| setting.saml.certificates[0].0 = WEAK.certificate_der()),
        screen("algorithm-not-on-the-list-of-the-connection", &[9], R::SamlAlgorithm, "algorithm-not-wanted", |m| m)
            .bad_setting(|setting| setting.saml.algorithms = vec![SignatureAlgorithm::RsaSha512])
            .stopped_by(StoppedBy::Screen),
        screen("signature-twice", &[6, 8], R::SamlSignatureShape, "two-signatures", |m| {
            m.after_with(|text| {
                let signature = without_signature(&text).0;
                once(&text, &signature, &format!("{signature}{signature}"))
            })
        }),
    ]
}
