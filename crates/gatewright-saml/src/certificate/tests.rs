//! Certificates as OpenSSL makes them, and bytes that are none.

use super::*;

const RSA_2048: &[u8] = include_bytes!("../../tests/certificates/rsa2048.der");

fn facts(der: &[u8]) -> CertificateFacts {
    CertificateFacts::parse(der).unwrap()
}

#[test]
fn a_certificate_says_its_key_its_dates_and_its_name() {
    let facts = facts(RSA_2048);
    assert_eq!(facts.key, PublicKey::Rsa { bits: 2048, odd_exponent: true });
    assert_eq!(facts.not_before.to_string(), "2026-11-24T08:15:42Z");
    assert_eq!(facts.not_after.to_string(), "2036-11-21T08:15:42Z");
    assert_eq!(facts.subject, r"CN=idp.example.com,O=Example\, Inc.,C=US");
    let fingerprint = facts.fingerprint_text();
    assert_eq!(fingerprint, "1e2624c5a9bf2ef8e57cc9ad4d985a5f47c409cf060d945ad66c571a4f6a3f95");
    assert!(RSA_2048.windows(facts.public_key_info.len()).any(|window| window == facts.public_key_info));
}

#[test]
fn a_first_version_certificate_that_has_expired_is_read() {
    let facts = facts(include_bytes!("../../tests/certificates/v1.der"));
    assert_eq!((facts.weakness(), facts.subject.as_str()), (None, "CN=v1"));
    assert!(facts.not_after < facts.not_before);
}

#[test]
fn dates_beyond_2049_are_read() {
    let facts = facts(include_bytes!("../../tests/certificates/prime256v1.der"));
    assert_eq!(facts.not_after.to_string(), "2126-10-31T08:15:42Z");
}

/// Keys of 2048 bits and P-256 and up; everything else is weak.
#[test]
fn weak_keys_are_told() {
    for (der, name, weak) in [
        (&include_bytes!("../../tests/certificates/rsa1024.der")[..], "RSA-1024", true),
        (include_bytes!("../../tests/certificates/rsa2047.der"), "RSA-2047", true),
        (RSA_2048, "RSA-2048", false),
        (include_bytes!("../../tests/certificates/exponent3.der"), "RSA-2048", false),
        (include_bytes!("../../tests/certificates/prime256v1.der"), "P-256", false),
        (include_bytes!("../../tests/certificates/secp384r1.der"), "P-384", false),
        (include_bytes!("../../tests/certificates/secp521r1.der"), "P-521", false),
        (include_bytes!("../../tests/certificates/secp256k1.der"), "1.3.132.0.10", true),
        (include_bytes!("../../tests/certificates/ed25519.der"), "1.3.101.112", true),
    ] {
        let facts = facts(der);
        assert_eq!((facts.key.to_string().as_str(), facts.weakness().is_some()), (name, weak));
    }
}

#[test]
fn an_exponent_that_makes_signatures_forgeable_is_weak() {
    for (bits, odd_exponent, weak) in
        [(2048, true, false), (2048, false, true), (4096, true, false), (4097, true, true)]
    {
        assert_eq!(PublicKey::Rsa { bits, odd_exponent }.weakness().is_some(), weak, "{bits} {odd_exponent}");
    }
    // 65537 stands last in the key: 01 00 01. Twins with 65536, and with a modulus of the same length.
    let at = RSA_2048.windows(5).position(|window| window == [2, 3, 1, 0, 1]).unwrap() + 4;
    let mut even = RSA_2048.to_vec();
    even[at] = 0;
    assert_eq!(facts(&even).key, PublicKey::Rsa { bits: 2048, odd_exponent: false });
}

#[test]
fn what_is_no_certificate_is_refused() {
    let mut trailing = RSA_2048.to_vec();
    trailing.push(0);
    let mut huge = RSA_2048.to_vec();
    huge.resize(CERTIFICATE_BYTES_MAX + 1, 0);
    for bad in [&b""[..], b"-----BEGIN CERTIFICATE-----", &trailing, &huge, &[0x30, 0x80]] {
        assert!(CertificateFacts::parse(bad).is_err());
    }
    for cut in 0..RSA_2048.len() {
        assert!(CertificateFacts::parse(&RSA_2048[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn no_changed_byte_makes_a_panic() {
    for at in 0..RSA_2048.len() {
        for value in [0x00, 0x01, 0x7f, 0x80, 0x84, 0xff] {
            let mut bytes = RSA_2048.to_vec();
            bytes[at] = value;
            let _ = CertificateFacts::parse(&bytes).map(|facts| facts.weakness());
        }
    }
}

#[test]
fn a_certificate_may_have_so_many_bytes_and_no_more() {
    let said = |bytes: usize| CertificateFacts::parse(&vec![0; bytes]).unwrap_err().to_string();
    assert_eq!(said(16_384 + 1), "it has more than 16384 bytes");
    for fits in [16_384, 16_384 - 1] {
        assert!(said(fits).starts_with("it is no X.509 certificate in DER"), "{}", said(fits));
    }
}

/// Compressed points have another first byte, and are refused though nothing else is wrong.
#[test]
fn a_point_is_uncompressed() {
    let mut der = include_bytes!("../../tests/certificates/prime256v1.der").to_vec();
    let at = der.windows(4).position(|window| window == [3, 66, 0, 4]).unwrap() + 3;
    der[at] = 2;
    assert!(CertificateFacts::parse(&der).is_err() && CertificateFacts::key(&der).is_err());
}

#[test]
fn the_key_alone_is_that_of_the_facts() {
    for der in [RSA_2048, include_bytes!("../../tests/certificates/prime256v1.der")] {
        let facts = facts(der);
        assert_eq!(CertificateFacts::key(der), Ok((facts.key, facts.public_key_info)));
    }
}
