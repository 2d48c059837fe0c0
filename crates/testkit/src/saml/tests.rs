//! The pen holds together: what it writes is well-formed, signed once each, and reads back.

use super::*;

fn answer() -> Answer {
    Answer::new(
        "https://gate.example/sso/acme/main/acs",
        "https://gate.example/sso/acme/main/metadata",
        Some("_q"),
        1_800_000_000,
    )
}

#[test]
fn every_placement_and_cipher_is_well_formed() {
    let idp = Idp::acme();
    for signs in [Signs::Assertion, Signs::Response, Signs::Both, Signs::Nothing] {
        for cipher in Cipher::ALL.map(Some).into_iter().chain([None]) {
            let mut answer = answer();
            answer.signs = signs;
            answer.encryption = cipher.map(|cipher| Encryption { cipher, ..Encryption::default() });
            let xml = idp.response_xml(&answer);
            let document = roxmltree::Document::parse(&xml).unwrap();
            let count = document.descendants().filter(|node| node.tag_name().name() == "Signature").count();
            let hidden = usize::from(cipher.is_some() && matches!(signs, Signs::Assertion | Signs::Both));
            let wanted = match signs {
                Signs::Both => 2,
                Signs::Assertion | Signs::Response => 1,
                Signs::Nothing => 0,
            };
            assert_eq!(count + hidden, wanted, "{xml}");
        }
    }
}

#[test]
fn every_method_signs() {
    for (key, method) in [
        (&ACME, Method::RsaSha1),
        (&ACME, Method::RsaSha512),
        (&WEAK, Method::RsaSha256),
        (&P256, Method::EcdsaSha256),
        (&P384, Method::EcdsaSha384),
        (&ACME, Method::HmacSha256),
    ] {
        let text = sign(&answer().template("x"), ASSERTION_HOLE, &Signature::by(key).with(method));
        assert!(text.contains(method.uri()), "{text}");
    }
}

#[test]
fn a_request_reads_back_from_a_redirect() {
    let xml = "<q:AuthnRequest xmlns:q=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\" ForceAuthn=\"true\"><i:Issuer \
               xmlns:i=\"urn:oasis:names:tc:SAML:2.0:assertion\">us</i:Issuer></q:AuthnRequest>";
    let query = redirect_query("SAMLRequest", xml, Some("a b"), Some((&SP, Method::RsaSha256)));
    let request = AuthnRequest::from_redirect(&format!("https://idp.example/sso?{query}"));
    assert_eq!((request.id.as_str(), request.issuer.as_str(), request.force_authn), ("_1", "us", true));
    assert_eq!(request.relay_state.as_deref(), Some("a b"));
}

#[test]
fn metadata_and_logout_are_well_formed() {
    let idp = Idp::acme();
    let logout = idp.logout_xml(&LogoutAsk::new("https://gate.example/slo", 1_800_000_000).template(&idp.entity_id));
    for xml in [idp.metadata(), logout] {
        roxmltree::Document::parse(&xml).unwrap();
    }
}
