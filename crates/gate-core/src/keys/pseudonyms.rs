//! Pseudonyms: what a member is called where nobody may know who they are.
//!
//! Invariant: without `keys/audit.key` nobody gets from a pseudonym to a member, nor finds a known member among pseudonyms.
//! Invariant: the same member of the same organisation has the same pseudonym for as long as the key stays.

use std::fmt;

use aws_lc_rs::hmac;
use gate_store::rows::RowId;
use gatewright_terms::{OrgId, hex};

use super::sealer::derive;

const INFO: &[u8] = b"gatewright members: pseudonyms, 1";

/// The first 128 bits of an HMAC-SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pseudonym([u8; 16]);

impl fmt::Display for Pseudonym {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::text(&self.0))
    }
}

pub(crate) struct Pseudonyms(hmac::Key);

impl Pseudonyms {
    pub(super) fn from_key(audit_key: &[u8; 32]) -> Option<Self> {
        derive(audit_key, INFO).map(|key| Self(hmac::Key::new(hmac::HMAC_SHA256, key.as_slice())))
    }

    /// Ids of members are random, and those of organisations hold no NUL.
    pub(crate) fn of(&self, org: &OrgId, member: RowId) -> Pseudonym {
        let tag = hmac::sign(&self.0, &[org.as_str().as_bytes(), &[0], &member.0].concat());
        let mut first = [0; 16];
        first.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        Pseudonym(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_hangs_on_key_organisation_and_member() {
        let org = |name| OrgId::parse(name).unwrap();
        let (one, other) = (Pseudonyms::from_key(&[7; 32]).unwrap(), Pseudonyms::from_key(&[8; 32]).unwrap());
        let ada = one.of(&org("acme"), RowId([1; 16]));
        assert_eq!(ada, Pseudonyms::from_key(&[7; 32]).unwrap().of(&org("acme"), RowId([1; 16])));
        let others = [
            other.of(&org("acme"), RowId([1; 16])),
            one.of(&org("umbrella"), RowId([1; 16])),
            one.of(&org("acme"), RowId([2; 16])),
        ];
        assert!(!others.contains(&ada) && ada.to_string().len() == 32);
        assert!(!ada.to_string().contains(&RowId([1; 16]).to_string()));
    }
}
