//! Encrypted assertions. The decryptor of these tests gives back the cipher value as it is: what it opens, the test wrote.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_bundle::program::{Encryption, WantSigned};
use gatewright_saml::screen::Encrypted;
use gatewright_saml::{Decryptor, NotDecrypted, NotVerified};
use gatewright_terms::Refusal;

use crate::harness::{Case, assertion, response, signature};

const GCM: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
const CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";

struct Opening(Arc<AtomicUsize>);

impl Decryptor for Opening {
    fn decrypt(&self, encrypted: &Encrypted<'_>) -> Result<Vec<u8>, NotDecrypted> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let plain = encrypted.cipher_value();
        if plain == b"fail" { Err(NotDecrypted) } else { Ok(plain) }
    }
}

fn encrypted(cipher: &str, plain: &[u8]) -> String {
    format!(
        "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
         <xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod Algorithm=\"{cipher}\"/>\
         <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><xenc:EncryptedKey>\
         <xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/>\
         <xenc:CipherData><xenc:CipherValue>a2V5</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>\
         <xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>\
         </saml:EncryptedAssertion>",
        STANDARD.encode(plain)
    )
}

/// The case, and how often something was decrypted.
fn case(outer: bool, cipher: &str, plain: &[u8]) -> (Case, Arc<AtomicUsize>) {
    let outer = if outer { signature("_r1") } else { String::new() };
    let mut case = Case::of(response(&outer, &encrypted(cipher, plain)));
    let count = Arc::new(AtomicUsize::new(0));
    case.decryptor = Some(Box::new(Opening(Arc::clone(&count))));
    (case, count)
}

fn signed() -> Vec<u8> {
    assertion(&signature("_a1")).into_bytes()
}

fn plain() -> Vec<u8> {
    assertion("").into_bytes()
}

/// What is not one element looks like what cannot be decrypted.
#[test]
fn text_beside_the_element_is_no_assertion() {
    for beside in [[signed(), b"x".to_vec()].concat(), [b"x".to_vec(), signed()].concat()] {
        case(true, GCM, &beside).0.refuses(Refusal::SamlEncryption, "not-decrypted");
    }
}

#[test]
fn it_is_read_under_a_signature_inside_or_outside() {
    for (outer, inner, calls) in [(true, plain(), 1), (false, signed(), 1), (true, signed(), 2)] {
        let (case, count) = case(outer, GCM, &inner);
        let verified = case.passes();
        assert_eq!((verified.subject(), verified.assertion_id()), ("u-1001", "_a1"));
        assert_eq!((case.verifier.calls(), count.load(Ordering::Relaxed)), (calls, 1));
        assert!(verified.story().iter().any(|step| step.stage == "decryption"));
    }
    let (around, _) = case(false, GCM, &[b" \n".to_vec(), signed(), b"\n".to_vec()].concat());
    around.passes();
}

/// ST-SAML-07
#[test]
fn st_saml_07_an_encrypted_assertion_without_any_signature_is_refused() {
    for wanted in [WantSigned::Either, WantSigned::Assertion] {
        let (case, _) = case(false, GCM, &plain());
        case.policy(|saml| saml.want_signed = wanted).refuses(Refusal::SamlSignatureMissing, "unsigned");
    }
}

#[test]
fn what_the_policy_wants_signed_is_signed() {
    for (outer, inner, wanted, reason, opened) in [
        (true, plain(), WantSigned::Assertion, "assertion-unsigned", 1),
        (true, plain(), WantSigned::Both, "assertion-unsigned", 1),
        (false, signed(), WantSigned::Response, "response-unsigned", 0),
        (false, signed(), WantSigned::Both, "response-unsigned", 0),
    ] {
        let (case, count) = case(outer, GCM, &inner);
        case.policy(|saml| saml.want_signed = wanted).refuses(Refusal::SamlSignatureMissing, reason);
        assert_eq!(count.load(Ordering::Relaxed), opened);
    }
    for (outer, inner, wanted) in [
        (true, plain(), WantSigned::Response),
        (false, signed(), WantSigned::Assertion),
        (true, signed(), WantSigned::Both),
    ] {
        case(outer, GCM, &inner).0.policy(|saml| saml.want_signed = wanted).passes();
    }
}

/// ST-SAML-23: no oracle for whoever may change the ciphertext.
#[test]
fn st_saml_23_cbc_is_opened_only_under_a_signature_over_it() {
    case(true, CBC, &plain()).0.passes();
    case(true, CBC, &signed()).0.passes();
    let (unsigned, count) = case(false, CBC, &signed());
    unsigned.refuses(Refusal::SamlEncryption, "cbc-without-signature");
    assert_eq!(count.load(Ordering::Relaxed), 0);
    let (mut forged, count) = case(true, CBC, &signed());
    forged.verifier.lie = Some(|_| Err(NotVerified::Bad(String::new())));
    forged.refuses(Refusal::SamlSignature, "signature");
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

/// ST-SAML-23
#[test]
fn st_saml_23_all_failures_look_alike() {
    let signed = signed();
    let half = &signed[..signed.len() - 1];
    let comment = [b"<!-- -->", &signed[..]].concat();
    let out = [b"</saml:EncryptedAssertion>", &signed[..]].concat();
    let mut seen = Vec::new();
    for outer in [true, false] {
        for wrong in [b"fail", &b"garbage"[..], &[0xff, 0xfe, 0x3e], b"<", half, &comment, &out, b"<\xff>"] {
            let (case, _) = case(outer, GCM, wrong);
            let refused = case.refuses(Refusal::SamlEncryption, "not-decrypted");
            seen.push(refused.story.last().unwrap().clone());
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

/// What was inside is screened like everything else.
#[test]
fn what_is_inside_is_one_assertion() {
    let two = [signed(), plain()].concat();
    case(true, GCM, &two).0.refuses(Refusal::SamlStructure, "two-assertions");
    let nested = encrypted(GCM, &signed());
    case(true, GCM, nested.as_bytes()).0.refuses(Refusal::SamlEncryption, "not-decrypted");
    let other = b"<saml:Advice xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>";
    assert_eq!(case(true, GCM, other).0.run().unwrap_err().refusal, Refusal::SamlStructure);
    // Its own checks hold as well.
    let late = String::from_utf8(signed()).unwrap().replace("u-1001", "");
    case(true, GCM, late.as_bytes()).0.refuses(Refusal::SamlNameId, "name-id-value");
}

#[test]
fn without_a_key_and_without_encryption() {
    let (mut keyless, _) = case(true, GCM, &plain());
    keyless.decryptor = None;
    keyless.refuses(Refusal::SamlEncryption, "no-decryption-key");
    let required = |case: Case| case.policy(|saml| saml.encryption = Encryption::Required);
    required(case(true, GCM, &plain()).0).passes();
    let plain = required(Case::good());
    plain.refuses(Refusal::SamlEncryption, "not-encrypted");
    assert_eq!(plain.verifier.calls(), 0);
}

/// A signature inside that is not good is a refusal, also under a good one outside.
#[test]
fn the_signature_inside_must_be_good_too() {
    let (mut inside, _) = case(false, GCM, &signed());
    inside.verifier.lie = Some(|_| Err(NotVerified::Bad(String::new())));
    inside.refuses(Refusal::SamlSignature, "signature");
    let (mut both, _) = case(true, GCM, &signed());
    both.verifier.lie = Some(|canonical| match canonical.signed {
        gatewright_saml::Signed::Message => Ok(canonical),
        gatewright_saml::Signed::Assertion => Err(NotVerified::Bad(String::new())),
    });
    both.refuses(Refusal::SamlSignature, "signature");
    let (mut differs, _) = case(false, GCM, &signed());
    differs.verifier.lie = Some(|canonical| {
        let text = String::from_utf8(canonical.bytes).unwrap().replace("u-1001", "u-1");
        Ok(gatewright_saml::Canonical { bytes: text.into(), ..canonical })
    });
    differs.refuses(Refusal::SamlVerifiersDisagree, "canonical-differs");
}
