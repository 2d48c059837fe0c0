//! Captured: what running products sent, byte for byte, in `captured/`.

use std::collections::BTreeSet;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use gate_saml::Decrypting;
use gatewright_bundle::program::{Certificate, NameId, Overage, SamlAttributes, SamlGroups};
use gatewright_tests::root;
use serde_json::Value;
use testkit::saml::form_value;

use crate::saml::verifiers::compare;
use crate::saml::world::{Identity, Setting};

fn read(name: &str) -> Vec<u8> {
    std::fs::read(root().join("tests/shapes/captured").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

fn pem(bytes: &[u8]) -> Vec<u8> {
    let body: String = std::str::from_utf8(bytes).unwrap().lines().filter(|line| !line.starts_with('-')).collect();
    BASE64_STANDARD.decode(body).unwrap()
}

/// What the product's own metadata says.
fn setting(facts: &Value, response: &Value) -> Setting {
    let product = text(response, "file").split_once('/').unwrap().0.to_owned();
    let metadata = String::from_utf8(read(&format!("{product}/metadata.xml"))).unwrap();
    let between = |start: &str, end: &str| {
        let rest = metadata.split_once(start).unwrap().1;
        rest.split_once(end).unwrap().0.to_owned()
    };
    let mut setting = Setting::default();
    setting.saml.entity_id = between("entityID=\"", "\"");
    let certificate: String = between("X509Certificate>", "<").split_whitespace().collect();
    setting.saml.certificates = vec![Certificate(BASE64_STANDARD.decode(certificate).unwrap())];
    (setting.sp_entity_id, setting.acs) = (text(facts, "entity_id"), text(facts, "acs"));
    setting.request = Some(text(response, "in_response_to"));
    setting.saml.name_id = NameId::Unspecified;
    setting.saml.attributes = SamlAttributes {
        email: Some("mail".to_owned()),
        given_name: None,
        family_name: None,
        groups: Some(SamlGroups { attribute: "groups".to_owned(), overage: Overage::AbsentIsEmpty }),
        own: Vec::new(),
    };
    setting.now = text(response, "captured").parse::<jiff::Timestamp>().unwrap().as_second();
    setting
}

/// By both verifiers, which say the same (ST-SAML-02).
fn let_in(facts: &Value, response: &Value) -> Identity {
    let file = text(response, "file");
    let decrypting = Decrypting::new(&[pem(&read("sp.key"))]).unwrap();
    let setting = setting(facts, response);
    let form = form_value(read(&file));
    let compared = compare(form.as_bytes(), &setting.expected(), Some(&decrypting));
    assert!(compared.asked > 0 && compared.differences.is_empty(), "{file}: {:?}", compared.differences);
    compared.outcome.result.unwrap_or_else(|refused| panic!("{file}: {refused}"))
}

/// ST-SAML-07, ST-SAML-20: what SimpleSAMLphp and LemonLDAP::NG send, plain and encrypted, is let in as whom they name.
#[test]
fn captured_responses_are_let_in() {
    let facts: Value = serde_json::from_slice(&read("facts.json")).unwrap();
    let responses = facts["responses"].as_array().unwrap();
    assert!(responses.len() >= 8, "{}", responses.len());
    for response in responses {
        let file = text(response, "file");
        let identity = let_in(&facts, response);
        assert_eq!(identity.email, text(response, "email"), "{file}");
        let groups = response["groups"].as_array().unwrap().iter().map(|group| group.as_str().unwrap());
        let groups: BTreeSet<&str> = groups.collect();
        assert!(identity.groups.unwrap().iter().eq(groups.iter()), "{file}");
        if let Some(subject) = response["subject"].as_str() {
            assert_eq!(identity.subject, subject, "{file}");
        }
        assert_eq!(identity.in_response_to, Some(text(response, "in_response_to")), "{file}");
    }
}

/// ST-SAML-01: the same responses with one letter of the address changed, where it can be read.
#[test]
fn captured_responses_are_refused_when_they_are_changed() {
    let facts: Value = serde_json::from_slice(&read("facts.json")).unwrap();
    let mut changed = 0;
    for response in facts["responses"].as_array().unwrap() {
        let (file, email) = (text(response, "file"), text(response, "email"));
        let xml = String::from_utf8(read(&file)).unwrap();
        if !xml.contains(&email) {
            continue;
        }
        let form = form_value(xml.replace(&email, &email.replacen('i', "j", 1).replacen("dwho", "dwha", 1)));
        let compared = compare(form.as_bytes(), &setting(&facts, response).expected(), None);
        assert_eq!(compared.outcome.result.expect_err(&file).reason, "signature", "{file}");
        assert!(compared.differences.is_empty(), "{file}: {:?}", compared.differences);
        changed += 1;
    }
    assert!(changed >= 4, "{changed}");
}
