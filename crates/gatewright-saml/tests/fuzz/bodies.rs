//! Bodies: what the fuzz targets of `fuzz/` and the property tests here run alike: any bytes in, nothing but a verdict out.
//!
//! Each asserts what must hold of whatever is taken, so that a run finds more than panics.

use gatewright_saml::metadata::IdpMetadata;
use gatewright_saml::redirect;
use gatewright_saml::relay_state::{RELAY_STATE_BYTES_MAX, RelayState};
use gatewright_saml::screen::{
    ASSERTION, INPUT_STEPS_MAX, Kind, LIMITS, PROTOCOL, Screened, screen_logout, screen_response, screen_steps,
};
use gatewright_saml::xml::Document;

/// A name and what it runs.
pub(crate) type Body = (&'static str, fn(&[u8]));

pub(crate) const BODIES: &[Body] = &[("xml", xml), ("screen", screen), ("metadata", metadata), ("redirect", redirect)];

/// The reader: linear, and where it accepts, another reader sees the same names.
pub(crate) fn xml(bytes: &[u8]) {
    let mut steps = 0;
    let read = Document::parse_counting(bytes, &LIMITS, &mut steps);
    assert!(steps <= 12 * bytes.len() as u64 + 12, "{steps} steps for {} bytes", bytes.len());
    let Ok(document) = read else {
        return;
    };
    let text = document.text();
    for element in document.root().descendants() {
        let span = &text[element.span()];
        assert!(span.starts_with('<') && span.ends_with('>'));
        assert!(element.text().is_none_or(|content| content.len() <= span.len()));
        assert!(element.attributes().all(|attribute| attribute.value().len() <= span.len()));
        for child in element.children() {
            assert!(child.parent() == Some(element));
            assert!(element.span().start < child.span().start && child.span().end < element.span().end);
        }
    }
    let options = roxmltree::ParsingOptions { allow_dtd: false, ..roxmltree::ParsingOptions::default() };
    let other = roxmltree::Document::parse_with_options(text, options).expect("taken by us alone");
    let theirs = other.descendants().filter(roxmltree::Node::is_element);
    for (ours, theirs) in document.root().descendants().zip(theirs) {
        assert_eq!(
            (ours.namespace(), ours.name()),
            (theirs.tag_name().namespace().unwrap_or(""), theirs.tag_name().name())
        );
        assert_eq!((ours.span(), ours.attributes().count()), (theirs.range(), theirs.attributes().len()));
        for (ours, theirs) in ours.attributes().zip(theirs.attributes()) {
            assert_eq!((ours.namespace(), ours.name()), (theirs.namespace().unwrap_or(""), theirs.name()));
        }
    }
    assert_eq!(document.elements(), other.descendants().filter(roxmltree::Node::is_element).count());
}

/// The screen: what it passes holds what its type says.
pub(crate) fn screen(bytes: &[u8]) {
    assert!(screen_steps(bytes) <= INPUT_STEPS_MAX * bytes.len() as u64 + INPUT_STEPS_MAX);
    for result in [screen_response(bytes), screen_logout(bytes)] {
        match result {
            Ok(screened) => passed(&screened),
            Err(refused) => assert!(!refused.reason.is_empty() && refused.story.len() == 1),
        }
    }
}

fn passed(screened: &Screened<'_>) {
    let root = screened.root();
    assert_eq!(root.namespace(), PROTOCOL);
    assert!(screened.signatures().len() <= 2);
    let named = |name: &str| root.descendants().filter(|element| element.name() == name).count();
    assert_eq!(named("Signature"), screened.signatures().len());
    assert_eq!(named("Reference"), screened.signatures().len());
    assert_eq!(named("Assertion"), usize::from(screened.assertion().is_some()));
    assert_eq!(named("EncryptedAssertion"), usize::from(screened.encrypted().is_some()));
    for signature in screened.signatures() {
        let signed = root.descendants().filter(|one| one.attribute("ID") == Some(&signature.id)).collect::<Vec<_>>();
        assert!(signed.len() == 1 && (signed[0] == root || signed[0].is(ASSERTION, "Assertion")));
    }
    assert!(screened.kind() == Kind::Response || (screened.assertion().is_none() && screened.encrypted().is_none()));
    if let Some(encrypted) = screened.encrypted() {
        assert!(!encrypted.encrypted_keys().is_empty() && !encrypted.cipher_value().is_empty());
    }
}

/// Metadata: what providers publish.
pub(crate) fn metadata(bytes: &[u8]) {
    if let Ok(metadata) = IdpMetadata::parse(bytes) {
        assert_eq!(IdpMetadata::parse(bytes).map(|again| format!("{again:?}")), Ok(format!("{metadata:?}")));
    }
}

/// The query of the redirect binding, and RelayState by itself.
pub(crate) fn redirect(bytes: &[u8]) {
    if let Ok(state) = RelayState::parse(bytes) {
        assert!(state.as_str().as_bytes() == bytes && bytes.len() <= RELAY_STATE_BYTES_MAX);
    }
    let Ok(read) = redirect::read(bytes) else {
        return;
    };
    assert!(read.message.len() <= redirect::INFLATED_BYTES_MAX);
    let query = std::str::from_utf8(bytes).expect("ASCII");
    if let Some(signature) = read.signature {
        // Every signed parameter is one that was sent, as it was sent.
        let signed = String::from_utf8(signature.signed).expect("ASCII");
        assert!(
            signed.split('&').all(|signed| query.split('&').filter(|sent| *sent == signed).count() == 1),
            "{signed}"
        );
    }
}
