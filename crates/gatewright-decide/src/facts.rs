//! Facts: what is known about a person at one moment, as a session holds it. Never roles, never permissions.

use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::sync::OnceLock;

use gatewright_terms::{Attribute, EmailAddress, GroupName, Slug};

/// What [`crate::decide`] asks about one person. Built from a verified sign-in or from a stored session.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The connection that the person signed in through.
    pub connection: Slug,
    pub email: EmailAddress,
    pub groups: Groups,
    /// What the connection said about attributes that the organisation reads. What it did not say is not there.
    pub attributes: BTreeSet<Attribute>,
    pub standing: Standing,
    /// The runtime holds a proof that the organisation owns the domain of `email`.
    pub domain_proved: bool,
    /// The person is the identity that an owner's address is bound to, or the first that comes with it.
    pub is_owner: bool,
}

/// What the person is to the organisation before this decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not a member yet: needs a proved domain.
    Newcomer,
    Member,
    /// Removed here: stays out.
    Removed,
}

/// The groups of a person. `Unknown` where the provider left them out or they could not be read.
#[derive(Debug, Clone)]
pub enum Groups {
    Known(GroupSet),
    Unknown,
}

impl Groups {
    pub fn none() -> Self {
        Self::Known(GroupSet::default())
    }
}

/// A set of groups with their hashes, computed once when a session is read, so that a decision only looks up.
#[derive(Debug, Clone, Default)]
pub struct GroupSet(Vec<HashedGroup>);

#[derive(Debug, Clone)]
pub(crate) struct HashedGroup {
    pub hash: u64,
    pub name: GroupName,
}

impl GroupSet {
    pub fn new(names: impl IntoIterator<Item = GroupName>) -> Self {
        let mut groups: Vec<HashedGroup> = names.into_iter().map(HashedGroup::new).collect();
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        groups.dedup_by(|a, b| a.name == b.name);
        Self(groups)
    }

    /// In the order of their names.
    pub fn names(&self) -> impl Iterator<Item = &GroupName> {
        self.0.iter().map(|group| &group.name)
    }

    pub(crate) fn hashed(&self) -> &[HashedGroup] {
        &self.0
    }
}

impl HashedGroup {
    pub(crate) fn new(name: GroupName) -> Self {
        Self { hash: hash(&name), name }
    }
}

/// One seed for the process, unknown to those who choose group names. Decisions do not depend on it.
fn hash(name: &GroupName) -> u64 {
    static STATE: OnceLock<foldhash::quality::RandomState> = OnceLock::new();
    STATE.get_or_init(foldhash::quality::RandomState::default).hash_one(name.as_str())
}
