//! Encryption: what anybody can encrypt to our published key, and what must not be decrypted at all.

use gatewright_bundle::program::Encryption as Wanted;
use gatewright_terms::Refusal as R;
use testkit::saml::{
    ACME, Cipher, Digest, Encryption, GLOBEX, Method, Placement, SP, SP_NEXT, Signature, Signs, Transport, encrypt,
};

use super::message::{Base, Message, around, element, forged, once, without_signature};
use super::variant::{Defect, check, hold, screen};

/// ST-SAML-07, ST-SAML-23: an encrypted assertion proves nothing but that somebody knew our certificate.
#[test]
fn encrypted_messages_are_refused() {
    hold("encryption");
}

const ROWS: &[u8] = &[23];

pub(crate) fn defects() -> Vec<Defect> {
    let mut all = unsigned();
    all.extend(algorithms());
    all.extend(fetched());
    all.extend(shapes());
    all
}

/// Encryption is no signature.
fn unsigned() -> Vec<Defect> {
    vec![
        check("unsigned-assertion-encrypted-by-anybody", &[6, 7], R::SamlSignatureMissing, "unsigned", |m| {
            m.answer(|answer| answer.signs = Signs::Nothing)
        })
        .on(Base::SEALED),
        check("signature-taken-out-before-encrypting", &[7], R::SamlSignatureMissing, "unsigned", |m| {
            m.inside_with(|text| without_signature(&text).1)
        })
        .on(&[Base::Sealed]),
        check(
            "assertion-signature-asked-response-signed",
            &[6, 7],
            R::SamlSignatureMissing,
            "assertion-unsigned",
            |m| m.answer(|answer| answer.signs = Signs::Response),
        )
        .on(&[Base::Sealed, Base::SealedBoth])
        .setting(|setting| setting.saml.want_signed = gatewright_bundle::program::WantSigned::Assertion),
        screen(
            "response-signature-asked-assertion-signed",
            &[6, 7],
            R::SamlSignatureMissing,
            "response-unsigned",
            |m| m.answer(|answer| answer.signs = Signs::Assertion),
        )
        .on(&[Base::SealedResponse, Base::SealedBoth])
        .setting(|setting| setting.saml.want_signed = gatewright_bundle::program::WantSigned::Response),
        check("inner-signature-of-a-stranger", &[7, 11], R::SamlSignature, "signature", |mut m| {
            m.assertion = Signature::by(&GLOBEX);
            m
        })
        .on(&[Base::Sealed, Base::SealedBoth]),
        check("changed-before-encrypting", &[1, 7], R::SamlSignature, "signature", |m| {
            m.inside_with(|text| once(&text, ">ada-1<", ">owner-1<"))
        })
        .on(&[Base::Sealed, Base::SealedBoth]),
        check("weak-inner-signature", &[7, 9], R::SamlAlgorithm, "signature-method", |mut m| {
            m.assertion.method = Method::RsaSha1;
            m
        })
        .on(&[Base::Sealed, Base::SealedBoth]),
        check("weak-inner-digest", &[7, 9], R::SamlAlgorithm, "digest-method", |mut m| {
            m.assertion = m.assertion.digest(Digest::Sha1);
            m
        })
        .on(&[Base::Sealed, Base::SealedBoth]),
        check("exchanged-under-a-signed-response", &[1, 7], R::SamlSignature, "signature", |m| {
            m.after_with(|text| {
                let (before, _, after) = around(&text, "saml:EncryptedAssertion");
                let plain = Message::honest(Base::Assertion).text();
                format!(
                    "{before}{}{after}",
                    encrypt(&forged(element(&plain, "saml:Assertion")), &Encryption::default())
                )
            })
        })
        .on(&[Base::SealedResponse, Base::SealedBoth]),
        screen("plain-where-encryption-is-asked", ROWS, R::SamlEncryption, "not-encrypted", |m| {
            m.answer(|answer| answer.encryption = None)
        })
        .on(Base::SEALED)
        .setting(|setting| setting.saml.encryption = Wanted::Required),
    ]
}

fn algorithms() -> Vec<Defect> {
    let named = |name: &str, refusal: R, reason: &'static str, from: &'static str, to: &'static str| {
        screen(name, ROWS, refusal, reason, move |m: Message| {
            m.after_with(move |text| {
                assert!(text.contains(from), "{from}");
                text.replace(from, to)
            })
        })
        .on(&[Base::Sealed])
    };
    let gcm = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
    let oaep = "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\">";
    vec![
        screen("rsa-1-5", ROWS, R::SamlEncryption, "rsa-1-5", |m| m.encryption(|one| one.transport = Transport::Pkcs1))
            .on(Base::SEALED),
        check("cbc-outside-a-signed-response", ROWS, R::SamlEncryption, "cbc-without-signature", |m| {
            m.encryption(|one| one.cipher = Cipher::Aes256Cbc)
        })
        .on(&[Base::Sealed]),
        check("short-cbc-outside-a-signed-response", ROWS, R::SamlEncryption, "cbc-without-signature", |m| {
            m.encryption(|one| one.cipher = Cipher::Aes128Cbc)
        })
        .on(&[Base::Sealed]),
        named("triple-des", R::SamlEncryption, "data-cipher", gcm, "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"),
        named("aes-192", R::SamlEncryption, "data-cipher", gcm, "http://www.w3.org/2009/xmlenc11#aes192-gcm"),
        named(
            "chacha",
            R::SamlEncryption,
            "data-cipher",
            gcm,
            "http://www.w3.org/2021/04/xmldsig-more#chacha20poly1305",
        ),
        named("no-cipher", R::SamlEncryption, "data-cipher", gcm, ""),
        named(
            "key-wrap",
            R::SamlEncryption,
            "key-transport",
            "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
            "http://www.w3.org/2001/04/xmlenc#kw-aes256",
        ),
        named(
            "key-agreement",
            R::SamlEncryption,
            "key-transport",
            "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
            "http://www.w3.org/2009/xmlenc11#ECDH-ES",
        ),
        named(
            "oaep-with-md5",
            R::SamlEncryption,
            "oaep-hash",
            "<ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/>",
            "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#md5\"/>",
        ),
        named(
            "oaep-with-a-label",
            R::SamlStructure,
            "oaep-parameters",
            oaep,
            "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"><xenc:OAEPparams>AAAA</xenc:OAEPparams>",
        ),
        named(
            "oaep-with-two-digests",
            R::SamlStructure,
            "oaep-parameters",
            oaep,
            "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"><ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/>",
        ),
    ]
}

/// What is said to lie elsewhere.
fn fetched() -> Vec<Defect> {
    let ciphertext = |name: &str, uri: &'static str| {
        screen(name, ROWS, R::SamlStructure, "cipher-reference", move |m: Message| {
            m.after_with(move |text| {
                let (start, close) = (text.rfind("<xenc:CipherValue>").unwrap(), "</xenc:CipherValue>");
                let end = text.rfind(close).unwrap() + close.len();
                format!("{}<xenc:CipherReference URI=\"{uri}\"/>{}", &text[..start], &text[end..])
            })
        })
        .on(&[Base::Sealed])
    };
    vec![
        ciphertext("ciphertext-from-the-network", "http://127.0.0.1:9/x"),
        ciphertext("ciphertext-from-a-file", "file:///etc/hostname"),
        screen("key-from-the-network", ROWS, R::SamlStructure, "encrypted-reference", |m| {
            m.encryption(|one| one.placement = Placement::Beside)
                .after("URI=\"#_key-0\"", "URI=\"http://127.0.0.1:9/key\"")
        })
        .twin(|m| m.encryption(|one| one.placement = Placement::Beside))
        .on(&[Base::Sealed]),
    ]
}

fn shapes() -> Vec<Defect> {
    let edited = |name: &str, refusal: R, reason: &'static str, from: &'static str, to: &'static str| {
        screen(name, ROWS, refusal, reason, move |m: Message| {
            m.after_with(move |text| {
                assert!(text.contains(from), "{from}");
                text.replacen(from, to, 1)
            })
        })
        .on(&[Base::Sealed])
    };
    let structure = R::SamlStructure;
    vec![
        edited(
            "empty-ciphertext",
            structure,
            "cipher-value",
            "<xenc:CipherValue>",
            "<xenc:CipherValue></xenc:CipherValue><xenc:CipherValue>",
        ),
        edited("type-content", structure, "encrypted-type", "xmlenc#Element\"", "xmlenc#Content\""),
        edited(
            "two-encrypted-data",
            structure,
            "encrypted-data-count",
            "</xenc:EncryptedData>",
            "</xenc:EncryptedData><x:EncryptedData xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"/>",
        ),
        edited(
            "stranger-beside",
            structure,
            "encrypted-part",
            "</xenc:EncryptedData>",
            "</xenc:EncryptedData><x:y xmlns:x=\"urn:x\"/>",
        ),
        edited(
            "plain-assertion-beside",
            structure,
            "assertion-elsewhere",
            "</xenc:EncryptedData>",
            "</xenc:EncryptedData><saml:Assertion ID=\"_x\"/>",
        ),
        edited(
            "properties",
            structure,
            "encrypted-data-part",
            "</xenc:CipherData></xenc:EncryptedData>",
            "</xenc:CipherData><xenc:EncryptionProperties/></xenc:EncryptedData>",
        ),
        screen("five-recipients", &[22, 23], structure, "encrypted-key-count", |m| {
            m.encryption(|one| one.to = vec![&SP; 5])
        })
        .twin(|m| m.encryption(|one| one.to = vec![&GLOBEX, &ACME, &SP_NEXT, &SP]))
        .on(Base::SEALED),
    ]
}
