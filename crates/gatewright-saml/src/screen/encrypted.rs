//! Encrypted: the one shape of an encrypted assertion, and what else is encrypted (ST-SAML-23).
//!
//! Keys stand inside the data or beside it; both are seen at real providers, with references between the two.
//!
//! Invariant: no cipher text is fetched, no key is derived, no RSA-1.5, no parameter that is not checked here.

use gatewright_terms::Refusal;

use super::algorithms::{Hash, hash, mask};
use super::key_info::{self, has_only, is_empty};
use super::octets::base64_with_white_space;
use super::{ASSERTION, DSIG, Work, XENC, place_of, refuse};
use crate::refused::{Refused, echo};
use crate::xml::{Document, Element, is_white};

const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
const TYPE_ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
const TYPE_KEY: &str = "http://www.w3.org/2001/04/xmlenc#EncryptedKey";

/// One for each recipient or certificate. Each costs a private operation when it is tried.
pub const ENCRYPTED_KEYS_MAX: usize = 4;
/// In bytes: RSA with 8192 bits.
pub const ENCRYPTED_KEY_BYTES_MAX: usize = 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataCipher {
    Aes128Gcm,
    Aes256Gcm,
    /// Only under a verified signature over the cipher text: padding oracles.
    Aes128Cbc,
    /// The same.
    Aes256Cbc,
}

/// RSA-OAEP with one hash for both purposes and no label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyTransport {
    OaepSha1Mgf1Sha1,
    OaepSha256,
    OaepSha384,
    OaepSha512,
}

/// What [`super::Encrypted`] shows.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) at: usize,
    pub(super) data: DataCipher,
    pub(super) transport: KeyTransport,
    pub(super) keys: Vec<Vec<u8>>,
    pub(super) cipher: Vec<u8>,
}

/// Rules `encrypted-id` and `encrypted-attribute`: we ask for encrypted assertions, never for these.
pub(super) fn others(document: &Document<'_>, work: &mut Work) -> Result<(), Refused> {
    for element in document.root().descendants() {
        work.visit(element);
        let reason = match (element.namespace(), element.name()) {
            (ASSERTION, "EncryptedID") => "encrypted-id",
            (ASSERTION, "EncryptedAttribute") => "encrypted-attribute",
            _ => continue,
        };
        return Err(encryption(reason, element, "is encrypted by itself, which is not taken"));
    }
    Ok(())
}

/// The shape of the encrypted assertion, if there is one.
pub(super) fn check(document: &Document<'_>, work: &mut Work) -> Result<Option<Parts>, Refused> {
    let Some(encrypted) = document.root().child(ASSERTION, "EncryptedAssertion").next() else {
        return Ok(None);
    };
    for element in encrypted.descendants() {
        work.visit(element);
        if element.has_text_beside_elements() {
            return Err(shape("encrypted-text", element, "holds text beside elements"));
        }
    }
    let mut data = None;
    let mut keys = Vec::new();
    for child in encrypted.children() {
        match (child.namespace(), child.name()) {
            (XENC, "EncryptedData") if data.is_none() && keys.is_empty() => data = Some(child),
            (XENC, "EncryptedData") => {
                return Err(shape("encrypted-data-count", child, "stands twice or behind a key"));
            }
            (XENC, "EncryptedKey") => add_key(&mut keys, child)?,
            _ => return Err(shape("encrypted-part", child, "has no place in an encrypted assertion")),
        }
    }
    let data = data.ok_or_else(|| shape("encrypted-data-count", encrypted, "holds no `EncryptedData`"))?;
    let (cipher, value) = data_of(data, &mut keys, work)?;
    let (transport, keys) = keys_of(encrypted, &keys, data, work)?;
    Ok(Some(Parts { at: encrypted.index(), data: cipher, transport, keys, cipher: value }))
}

/// Rules `encrypted-data-attribute`, `encrypted-type`, `encrypted-data-part`, `data-cipher`, `encryption-parameters`.
fn data_of<'d>(
    data: Element<'d>,
    keys: &mut Vec<Element<'d>>,
    work: &mut Work,
) -> Result<(DataCipher, Vec<u8>), Refused> {
    if !has_only(data, &["Id", "Type"]) {
        return Err(shape("encrypted-data-attribute", data, "has an attribute that is not taken"));
    }
    // SAML Core §2.3.4: it should be there, and must then be this.
    if data.attribute("Type").is_some_and(|kind| kind != TYPE_ELEMENT) {
        return Err(shape("encrypted-type", data, "is not of the type of an element"));
    }
    let mut children = data.children().peekable();
    let wrong = || shape("encrypted-data-part", data, "must hold `EncryptionMethod`, `KeyInfo` and `CipherData`");
    let method = children.next_if(|child| child.is(XENC, "EncryptionMethod")).ok_or_else(wrong)?;
    let key_info = children.next_if(|child| child.is(DSIG, "KeyInfo"));
    let cipher_data = children.next_if(|child| child.is(XENC, "CipherData")).ok_or_else(wrong)?;
    if children.next().is_some() {
        return Err(wrong());
    }
    let uri = algorithm(method)?;
    let cipher = data_cipher(uri).ok_or_else(|| refused_algorithm("data-cipher", method, uri))?;
    if !is_empty(method) {
        return Err(shape("encryption-parameters", method, "has parameters"));
    }
    if let Some(key_info) = key_info {
        data_key_info(key_info, keys, work)?;
    }
    Ok((cipher, cipher_value(cipher_data, work)?))
}

/// Rules `encrypted-reference` and those of `KeyInfo`: keys, names of keys, and where a key stands beside.
fn data_key_info<'d>(key_info: Element<'d>, keys: &mut Vec<Element<'d>>, work: &mut Work) -> Result<(), Refused> {
    if !has_only(key_info, &["Id"]) {
        return Err(shape("encrypted-data-attribute", key_info, "has an attribute that is not taken"));
    }
    let beside = keys.clone();
    for child in key_info.children() {
        match (child.namespace(), child.name()) {
            (XENC, "EncryptedKey") => add_key(keys, child)?,
            (DSIG, "RetrievalMethod") => {
                let names_one = child.attribute("URI").is_some_and(|uri| beside.iter().any(|key| refers_to(uri, *key)));
                let is_key = child.attribute("Type").is_none_or(|kind| kind == TYPE_KEY);
                if !names_one || !is_key || !has_only(child, &["URI", "Type"]) || !is_empty(child) {
                    return Err(shape("encrypted-reference", child, "does not name a key beside the data"));
                }
            }
            _ => key_info::check_child(child, work)?,
        }
    }
    Ok(())
}

/// Rule `encrypted-key-count`, before there are more.
fn add_key<'d>(keys: &mut Vec<Element<'d>>, key: Element<'d>) -> Result<(), Refused> {
    if keys.len() >= ENCRYPTED_KEYS_MAX {
        return Err(shape("encrypted-key-count", key, &format!("is one of more than {ENCRYPTED_KEYS_MAX} keys")));
    }
    keys.push(key);
    Ok(())
}

fn refers_to(uri: &str, element: Element<'_>) -> bool {
    uri.strip_prefix('#').is_some_and(|id| !id.is_empty() && element.attribute("Id") == Some(id))
}

/// Rules `encrypted-key-count` and `key-transports-differ`.
fn keys_of(
    encrypted: Element<'_>,
    keys: &[Element<'_>],
    data: Element<'_>,
    work: &mut Work,
) -> Result<(KeyTransport, Vec<Vec<u8>>), Refused> {
    let mut transport = None;
    let mut values = Vec::new();
    for key in keys {
        let (own, value) = key_of(*key, data, work)?;
        if *transport.get_or_insert(own) != own {
            return Err(encryption("key-transports-differ", *key, "is encrypted in another way than the one before"));
        }
        values.push(value);
    }
    let transport = transport.ok_or_else(|| shape("encrypted-key-count", encrypted, "holds no key"))?;
    Ok((transport, values))
}

/// Rules `encrypted-key-attribute`, `encrypted-key-part`, `encrypted-key-length`.
fn key_of(key: Element<'_>, data: Element<'_>, work: &mut Work) -> Result<(KeyTransport, Vec<u8>), Refused> {
    if !has_only(key, &["Id", "Recipient"]) {
        return Err(shape("encrypted-key-attribute", key, "has an attribute that is not taken"));
    }
    let mut children = key.children().peekable();
    let wrong = || shape("encrypted-key-part", key, "must hold `EncryptionMethod`, `KeyInfo` and `CipherData`");
    let method = children.next_if(|child| child.is(XENC, "EncryptionMethod")).ok_or_else(wrong)?;
    if let Some(key_info) = children.next_if(|child| child.is(DSIG, "KeyInfo")) {
        key_info::check(key_info, work)?;
    }
    let cipher_data = children.next_if(|child| child.is(XENC, "CipherData")).ok_or_else(wrong)?;
    if let Some(list) = children.next_if(|child| child.is(XENC, "ReferenceList")) {
        reference_list(list, data)?;
    }
    let name = children.next_if(|child| child.is(XENC, "CarriedKeyName"));
    if children.next().is_some() || name.is_some_and(|name| name.text().is_none() || !has_only(name, &[])) {
        return Err(wrong());
    }
    let transport = transport(method)?;
    let value = cipher_value(cipher_data, work)?;
    if value.len() > ENCRYPTED_KEY_BYTES_MAX {
        return Err(shape("encrypted-key-length", key, "is longer than any key"));
    }
    Ok((transport, value))
}

/// Rule `encrypted-reference`: the list of a key beside the data names that data.
fn reference_list(list: Element<'_>, data: Element<'_>) -> Result<(), Refused> {
    let names_data = |child: Element<'_>| {
        child.is(XENC, "DataReference")
            && has_only(child, &["URI"])
            && is_empty(child)
            && child.attribute("URI").is_some_and(|uri| refers_to(uri, data))
    };
    if has_only(list, &[]) && list.children().count() == 1 && list.children().all(names_data) {
        return Ok(());
    }
    Err(shape("encrypted-reference", list, "does not name the data alone"))
}

/// Rules `rsa-1-5`, `key-transport`, `oaep-parameters`, `oaep-hash`, `oaep-hashes-differ`.
fn transport(method: Element<'_>) -> Result<KeyTransport, Refused> {
    let uri = algorithm(method)?;
    let may_choose_mask = match uri {
        "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p" => false,
        "http://www.w3.org/2009/xmlenc11#rsa-oaep" => true,
        "http://www.w3.org/2001/04/xmlenc#rsa-1_5" => {
            return Err(refused_algorithm("rsa-1-5", method, uri));
        }
        _ => return Err(refused_algorithm("key-transport", method, uri)),
    };
    let (mut digest, mut generator) = (None, None);
    for child in method.children() {
        let (slot, list): (_, fn(&str) -> Option<Hash>) = match (child.namespace(), child.name()) {
            (DSIG, "DigestMethod") => (&mut digest, hash),
            (XENC11, "MGF") if may_choose_mask => (&mut generator, mask),
            _ => return Err(shape("oaep-parameters", child, "is a parameter that is not taken")),
        };
        let uri = algorithm(child)?;
        let known = list(uri).ok_or_else(|| refused_algorithm("oaep-hash", child, uri))?;
        if slot.replace(known).is_some() || !is_empty(child) {
            return Err(shape("oaep-parameters", child, "stands twice or holds something"));
        }
    }
    if method.text().is_some_and(|text| !text.chars().all(is_white)) {
        return Err(shape("oaep-parameters", method, "holds text"));
    }
    // XML Encryption 1.1 §5.5.2: SHA-1 is what is meant where nothing is said.
    match (digest.unwrap_or(Hash::Sha1), generator.unwrap_or(Hash::Sha1)) {
        (Hash::Sha1, Hash::Sha1) => Ok(KeyTransport::OaepSha1Mgf1Sha1),
        (Hash::Sha256, Hash::Sha256) => Ok(KeyTransport::OaepSha256),
        (Hash::Sha384, Hash::Sha384) => Ok(KeyTransport::OaepSha384),
        (Hash::Sha512, Hash::Sha512) => Ok(KeyTransport::OaepSha512),
        (Hash::Sha1 | Hash::Sha256 | Hash::Sha384 | Hash::Sha512, _) => {
            Err(encryption("oaep-hashes-differ", method, "has one hash for the label and another for the mask"))
        }
    }
}

fn data_cipher(uri: &str) -> Option<DataCipher> {
    Some(match uri {
        "http://www.w3.org/2009/xmlenc11#aes128-gcm" => DataCipher::Aes128Gcm,
        "http://www.w3.org/2009/xmlenc11#aes256-gcm" => DataCipher::Aes256Gcm,
        "http://www.w3.org/2001/04/xmlenc#aes128-cbc" => DataCipher::Aes128Cbc,
        "http://www.w3.org/2001/04/xmlenc#aes256-cbc" => DataCipher::Aes256Cbc,
        _ => return None,
    })
}

/// Rules `cipher-reference` and `cipher-value`.
fn cipher_value(cipher_data: Element<'_>, work: &mut Work) -> Result<Vec<u8>, Refused> {
    let mut children = cipher_data.children();
    let value = match (children.next(), children.next()) {
        (Some(value), None) if has_only(cipher_data, &[]) => value,
        _ => return Err(shape("cipher-value", cipher_data, "must hold exactly one `CipherValue`")),
    };
    if value.name() == "CipherReference" {
        return Err(shape("cipher-reference", value, "fetches the cipher text from elsewhere"));
    }
    let text = value.text().filter(|_| value.is(XENC, "CipherValue") && has_only(value, &[]));
    let octets = text.and_then(|text| {
        work.read(text);
        base64_with_white_space(text)
    });
    octets.filter(|octets| !octets.is_empty()).ok_or_else(|| shape("cipher-value", value, "is no base64, or empty"))
}

/// Rule `encryption-attribute`.
fn algorithm(element: Element<'_>) -> Result<&str, Refused> {
    let uri = element.attribute("Algorithm").filter(|_| has_only(element, &["Algorithm"]));
    uri.ok_or_else(|| shape("encryption-attribute", element, "must have `Algorithm` and nothing else"))
}

fn refused_algorithm(reason: &'static str, element: Element<'_>, uri: &str) -> Refused {
    encryption(reason, element, &format!("is {}, which is not allowed", echo(uri)))
}

fn encryption(reason: &'static str, element: Element<'_>, what: &str) -> Refused {
    refuse(Refusal::SamlEncryption, reason, format!("{} {what}", place_of(element)))
}

fn shape(reason: &'static str, element: Element<'_>, what: &str) -> Refused {
    refuse(Refusal::SamlStructure, reason, format!("{} {what}", place_of(element)))
}
