//! Signed: makes signed files for the other tests. The signing keys live in tests alone.

use ed25519_dalek::{Signer, SigningKey};
use gatewright_bundle::{Accepted, BundleFile, Digest, Expected, KeyId, Trust, TrustedKey};
use gatewright_terms::{Slug, Timestamp};

use crate::generator::slug;

pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_795_510_862);

pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

pub(crate) fn key_id(key: &SigningKey) -> KeyId {
    KeyId::of(&key.verifying_key().to_bytes())
}

/// `threshold` of the keys with these numbers.
pub(crate) fn trust(threshold: usize, numbers: &[u8]) -> Trust {
    let trusted =
        |&number: &u8| TrustedKey { name: slug(&format!("key-{number}")), key: key(number).verifying_key().to_bytes() };
    Trust::new(threshold, numbers.iter().map(trusted).collect()).unwrap()
}

/// Content as a signed file.
pub(crate) fn file(content: &[u8], sequence: u64, expires: Option<Timestamp>, signers: &[u8]) -> BundleFile {
    let mut file = BundleFile::unsigned(content.to_vec(), Digest::of(b"provenance"));
    let statement = file.declare(sequence, expires).unwrap();
    for &number in signers {
        let key = key(number);
        file.attach(key_id(&key), key.sign(&statement.signing_bytes()).to_bytes()).unwrap();
    }
    file
}

pub(crate) fn production() -> Slug {
    slug("production")
}

pub(crate) fn expected(environment: &Slug, accepted: Option<Accepted>) -> Expected<'_> {
    Expected { environment, now: NOW, accepted }
}
