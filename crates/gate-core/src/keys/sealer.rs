//! Sealer: seals the personal fields of audit records under a key per person, and wraps those keys.
//!
//! Invariant: dropping a person's wrapped key makes everything that was sealed under it unreadable for ever.
//! Invariant: a sealed part or a wrapped key that was moved to another id does not open (the id is authenticated).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use gate_store::rows::RowId;
use gatewright_audit::personal::{Personal, commitment};
use gatewright_audit::record::Sealed;
use gatewright_terms::Slug;
use zeroize::Zeroizing;

use crate::random::{self, Random, RandomFailed};

/// Uses of `audit.key`, each with a key of its own (RFC 5869 §3.2).
const WRAP_INFO: &[u8] = b"gatewright audit: wrap person keys, 1";
const COMMIT_INFO: &[u8] = b"gatewright audit: commit to personal fields, 1";

pub(crate) struct Sealer {
    wrap: LessSafeKey,
    commit: Zeroizing<[u8; 32]>,
}

/// The key of one person, out of its wrapping.
pub(crate) struct PersonKey {
    pub(crate) id: RowId,
    key: Zeroizing<[u8; 32]>,
}

struct Length32;

impl KeyType for Length32 {
    fn len(&self) -> usize {
        32
    }
}

impl Sealer {
    pub(super) fn from_key(audit_key: &[u8; 32]) -> Option<Self> {
        let wrap = derive(audit_key, WRAP_INFO)?;
        Some(Self { wrap: aes(&wrap)?, commit: derive(audit_key, COMMIT_INFO)? })
    }

    /// A key for a person who has none yet, and its wrapped form for the store.
    pub(crate) fn new_person(&self, random: &dyn Random) -> Result<(PersonKey, Vec<u8>), RandomFailed> {
        let person = PersonKey { id: RowId(random::bytes(random)?), key: Zeroizing::new(random::bytes(random)?) };
        let wrapped = seal(&self.wrap, person.id, person.key.as_slice(), random)?;
        Ok((person, wrapped))
    }

    /// `None` where the bytes were not wrapped by us for this id.
    pub(crate) fn unwrap_person(&self, id: RowId, wrapped: &[u8]) -> Option<PersonKey> {
        let plain = open(&self.wrap, id, wrapped)?;
        Some(PersonKey { id, key: Zeroizing::new(<[u8; 32]>::try_from(plain.as_slice()).ok()?) })
    }

    pub(crate) fn seal(
        &self,
        person: &PersonKey,
        fields: Vec<(Slug, String)>,
        random: &dyn Random,
    ) -> Result<Sealed, RandomFailed> {
        let plain = Zeroizing::new(Personal { salt: random::bytes(random)?, fields }.to_bytes());
        let key = aes(&person.key).ok_or(RandomFailed)?;
        Ok(Sealed {
            commitment: commitment(&self.commit, &plain),
            ciphertext: seal(&key, person.id, &plain, random)?,
            key_id: person.id.0,
        })
    }

    /// `None` where the ciphertext was not sealed for this person, or is not what `committed` says.
    pub(crate) fn open(&self, person: &PersonKey, ciphertext: &[u8], committed: &[u8; 32]) -> Option<Personal> {
        let plain = open(&aes(&person.key)?, person.id, ciphertext)?;
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(&commitment(&self.commit, &plain), committed);
        same.ok().and_then(|()| Personal::from_bytes(&plain))
    }
}

pub(super) fn derive(key: &[u8; 32], info: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let mut out = Zeroizing::new([0; 32]);
    let secret = Salt::new(HKDF_SHA256, &[]).extract(key);
    secret.expand(&[info], Length32).ok()?.fill(out.as_mut_slice()).ok()?;
    Some(out)
}

fn aes(key: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

/// Nonce, then ciphertext and tag. A random nonce: a key seals far fewer than 2^32 texts (NIST SP 800-38D §8.3).
fn seal(key: &LessSafeKey, id: RowId, plain: &[u8], random: &dyn Random) -> Result<Vec<u8>, RandomFailed> {
    let nonce = random::bytes::<NONCE_LEN>(random)?;
    let mut body = plain.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(id.0), &mut body)
        .map_err(|_| RandomFailed)?;
    Ok([nonce.as_slice(), &body].concat())
}

fn open(key: &LessSafeKey, id: RowId, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
    let mut body = Zeroizing::new(body.to_vec());
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let length = key.open_in_place(nonce, Aad::from(id.0), &mut body).ok()?.len();
    body.truncate(length);
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    fn fields() -> Vec<(Slug, String)> {
        vec![(Slug::parse("email").unwrap(), "ada@acme.example".into())]
    }

    /// ST-AUD-10: what is sealed opens with the person's key, and with nothing else.
    #[test]
    fn st_aud_10_sealed_fields_open_with_the_persons_key_alone() {
        let sealer = Sealer::from_key(&[7; 32]).unwrap();
        let (ada, wrapped) = sealer.new_person(&SystemRandom).unwrap();
        let (bob, _) = sealer.new_person(&SystemRandom).unwrap();
        let part = sealer.seal(&ada, fields(), &SystemRandom).unwrap();
        let open = |person, ciphertext: &[u8]| sealer.open(person, ciphertext, &part.commitment).map(|p| p.fields);
        let ada = sealer.unwrap_person(ada.id, &wrapped).unwrap();
        assert_eq!(open(&ada, &part.ciphertext), Some(fields()));
        assert_eq!(open(&bob, &part.ciphertext), None);
        assert!(sealer.unwrap_person(bob.id, &wrapped).is_none());
        assert!(Sealer::from_key(&[8; 32]).unwrap().unwrap_person(ada.id, &wrapped).is_none());
        for place in 0..part.ciphertext.len() {
            let mut bent = part.ciphertext.clone();
            bent[place] ^= 1;
            assert_eq!(open(&ada, &bent), None, "{place}");
        }
        assert_eq!(sealer.open(&ada, &part.ciphertext, &[0; 32]), None);
        assert_eq!(open(&ada, &[]), None);
    }

    #[test]
    fn equal_fields_are_not_seen_to_be_equal() {
        let sealer = Sealer::from_key(&[7; 32]).unwrap();
        let (ada, _) = sealer.new_person(&SystemRandom).unwrap();
        let [one, two] = [(); 2].map(|()| sealer.seal(&ada, fields(), &SystemRandom).unwrap());
        assert_ne!(one.commitment, two.commitment);
        assert_ne!(one.ciphertext, two.ciphertext);
    }
}
