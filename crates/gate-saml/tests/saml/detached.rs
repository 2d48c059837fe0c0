//! Detached: signatures over the octets of a query.

use gate_saml::verify_detached;
use gatewright_bundle::program::SignatureAlgorithm;
use testkit::saml::{ACME, ACME_NEXT, GLOBEX, Method, P256, P384, WEAK};

use crate::message::{EVERY_ALGORITHM, certificates};

const OCTETS: &[u8] = b"SAMLRequest=abc%2B&RelayState=x&SigAlg=y";

#[test]
fn st_saml_26_a_signature_over_octets_is_checked() {
    for (key, method, algorithm) in [
        (&ACME, Method::RsaSha256, SignatureAlgorithm::RsaSha256),
        (&ACME, Method::RsaSha384, SignatureAlgorithm::RsaSha384),
        (&ACME, Method::RsaSha512, SignatureAlgorithm::RsaSha512),
        (&P256, Method::EcdsaSha256, SignatureAlgorithm::EcdsaSha256),
        (&P384, Method::EcdsaSha384, SignatureAlgorithm::EcdsaSha384),
    ] {
        let signature = key.sign(method, OCTETS);
        let all = certificates(&[&GLOBEX, &P384, &ACME_NEXT, &P256, &ACME]);
        assert!(verify_detached(OCTETS, algorithm, &signature, &certificates(&[key])), "{method:?}");
        assert!(verify_detached(OCTETS, algorithm, &signature, &all), "{method:?} among others");
        assert!(!verify_detached(OCTETS, algorithm, &signature, &certificates(&[&GLOBEX])), "{method:?} of another");
        assert!(!verify_detached(OCTETS, algorithm, &signature, &[]), "{method:?} without a key");
        assert!(!verify_detached(&OCTETS[1..], algorithm, &signature, &all), "{method:?} over less");
        for other in EVERY_ALGORITHM.into_iter().filter(|other| *other != algorithm) {
            assert!(!verify_detached(OCTETS, other, &signature, &all), "{method:?} as {other:?}");
        }
        for at in [0, signature.len() / 2, signature.len() - 1] {
            let mut changed = signature.clone();
            changed[at] ^= 1;
            assert!(!verify_detached(OCTETS, algorithm, &changed, &all), "{method:?} changed at {at}");
        }
        for length in [0, 1, signature.len() - 1] {
            assert!(!verify_detached(OCTETS, algorithm, &signature[..length], &all), "{method:?} cut at {length}");
        }
        assert!(!verify_detached(OCTETS, algorithm, &[signature, vec![0]].concat(), &all), "{method:?} and more");
    }
}

#[test]
fn a_weak_key_signs_nothing() {
    let signature = WEAK.sign(Method::RsaSha256, OCTETS);
    assert!(!verify_detached(OCTETS, SignatureAlgorithm::RsaSha256, &signature, &certificates(&[&WEAK])));
}

/// XML Signature §6.4.3 has `r || s`; the form in DER is another signature.
#[test]
fn a_signature_in_der_is_not_taken() {
    let all = certificates(&[&P256]);
    let zero = [0; 64];
    assert!(!verify_detached(OCTETS, SignatureAlgorithm::EcdsaSha256, &zero, &all));
    let der = [&[0x30, 0x44, 0x02, 0x20][..], &[1; 32], &[0x02, 0x20], &[1; 32]].concat();
    assert!(!verify_detached(OCTETS, SignatureAlgorithm::EcdsaSha256, &der, &all));
}
