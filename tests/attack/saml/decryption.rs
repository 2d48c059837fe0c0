//! Decryption: ciphertexts that do not open, and what is inside those that do.

use gatewright_terms::Refusal as R;
use testkit::saml::{Cipher, Encryption, GLOBEX, SP_NEXT, encrypt};

use super::message::{Base, Message, forged, once};
use super::variant::{Defect, StoppedBy, check, hold};
use super::world::deliver;

/// ST-SAML-07, ST-SAML-23: what was inside is as alleged as anything else.
#[test]
fn what_does_not_decrypt_to_an_assertion_is_refused() {
    hold("decryption");
}

const ROWS: &[u8] = &[23];

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = ciphertexts();
    all.extend(contents());
    all
}

/// All of these look alike: see below.
fn ciphertexts() -> Vec<Defect> {
    let broken = |name: &str, change: fn(Message) -> Message| {
        check(name, ROWS, R::SamlEncryption, "not-decrypted", change).on(&[Base::Sealed])
    };
    let mut all = vec![
        broken("to-another-key", |m| m.encryption(|one| one.to = vec![&GLOBEX])),
        broken("to-the-next-key-too-early", |m| m.encryption(|one| one.to = vec![&SP_NEXT])),
        broken("one-bit-of-the-tag", |m| {
            m.after_with(|text| changed_ciphertext(&text, |bytes| *bytes.last_mut().unwrap() ^= 1))
        }),
        broken("one-bit-of-the-ciphertext", |m| m.after_with(|text| changed_ciphertext(&text, |bytes| bytes[40] ^= 1))),
        broken("one-bit-of-the-nonce", |m| m.after_with(|text| changed_ciphertext(&text, |bytes| bytes[0] ^= 1))),
        broken("tag-cut-short", |m| {
            m.after_with(|text| changed_ciphertext(&text, |bytes| bytes.truncate(bytes.len() - 4)))
        }),
        broken("three-bytes", |m| m.after_with(|text| changed_ciphertext(&text, |bytes| bytes.truncate(3)))),
        broken("nothing-but-nonce-and-tag", |m| {
            m.after_with(|text| changed_ciphertext(&text, |bytes| bytes.truncate(28)))
        }),
        broken("garbage-key", |m| m.after_with(|text| changed(&text, "<xenc:CipherValue>", |bytes| bytes.fill(7)))),
        broken("key-of-one-byte", |m| {
            m.after_with(|text| changed(&text, "<xenc:CipherValue>", |bytes| bytes.truncate(1)))
        }),
    ];
    // Under a signed response, whose provider itself sends rubbish.
    all.push(
        check("padding-of-rubbish", ROWS, R::SamlEncryption, "not-decrypted", |m| {
            m.encryption(|one| one.cipher = Cipher::Aes256Cbc).sealed_with(|text| {
                changed_ciphertext(&text, |bytes| {
                    let end = bytes.len() - 17;
                    bytes[end] ^= 0xFF;
                })
            })
        })
        .twin(|m| m.encryption(|one| one.cipher = Cipher::Aes256Cbc))
        .on(&[Base::SealedResponse, Base::SealedBoth]),
    );
    all
}

fn changed_ciphertext(text: &str, change: fn(&mut Vec<u8>)) -> String {
    let at = text.rfind("<xenc:CipherValue>").unwrap();
    format!("{}{}", &text[..at], changed(&text[at..], "<xenc:CipherValue>", change))
}

/// The base64 behind the first of these tags, changed as bytes.
fn changed(text: &str, open: &str, change: fn(&mut Vec<u8>)) -> String {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    let (before, rest) = text.split_once(open).unwrap();
    let (value, after) = rest.split_once('<').unwrap();
    let mut bytes = BASE64_STANDARD.decode(value).unwrap();
    change(&mut bytes);
    format!("{before}{open}{}<{after}", BASE64_STANDARD.encode(bytes))
}

/// What is inside is as alleged as anything else.
fn contents() -> Vec<Defect> {
    let inside = |name: &str, rows: &'static [u8], refusal: R, reason: &'static str, change: fn(String) -> String| {
        check(name, rows, refusal, reason, move |m: Message| m.inside_with(change)).on(Base::SEALED)
    };
    let structure = R::SamlStructure;
    vec![
        inside("encrypted-within-encrypted", &[5, 7], R::SamlEncryption, "not-decrypted", |text| {
            encrypt(&text, &Encryption::default())
        }),
        inside("two-assertions-inside", &[5, 7], structure, "two-assertions", |text| {
            format!("{}{text}", forged(&text))
        }),
        inside("assertion-within-assertion", &[5, 7], structure, "assertion-elsewhere", |text| {
            once(
                &text,
                "</saml:Conditions>",
                &format!("</saml:Conditions><saml:Advice>{}</saml:Advice>", forged(&text)),
            )
        }),
        inside("response-inside", &[5, 7], structure, "assertion-elsewhere", |_| Message::honest(Base::Both).text()),
        inside("other-element-inside", &[5, 7], structure, "no-assertion", |_| "<x:y xmlns:x=\"urn:x\"/>".to_owned()),
        inside("text-inside", &[5, 7], R::SamlEncryption, "not-decrypted", |_| "ada-1".to_owned()),
        inside("nothing-inside", &[5, 7], R::SamlEncryption, "not-decrypted", |_| String::new()),
        inside("comment-inside", &[4, 7], R::SamlEncryption, "not-decrypted", |text| {
            once(&text, ">ada-1<", ">ada-1<!-- -->.x<")
        }),
        inside("document-type-inside", &[3, 7], R::SamlEncryption, "not-decrypted", |text| {
            format!("<!DOCTYPE x>{text}")
        }),
        inside("closes-the-response", &[5, 7], R::SamlEncryption, "not-decrypted", |text| {
            format!("{text}</samlp:Response><samlp:Response>")
        }),
        inside("id-of-the-response-inside", &[5, 7], structure, "id-doubled", |text| {
            text.replace("ID=\"_assertion\"", "ID=\"_response\"")
        })
        .on(&[Base::SealedResponse]),
        inside("depth-inside", &[7, 22], R::SamlEncryption, "not-decrypted", |text| {
            text.replacen(">Ada<", &format!(">{}<", "<d>".repeat(40)), 1)
        }),
    ]
}

/// ST-SAML-23: why something was not decrypted shows neither in the refusal nor in its story.
#[test]
fn all_failures_of_decryption_look_alike() {
    let stories: Vec<_> = ciphertexts()
        .iter()
        .flat_map(|defect| defect.variants("decryption"))
        .filter(|variant| variant.base == Base::Sealed && variant.stopped_by == StoppedBy::Checks)
        .map(|variant| {
            let refused = deliver(&variant.bad.0.form_value(), &variant.bad.1).result.expect_err("refused");
            let last = refused.story.last().cloned();
            (refused.refusal, refused.reason, last)
        })
        .collect();
    assert!(stories.len() > 5);
    assert!(stories.windows(2).all(|pair| pair[0] == pair[1]), "{stories:?}");
}
