//! Closest: what least would have to be otherwise about somebody who is refused, so that they get in.
//!
//! Whoever is refused may come through another connection, leave the groups that are blocked, or be in one group more or have one attribute
//! more: a second one never helps where the first did not. The combination with the fewest changes is the closest.
//!
//! Invariant: what it gives was asked of `decide`, which admits it.

use std::collections::BTreeSet;
use std::fmt;

use gatewright_decide::{Decision, PreparedOrg, decide};
use gatewright_terms::{GroupName, Slug, Trait};

use crate::identity::Identity;
use crate::slots::granted_traits;

/// Changes of an identity, all of them together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Closest {
    /// Come through this connection.
    pub through: Option<Slug>,
    /// Be in none of these.
    pub without: BTreeSet<GroupName>,
    /// Be in this group, or have this attribute, too.
    pub with: Option<Trait>,
}

impl Closest {
    /// How many changes it is.
    pub fn size(&self) -> usize {
        usize::from(self.through.is_some()) + self.without.len() + usize::from(self.with.is_some())
    }

    /// The identity with these changes.
    #[must_use]
    pub fn of(&self, identity: &Identity) -> Identity {
        let is_left = |what: &&Trait| what.group().is_some_and(|group| self.without.contains(group));
        let kept = identity.traits.iter().filter(|what| !is_left(what));
        Identity {
            connection: self.through.clone().unwrap_or_else(|| identity.connection.clone()),
            email: identity.email.clone(),
            traits: kept.chain(&self.with).cloned().collect(),
            groups_unknown: identity.groups_unknown,
        }
    }
}

/// `` in group `ml-research`, not in `offboarded` ``.
impl fmt::Display for Closest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let through = self.through.iter().map(|connection| format!("through `{connection}`"));
        let with = self.with.iter().map(|with| match with {
            Trait::Group(group) => format!("in group `{group}`"),
            Trait::Attribute(attribute) => format!("with attribute `{attribute}`"),
        });
        let without = self.without.iter().map(|group| format!("not in `{}`", group.as_str()));
        out.write_str(&through.chain(with).chain(without).collect::<Vec<_>>().join(", "))
    }
}

/// `None` where nothing of the kind would let them in, or where they get in as they are.
pub fn closest(org: &PreparedOrg, identity: &Identity) -> Option<Closest> {
    let mut all = candidates(org, identity);
    all.sort_by_cached_key(|candidate| (candidate.size(), candidate.clone()));
    let first = all
        .into_iter()
        .find(|candidate| matches!(decide(org, &candidate.of(identity).facts(org.org())), Decision::Admit(_)));
    first.filter(|candidate| candidate.size() > 0)
}

fn candidates(org: &PreparedOrg, identity: &Identity) -> Vec<Closest> {
    let blocked: BTreeSet<GroupName> =
        identity.groups().filter(|group| org.org().blocked_groups.contains(group)).cloned().collect();
    let granted = granted_traits(org.org());
    let mut all = Vec::new();
    for through in [None, other_connection(org, identity)].into_iter().collect::<BTreeSet<_>>() {
        for without in [BTreeSet::new(), blocked.clone()].into_iter().collect::<BTreeSet<_>>() {
            let bare = Closest { through: through.clone(), without, with: None };
            let more = granted.iter().filter(|what| !identity.traits.contains(**what));
            all.extend(more.map(|what| Closest { with: Some((*what).clone()), ..bare.clone() }));
            all.push(bare);
        }
    }
    all
}

/// The connection that the domain of the address signs in with, where it is another one.
fn other_connection(org: &PreparedOrg, identity: &Identity) -> Option<Slug> {
    let org = org.org();
    let claimed = org.domains.iter().find(|domain| domain.name == *identity.email.domain())?;
    let connection = org.connections.get(usize::try_from(claimed.connection).ok()?)?;
    (connection.slug != identity.connection).then(|| connection.slug.clone())
}
