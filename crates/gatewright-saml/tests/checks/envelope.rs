//! Version, status, issuer, destination and request of the response and of the assertion.

use gatewright_saml::Request;
use gatewright_terms::Refusal;

use crate::harness::{ACS, Case, IDP, NOW, REQUEST, idp_initiated};

/// The cases in which the response is signed, and in which it is not: its checks must hold in both.
fn both() -> [fn() -> Case; 3] {
    [Case::good, Case::response_signed, Case::assertion_signed]
}

#[test]
fn a_good_response_says_who_it_is() {
    for good in both() {
        let verified = good().passes();
        assert_eq!((verified.issuer(), verified.subject()), (IDP, "u-1001"));
        assert_eq!(verified.connection().as_str(), "okta");
        assert_eq!(verified.email().to_string(), "ada@acme.com");
        assert_eq!(verified.given_name().unwrap().as_str(), "Ada");
        assert_eq!(verified.family_name().unwrap().as_str(), "Lovelace");
        assert_eq!(verified.assertion_id(), "_a1");
        assert_eq!(verified.in_response_to(), Some(REQUEST));
        assert_eq!(verified.session_index(), Some("_s1"));
        assert_eq!(verified.acr(), Some("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"));
        assert_eq!(verified.authenticated().unix(), NOW - 1800);
        assert_eq!(verified.session_ends().unwrap().unix(), NOW + 28_800);
        let stages: Vec<&str> = verified.story().iter().map(|step| step.stage).collect();
        assert_eq!(stages, ["screen", "signature", "response", "assertion", "subject", "attributes"]);
        for secret in ["ada@", "Lovelace", "u-1001", "ml"] {
            assert!(verified.story().iter().all(|step| !step.text.contains(secret)), "{secret} stands in the story");
        }
        assert!(!format!("{verified:?}").contains("ada@"));
    }
}

/// ST-SAML-18
#[test]
fn st_saml_18_another_version_is_refused() {
    for good in both() {
        good().swap_first("Version=\"2.0\"", "Version=\"1.1\"").refuses(Refusal::SamlVersion, "version");
        good().swap_first("Version=\"2.0\"", "").refuses(Refusal::SamlVersion, "version");
        good()
            .swap("ID=\"_a1\" Version=\"2.0\"", "ID=\"_a1\" Version=\"2.1\"")
            .refuses(Refusal::SamlVersion, "version");
    }
}

const SUCCESS: &str = "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>";

/// ST-SAML-18: also where an assertion comes with it, and where none does, as providers send it.
#[test]
fn st_saml_18_another_status_than_success_is_refused_and_told() {
    let failed = "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\">\
                  <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext\"/></samlp:StatusCode>\
                  <samlp:StatusMessage>not &lt;b> strong\n enough</samlp:StatusMessage>";
    for good in both() {
        let refused = good().swap(SUCCESS, failed).refuses(Refusal::SamlStatus, "status-not-success");
        let text = refused.to_string();
        assert!(text.contains("status:Responder") && text.contains("NoAuthnContext"), "{text}");
        assert!(text.contains("saying `not <b> strong? enough`"), "{text}");
        // Success inside of failure is failure; failure inside of success is success.
        let inside = failed.replace("NoAuthnContext", "Success");
        good().swap(SUCCESS, &inside).refuses(Refusal::SamlStatus, "status-not-success");
        let outside = failed.replace("Responder", "Success");
        good().swap(SUCCESS, &outside).passes();
    }
    let alone = Case::of(crate::harness::response("", ""));
    let alone = alone.swap(SUCCESS, "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Requester\"/>");
    let refused = alone.refuses(Refusal::SamlStatus, "status-not-success");
    assert_eq!(alone.verifier.calls(), 0);
    assert!(refused.to_string().contains("Requester"));
    Case::of(crate::harness::response("", "")).refuses(Refusal::SamlStructure, "no-assertion");
}

/// ST-SAML-13
#[test]
fn st_saml_13_another_issuer_is_refused() {
    let issuer = format!("<saml:Issuer>{IDP}</saml:Issuer>");
    let outer = format!("<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{IDP}</saml:Issuer>");
    for good in both() {
        for place in [&issuer, &outer] {
            for wrong in
                ["https://idp.example.com/metadata/", "https://idp.example.com/Metadata", "https://idp.example.com", ""]
            {
                good().swap(place, &place.replace(IDP, wrong)).refuses(Refusal::SamlIssuer, "issuer");
            }
            for white in [format!(" {IDP}"), format!("{IDP}\n")] {
                good().swap(place, &place.replace(IDP, &white)).refuses(Refusal::SamlIssuer, "issuer");
            }
            let formatted = |format: &str| place.replace("<saml:Issuer", &format!("<saml:Issuer {format}"));
            let entity = "Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\"";
            good().swap(place, &formatted(entity)).passes();
            for wrong in [
                "Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\"",
                "NameQualifier=\"x\"",
                "SPNameQualifier=\"x\"",
                "SPProvidedID=\"x\"",
            ] {
                good().swap(place, &formatted(wrong)).refuses(Refusal::SamlIssuer, "issuer-format");
            }
        }
        good().swap(&outer, "").refuses(Refusal::SamlIssuer, "issuer-missing");
    }
}

/// ST-SAML-17
#[test]
fn st_saml_17_the_destination_is_ours_exactly() {
    let destination = format!(" Destination=\"{ACS}\"");
    for good in both() {
        for wrong in [
            "https://gate.example.com/sso/acme/okta/acs/",
            "https://gate.example.com:443/sso/acme/okta/acs",
            "https://Gate.example.com/sso/acme/okta/acs",
            "https://gate.example.com/sso/other/okta/acs",
            "",
        ] {
            let wrong = format!(" Destination=\"{wrong}\"");
            good().swap(&destination, &wrong).refuses(Refusal::SamlDestination, "destination");
        }
    }
    Case::assertion_signed().swap(&destination, "").passes();
    for signed in [Case::good, Case::response_signed] {
        signed().swap(&destination, "").refuses(Refusal::SamlDestination, "destination-missing");
    }
}

/// ST-SAML-15
#[test]
fn st_saml_15_the_response_answers_this_request() {
    let outer = format!(" InResponseTo=\"{REQUEST}\">");
    let inner = format!("InResponseTo=\"{REQUEST}\" NotOnOrAfter");
    for good in both() {
        for place in [&outer, &inner] {
            for wrong in ["_other", "", &REQUEST[1..], &format!("{REQUEST}0")] {
                let wrong = place.replace(REQUEST, wrong);
                good().swap(place, &wrong).refuses(Refusal::SamlInResponseTo, "in-response-to");
            }
        }
        good().swap(&outer, ">").refuses(Refusal::SamlInResponseTo, "in-response-to-missing");
        good().swap(&inner, "NotOnOrAfter").refuses(Refusal::SamlInResponseTo, "in-response-to-missing");
        // One that answers nothing does not answer us, whatever the policy takes from providers that begin by themselves.
        let mut none = good().unsolicited().policy(|saml| saml.idp_initiated = Some(idp_initiated(NOW + 1)));
        none.unsolicited = false;
        none.refuses(Refusal::SamlInResponseTo, "in-response-to-missing");
    }
    assert_ne!(Request::Answers(REQUEST), Request::Unsolicited);
}

/// An id that our store cannot have given is answered by nothing.
#[test]
fn st_saml_15_an_empty_request_is_never_answered() {
    use gatewright_saml::{Expected, receive_document};
    let case = Case::good().swap(REQUEST, "");
    let connection = gatewright_terms::Slug::parse("okta").unwrap();
    let expected = Expected {
        connection: &connection,
        saml: &case.saml,
        sp_entity_id: crate::harness::SP,
        acs: ACS,
        request: Request::Answers(""),
        now: gatewright_terms::Timestamp::from_unix(NOW),
    };
    let refused = receive_document(case.xml.as_bytes(), &expected, &case.verifier, None).unwrap_err();
    assert_eq!((refused.refusal, refused.reason), (Refusal::SamlInResponseTo, "in-response-to"));
}

/// ST-SAML-15: only by `unsafe`, only until its end, and only without `InResponseTo` anywhere.
#[test]
fn st_saml_15_unsolicited_responses_are_refused_but_by_unsafe() {
    for good in both() {
        let closed = good().unsolicited();
        closed.refuses(Refusal::SamlUnsolicited, "unsolicited");
        assert_eq!(closed.verifier.calls(), 0);
        let open = |until| good().unsolicited().policy(|saml| saml.idp_initiated = Some(idp_initiated(until)));
        assert_eq!(open(NOW + 1).passes().in_response_to(), None);
        open(NOW).refuses(Refusal::SamlUnsolicited, "unsolicited-no-longer");

        let answers = |place: &str, with: &str| {
            let mut case = open(NOW + 1).swap(place, with);
            case.saml.idp_initiated = Some(idp_initiated(NOW + 1));
            case.refuses(Refusal::SamlInResponseTo, "unsolicited-answers-a-request");
        };
        answers(&format!("Destination=\"{ACS}\""), &format!("Destination=\"{ACS}\" InResponseTo=\"{REQUEST}\""));
        answers("<saml:SubjectConfirmationData", &format!("<saml:SubjectConfirmationData InResponseTo=\"{REQUEST}\""));
        // Told as what it is where the policy takes none at all.
        let mut closed = good();
        closed.unsolicited = true;
        closed.refuses(Refusal::SamlInResponseTo, "unsolicited-answers-a-request");
    }
}
