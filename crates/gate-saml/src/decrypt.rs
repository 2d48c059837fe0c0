//! Decrypt: encrypted assertions, with our private keys.
//!
//! Reads what the screen took apart, gives the plain bytes of one element.
//!
//! Trust: anybody can encrypt to a published key; what comes out is as alleged as what went in (ST-SAML-07).
//! Invariant: RSA-OAEP and AES alone, never RSA PKCS#1 v1.5; which key and which cipher, the message says, among those that
//! the screen takes.
//! Invariant: every failure is the same answer, after the same work: each of our keys is tried on each encrypted key, and
//! where none fits, a random key is used in its place (ST-SAML-23).
//! Invariant: private keys and session keys are wiped.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{self, OaepAlgorithm, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use gatewright_saml::screen::{DataCipher, Encrypted, KeyTransport};
use gatewright_saml::{Decryptor, NotDecrypted};
use zeroize::Zeroizing;

/// Our present key, the next and the previous one: more than that is no rotation (ST-SAML-23).
pub const PRIVATE_KEYS_MAX: usize = 3;
/// RSA keys of ours. In bits.
pub const PRIVATE_KEY_BITS_MIN: usize = 2048;

/// The block of AES. In bytes.
const BLOCK: usize = 16;
/// AES-GCM as XML Encryption 1.1 §5.2.4 has it. In bytes.
const NONCE: usize = 12;
const TAG: usize = 16;

/// Our private keys.
pub struct Decrypting {
    keys: Vec<OaepPrivateDecryptingKey>,
}

/// A key that cannot decrypt assertions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRefused {
    /// There is none.
    None,
    /// There are more than [`PRIVATE_KEYS_MAX`].
    TooMany,
    /// It is no RSA key in PKCS#8.
    NotRsa,
    /// It has fewer than [`PRIVATE_KEY_BITS_MIN`] bits.
    TooShort,
}

impl std::fmt::Display for KeyRefused {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => write!(out, "there is no key"),
            Self::TooMany => write!(out, "there are more than {PRIVATE_KEYS_MAX} keys"),
            Self::NotRsa => write!(out, "it is no RSA key in PKCS#8"),
            Self::TooShort => write!(out, "it has fewer than {PRIVATE_KEY_BITS_MIN} bits"),
        }
    }
}

impl std::error::Error for KeyRefused {}

impl Decrypting {
    /// Private keys in PKCS#8, DER, in the order in which they are tried.
    pub fn new<K: AsRef<[u8]>>(keys: &[K]) -> Result<Self, KeyRefused> {
        match keys.len() {
            0 => Err(KeyRefused::None),
            1..=PRIVATE_KEYS_MAX => Ok(Self { keys: keys.iter().map(private_key).collect::<Result<_, _>>()? }),
            _ => Err(KeyRefused::TooMany),
        }
    }

    /// The session key, or a random one, and whether it is the session key.
    fn session_key(
        &self,
        algorithm: &'static OaepAlgorithm,
        encrypted: &[Vec<u8>],
        length: usize,
    ) -> Result<(Zeroizing<Vec<u8>>, bool), NotDecrypted> {
        let mut session_key = Zeroizing::new(vec![0; length]);
        aws_lc_rs::rand::fill(&mut session_key).map_err(|_| NotDecrypted)?;
        let mut found = false;
        for key in &self.keys {
            let mut plain = Zeroizing::new(vec![0; key.min_output_size()]);
            for encrypted in encrypted {
                let candidate = key.decrypt(algorithm, encrypted, &mut plain, None);
                if let (false, Ok(candidate)) = (found, candidate)
                    && candidate.len() == length
                {
                    session_key.copy_from_slice(candidate);
                    found = true;
                }
            }
        }
        Ok((session_key, found))
    }
}

impl std::fmt::Debug for Decrypting {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Decrypting({} keys)", self.keys.len())
    }
}

impl Decryptor for Decrypting {
    fn decrypt(&self, encrypted: &Encrypted<'_>) -> Result<Vec<u8>, NotDecrypted> {
        // Bounded by the screen.
        let keys = encrypted.encrypted_keys();
        let cipher = encrypted.data_algorithm();
        let (session_key, found) = self.session_key(oaep(encrypted.key_transport()), keys, key_length(cipher))?;
        let plain = decrypt_data(cipher, &session_key, encrypted.cipher_value());
        match (found, plain) {
            (true, Some(plain)) => Ok(plain),
            _ => Err(NotDecrypted),
        }
    }
}

fn private_key(pkcs8: &impl AsRef<[u8]>) -> Result<OaepPrivateDecryptingKey, KeyRefused> {
    let key = PrivateDecryptingKey::from_pkcs8(pkcs8.as_ref()).map_err(|_| KeyRefused::NotRsa)?;
    if key.key_size_bits() < PRIVATE_KEY_BITS_MIN {
        return Err(KeyRefused::TooShort);
    }
    OaepPrivateDecryptingKey::new(key).map_err(|_| KeyRefused::NotRsa)
}

fn oaep(transport: KeyTransport) -> &'static OaepAlgorithm {
    match transport {
        KeyTransport::OaepSha1Mgf1Sha1 => &rsa::OAEP_SHA1_MGF1SHA1,
        KeyTransport::OaepSha256 => &rsa::OAEP_SHA256_MGF1SHA256,
        KeyTransport::OaepSha384 => &rsa::OAEP_SHA384_MGF1SHA384,
        KeyTransport::OaepSha512 => &rsa::OAEP_SHA512_MGF1SHA512,
    }
}

/// In bytes.
fn key_length(cipher: DataCipher) -> usize {
    match cipher {
        DataCipher::Aes128Gcm | DataCipher::Aes128Cbc => 16,
        DataCipher::Aes256Gcm | DataCipher::Aes256Cbc => 32,
    }
}

fn decrypt_data(cipher: DataCipher, key: &[u8], value: Vec<u8>) -> Option<Vec<u8>> {
    match cipher {
        DataCipher::Aes128Gcm => gcm(&aead::AES_128_GCM, key, value),
        DataCipher::Aes256Gcm => gcm(&aead::AES_256_GCM, key, value),
        DataCipher::Aes128Cbc => cbc(&cipher::AES_128, key, value),
        DataCipher::Aes256Cbc => cbc(&cipher::AES_256, key, value),
    }
}

/// Nonce, ciphertext, tag.
fn gcm(algorithm: &'static aead::Algorithm, key: &[u8], mut value: Vec<u8>) -> Option<Vec<u8>> {
    if value.len() < NONCE + TAG {
        return None;
    }
    let mut sealed = value.split_off(NONCE);
    let nonce = Nonce::try_assume_unique_for_key(&value).ok()?;
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
    let length = key.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?.len();
    sealed.truncate(length);
    Some(sealed)
}

/// Vector, ciphertext; the last byte says how many bytes at the end are padding, and the others of them mean nothing
/// (XML Encryption 1.1 §5.2). Nothing here vouches for the plain bytes: a verified signature over the ciphertext must.
fn cbc(algorithm: &'static cipher::Algorithm, key: &[u8], mut value: Vec<u8>) -> Option<Vec<u8>> {
    if value.len() < 2 * BLOCK || !value.len().is_multiple_of(BLOCK) {
        return None;
    }
    let mut blocks = value.split_off(BLOCK);
    let vector: [u8; BLOCK] = value.try_into().ok()?;
    let key = DecryptingKey::cbc(UnboundCipherKey::new(algorithm, key).ok()?).ok()?;
    key.decrypt(&mut blocks, DecryptionContext::Iv128(FixedLength::from(vector))).ok()?;
    let padding = usize::from(*blocks.last()?);
    // One comparison, whatever the byte is; no byte of the padding but the last is looked at.
    if padding.wrapping_sub(1) >= BLOCK {
        return None;
    }
    blocks.truncate(blocks.len().saturating_sub(padding));
    Some(blocks)
}
