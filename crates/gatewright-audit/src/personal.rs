//! Personal: the plain form of a record's personal fields, and the commitment that the chain holds in their place.
//!
//! Reads names and values and a salt; gives the bytes that the gate seals, and their HMAC.
//!
//! Invariant: a salt of its own in every record, inside the sealed part: whoever holds the audit key, but not the
//! person's key, cannot try addresses against the commitment, and equal persons give unequal commitments.

use gatewright_terms::Slug;
use hmac::{Hmac, KeyInit as _, Mac as _};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use sha2::Sha256;

/// The personal fields of one record, before they are sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal {
    /// Random, of this record alone.
    pub salt: [u8; 16],
    /// Sorted by name.
    pub fields: Vec<(Slug, String)>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct PersonalWire<'a> {
    #[n(0)]
    salt: ByteArray<16>,
    #[b(1)]
    fields: Vec<(&'a str, &'a str)>,
}

impl Personal {
    /// What is sealed, and what the commitment is over.
    pub fn to_bytes(&self) -> Vec<u8> {
        let fields = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        // Writing into a `Vec` cannot fail.
        minicbor::to_vec(&PersonalWire { salt: self.salt.into(), fields }).unwrap_or_default()
    }

    /// Reads what `to_bytes` gave.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let wire: PersonalWire<'_> = minicbor::decode(bytes).ok()?;
        let fields: Option<Vec<_>> =
            wire.fields.iter().map(|(name, value)| Some((Slug::parse(name).ok()?, (*value).to_owned()))).collect();
        let personal = Self { salt: *wire.salt, fields: fields? };
        (personal.to_bytes() == bytes).then_some(personal)
    }
}

/// It does not print by accident.
impl std::fmt::Debug for Personal {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Personal({} fields)", self.fields.len())
    }
}

/// HMAC-SHA-256 (RFC 2104) over the bytes of [`Personal::to_bytes`], under the audit key.
pub fn commitment(key: &[u8; 32], personal_plain: &[u8]) -> [u8; 32] {
    // RFC 2104 §2: a key shorter than the block is filled up with zeros.
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(personal_plain);
    mac.finalize().into_bytes().into()
}
