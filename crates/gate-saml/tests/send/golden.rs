//! Golden: every message and option, word for word.

use gate_saml::send::{LogoutRequest, LogoutResponse, LogoutStatus, NotSent, SamlKeys, ServiceMetadata};
use gatewright_bundle::program::{Binding, NameId, Requests, WantSigned};
use gatewright_saml::SubjectId;
use insta::assert_snapshot;

use crate::world::{
    ACS, ENTITY, ID, P256, SLO, SP, SP_NEXT, endpoint, lines, name_id, now, p256, request, saml, sent, sp,
};

/// ST-SAML-24: nothing that was not asked for.
#[test]
fn st_saml_24_authn_request_by_redirect() {
    assert_snapshot!(sent(&request().to(&saml(Binding::Redirect), Some(&sp())).unwrap()).shown());
}

/// ST-SAML-24: format, anew, and exact contexts, when they are asked for.
#[test]
fn st_saml_24_authn_request_by_form_with_everything() {
    let mut saml = saml(Binding::Post);
    saml.name_id = NameId::Persistent;
    let contexts = ["urn:oasis:names:tc:SAML:2.0:ac:classes:X509", "https://refeds.org/profile/mfa"];
    let ask = gate_saml::send::AuthnRequest { force_authn: true, contexts: &contexts, ..request() };
    assert_snapshot!(sent(&ask.to(&saml, Some(&sp())).unwrap()).shown());
}

#[test]
fn an_unsigned_request_needs_no_key_and_a_signed_one_does() {
    for binding in [Binding::Redirect, Binding::Post] {
        let mut saml = saml(binding);
        assert_eq!(request().to(&saml, None), Err(NotSent::NoKey));
        saml.requests = Requests::Unsigned;
        let sent = sent(&request().to(&saml, Some(&sp())).unwrap());
        assert_eq!(sent.names, ["SAMLRequest", "RelayState"]);
        assert!(!sent.xml.contains("Signature"), "{}", sent.xml);
    }
}

#[test]
fn name_id_formats_are_asked_for_by_their_names() {
    for (name_id, format) in [
        (NameId::Persistent, Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent")),
        (NameId::Email, Some("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress")),
        (NameId::Transient, Some("urn:oasis:names:tc:SAML:2.0:nameid-format:transient")),
        (NameId::Unspecified, None),
    ] {
        let mut saml = saml(Binding::Redirect);
        saml.name_id = name_id;
        let xml = sent(&request().to(&saml, Some(&sp())).unwrap()).xml;
        let policy =
            format.map(|f| format!("<samlp:NameIDPolicy AllowCreate=\"true\" Format=\"{f}\"></samlp:NameIDPolicy>"));
        assert_eq!(xml.contains("NameIDPolicy"), policy.is_some(), "{xml}");
        assert!(policy.is_none_or(|policy| xml.contains(&policy)), "{xml}");
    }
}

fn logout(name_id: &SubjectId) -> LogoutRequest<'_> {
    LogoutRequest {
        id: ID,
        now: now(),
        sp_entity_id: ENTITY,
        name_id,
        session_index: Some("index-1"),
        relay_state: Some("handle"),
    }
}

#[test]
fn st_saml_27_logout_request_by_redirect() {
    let to = endpoint(Binding::Redirect, "https://idp.example/slo?app=7");
    assert_snapshot!(sent(&logout(&name_id()).to(&to, &sp()).unwrap()).shown());
}

#[test]
fn st_saml_27_logout_request_by_form_for_all_sessions() {
    let name_id = SubjectId { value: "x7".into(), format: None, name_qualifier: None, sp_name_qualifier: None };
    let all = LogoutRequest { session_index: None, relay_state: None, ..logout(&name_id) };
    let to = endpoint(Binding::Post, "https://idp.example/slo");
    assert_snapshot!(sent(&all.to(&to, &sp()).unwrap()).shown());
}

fn answer(status: LogoutStatus) -> LogoutResponse<'static> {
    LogoutResponse {
        id: ID,
        now: now(),
        sp_entity_id: ENTITY,
        in_response_to: "id-of-the-provider",
        status,
        relay_state: Some("theirs"),
    }
}

#[test]
fn st_saml_27_logout_response_by_redirect_to_the_address_for_answers() {
    let mut to = endpoint(Binding::Redirect, "https://idp.example/slo");
    to.response_url = Some("https://idp.example/slo/done".into());
    assert_snapshot!(sent(&answer(LogoutStatus::PartialLogout).to(&to, &sp()).unwrap()).shown());
}

#[test]
fn the_statuses_of_a_logout_response() {
    let to = endpoint(Binding::Post, "https://idp.example/slo");
    for (status, codes) in [
        (LogoutStatus::Success, &["Success"][..]),
        (LogoutStatus::PartialLogout, &["Success", "PartialLogout"]),
        (LogoutStatus::Requester, &["Requester"]),
        (LogoutStatus::Responder, &["Responder"]),
    ] {
        let xml = sent(&answer(status).to(&to, &sp()).unwrap()).xml;
        let said: Vec<&str> = xml.split(":status:").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(said, codes, "{xml}");
    }
}

const US: ServiceMetadata<'_> = ServiceMetadata { entity_id: ENTITY, acs: ACS, logout: SLO };

/// ST-SAML-29: keys for both purposes, the ciphers that are taken, single logout where there is one.
#[test]
fn st_saml_29_metadata() {
    let mut saml = saml(Binding::Redirect);
    saml.want_signed = WantSigned::Both;
    saml.name_id = NameId::Email;
    assert_snapshot!(lines(&US.text(&saml, &sp()).unwrap()));
}

/// ST-SAML-29: only what works: no key to encrypt to, no single logout, no CBC without a signature of the response.
#[test]
fn st_saml_29_metadata_names_only_what_works() {
    let mut saml = saml(Binding::Redirect);
    saml.logout = None;
    saml.requests = Requests::Unsigned;
    assert_snapshot!(lines(&US.text(&saml, &p256()).unwrap()));
    let rsa = US.text(&saml, &sp()).unwrap();
    assert!(rsa.contains("aes256-gcm") && !rsa.contains("-cbc"), "{rsa}");
}

/// ST-OPS-10: while a key rotates, both are published, the one in use first; nobody is told to encrypt to the old one.
#[test]
fn st_ops_10_metadata_while_a_key_rotates() {
    let saml = saml(Binding::Redirect);
    let count = |keys: &SamlKeys, mark: &str| US.text(&saml, keys).unwrap().matches(mark).count();
    let (signing, encryption) = ("use=\"signing\"", "use=\"encryption\"");
    let next = SamlKeys::parse(SP, Some(SP_NEXT), None).unwrap();
    assert_eq!((count(&next, signing), count(&next, encryption)), (2, 2));
    let previous = SamlKeys::parse(SP, None, Some(SP_NEXT)).unwrap();
    assert_eq!((count(&previous, signing), count(&previous, encryption)), (2, 1));
    let all = SamlKeys::parse(SP, Some(SP_NEXT), Some(P256)).unwrap();
    assert_eq!((count(&all, signing), count(&all, encryption)), (3, 2));
    // What is in use comes first, whatever else there is.
    let first = |keys: &SamlKeys| {
        let text = US.text(&saml, keys).unwrap();
        text.split("<ds:X509Certificate>").nth(1).unwrap().split('<').next().unwrap().to_owned()
    };
    assert_eq!(first(&all), first(&sp()));
    let turned = SamlKeys::parse(SP_NEXT, None, Some(SP)).unwrap();
    assert_ne!(first(&turned), first(&sp()));
}
