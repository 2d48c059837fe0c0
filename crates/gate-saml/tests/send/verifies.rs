//! Verifies: what we signed is good for xmlsec, and for our own reader as if it came from a provider.

use gate_saml::send::{LogoutRequest, LogoutResponse, LogoutStatus, Outgoing, SamlKeys};
use gate_saml::{Samael, verify_detached};
use gatewright_bundle::program::{Binding, SignatureAlgorithm};
use gatewright_saml::logout::{
    Carried, DetachedVerifier, LogoutExpected, receive_logout_request, receive_logout_response,
};
use gatewright_saml::redirect::{self, Redirected};
use gatewright_saml::{NotVerified, Trusted};
use samael::crypto::{AllowedSignatureAlgorithm, CertificateDer, CryptoProvider as _, ReduceMode, XmlSec};

use crate::world::{ENTITY, ID, P256, SP, certificate, endpoint, name_id, now, p256, request, saml, sent, sp};

struct Detached;

impl DetachedVerifier for Detached {
    fn verify_detached(
        &self,
        octets: &[u8],
        algorithm: SignatureAlgorithm,
        signature: &[u8],
        trusted: &Trusted<'_>,
    ) -> Result<(), NotVerified> {
        let good = verify_detached(octets, algorithm, signature, trusted.certificates);
        good.then_some(()).ok_or_else(|| NotVerified::Bad(String::new()))
    }
}

fn both() -> [(SamlKeys, SignatureAlgorithm, CertificateDer); 2] {
    let der = |files| CertificateDer::from(certificate(files).0);
    [(sp(), SignatureAlgorithm::RsaSha256, der(SP)), (p256(), SignatureAlgorithm::EcdsaSha256, der(P256))]
}

fn xmlsec(xml: &str, certificate: &CertificateDer) -> Option<String> {
    let allowed = [AllowedSignatureAlgorithm::RsaSha256, AllowedSignatureAlgorithm::EcdsaSha256];
    let keys = std::slice::from_ref(certificate);
    XmlSec::reduce_xml_to_signed_with_allowed_algorithms(xml, keys, ReduceMode::PreDigest, Some(&allowed)).ok()
}

fn without_signature(xml: &str) -> String {
    let (before, rest) = xml.split_once("<ds:Signature ").unwrap();
    format!("{before}{}", rest.split_once("</ds:Signature>").unwrap().1)
}

/// Exclusive canonical form by construction: what xmlsec digests is what we wrote, byte for byte.
#[test]
fn a_form_is_signed_as_xmlsec_reads_it() {
    for (keys, _, certificate) in both() {
        let contexts = ["a<b>&\"c\"\t\r\n\u{e9}"];
        let ask = gate_saml::send::AuthnRequest { contexts: &contexts, force_authn: true, ..request() };
        let sent = sent(&ask.to(&saml(Binding::Post), Some(&keys)).unwrap());
        assert_eq!(xmlsec(&sent.xml, &certificate).as_deref(), Some(without_signature(&sent.xml).as_str()));
        let changed = sent.xml.replace("ForceAuthn=\"true\"", "ForceAuthn=\"false\"");
        assert_eq!(xmlsec(&changed, &certificate), None);
    }
}

/// ST-SAML-26: the signature of a query is over its very octets.
#[test]
fn st_saml_26_a_query_is_signed_as_it_is_sent() {
    for (keys, algorithm, _) in both() {
        let Outgoing::Redirect { url } = request().to(&saml(Binding::Redirect), Some(&keys)).unwrap() else { panic!() };
        let read = redirect::read(url.split_once('?').unwrap().1.as_bytes()).unwrap();
        let signature = read.signature.unwrap();
        assert_eq!(signature.algorithm, algorithm);
        let certificates = [certificate(SP), certificate(P256)];
        assert!(verify_detached(&signature.signed, algorithm, &signature.value, &certificates));
        let mut changed = signature.signed.clone();
        changed[20] ^= 1;
        assert!(!verify_detached(&changed, algorithm, &signature.value, &certificates));
        assert_eq!(read.relay_state.unwrap().as_str(), "handle");
    }
}

/// What `received` gives, over the binding.
fn back<T>(binding: Binding, outgoing: &Outgoing, received: impl Fn(Carried<'_>) -> T) -> T {
    let values = sent(outgoing).values;
    match (binding, outgoing) {
        (Binding::Redirect, Outgoing::Redirect { url }) => {
            let query = &url[url.find("SAMLRe").unwrap()..];
            let redirected: Redirected = redirect::read(query.as_bytes()).unwrap();
            received(Carried::Redirect { redirected: &redirected, verifier: &Detached })
        }
        (Binding::Post, Outgoing::Form { .. }) => {
            received(Carried::Post { form_value: values[0].as_bytes(), verifier: &Samael })
        }
        _ => panic!("the other binding"),
    }
}

/// ST-SAML-27: our logout messages are those that our own door takes.
#[test]
fn st_saml_27_logout_messages_are_taken_by_our_own_reader() {
    let to = "https://idp.example/slo";
    for binding in [Binding::Redirect, Binding::Post] {
        let (saml, endpoint) = (saml(binding), endpoint(binding, to));
        let expected = LogoutExpected { saml: &saml, address: to, now: now() };
        for (keys, _, _) in both() {
            let name_id = name_id();
            let ask = LogoutRequest {
                id: ID,
                now: now(),
                sp_entity_id: ENTITY,
                name_id: &name_id,
                session_index: Some("a&b"),
                relay_state: None,
            };
            let request = ask.to(&endpoint, &keys).unwrap();
            let taken = back(binding, &request, |carried| receive_logout_request(carried, &expected)).unwrap();
            assert_eq!((taken.id(), taken.name_id()), (ID, &name_id));
            assert_eq!(taken.session_indexes(), ["a&b"]);
            for (status, success) in [(LogoutStatus::Success, true), (LogoutStatus::Responder, false)] {
                let answer = LogoutResponse {
                    id: "_answer",
                    now: now(),
                    sp_entity_id: ENTITY,
                    in_response_to: ID,
                    status,
                    relay_state: Some("x"),
                };
                let answer = answer.to(&endpoint, &keys).unwrap();
                let taken = back(binding, &answer, |carried| receive_logout_response(carried, &expected, ID)).unwrap();
                assert_eq!(taken.is_success(), success);
                assert!(
                    back(binding, &answer, |carried| receive_logout_response(carried, &expected, "_other")).is_err()
                );
            }
        }
    }
}
