//! Keys: which files are taken, and what a new pair is.

use gate_saml::send::{KeyPairFiles, NewKeyPair, SamlKeys};
use gatewright_saml::certificate::{CertificateFacts, PublicKey};
use gatewright_terms::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::world::{P256, P384, SP, SP_NEXT, WEAK, now};

fn refused(files: KeyPairFiles<'_>) -> String {
    SamlKeys::parse(files, None, None).unwrap_err().to_string()
}

#[test]
fn a_key_and_its_certificate_belong_together() {
    assert!(SamlKeys::parse(SP, Some(SP_NEXT), Some(P256)).is_ok());
    let mixed =
        |key: KeyPairFiles<'static>, crt: KeyPairFiles<'static>| KeyPairFiles { certificate: crt.certificate, ..key };
    for files in [mixed(SP, SP_NEXT), mixed(SP, P256), mixed(P256, SP)] {
        assert_eq!(refused(files), "`keys/saml.crt`: this is not the certificate of `keys/saml.key`");
    }
    let next = SamlKeys::parse(SP, Some(mixed(SP_NEXT, SP)), None).unwrap_err();
    assert_eq!(next.file, "saml.next.crt");
    let previous = SamlKeys::parse(SP, None, Some(mixed(SP_NEXT, SP))).unwrap_err();
    assert_eq!(previous.file, "saml.previous.crt");
}

#[test]
fn weak_or_foreign_files_are_refused() {
    for (files, file) in [
        (WEAK, "saml.key"),
        (P384, "saml.key"),
        (KeyPairFiles { key: b"", ..SP }, "saml.key"),
        (KeyPairFiles { key: SP.certificate, ..SP }, "saml.key"),
        (KeyPairFiles { certificate: b"", ..SP }, "saml.crt"),
        (KeyPairFiles { certificate: SP.key, ..SP }, "saml.crt"),
        (KeyPairFiles { certificate: &[SP.certificate, SP_NEXT.certificate].concat(), ..SP }, "saml.crt"),
    ] {
        assert!(refused(files).starts_with(&format!("`keys/{file}`: ")), "{}", refused(files));
    }
}

#[test]
fn rsa_decrypts_and_p256_does_not() {
    assert!(SamlKeys::parse(SP, None, None).unwrap().decrypting().is_some());
    assert!(SamlKeys::parse(P256, None, None).unwrap().decrypting().is_none());
    assert!(SamlKeys::parse(P256, Some(SP), None).unwrap().decrypting().is_some());
    let all = SamlKeys::parse(SP, Some(SP_NEXT), Some(P256)).unwrap();
    assert_eq!(format!("{:?}", all.decrypting().unwrap()), "Decrypting(2 keys)");
    assert_eq!(format!("{all:?}"), "SamlKeys(…)");
}

#[test]
fn a_new_pair_is_strong_and_lives_ten_years() {
    for (from, begins, ends) in [
        (now(), "2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z"),
        // The 29th of February 2028.
        (Timestamp::from_unix(1_835_440_000), "2028-02-29T00:00:00Z", "2038-02-28T00:00:00Z"),
    ] {
        let made = NewKeyPair::generate(from).unwrap();
        let files = KeyPairFiles { key: &made.key, certificate: &made.certificate };
        assert!(SamlKeys::parse(files, None, None).unwrap().decrypting().is_some());
        let der = CertificateDer::from_pem_slice(&made.certificate).unwrap();
        let facts = CertificateFacts::parse(&der).unwrap();
        assert!(matches!(facts.key, PublicKey::Rsa { bits: 3072, .. }), "{:?}", facts.key);
        assert_eq!((facts.not_before.to_string().as_str(), facts.not_after.to_string().as_str()), (begins, ends));
        assert_eq!(facts.subject, "CN=Gatewright SAML");
        let text = String::from_utf8(made.key.to_vec()).unwrap();
        assert!(text.starts_with("-----BEGIN PRIVATE KEY-----\n") && text.ends_with("\n-----END PRIVATE KEY-----\n"));
        assert!(text.lines().all(|line| line.len() <= 64));
    }
}
