//! Which signatures must be there, and what the verifier says.

use gatewright_bundle::program::{SignatureAlgorithm, WantSigned};
use gatewright_saml::{Canonical, NotVerified, Signed};
use gatewright_terms::Refusal;

use crate::harness::{Case, assertion, response};

/// ST-SAML-06
#[test]
fn st_saml_06_an_unsigned_message_passes_in_no_configuration() {
    for wanted in [WantSigned::Assertion, WantSigned::Response, WantSigned::Both, WantSigned::Either] {
        let case = Case::of(response("", &assertion(""))).policy(|saml| saml.want_signed = wanted);
        case.refuses(Refusal::SamlSignatureMissing, "unsigned");
        assert_eq!(case.verifier.calls(), 0);
    }
}

#[test]
fn what_the_policy_wants_signed_is_signed() {
    let try_all = |make: fn() -> Case, outcomes: [Option<&str>; 4]| {
        let wants = [WantSigned::Assertion, WantSigned::Response, WantSigned::Both, WantSigned::Either];
        for (wanted, missing) in wants.into_iter().zip(outcomes) {
            let case = make().policy(|saml| saml.want_signed = wanted);
            match missing {
                None => drop(case.passes()),
                Some(reason) => drop(case.refuses(Refusal::SamlSignatureMissing, reason)),
            }
            assert_eq!(case.verifier.calls(), usize::from(missing.is_none()));
        }
    };
    try_all(Case::good, [None; 4]);
    try_all(Case::assertion_signed, [None, Some("response-unsigned"), Some("response-unsigned"), None]);
    try_all(Case::response_signed, [Some("assertion-unsigned"), None, Some("assertion-unsigned"), None]);
}

/// ST-SAML-06
#[test]
fn st_saml_06_nothing_is_verified_against_nothing() {
    for empty in
        [Case::good().policy(|saml| saml.certificates.clear()), Case::good().policy(|saml| saml.algorithms.clear())]
    {
        empty.refuses(Refusal::SamlSignature, "nothing-trusted");
        assert_eq!(empty.verifier.calls(), 0);
    }
}

/// ST-SAML-09: also one that the screen takes, where the connection does not.
#[test]
fn st_saml_09_an_algorithm_that_the_connection_does_not_take_is_refused() {
    let others = || Case::good().policy(|saml| saml.algorithms = vec![SignatureAlgorithm::EcdsaSha256]);
    others().refuses(Refusal::SamlAlgorithm, "algorithm-not-wanted");
    assert_eq!(others().verifier.calls(), 0);
    let one = Case::good().swap_first("rsa-sha256", "rsa-sha512");
    one.refuses(Refusal::SamlAlgorithm, "algorithm-not-wanted");
    Case::good()
        .swap("rsa-sha256", "rsa-sha512")
        .policy(|saml| saml.algorithms.push(SignatureAlgorithm::RsaSha512))
        .passes();
}

fn lying(make: fn() -> Case, lie: fn(Canonical) -> Result<Canonical, NotVerified>) -> Case {
    let mut case = make();
    case.verifier.lie = Some(lie);
    case
}

fn changed(canonical: Canonical, from: &str, to: &str) -> Canonical {
    let text = String::from_utf8(canonical.bytes).unwrap();
    assert!(text.contains(from), "{from}");
    Canonical { bytes: text.replacen(from, to, 1).into_bytes(), ..canonical }
}

/// ST-SAML-10
#[test]
fn st_saml_10_what_the_verifier_does_not_find_good_is_refused() {
    let bad = lying(Case::good, |_| Err(NotVerified::Bad("no key".into())));
    assert!(bad.refuses(Refusal::SamlSignature, "signature").to_string().contains("no key"));
    lying(Case::good, |_| Err(NotVerified::Disagree("x".into())))
        .refuses(Refusal::SamlVerifiersDisagree, "verifiers-disagree");
    lying(Case::good, |_| Err(NotVerified::Busy("x".into()))).refuses(Refusal::SamlBusy, "busy");
    for nothing in [
        (|canonical| Ok(Canonical { bytes: Vec::new(), ..canonical }))
            as fn(Canonical) -> Result<Canonical, NotVerified>,
        |canonical| Ok(Canonical { bytes: b"<".to_vec(), ..canonical }),
        |canonical| Ok(Canonical { bytes: vec![0xff; 8], ..canonical }),
        |canonical| Ok(changed(canonical, "u-1001", "u-<!-- -->1001")),
    ] {
        lying(Case::good, nothing).refuses(Refusal::SamlVerifiersDisagree, "canonical-unreadable");
    }
}

/// ST-SAML-01: the bytes of what the outermost signature covers, and of nothing else.
#[test]
fn st_saml_01_the_verifier_must_speak_of_the_outermost_signed_element() {
    lying(Case::good, |canonical| Ok(Canonical { signed: Signed::Assertion, ..canonical }))
        .refuses(Refusal::SamlVerifiersDisagree, "canonical-of-another");
    lying(Case::assertion_signed, |canonical| Ok(Canonical { signed: Signed::Message, ..canonical }))
        .refuses(Refusal::SamlVerifiersDisagree, "canonical-of-another");
    lying(Case::response_signed, |canonical| {
        let text = String::from_utf8(canonical.bytes).unwrap();
        let (start, end) = (text.find("<e:Assertion").unwrap(), text.find("</e:Response").unwrap());
        Ok(Canonical { signed: canonical.signed, bytes: text[start..end].into() })
    })
    .refuses(Refusal::SamlVerifiersDisagree, "canonical-differs");
}

/// ST-SAML-02: one tree, element for element.
#[test]
fn st_saml_02_any_difference_between_two_parsers_is_refused() {
    type Lie = fn(Canonical) -> Result<Canonical, NotVerified>;
    let lies: &[Lie] = &[
        |canonical| Ok(changed(canonical, "u-1001", "u-1002")),
        |canonical| Ok(changed(canonical, "ID=\"_a1\"", "ID=\"_a2\"")),
        |canonical| Ok(changed(canonical, "<e:Audience ", "<e:Audience x=\"y\" ")),
        |canonical| Ok(changed(canonical, " SessionIndex=\"_s1\"", "")),
        |canonical| Ok(changed(canonical, " SessionIndex=\"_s1\"", " SessionIndeX=\"_s1\"")),
        |canonical| Ok(changed(canonical, " SessionIndex=\"_s1\"", " SessionIndex=\"_s2\"")),
        |canonical| Ok(changed(canonical, " a:type=", " type=")),
        |canonical| {
            Ok(changed(
                canonical,
                "<e:NameID xmlns:e=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
                "<e:NameID xmlns:e=\"urn:x\"",
            ))
        },
        |canonical| Ok(changed(canonical, "Ada</e:AttributeValue>", "Ada<b/></e:AttributeValue>")),
        |canonical| {
            Ok(changed(
                canonical,
                "Ada</e:AttributeValue>",
                "Ada</e:AttributeValue><e:AttributeValue xmlns:e=\"urn:oasis:names:tc:SAML:2.0:assertion\">Eve</e:AttributeValue>",
            ))
        },
        // A child becomes a sibling: the same elements in the same order.
        |canonical| {
            let canonical = changed(canonical, "<e:AuthnContextClassRef", "</e:AuthnContext><e:AuthnContextClassRef");
            Ok(changed(canonical, "</e:AuthnContextClassRef></e:AuthnContext>", "</e:AuthnContextClassRef>"))
        },
        // The last element is missing, or another follows.
        |canonical| {
            let text = String::from_utf8(canonical.bytes.clone()).unwrap();
            let (start, end) = (text.rfind("<e:AttributeValue").unwrap(), text.rfind("</e:Attribute>").unwrap());
            let last = text[start..end].to_owned();
            Ok(changed(canonical, &last, ""))
        },
    ];
    for make in [Case::good, Case::response_signed, Case::assertion_signed] {
        for lie in lies {
            lying(make, *lie).refuses(Refusal::SamlVerifiersDisagree, "canonical-differs");
        }
        lying(make, Ok).passes();
    }
    // The signature of its own must be gone, and the other's must stand.
    lying(Case::response_signed, |canonical| {
        let with = format!("{}<e:Status", crate::harness::signature("_r1"));
        Ok(changed(canonical, "<e:Status", &with))
    })
    .refuses(Refusal::SamlVerifiersDisagree, "canonical-differs");
    lying(Case::good, |canonical| {
        let text = String::from_utf8(canonical.bytes.clone()).unwrap();
        let (start, end) = (text.find("<e:Signature").unwrap(), text.find("</e:Signature>").unwrap() + 14);
        let signature = text[start..end].to_owned();
        Ok(changed(canonical, &signature, ""))
    })
    .refuses(Refusal::SamlVerifiersDisagree, "canonical-differs");
}

#[test]
fn the_story_says_what_was_signed() {
    for (case, said) in [
        (Case::good(), "good: message, assertion; "),
        (Case::response_signed(), "good: message; "),
        (Case::assertion_signed(), "good: assertion; "),
    ] {
        let verified = case.passes();
        let step = verified.story().iter().find(|step| step.stage == "signature").unwrap();
        assert!(step.text.starts_with(said), "{step}");
    }
}

/// ST-SAML-09: not even where the connection takes both.
#[test]
fn st_saml_09_signatures_of_two_kinds_of_keys_are_not_taken_together() {
    let both = |case: Case| case.policy(|saml| saml.algorithms.push(SignatureAlgorithm::EcdsaSha256));
    let (rsa, ec) =
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256");
    let mixed = both(Case::good()).swap_first(rsa, ec);
    mixed.refuses(Refusal::SamlAlgorithm, "algorithms-mixed");
    assert_eq!(mixed.verifier.calls(), 0);
    both(Case::good()).passes();
}

/// The canonical form may be longer than the message, and have more declarations; not without end.
#[test]
fn the_canonical_form_has_limits_of_its_own() {
    lying(Case::good, |canonical| Ok(wide(&canonical, 3 * 256 * 1024))).passes();
    lying(Case::good, |canonical| Ok(wide(&canonical, 4 * 256 * 1024)))
        .refuses(Refusal::SamlVerifiersDisagree, "canonical-unreadable");
    let many = || {
        let value = "<saml:AttributeValue>x</saml:AttributeValue>".repeat(200);
        Case::good().swap("<saml:AttributeValue>eng</saml:AttributeValue>", &value)
    };
    lying(many, |canonical| Ok(declaring(&canonical, 50))).passes();
}

/// With so many more spaces in its first tag.
fn wide(canonical: &Canonical, spaces: usize) -> Canonical {
    let text = String::from_utf8(canonical.bytes.clone()).unwrap();
    let bytes = text.replacen('>', &format!("{}>", " ".repeat(spaces)), 1).into_bytes();
    Canonical { signed: canonical.signed, bytes }
}

/// With so many more namespaces declared on each value.
fn declaring(canonical: &Canonical, count: usize) -> Canonical {
    let more: String = (0..count).map(|n| format!(" xmlns:n{n}=\"urn:x\"")).collect();
    let text = String::from_utf8(canonical.bytes.clone()).unwrap();
    let bytes = text.replace("<e:AttributeValue", &format!("<e:AttributeValue{more}")).into_bytes();
    Canonical { signed: canonical.signed, bytes }
}
