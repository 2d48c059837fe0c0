//! Redirect: queries read octet by octet (ST-SAML-25, ST-SAML-26).

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatewright_bundle::program::SignatureAlgorithm;
use gatewright_saml::redirect::{
    INFLATE_RATIO_MAX, INFLATED_BYTES_MAX, MessageKind, PARAMETERS_MAX, QUERY_BYTES_MAX, Redirected, read,
};
use gatewright_saml::relay_state::{RELAY_STATE_BYTES_MAX, RelayState};
use gatewright_terms::Refusal;
use miniz_oxide::deflate::compress_to_vec;

const MESSAGE: &str = include_str!("../screen/messages/logout_request.xml");
const RSA: &str = "http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256";

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn packed(message: &[u8]) -> String {
    escaped(&STANDARD.encode(compress_to_vec(message, 6)))
}

fn message() -> String {
    packed(MESSAGE.as_bytes())
}

fn refused(query: &str, refusal: Refusal, reason: &str) {
    let found = read(query.as_bytes()).map(|_| ()).expect_err(reason);
    assert_eq!((found.refusal, found.reason), (refusal, reason), "{query}");
    assert!(!found.story.is_empty());
}

fn taken(query: &str) -> Redirected {
    read(query.as_bytes()).unwrap_or_else(|refused| panic!("{query}: {refused}"))
}

#[test]
fn a_whole_query_is_read() {
    let saml = message();
    let query = format!("SAMLRequest={saml}&RelayState=a%2Fb+c&SigAlg={RSA}&Signature=U0lH");
    let read = taken(&query);
    assert_eq!(read.kind, MessageKind::Request);
    assert_eq!(read.message, MESSAGE.as_bytes());
    assert_eq!(read.relay_state.unwrap().as_str(), "a/b c");
    let signature = read.signature.unwrap();
    assert_eq!(signature.algorithm, SignatureAlgorithm::RsaSha256);
    assert_eq!(signature.value, b"SIG");
    assert_eq!(signature.signed, format!("SAMLRequest={saml}&RelayState=a%2Fb+c&SigAlg={RSA}").into_bytes());
}

/// ST-SAML-26: the octets that were sent, in the order of the standard, whatever their order and their escapes.
#[test]
fn st_saml_26_what_is_signed_are_the_octets_that_were_sent() {
    let saml = message();
    let lower = RSA.replace("%3A", "%3a").replace("%2F", "%2f");
    let query = format!(
        "x=1&Signature=U0lH&SigAlg={lower}&RelayState=%61&SAMLEncoding=urn%3Aoasis%3Anames%3Atc%3ASAML%3A2.0%3Abindings%3AURL-Encoding%3ADEFLATE&SAMLResponse={saml}&y"
    );
    let read = taken(&query);
    assert_eq!(read.kind, MessageKind::Response);
    assert_eq!(read.relay_state.unwrap().as_str(), "a");
    assert_eq!(
        read.signature.unwrap().signed,
        format!("SAMLResponse={saml}&RelayState=%61&SigAlg={lower}").into_bytes()
    );
    // Without relay state its name is left out; with an empty one it is not.
    let without = taken(&format!("SAMLResponse={saml}&SigAlg={RSA}&Signature=U0lH"));
    assert_eq!(
        (without.relay_state, without.signature.unwrap().signed),
        (None, format!("SAMLResponse={saml}&SigAlg={RSA}").into_bytes())
    );
    let empty = taken(&format!("SAMLResponse={saml}&RelayState=&SigAlg={RSA}&Signature=U0lH"));
    assert_eq!(empty.relay_state, Some(RelayState::parse(b"").unwrap()));
    assert_eq!(empty.signature.unwrap().signed, format!("SAMLResponse={saml}&RelayState=&SigAlg={RSA}").into_bytes());
    assert_eq!(taken(&format!("SAMLResponse={saml}")).signature, None);
}

/// ST-SAML-26: what has two readings is refused.
#[test]
fn st_saml_26_repeated_and_reencoded_parameters_are_refused() {
    let saml = message();
    let whole = format!("SAMLRequest={saml}&RelayState=a&SigAlg={RSA}&Signature=U0lH");
    taken(&whole);
    for name in ["SAMLRequest", "RelayState", "SigAlg", "Signature"] {
        refused(&format!("{whole}&{name}=x"), Refusal::SamlMalformed, "parameter-doubled");
        refused(&format!("{name}=&{whole}"), Refusal::SamlMalformed, "parameter-doubled");
    }
    refused(&format!("{whole}&SAMLEncoding=x&SAMLEncoding=x"), Refusal::SamlMalformed, "parameter-doubled");
    refused(&format!("{whole}&SAMLResponse={saml}"), Refusal::SamlMalformed, "two-messages");
    for name in [
        "%53AMLRequest",
        "SAMLReques%74",
        "samlrequest",
        "SAMLREQUEST",
        "relaystate",
        "Sigalg",
        "signature",
        "a%20b",
        "a+b",
        "RelayState[]",
        "x;SAMLRequest",
        "samlencoding",
        "samlresponse",
    ] {
        refused(&format!("{whole}&{name}=x"), Refusal::SamlMalformed, "parameter-name");
    }
    for query in ["", "x=1", "RelayState=a", "&", "="] {
        refused(query, Refusal::SamlMalformed, "no-message");
    }
}

#[test]
fn each_value_has_one_reading() {
    let saml = message();
    refused("SAMLRequest=", Refusal::SamlMalformed, "message-not-base64");
    for name in ["SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature", "SAMLEncoding"] {
        refused(&format!("x=1&{name}&SAMLRequest={saml}"), Refusal::SamlMalformed, "parameter-without-value");
    }
    refused("SAMLRequest=%2", Refusal::SamlMalformed, "percent-encoding");
    refused("SAMLRequest=%2x", Refusal::SamlMalformed, "percent-encoding");
    refused("SAMLRequest=%x2", Refusal::SamlMalformed, "percent-encoding");
    refused("SAMLRequest=%", Refusal::SamlMalformed, "percent-encoding");
    refused("SAMLRequest=%+2", Refusal::SamlMalformed, "percent-encoding");
    refused("SAMLRequest=%C3%BC", Refusal::SamlMalformed, "value-not-ascii");
    refused("SAMLRequest=%FF", Refusal::SamlMalformed, "value-not-ascii");
    refused("SAMLRequest=\u{FC}", Refusal::SamlMalformed, "query-not-ascii");
    refused("SAMLRequest=a b", Refusal::SamlMalformed, "query-not-ascii");
    refused("SAMLRequest=a\n", Refusal::SamlMalformed, "query-not-ascii");
    refused(&format!("SAMLRequest={saml}%0A"), Refusal::SamlMalformed, "message-not-base64");
    refused(&format!("SAMLRequest={saml}+"), Refusal::SamlMalformed, "message-not-base64");
    refused(&format!("SAMLRequest={saml}&SAMLEncoding=x"), Refusal::SamlMalformed, "encoding-unknown");
    refused(&format!("SAMLRequest={saml}&SAMLEncoding="), Refusal::SamlMalformed, "encoding-unknown");
    refused(&format!("SAMLRequest={saml}&SigAlg={RSA}"), Refusal::SamlMalformed, "signature-incomplete");
    refused(&format!("SAMLRequest={saml}&Signature=U0lH"), Refusal::SamlMalformed, "signature-incomplete");
    refused(
        &format!("SAMLRequest={saml}&SigAlg={RSA}&Signature=U0lH%0A"),
        Refusal::SamlMalformed,
        "signature-not-base64",
    );
    refused(&format!("SAMLRequest={saml}&SigAlg={RSA}&Signature="), Refusal::SamlMalformed, "signature-not-base64");
    refused(&format!("SAMLRequest={saml}&SigAlg={RSA}&Signature=U0l"), Refusal::SamlMalformed, "signature-not-base64");
    for uri in ["http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2000/09/xmldsig#dsa-sha1", ""] {
        let query = format!("SAMLRequest={saml}&SigAlg={}&Signature=U0lH", escaped(uri));
        refused(&query, Refusal::SamlAlgorithm, "signature-algorithm");
    }
}

/// ST-SAML-22: bounded before it is unpacked, while it is, and in what it came to.
#[test]
fn st_saml_22_bombs_are_refused() {
    let saml = message();
    let pad = |n: usize| format!("SAMLRequest={saml}&x={}", "x".repeat(n - saml.len() - "SAMLRequest=&x=".len()));
    taken(&pad(QUERY_BYTES_MAX));
    refused(&pad(QUERY_BYTES_MAX + 1), Refusal::SamlTooLarge, "query-too-long");
    taken(&format!("SAMLRequest={saml}{}", "&x=1".repeat(PARAMETERS_MAX - 1)));
    refused(
        &format!("SAMLRequest={saml}{}", "&x=1".repeat(PARAMETERS_MAX)),
        Refusal::SamlTooLarge,
        "too-many-parameters",
    );

    let of = |bytes: &[u8]| format!("SAMLRequest={}", escaped(&STANDARD.encode(bytes)));
    // A stored block of random-looking octets and much white space: both limits, each alone.
    let noise = |n: usize| {
        let next =
            |state: &u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
        std::iter::successors(Some(1), next).map(|state| (state >> 56) as u8).take(n).collect::<Vec<u8>>()
    };
    let deflated = |spaces: usize, noisy: usize| compress_to_vec(&[vec![b' '; spaces], noise(noisy)].concat(), 9);
    let at = INFLATED_BYTES_MAX - 4000;
    assert!(deflated(at, 4000).len() * INFLATE_RATIO_MAX > INFLATED_BYTES_MAX);
    assert_eq!(taken(&of(&deflated(at, 4000))).message.len(), INFLATED_BYTES_MAX);
    refused(&of(&deflated(at + 1, 4000)), Refusal::SamlTooLarge, "inflate-too-large");
    let bomb = deflated(200_000, 0);
    assert!(bomb.len() * INFLATE_RATIO_MAX < 200_000);
    refused(&of(&bomb), Refusal::SamlTooLarge, "inflate-too-large");
    refused(&of(&deflated(10_000_000, 0)), Refusal::SamlTooLarge, "inflate-too-large");

    let good = compress_to_vec(MESSAGE.as_bytes(), 6);
    refused(&of(&good[..good.len() - 1]), Refusal::SamlMalformed, "not-deflated");
    refused(&of(&good[1..]), Refusal::SamlMalformed, "not-deflated");
    refused(&of(&[0xFF]), Refusal::SamlMalformed, "not-deflated");
    refused(&of(MESSAGE.as_bytes()), Refusal::SamlMalformed, "not-deflated");
    refused(&of(&[good.as_slice(), b"x"].concat()), Refusal::SamlMalformed, "inflate-trailing");
}

#[test]
fn st_saml_25_relay_state_has_at_most_80_bytes() {
    let saml = message();
    let with = |value: &str| format!("SAMLRequest={saml}&RelayState={value}");
    assert_eq!(taken(&with(&"x".repeat(RELAY_STATE_BYTES_MAX))).relay_state.unwrap().as_str().len(), 80);
    refused(&with(&"x".repeat(81)), Refusal::SamlMalformed, "relay-state-too-long");
    // In bytes, after decoding.
    assert!(read(with(&"%C3%BC".repeat(40)).as_bytes()).is_ok());
    refused(&with(&("%C3%BC".repeat(40) + "x")), Refusal::SamlMalformed, "relay-state-too-long");
    for value in ["%00", "a%0A", "%7F", "%FF", "%C2%80"] {
        refused(&with(value), Refusal::SamlMalformed, "relay-state-not-text");
    }
    // An address is a text like any other: nobody follows it.
    assert_eq!(RelayState::parse(b"https://evil.example/").unwrap().as_str(), "https://evil.example/");
}
