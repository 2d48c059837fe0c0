//! Closest: what least would have to be otherwise about somebody who is refused, so that they get in.
//!
//! Whoever is refused may come through another connection, leave the groups that are blocked, or be in one group more or have one attribute
//! more: a second one never helps where the first did not. The combination with the fewest changes is the closest.
//!
//! Invariant: what it gives was asked of `decide`, which admits it.

use std::collections::BTreeSet;
use std::fmt;

use gatewright_bundle::program::{Grantee, Org};
use gatewright_terms::{GroupName, Slug, Trait};

use crate::{Decision, Facts, GroupSet, Groups, PreparedOrg, decide};

/// Changes of a person, all of them together.
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

    /// What would be known of the person with these changes.
    #[must_use]
    pub fn of(&self, facts: &Facts) -> Facts {
        let mut attributes = facts.attributes.clone();
        attributes.extend(self.with.as_ref().and_then(Trait::attribute).cloned());
        let groups = match &facts.groups {
            Groups::Unknown => Groups::Unknown,
            Groups::Known(groups) => {
                let kept = groups.names().filter(|group| !self.without.contains(*group));
                Groups::Known(GroupSet::new(kept.chain(self.with.as_ref().and_then(Trait::group)).cloned()))
            }
        };
        let connection = self.through.clone().unwrap_or_else(|| facts.connection.clone());
        Facts { connection, groups, attributes, ..facts.clone() }
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
pub fn closest(org: &PreparedOrg, facts: &Facts) -> Option<Closest> {
    let mut all = candidates(org.org(), facts);
    all.sort_by_cached_key(|candidate| (candidate.size(), candidate.clone()));
    let admits = |candidate: &Closest| matches!(decide(org, &candidate.of(facts)), Decision::Admit(_));
    all.into_iter().find(admits).filter(|candidate| candidate.size() > 0)
}

fn candidates(org: &Org, facts: &Facts) -> Vec<Closest> {
    let groups: BTreeSet<&GroupName> = match &facts.groups {
        Groups::Known(groups) => groups.names().collect(),
        Groups::Unknown => BTreeSet::new(),
    };
    let blocked: BTreeSet<GroupName> =
        groups.iter().filter(|group| org.blocked_groups.contains(**group)).map(|group| (*group).clone()).collect();
    let has = |what: &Trait| match what {
        Trait::Group(group) => groups.contains(group),
        Trait::Attribute(attribute) => facts.attributes.contains(attribute),
    };
    let granted = granted(org);
    let mut all = Vec::new();
    for through in [None, other_connection(org, facts)].into_iter().collect::<BTreeSet<_>>() {
        for without in [BTreeSet::new(), blocked.clone()].into_iter().collect::<BTreeSet<_>>() {
            let bare = Closest { through: through.clone(), without, with: None };
            let more = granted.iter().filter(|what| !has(what));
            all.extend(more.map(|what| Closest { with: Some((*what).clone()), ..bare.clone() }));
            all.push(bare);
        }
    }
    all
}

/// Every group and attribute that a grant asks for, of whichever connection.
fn granted(org: &Org) -> BTreeSet<&Trait> {
    let traits = org.grants.iter().filter_map(|grant| match &grant.to {
        Grantee::Having { what, .. } => Some(what),
        Grantee::EveryoneIn(_) => None,
    });
    traits.collect()
}

/// The connection that the domain of the address signs in with, where it is another one.
fn other_connection(org: &Org, facts: &Facts) -> Option<Slug> {
    let claimed = org.domains.iter().find(|domain| domain.name == *facts.email.domain())?;
    let connection = org.connections.get(usize::try_from(claimed.connection).ok()?)?;
    (connection.slug != facts.connection).then(|| connection.slug.clone())
}
