//! Proof: what a screened message shows is what stood in the bytes.

use gatewright_saml::screen::{ASSERTION, PROTOCOL};

use crate::twin::{ENCRYPTED_BESIDE, ENCRYPTED_INSIDE, FAILED, LOGOUT_REQUEST, PLAIN, screen};

#[test]
fn the_assertion_is_the_one_child() {
    let screened = screen(PLAIN).unwrap();
    let assertion = screened.assertion().unwrap();
    assert!(assertion.is(ASSERTION, "Assertion"));
    assert_eq!(assertion.parent(), Some(screened.root()));
    assert_eq!(assertion.attribute("ID"), Some("_assertion"));
    assert!(
        PLAIN[assertion.span()].starts_with("<saml:Assertion ")
            && PLAIN[assertion.span()].ends_with("</saml:Assertion>")
    );
    assert!(screened.encrypted().is_none());
    assert!(screened.root().is(PROTOCOL, "Response"));
    assert_eq!(screened.source(), PLAIN.as_bytes());
    assert_eq!(screened.document().text(), PLAIN);
    assert!(screened.steps() > screened.document().steps());
    assert!(screened.document().steps() > PLAIN.len() as u64);
}

#[test]
fn an_encrypted_assertion_shows_its_values() {
    for message in [ENCRYPTED_INSIDE, ENCRYPTED_BESIDE] {
        let screened = screen(message).unwrap();
        assert!(screened.assertion().is_none());
        let encrypted = screened.encrypted().unwrap();
        assert_eq!(encrypted.encrypted_keys(), [vec![b'K'; 256]]);
        assert_eq!(encrypted.cipher_value(), vec![b'C'; 64]);
        let span = &message[encrypted.span()];
        assert!(span.starts_with("<saml:EncryptedAssertion ") && span.ends_with("</saml:EncryptedAssertion>"));
    }
}

#[test]
fn a_message_without_assertion_shows_none() {
    for message in [FAILED, LOGOUT_REQUEST] {
        let screened = screen(message).unwrap();
        assert!(screened.assertion().is_none() && screened.encrypted().is_none());
    }
}

#[test]
fn the_same_bytes_are_refused_by_the_same_rule() {
    // Breaks many rules at once.
    let worst = PLAIN
        .replace("ID=\"_assertion\"", "ID=\"_response\"")
        .replace("rsa-sha256", "rsa-sha1")
        .replace("<saml:Advice/>", "<x/>");
    let first = screen(&worst).unwrap_err();
    for _ in 0..50 {
        assert_eq!(screen(&worst).unwrap_err(), first);
    }
    assert_eq!(first.reason, "foreign-element");
}

#[test]
fn a_story_shows_no_value_of_a_person() {
    for defect in ["<x/>00u1", "00u1<saml:Issuer/>", "<saml:NameID/>"] {
        let message = PLAIN.replacen("00u1", defect, 1);
        let refused = screen(&message).unwrap_err();
        assert!(!refused.to_string().contains("00u1"), "{refused}");
    }
}

/// The operator learns which element, where, and which attribute.
#[test]
fn a_story_names_the_element_and_its_place() {
    let message = PLAIN.replacen("<saml:Subject>", "<saml:Subject Foo=\"x\">", 1);
    let at = message.find("<saml:Subject ").unwrap();
    let refused = screen(&message).unwrap_err();
    let told = format!("`Subject` at byte {at} has the attribute `Foo`, which the schema does not know");
    assert_eq!((refused.story[0].stage, refused.story[0].text.as_str()), ("screen", told.as_str()));
}

/// What is counted, to the last step: a rule that no longer counts would make the tests of linear work empty.
#[test]
fn st_saml_22_the_steps_of_a_message_are_these() {
    let counts = [PLAIN, ENCRYPTED_BESIDE].map(|message| {
        let screened = screen(message).unwrap();
        (screened.document().steps(), screened.steps())
    });
    assert_eq!(counts, [(21680, 23151), (15182, 16469)]);
}
