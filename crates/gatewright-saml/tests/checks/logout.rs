//! Logout messages by form and by redirect (ST-SAML-27).

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_bundle::program::{Saml, SignatureAlgorithm};
use gatewright_saml::logout::{
    Carried, DetachedVerifier, LogoutExpected, VerifiedLogoutRequest, VerifiedLogoutResponse, receive_logout_request,
    receive_logout_response,
};
use gatewright_saml::redirect::{MessageKind, RedirectSignature, Redirected};
use gatewright_saml::{NotVerified, Refused, Trusted};
use gatewright_terms::{Refusal, Timestamp};

use crate::harness::{IDP, NOW, Rendering, at, saml, signature};

const SLO: &str = "https://gate.example.com/sso/acme/okta/slo";
const OURS: &str = "_ours";

fn request(signature: &str) -> String {
    format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_l1\" Version=\"2.0\" IssueInstant=\"{}\" \
         NotOnOrAfter=\"{}\" Destination=\"{SLO}\"><saml:Issuer>{IDP}</saml:Issuer>{signature}\
         <saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\" NameQualifier=\"{IDP}\">u-1001</saml:NameID>\
         <samlp:SessionIndex>_s1</samlp:SessionIndex><samlp:SessionIndex>_s2</samlp:SessionIndex></samlp:LogoutRequest>",
        at(-1),
        at(120),
    )
}

fn response(signature: &str) -> String {
    format!(
        "<samlp:LogoutResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_l2\" Version=\"2.0\" IssueInstant=\"{}\" \
         Destination=\"{SLO}\" InResponseTo=\"{OURS}\"><saml:Issuer>{IDP}</saml:Issuer>{signature}<samlp:Status>\
         <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status></samlp:LogoutResponse>",
        at(-1),
    )
}

/// Finds `good` good.
#[derive(Default)]
struct Octets {
    calls: AtomicUsize,
}

impl DetachedVerifier for Octets {
    fn verify_detached(
        &self,
        octets: &[u8],
        algorithm: SignatureAlgorithm,
        signature: &[u8],
        trusted: &Trusted<'_>,
    ) -> Result<(), NotVerified> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        assert_eq!((octets, algorithm, trusted.certificates.len()), (&b"octets"[..], SignatureAlgorithm::RsaSha256, 1));
        if signature == b"good" { Ok(()) } else { Err(NotVerified::Bad("octets".into())) }
    }
}

fn redirected(message: &str, kind: MessageKind) -> Redirected {
    let signature = RedirectSignature {
        algorithm: SignatureAlgorithm::RsaSha256,
        signed: b"octets".to_vec(),
        value: b"good".to_vec(),
    };
    Redirected { kind, message: message.as_bytes().to_vec(), relay_state: None, signature: Some(signature) }
}

fn expected(saml: &Saml) -> LogoutExpected<'_> {
    LogoutExpected { saml, address: SLO, now: Timestamp::from_unix(NOW) }
}

type Both<T> = [Result<T, Refused>; 2];

/// By form and by redirect; `message` makes it from its signature.
fn requests(change: impl Fn(String) -> String) -> Both<VerifiedLogoutRequest> {
    let (saml, verifier, octets) = (saml(), Rendering::default(), Octets::default());
    let form_value = STANDARD.encode(change(request(&signature("_l1"))));
    let redirected = redirected(&change(request("")), MessageKind::Request);
    [
        Carried::Post { form_value: form_value.as_bytes(), verifier: &verifier },
        Carried::Redirect { redirected: &redirected, verifier: &octets },
    ]
    .map(|carried| receive_logout_request(carried, &expected(&saml)))
}

fn responses(change: impl Fn(String) -> String) -> Both<VerifiedLogoutResponse> {
    let (saml, verifier, octets) = (saml(), Rendering::default(), Octets::default());
    let form_value = STANDARD.encode(change(response(&signature("_l2"))));
    let redirected = redirected(&change(response("")), MessageKind::Response);
    [
        Carried::Post { form_value: form_value.as_bytes(), verifier: &verifier },
        Carried::Redirect { redirected: &redirected, verifier: &octets },
    ]
    .map(|carried| receive_logout_response(carried, &expected(&saml), OURS))
}

fn swap(from: &str, to: &str) -> impl Fn(String) -> String + use<> {
    let (from, to) = (from.to_owned(), to.to_owned());
    move |message| {
        assert!(message.contains(&from), "{from}");
        message.replace(&from, &to)
    }
}

#[track_caller]
fn refused<T>(both: Both<T>, reason: &str) {
    for result in both {
        let refused = result.map(|_| ()).expect_err(reason);
        assert_eq!((refused.refusal, refused.reason), (Refusal::SamlLogout, reason), "{refused}");
    }
}

#[test]
fn a_request_says_whose_sessions_end() {
    for request in requests(|message| message) {
        let request = request.unwrap();
        assert_eq!((request.id(), request.name_id().value.as_str()), ("_l1", "u-1001"));
        assert_eq!(request.name_id().name_qualifier.as_deref(), Some(IDP));
        assert_eq!(request.session_indexes(), ["_s1", "_s2"]);
        assert_eq!(request.usable_until().unix(), NOW - 1 + 300 + 60);
        assert!(request.story().iter().any(|step| step.stage == "signature"));
        assert_eq!(format!("{request:?}"), "VerifiedLogoutRequest(_l1)");
    }
    let all = swap("<samlp:SessionIndex>_s1</samlp:SessionIndex><samlp:SessionIndex>_s2</samlp:SessionIndex>", "");
    for request in requests(all) {
        assert!(request.unwrap().session_indexes().is_empty());
    }
}

#[test]
fn a_response_says_whether_it_worked() {
    for response in responses(|message| message) {
        let response = response.unwrap();
        assert!(response.is_success());
        assert!(response.story().iter().any(|step| step.text.contains("ended everything")));
    }
    for response in responses(swap("status:Success", "status:Responder")) {
        let response = response.unwrap();
        assert!(!response.is_success());
        assert!(response.story().iter().any(|step| step.text.contains("Responder")));
    }
    for wrong in ["_other", ""] {
        refused(responses(swap(&format!("\"{OURS}\""), &format!("\"{wrong}\""))), "in-response-to");
    }
    refused(responses(swap(&format!(" InResponseTo=\"{OURS}\""), "")), "in-response-to");
}

/// ST-SAML-27
#[test]
fn st_saml_27_an_unsigned_message_ends_nothing() {
    let (saml, verifier, octets) = (saml(), Rendering::default(), Octets::default());
    let form_value = STANDARD.encode(request(""));
    let by_form = Carried::Post { form_value: form_value.as_bytes(), verifier: &verifier };
    let mut query = redirected(&request(""), MessageKind::Request);
    query.signature = None;
    let by_query = Carried::Redirect { redirected: &query, verifier: &octets };
    refused([by_form, by_query].map(|carried| receive_logout_request(carried, &expected(&saml))), "unsigned");
    assert_eq!((verifier.calls(), octets.calls.load(Ordering::Relaxed)), (0, 0));
}

/// ST-SAML-26, ST-SAML-27
#[test]
fn st_saml_27_a_message_of_another_signer_ends_nothing() {
    let (saml, octets) = (saml(), Octets::default());
    let verifier = Rendering { lie: Some(|_| Err(NotVerified::Bad(String::new()))), ..Rendering::default() };
    let form_value = STANDARD.encode(request(&signature("_l1")));
    let by_form = Carried::Post { form_value: form_value.as_bytes(), verifier: &verifier };
    let mut query = redirected(&request(""), MessageKind::Request);
    query.signature.as_mut().unwrap().value = b"bad".to_vec();
    let by_query = Carried::Redirect { redirected: &query, verifier: &octets };
    refused([by_form, by_query].map(|carried| receive_logout_request(carried, &expected(&saml))), "signature");
}

#[test]
fn a_query_is_signed_outside_with_an_algorithm_of_the_connection() {
    let (mut saml, octets) = (saml(), Octets::default());
    let run = |query: &Redirected, saml: &Saml| {
        let carried = Carried::Redirect { redirected: query, verifier: &octets };
        let refused = receive_logout_request(carried, &expected(saml)).unwrap_err();
        assert_eq!(octets.calls.load(Ordering::Relaxed), 0);
        (refused.refusal, refused.reason)
    };
    let inside = redirected(&request(&signature("_l1")), MessageKind::Request);
    assert_eq!(run(&inside, &saml), (Refusal::SamlLogout, "signature-inside"));
    let other = redirected(&request(""), MessageKind::Response);
    assert_eq!(run(&other, &saml), (Refusal::SamlLogout, "other-parameter"));
    saml.algorithms = vec![SignatureAlgorithm::EcdsaSha256];
    let good = redirected(&request(""), MessageKind::Request);
    assert_eq!(run(&good, &saml), (Refusal::SamlAlgorithm, "algorithm-not-wanted"));
    saml.certificates.clear();
    assert_eq!(run(&good, &saml), (Refusal::SamlLogout, "nothing-trusted"));
}

/// ST-SAML-27
#[test]
fn st_saml_27_a_message_is_fresh_ours_and_of_this_provider() {
    let other_issuer = format!(">{IDP}<");
    for (from, to, reason) in [
        ("Version=\"2.0\"", "Version=\"1.1\"", "version"),
        (other_issuer.as_str(), ">https://other<", "issuer"),
        (SLO, "https://gate.example.com/sso/other/okta/slo", "destination"),
        (&format!(" Destination=\"{SLO}\""), "", "destination-missing"),
        (&at(-1), &at(61), "not-yet"),
        (&at(-1), &at(-360), "issued-too-long-ago"),
    ] {
        refused(requests(swap(from, to)), reason);
        refused(responses(swap(from, to)), reason);
    }
    for (from, to) in [(at(-1), at(60)), (at(-1), at(-359))] {
        assert!(requests(swap(&from, &to)).into_iter().all(|result| result.is_ok()));
        assert!(responses(swap(&from, &to)).into_iter().all(|result| result.is_ok()));
    }
    refused(requests(swap(&at(120), &at(-60))), "expired");
    refused(requests(swap(&at(120), "soon")), "time-malformed");
    for good in [at(-59), at(9_000)] {
        assert!(requests(swap(&at(120), &good)).into_iter().all(|result| result.is_ok()));
    }
    let endless = swap(&format!("NotOnOrAfter=\"{}\"", at(120)), "");
    assert!(requests(endless).into_iter().all(|result| result.is_ok()));
}

#[test]
fn a_request_names_somebody_and_sessions_that_can_be() {
    refused(requests(swap(">u-1001<", "><")), "name-id-value");
    for wrong in ["", "a&#10;b", &"s".repeat(513)] {
        refused(requests(swap(">_s2<", &format!(">{wrong}<"))), "session-index");
    }
    assert!(requests(swap(">_s2<", &format!(">{}<", "s".repeat(512)))).into_iter().all(|result| result.is_ok()));
    let one = "<samlp:SessionIndex>_s2</samlp:SessionIndex>";
    assert!(requests(swap(one, &one.repeat(63))).into_iter().all(|result| result.is_ok()));
    refused(requests(swap(one, &one.repeat(64))), "too-many-session-indexes");
}

#[test]
fn a_message_of_the_other_kind_is_refused() {
    let (saml, verifier, octets) = (saml(), Rendering::default(), Octets::default());
    let form_value = STANDARD.encode(response(&signature("_l2")));
    let query = redirected(&response(""), MessageKind::Request);
    let both = [
        Carried::Post { form_value: form_value.as_bytes(), verifier: &verifier },
        Carried::Redirect { redirected: &query, verifier: &octets },
    ];
    refused(both.map(|carried| receive_logout_request(carried, &expected(&saml))), "other-message");
    let form_value = STANDARD.encode(request(&signature("_l1")));
    let by_form = Carried::Post { form_value: form_value.as_bytes(), verifier: &verifier };
    let reason = receive_logout_response(by_form, &expected(&saml), OURS).unwrap_err().reason;
    assert_eq!((reason, verifier.calls()), ("other-message", 0));
    // What is no message at all keeps its own page.
    let by_form = Carried::Post { form_value: b"PA==", verifier: &verifier };
    assert_eq!(receive_logout_request(by_form, &expected(&saml)).unwrap_err().refusal, Refusal::SamlMalformed);
}
