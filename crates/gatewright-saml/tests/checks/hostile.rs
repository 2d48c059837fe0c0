//! Bytes that are no good response, and what they reach.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_saml::screen::screen_response;
use gatewright_saml::{Expected, FORM_VALUE_BYTES_MAX, Refused, Request, Verified, receive, receive_document};
use gatewright_terms::{Refusal, Slug, Timestamp};
use proptest::prelude::*;

use crate::harness::{ACS, Case, NOW, REQUEST, Rendering, SP, saml};

fn by_form(form_value: &[u8], verifier: &Rendering) -> Result<Verified, Refused> {
    let (connection, saml) = (Slug::parse("okta").unwrap(), saml());
    let expected = Expected {
        connection: &connection,
        saml: &saml,
        sp_entity_id: SP,
        acs: ACS,
        request: Request::Answers(REQUEST),
        now: Timestamp::from_unix(NOW),
    };
    receive(form_value, &expected, verifier, None)
}

#[test]
fn the_form_value_is_base64_with_white_space() {
    let encoded = STANDARD.encode(Case::good().xml);
    let lines: String =
        encoded.as_bytes().chunks(76).map(|line| format!("{}\r\n", std::str::from_utf8(line).unwrap())).collect();
    let verifier = Rendering::default();
    for good in [encoded.clone(), lines, format!(" {encoded}\t\n")] {
        assert_eq!(by_form(good.as_bytes(), &verifier).unwrap().subject(), "u-1001");
    }
    let calls = verifier.calls();
    for bad in [&encoded[1..], "-_-_", "%3D", &format!("{encoded}="), "\u{a0}", &encoded.replace('A', "\u{ff21}")] {
        let refused = by_form(bad.as_bytes(), &verifier).unwrap_err();
        assert_eq!((refused.refusal, refused.reason), (Refusal::SamlMalformed, "not-base64"), "{bad:.20}");
    }
    let refused = by_form(&[0xff; 4], &verifier).unwrap_err();
    assert_eq!(refused.reason, "not-base64");
    assert_eq!(by_form(b"", &verifier).unwrap_err().refusal, Refusal::SamlMalformed);
    assert_eq!(verifier.calls(), calls);
}

/// ST-SAML-22
#[test]
fn st_saml_22_a_form_value_that_is_too_large_is_not_decoded() {
    let verifier = Rendering::default();
    let mut most = STANDARD.encode(Case::good().xml);
    most.push_str(&"\n".repeat(FORM_VALUE_BYTES_MAX - most.len()));
    by_form(most.as_bytes(), &verifier).unwrap();
    most.push('\n');
    let refused = by_form(most.as_bytes(), &verifier).unwrap_err();
    assert_eq!((refused.refusal, refused.reason), (Refusal::SamlTooLarge, "form-too-large"));
}

/// One edit of a message: cut, doubled, changed, moved.
fn edited(mut bytes: Vec<u8>, edits: &[(usize, usize, usize, u8)]) -> Vec<u8> {
    for &(kind, from, length, byte) in edits {
        let from = from % bytes.len().max(1);
        let to = (from + length).min(bytes.len());
        match kind % 5 {
            0 => drop(bytes.drain(from..to)),
            1 => {
                let piece = bytes[from..to].to_vec();
                bytes.splice(from..from, piece);
            }
            2 => bytes.get_mut(from).into_iter().for_each(|at| *at = byte),
            3 => bytes.insert(from.min(bytes.len()), byte),
            _ => {
                let piece: Vec<u8> = bytes.drain(from..to).collect();
                let at = usize::from(byte) * bytes.len() / 256;
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// No panic, and the verifier sees nothing that the screen has not passed.
    #[test]
    fn st_saml_22_no_edit_makes_a_panic_or_reaches_the_verifier_past_the_screen(
        which in 0_usize..3,
        edits in prop::collection::vec((0_usize..5, any::<usize>(), 0_usize..300, any::<u8>()), 1..4),
    ) {
        let case = [Case::good, Case::assertion_signed, Case::response_signed][which]();
        let bytes = edited(case.xml.into_bytes(), &edits);
        let (connection, verifier) = (Slug::parse("okta").unwrap(), Rendering::default());
        let expected = Expected {
            connection: &connection,
            saml: &case.saml,
            sp_entity_id: SP,
            acs: ACS,
            request: Request::Answers(REQUEST),
            now: Timestamp::from_unix(NOW),
        };
        let result = receive_document(&bytes, &expected, &verifier, None);
        prop_assert!(verifier.calls() <= 1);
        match screen_response(&bytes) {
            Err(refused) => {
                prop_assert_eq!(verifier.calls(), 0);
                let received = result.map(|_| ()).unwrap_err();
                prop_assert_eq!((received.refusal, received.reason), (refused.refusal, refused.reason));
            }
            Ok(screened) => if screened.signatures().is_empty() {
                prop_assert_eq!(verifier.calls(), 0);
                prop_assert!(result.is_err());
            },
        }
    }

    #[test]
    fn no_form_value_makes_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(by_form(&bytes, &Rendering::default()).is_err());
    }
}
