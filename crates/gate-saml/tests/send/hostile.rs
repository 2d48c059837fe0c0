//! Hostile: markup in every value that somebody can write, and values that no message may hold.

use gate_saml::send::{LogoutRequest, LogoutResponse, LogoutStatus, NotSent, ServiceMetadata};
use gatewright_bundle::program::{Binding, Endpoint};
use gatewright_saml::SubjectId;
use gatewright_saml::xml::{Document, Element};

use crate::world::{ACS, ENTITY, ID, SLO, endpoint, name_id, now, request, saml, sent, sp};

/// Closes an attribute, an element and a section, begins others, and has what canonical XML escapes.
const MARKUP: &str = "x\"'><saml:Issuer>evil</saml:Issuer><!--]]>&amp;&#x41;\t\r\n";

/// The text of the element, or the value of its attribute, as a reader sees it.
fn read(xml: &str, element: &str, attribute: Option<&str>) -> Vec<String> {
    let document = Document::parse(xml.as_bytes(), &gatewright_saml::screen::LIMITS).unwrap();
    let named = document.root().descendants().filter(|found| found.name() == element);
    let value = |found: Element<'_>| match attribute {
        Some(name) => found.attribute(name).unwrap_or_default().to_owned(),
        None => found.text().unwrap_or_default().to_owned(),
    };
    named.map(value).collect()
}

fn holds_it_once(xml: &str, element: &str, attribute: Option<&str>) {
    assert!(!xml.contains("<saml:Issuer>evil"), "{element} {attribute:?}: {xml}");
    assert_eq!(read(xml, element, attribute), [MARKUP], "{element} {attribute:?}");
}

/// ST-SAML-29: every string of a setting, a NameID or an assertion stays data.
#[test]
fn st_saml_29_markup_in_every_string_stays_data() {
    let (keys, post) = (sp(), endpoint(Binding::Post, "https://idp.example/slo"));
    let authn = |change: fn(&mut gate_saml::send::AuthnRequest<'_>)| {
        let mut ask = request();
        change(&mut ask);
        sent(&ask.to(&saml(Binding::Post), Some(&keys)).unwrap()).xml
    };
    holds_it_once(&authn(|ask| ask.sp_entity_id = MARKUP), "Issuer", None);
    holds_it_once(&authn(|ask| ask.acs = MARKUP), "AuthnRequest", Some("AssertionConsumerServiceURL"));
    holds_it_once(&authn(|ask| ask.contexts = &[MARKUP]), "AuthnContextClassRef", None);
    let mut elsewhere = saml(Binding::Post);
    elsewhere.sign_in.url = MARKUP.into();
    let xml = sent(&request().to(&elsewhere, Some(&keys)).unwrap()).xml;
    holds_it_once(&xml, "AuthnRequest", Some("Destination"));

    let logout = |name_id: &SubjectId, entity: &str, index: &str, to: &Endpoint| {
        let index = Some(index);
        let ask = LogoutRequest {
            id: ID,
            now: now(),
            sp_entity_id: entity,
            name_id,
            session_index: index,
            relay_state: None,
        };
        sent(&ask.to(to, &keys).unwrap()).xml
    };
    let some = Some(MARKUP.to_owned());
    let hostile =
        SubjectId { value: MARKUP.into(), format: some.clone(), name_qualifier: some.clone(), sp_name_qualifier: some };
    let xml = logout(&hostile, ENTITY, MARKUP, &post);
    holds_it_once(&xml, "NameID", None);
    for attribute in ["Format", "NameQualifier", "SPNameQualifier"] {
        holds_it_once(&xml, "NameID", Some(attribute));
    }
    holds_it_once(&xml, "SessionIndex", None);
    holds_it_once(&logout(&name_id(), MARKUP, "1", &post), "Issuer", None);
    holds_it_once(
        &logout(&name_id(), ENTITY, "1", &endpoint(Binding::Post, MARKUP)),
        "LogoutRequest",
        Some("Destination"),
    );

    let answer = LogoutResponse {
        id: ID,
        now: now(),
        sp_entity_id: ENTITY,
        in_response_to: MARKUP,
        status: LogoutStatus::Success,
        relay_state: None,
    };
    holds_it_once(&sent(&answer.to(&post, &keys).unwrap()).xml, "LogoutResponse", Some("InResponseTo"));

    let metadata = |us: ServiceMetadata<'_>| us.text(&saml(Binding::Post), &keys).unwrap();
    let us = ServiceMetadata { entity_id: ENTITY, acs: ACS, logout: SLO };
    let entity = metadata(ServiceMetadata { entity_id: MARKUP, ..us });
    holds_it_once(&entity, "EntityDescriptor", Some("entityID"));
    holds_it_once(&metadata(ServiceMetadata { acs: MARKUP, ..us }), "AssertionConsumerService", Some("Location"));
    let logout = metadata(ServiceMetadata { logout: MARKUP, ..us });
    assert_eq!(read(&logout, "SingleLogoutService", Some("Location")), [MARKUP, MARKUP]);
}

/// ST-SAML-25: a relay state has 80 bytes and is one parameter, whatever stands in it.
#[test]
fn st_saml_25_a_relay_state_is_one_parameter_of_80_bytes() {
    let longest = "a&SAMLRequest=b=c#d e%41+\u{e9}".chars().chain(std::iter::repeat('x')).take(79).collect::<String>();
    assert_eq!(longest.len(), 80);
    for binding in [Binding::Redirect, Binding::Post] {
        let ask = gate_saml::send::AuthnRequest { relay_state: &longest, ..request() };
        let sent = sent(&ask.to(&saml(binding), Some(&sp())).unwrap());
        assert_eq!((sent.names[1].as_str(), &sent.values[1]), ("RelayState", &longest));
        let longer = format!("{longest}x");
        let ask = gate_saml::send::AuthnRequest { relay_state: &longer, ..request() };
        assert_eq!(ask.to(&saml(binding), Some(&sp())), Err(NotSent::RelayState));
    }
}

/// An id is the caller's, and an XML name; what XML cannot carry goes nowhere.
#[test]
fn what_is_no_id_or_no_xml_is_not_sent() {
    for binding in [Binding::Redirect, Binding::Post] {
        for id in ["", "1a", "-a", "a b", "a\"", "a#b", "\u{e9}", "a:b"] {
            let ask = gate_saml::send::AuthnRequest { id, ..request() };
            assert_eq!(ask.to(&saml(binding), Some(&sp())), Err(NotSent::Id), "{id:?}");
        }
        let ask = gate_saml::send::AuthnRequest { acs: "https://gate.example/\u{1}", ..request() };
        let not = NotSent::NotXml("AssertionConsumerServiceURL");
        assert_eq!(ask.to(&saml(binding), Some(&sp())), Err(not));
    }
}

#[test]
fn what_is_sent_does_not_print() {
    for binding in [Binding::Redirect, Binding::Post] {
        let outgoing = request().to(&saml(binding), Some(&sp())).unwrap();
        assert!(format!("{outgoing:?}").len() < 16, "{outgoing:?}");
    }
}
