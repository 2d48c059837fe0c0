//! Signatures: every verifier finds the same messages good, over the same bytes.

use gatewright_bundle::program::{Certificate, SignatureAlgorithm};
use gatewright_saml::{NotVerified, Signed};
use testkit::saml::{
    ACME, ACME_EXPIRED_CERTIFICATE_PEM, ACME_NEXT, ASSERTION_HOLE, Canonicalization, Digest, GLOBEX, Idp, LogoutAsk,
    Method, P256, P384, RESPONSE_HOLE, Signature, Signs, WEAK, sign,
};

use crate::message::{
    EVERY_ALGORITHM, all_find_bad, all_find_good, answer, ask, ask_with, assert_bad, assert_good, response, verifiers,
};

/// ST-SAML-01: what comes back is the element that the outermost signature covers, without that signature.
#[test]
fn st_saml_01_the_outermost_signed_element_comes_back() {
    let assertion = all_find_good(&response(Signs::Assertion), &[&ACME], Signed::Assertion);
    assert!(assertion.starts_with("<saml:Assertion ") && assertion.ends_with("</saml:Assertion>"), "{assertion}");
    assert!(assertion.contains("ada@acme.com") && !assertion.contains("SignatureValue"), "{assertion}");

    let message = all_find_good(&response(Signs::Response), &[&ACME], Signed::Message);
    assert!(message.starts_with("<samlp:Response ") && message.ends_with("</samlp:Response>"), "{message}");
    assert!(message.contains("ada@acme.com") && !message.contains("SignatureValue"), "{message}");

    let both = all_find_good(&response(Signs::Both), &[&ACME], Signed::Message);
    assert_eq!(both.matches("SignatureValue>").count(), 2, "the assertion's own signature is part of it: {both}");
}

#[test]
fn every_algorithm_of_the_list_is_checked() {
    for (key, method, digest) in [
        (&ACME, Method::RsaSha256, Digest::Sha256),
        (&ACME, Method::RsaSha384, Digest::Sha384),
        (&ACME, Method::RsaSha512, Digest::Sha512),
        (&ACME, Method::RsaSha256, Digest::Sha512),
        (&P256, Method::EcdsaSha256, Digest::Sha256),
        (&P384, Method::EcdsaSha384, Digest::Sha384),
    ] {
        let mut signature = Signature::by(key).with(method).digest(digest);
        // Its content is another type of key.
        signature.after_value.clear();
        let text = answer(Signs::Nothing).template(&Idp::acme().entity_id).replace(ASSERTION_HOLE, "");
        all_find_good(&sign(&text, RESPONSE_HOLE, &signature), &[key], Signed::Message);
    }
}

#[test]
fn a_prefix_list_and_a_default_namespace_are_part_of_the_canonical_form() {
    for prefixes in [vec![], vec!["saml".to_owned()], vec!["saml".to_owned(), "samlp".to_owned(), "xs".to_owned()]] {
        for prefix in ["ds", "", "dsig"] {
            let mut signature = Signature::by(&ACME);
            signature.prefix = prefix;
            signature.references[0].canonicalization = Canonicalization::Exclusive(prefixes.clone());
            let text = answer(Signs::Nothing).template(&Idp::acme().entity_id).replace(RESPONSE_HOLE, "");
            let text = text.replace(" Version=", " xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" Version=");
            let given = all_find_good(&sign(&text, ASSERTION_HOLE, &signature), &[&ACME], Signed::Assertion);
            let wanted = prefixes.contains(&"samlp".to_owned());
            assert_eq!(given.contains("xmlns:samlp="), wanted, "{prefixes:?}: {given}");
        }
    }
}

#[test]
fn odd_characters_are_the_same_to_all() {
    let mut answer = answer(Signs::Both);
    answer.attribute("firstName", &["A & <d> \"a\" 'x' \u{e9}\u{1f600} ]]&gt; \t tab", "two\nlines", " ", ""]);
    answer.edit =
        Some(|text| text.replace("ml<", "&#13;&#x9;&#xA;m&apos;l<").replace("<saml:Issuer>", "<saml:Issuer \n>"));
    let given = all_find_good(&Idp::acme().response_xml(&answer), &[&ACME], Signed::Message);
    assert!(given.contains("&#xD;"), "{given}");
}

/// ST-SAML-08: one bad signature among two is a bad message.
#[test]
fn one_bad_signature_is_enough() {
    let text = answer(Signs::Nothing).template(&Idp::acme().entity_id);
    let inner = sign(&text, ASSERTION_HOLE, &Signature::by(&GLOBEX));
    all_find_bad(&sign(&inner, RESPONSE_HOLE, &Signature::by(&ACME)), &[&ACME]);
    let inner = sign(&text, ASSERTION_HOLE, &Signature::by(&ACME));
    all_find_bad(&sign(&inner, RESPONSE_HOLE, &Signature::by(&GLOBEX)), &[&ACME]);
    // Both keys are the provider's own: a certificate is being changed.
    let mixed = sign(&inner, RESPONSE_HOLE, &Signature::by(&ACME_NEXT));
    all_find_good(&mixed, &[&ACME, &ACME_NEXT], Signed::Message);
    all_find_good(&mixed, &[&ACME_NEXT, &ACME], Signed::Message);
}

#[test]
fn one_changed_byte_is_enough() {
    for (signs, from, to) in [
        (Signs::Assertion, "ada@acme.com", "bob@acme.com"),
        (Signs::Response, "status:Success", "status:Sucess"),
        (Signs::Both, "ada-1", "ada-2"),
        (Signs::Both, "Version=\"2.0\"", "Version=\"2.1\""),
    ] {
        let message = response(signs);
        assert!(message.contains(from));
        all_find_bad(&message.replacen(from, to, 1), &[&ACME]);
    }
}

/// The value of the signature and the digest, each changed by one bit.
#[test]
fn one_changed_bit_of_a_signature_is_enough() {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    for element in ["SignatureValue", "DigestValue"] {
        let message = response(Signs::Assertion);
        let (start, end) = (format!("<ds:{element}>"), format!("</ds:{element}>"));
        let value = message.split(&start).nth(1).unwrap().split(&end).next().unwrap();
        let mut bytes = BASE64_STANDARD.decode(value).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        all_find_bad(&message.replace(value, &BASE64_STANDARD.encode(bytes)), &[&ACME]);
    }
}

/// ST-SAML-06, ST-SAML-11: without a key of the policy nothing is good, whatever certificate the message itself brings.
#[test]
fn st_saml_11_keys_come_from_the_policy() {
    for signs in [Signs::Assertion, Signs::Response, Signs::Both] {
        let message = response(signs);
        assert!(message.contains(&ACME.certificate_base64()));
        all_find_bad(&message, &[]);
        all_find_bad(&message, &[&GLOBEX]);
        all_find_bad(&message, &[&P256]);
    }
}

#[test]
fn st_saml_06_a_weak_key_or_a_broken_certificate_is_no_key() {
    let text = answer(Signs::Nothing).template(&Idp::acme().entity_id).replace(RESPONSE_HOLE, "");
    let message = sign(&text, ASSERTION_HOLE, &Signature::by(&WEAK));
    all_find_bad(&message, &[&WEAK]);
    let good = response(Signs::Assertion);
    for (name, verifier) in verifiers() {
        let broken =
            [Certificate(vec![]), Certificate(vec![0x30, 0x80]), Certificate(ACME.certificate_der()[1..].to_vec())];
        assert_bad(&ask_with(&**verifier, &good, &broken, &EVERY_ALGORITHM), name);
        let beside: Vec<_> = broken.into_iter().chain([Certificate(ACME.certificate_der())]).collect();
        assert_good(ask_with(&**verifier, &good, &beside, &EVERY_ALGORITHM), Signed::Assertion, name);
    }
}

/// ST-SAML-12: every key is tried, in any order, of any kind; dates of a certificate do not matter.
#[test]
fn st_saml_12_every_key_is_tried() {
    let rsa = response(Signs::Assertion);
    let text = answer(Signs::Nothing).template(&Idp::acme().entity_id).replace(RESPONSE_HOLE, "");
    let elliptic = |key, method| {
        let mut signature = Signature::by(key).with(method);
        signature.after_value.clear();
        sign(&text, ASSERTION_HOLE, &signature)
    };
    let orders = [[&P256, &P384, &ACME_NEXT, &ACME], [&ACME, &P384, &P256, &GLOBEX], [&P384, &ACME, &GLOBEX, &P256]];
    for keys in orders {
        all_find_good(&rsa, &keys, Signed::Assertion);
        all_find_good(&elliptic(&P256, Method::EcdsaSha256), &keys, Signed::Assertion);
        all_find_good(&elliptic(&P384, Method::EcdsaSha384), &keys, Signed::Assertion);
    }
    let expired = testkit_der(ACME_EXPIRED_CERTIFICATE_PEM);
    for (name, verifier) in verifiers() {
        assert_good(
            ask_with(&**verifier, &rsa, &[Certificate(expired.clone())], &EVERY_ALGORITHM),
            Signed::Assertion,
            name,
        );
    }
}

fn testkit_der(pem: &str) -> Vec<u8> {
    use base64::Engine as _;
    let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    base64::prelude::BASE64_STANDARD.decode(lines).expect("PEM")
}

/// ST-SAML-09: an algorithm that the connection does not name is not taken, however good the signature is.
#[test]
fn st_saml_09_algorithms_come_from_the_policy() {
    let message = response(Signs::Assertion);
    let certificates = [Certificate(ACME.certificate_der())];
    for (name, verifier) in verifiers() {
        for other in [&[SignatureAlgorithm::RsaSha512][..], &[SignatureAlgorithm::EcdsaSha256], &[]] {
            assert_bad(&ask_with(&**verifier, &message, &certificates, other), name);
        }
    }
}

/// ST-SAML-27: logout messages are signed as responses are.
#[test]
fn logout_messages_are_checked() {
    let idp = Idp::acme();
    let message =
        idp.logout_xml(&LogoutAsk::new("https://sso.example.com/slo", 1_800_000_000).template(&idp.entity_id));
    let given = all_find_good(&message, &[&ACME], Signed::Message);
    assert!(given.starts_with("<samlp:LogoutRequest "), "{given}");
    all_find_bad(&message, &[&GLOBEX]);
}

/// Two kinds of key in one message: no provider does it, and it is not taken.
#[test]
fn signatures_of_two_kinds_of_key_are_not_taken_together() {
    let text = answer(Signs::Nothing).template(&Idp::acme().entity_id);
    let mut elliptic = Signature::by(&P256).with(Method::EcdsaSha256);
    elliptic.after_value.clear();
    let message = sign(&sign(&text, ASSERTION_HOLE, &elliptic), RESPONSE_HOLE, &Signature::by(&ACME));
    for (name, verifier) in verifiers().iter().take(2) {
        assert_bad(&ask(&**verifier, &message, &[&ACME, &P256]), name);
    }
    let both = ask(&*verifiers()[3].1, &message, &[&ACME, &P256]);
    assert!(matches!(both, Err(NotVerified::Disagree(_))), "{both:?}");
}
