//! Encrypt: XML Encryption of an assertion, the strong ways and the weak ones.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey, PrivateDecryptingKey,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::keys::{Key, SP};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    Aes128Gcm,
    Aes256Gcm,
    Aes128Cbc,
    Aes256Cbc,
}

/// How the content key travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// `rsa-oaep-mgf1p`, SHA-1 throughout: what most providers send.
    OaepSha1,
    /// `xmlenc11#rsa-oaep` with SHA-256 and MGF1 with SHA-256.
    OaepSha256,
    Pkcs1,
}

/// Where `EncryptedKey` stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// In the `KeyInfo` of `EncryptedData`.
    Inside,
    /// After `EncryptedData`, named by a `RetrievalMethod`.
    Beside,
}

#[derive(Debug, Clone)]
pub struct Encryption {
    /// Each gets its own `EncryptedKey`.
    pub to: Vec<&'static Key>,
    pub cipher: Cipher,
    pub transport: Transport,
    pub placement: Placement,
}

impl Default for Encryption {
    /// To [`SP`], with AES-256-GCM and OAEP.
    fn default() -> Self {
        Self { to: vec![&SP], cipher: Cipher::Aes256Gcm, transport: Transport::OaepSha1, placement: Placement::Inside }
    }
}

/// `EncryptedAssertion` around the text.
pub fn encrypt(plain: &str, encryption: &Encryption) -> String {
    let mut key = vec![0; encryption.cipher.key_len()];
    aws_lc_rs::rand::fill(&mut key).unwrap();
    let data = BASE64_STANDARD.encode(encryption.cipher.seal(&key, plain.as_bytes()));
    let keys: Vec<String> = encryption.to.iter().map(|to| encrypted_key(to, encryption, &key)).collect();
    let (inside, beside) = match encryption.placement {
        Placement::Inside => (keys.concat(), String::new()),
        Placement::Beside => (
            "<ds:RetrievalMethod Type=\"http://www.w3.org/2001/04/xmlenc#EncryptedKey\" URI=\"#_key-0\"/>".to_owned(),
            keys.iter()
                .enumerate()
                .map(|(n, key)| key.replacen("<xenc:EncryptedKey", &format!("<xenc:EncryptedKey Id=\"_key-{n}\""), 1))
                .collect(),
        ),
    };
    format!(
        "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><xenc:EncryptedData \
         xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod Algorithm=\"{}\"/><ds:KeyInfo>{inside}\
         </ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{data}</xenc:CipherValue></xenc:CipherData>\
         </xenc:EncryptedData>{beside}</saml:EncryptedAssertion>",
        encryption.cipher.uri()
    )
}

fn encrypted_key(to: &Key, encryption: &Encryption, key: &[u8]) -> String {
    format!(
        "<xenc:EncryptedKey xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{}<xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue>\
         </xenc:CipherData></xenc:EncryptedKey>",
        encryption.transport.method(),
        BASE64_STANDARD.encode(encryption.transport.wrap(to, key))
    )
}

impl Cipher {
    pub const ALL: [Self; 4] = [Self::Aes128Gcm, Self::Aes256Gcm, Self::Aes128Cbc, Self::Aes256Cbc];

    pub fn uri(self) -> &'static str {
        match self {
            Self::Aes128Gcm => "http://www.w3.org/2009/xmlenc11#aes128-gcm",
            Self::Aes256Gcm => "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            Self::Aes128Cbc => "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
            Self::Aes256Cbc => "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
        }
    }

    fn key_len(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Cbc => 16,
            Self::Aes256Gcm | Self::Aes256Cbc => 32,
        }
    }

    /// The octets of `CipherValue`: initial value, ciphertext and, with GCM, the tag.
    fn seal(self, key: &[u8], plain: &[u8]) -> Vec<u8> {
        match self {
            Self::Aes128Gcm => gcm(UnboundKey::new(&AES_128_GCM, key).unwrap(), plain),
            Self::Aes256Gcm => gcm(UnboundKey::new(&AES_256_GCM, key).unwrap(), plain),
            Self::Aes128Cbc => cbc(UnboundCipherKey::new(&AES_128, key).unwrap(), plain),
            Self::Aes256Cbc => cbc(UnboundCipherKey::new(&AES_256, key).unwrap(), plain),
        }
    }
}

fn gcm(key: UnboundKey, plain: &[u8]) -> Vec<u8> {
    let mut nonce = [0; 12];
    aws_lc_rs::rand::fill(&mut nonce).unwrap();
    let mut sealed = plain.to_vec();
    let key = LessSafeKey::new(key);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).unwrap();
    [nonce.to_vec(), sealed].concat()
}

/// XML Encryption §5.2: the last byte says how many were added, the others are anything.
fn cbc(key: UnboundCipherKey, plain: &[u8]) -> Vec<u8> {
    let added = 16 - plain.len() % 16;
    let mut padded = plain.to_vec();
    padded.extend(std::iter::repeat_n(0xA7, added - 1));
    padded.push(u8::try_from(added).unwrap());
    let context = EncryptingKey::cbc(key).unwrap().encrypt(&mut padded).unwrap();
    let iv: &[u8] = (&context).try_into().unwrap();
    [iv, &padded].concat()
}

impl Transport {
    fn method(self) -> &'static str {
        match self {
            Self::OaepSha1 => {
                "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\">\
                 <ds:DigestMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#sha1\"/></xenc:EncryptionMethod>"
            }
            Self::OaepSha256 => {
                "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#rsa-oaep\">\
                 <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
                 <xenc11:MGF xmlns:xenc11=\"http://www.w3.org/2009/xmlenc11#\" \
                 Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1sha256\"/></xenc:EncryptionMethod>"
            }
            Self::Pkcs1 => "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-1_5\"/>",
        }
    }

    fn wrap(self, to: &Key, key: &[u8]) -> Vec<u8> {
        let public = PrivateDecryptingKey::from_pkcs8(&to.key_der()).unwrap().public_key();
        let mut out = vec![0; public.key_size_bytes()];
        let oaep = |algorithm, out: &mut [u8]| {
            let key_to = OaepPublicEncryptingKey::new(public.clone()).unwrap();
            key_to.encrypt(algorithm, key, out, None).unwrap().len()
        };
        let len = match self {
            Self::OaepSha1 => oaep(&OAEP_SHA1_MGF1SHA1, &mut out),
            Self::OaepSha256 => oaep(&OAEP_SHA256_MGF1SHA256, &mut out),
            Self::Pkcs1 => Pkcs1PublicEncryptingKey::new(public.clone()).unwrap().encrypt(key, &mut out).unwrap().len(),
        };
        out.truncate(len);
        out
    }
}
