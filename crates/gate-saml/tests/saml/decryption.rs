//! Decryption: every cipher, every key of ours, and one answer for everything that is wrong.

use gate_saml::{Decrypting, KeyRefused};
use gatewright_saml::screen::screen_response;
use gatewright_saml::{Decryptor as _, NotDecrypted};
use testkit::saml::{ACME, Cipher, Encryption, GLOBEX, Idp, Key, P256, Placement, SP, SP_NEXT, Signs, Transport, WEAK};

use crate::message::answer;

fn encrypted(encryption: Encryption) -> String {
    let mut answer = answer(Signs::Both);
    answer.encryption = Some(encryption);
    Idp::acme().response_xml(&answer)
}

fn decrypting(keys: &[&Key]) -> Decrypting {
    Decrypting::new(&keys.iter().map(|key| key.key_der()).collect::<Vec<_>>()).expect("keys")
}

fn decrypt(message: &str, keys: &[&Key]) -> Result<String, NotDecrypted> {
    let screened = screen_response(message.as_bytes()).unwrap_or_else(|refused| panic!("{refused}: {message}"));
    let plain = decrypting(keys).decrypt(&screened.encrypted().expect("an encrypted assertion"))?;
    Ok(String::from_utf8_lossy(&plain).into_owned())
}

#[test]
fn st_saml_23_every_cipher_is_decrypted() {
    for cipher in Cipher::ALL {
        for transport in [Transport::OaepSha1, Transport::OaepSha256] {
            for placement in [Placement::Inside, Placement::Beside] {
                let message = encrypted(Encryption { to: vec![&SP], cipher, transport, placement });
                let plain = decrypt(&message, &[&SP]).unwrap_or_else(|_| panic!("{cipher:?} {transport:?}"));
                assert!(plain.starts_with("<saml:Assertion ") && plain.ends_with("</saml:Assertion>"), "{plain}");
            }
        }
    }
}

/// ST-SAML-23: present, next and previous key.
#[test]
fn st_saml_23_every_key_of_ours_is_tried() {
    let message = encrypted(Encryption::default());
    for keys in [[&SP, &SP_NEXT, &GLOBEX], [&SP_NEXT, &SP, &GLOBEX], [&GLOBEX, &SP_NEXT, &SP]] {
        assert!(decrypt(&message, &keys).is_ok());
    }
    assert_eq!(decrypt(&message, &[&SP_NEXT, &GLOBEX]), Err(NotDecrypted));
    let message = encrypted(Encryption { to: vec![&ACME, &GLOBEX, &SP_NEXT], ..Encryption::default() });
    assert!(decrypt(&message, &[&SP, &SP_NEXT]).is_ok(), "one of several recipients is us");
}

/// ST-SAML-23: whatever is wrong, the answer is the same.
#[test]
fn st_saml_23_every_failure_is_the_same() {
    for cipher in Cipher::ALL {
        let message = encrypted(Encryption { cipher, ..Encryption::default() });
        let data = between(&message, "<xenc:CipherValue>", "</xenc:CipherValue>", 1);
        let key = between(&message, "<xenc:CipherValue>", "</xenc:CipherValue>", 0);
        let gcm = matches!(cipher, Cipher::Aes128Gcm | Cipher::Aes256Gcm);
        for (what, changed) in [
            ("another key", with(&message, &key, |bytes| bytes[5] ^= 1)),
            ("a short key", with(&message, &key, |bytes| bytes.truncate(255))),
            ("a cut end", with(&message, &data, |bytes| bytes.truncate(bytes.len() - 1))),
            ("a cut block", with(&message, &data, |bytes| bytes.truncate(16))),
            ("almost nothing", with(&message, &data, |bytes| bytes.truncate(27))),
        ] {
            assert_eq!(decrypt(&changed, &[&SP]), Err(NotDecrypted), "{cipher:?}: {what}");
        }
        if gcm {
            for at in [0, 12, 40] {
                let changed = with(&message, &data, |bytes| bytes[at] ^= 1);
                assert_eq!(decrypt(&changed, &[&SP]), Err(NotDecrypted), "{cipher:?}: byte {at}");
            }
            let changed = with(&message, &data, |bytes| *bytes.last_mut().unwrap() ^= 1);
            assert_eq!(decrypt(&changed, &[&SP]), Err(NotDecrypted), "{cipher:?}: tag");
        }
    }
}

/// The last byte says the length of the padding, from 1 to 16, and nothing else of it is looked at.
#[test]
fn padding_is_from_one_byte_to_a_block() {
    for cipher in [Cipher::Aes128Cbc, Cipher::Aes256Cbc] {
        let message = encrypted(Encryption { cipher, ..Encryption::default() });
        let data = between(&message, "<xenc:CipherValue>", "</xenc:CipherValue>", 1);
        let plain = decrypt(&message, &[&SP]).expect("as it came");
        let blocks = decoded(&data).len() / 16 - 1;
        let padding = blocks * 16 - plain.len();
        let mut lengths = Vec::new();
        for value in 0..=255u8 {
            // The last byte of the block before the last turns the last byte of the plain text.
            let turn = u8::try_from(padding).unwrap() ^ value;
            let changed = with(&message, &data, |bytes| {
                let at = bytes.len() - 17;
                bytes[at] ^= turn;
            });
            match decrypt(&changed, &[&SP]) {
                Ok(given) => lengths.push((value, given.len())),
                Err(NotDecrypted) => assert!(value == 0 || value > 16, "padding of {value}"),
            }
        }
        assert_eq!(lengths.len(), 16);
        // What the turned block became is no UTF-8 and was replaced, so only whole padding is compared.
        assert!(lengths.iter().all(|(value, _)| (1..=16).contains(value)));
    }
}

#[test]
fn st_saml_23_a_key_that_cannot_decrypt_is_refused_at_the_start() {
    let refused = |keys: &[&Key]| Decrypting::new(&keys.iter().map(|key| key.key_der()).collect::<Vec<_>>()).err();
    assert_eq!(refused(&[]), Some(KeyRefused::None));
    assert_eq!(refused(&[&SP; 4]), Some(KeyRefused::TooMany));
    assert_eq!(refused(&[&SP, &P256]), Some(KeyRefused::NotRsa));
    assert!(matches!(refused(&[&WEAK]), Some(KeyRefused::TooShort | KeyRefused::NotRsa)));
    assert_eq!(refused(&[&SP, &SP_NEXT, &GLOBEX]), None);
    assert_eq!(format!("{:?}", decrypting(&[&SP])), "Decrypting(1 keys)");
}

fn between(text: &str, start: &str, end: &str, nth: usize) -> String {
    text.split(start).nth(nth + 1).unwrap().split(end).next().unwrap().to_owned()
}

fn decoded(base64: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.decode(base64).expect("base64")
}

/// The message with that value changed.
fn with(message: &str, value: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    use base64::Engine as _;
    let mut bytes = decoded(value);
    change(&mut bytes);
    message.replace(value, &base64::prelude::BASE64_STANDARD.encode(bytes))
}
