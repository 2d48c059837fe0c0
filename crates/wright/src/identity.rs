//! Identity: somebody as a connection sends them, and the facts that the gate would have of them.
//!
//! Whatever is proved or compared here is asked about a newcomer on the day the domains are proved; an owner is who comes
//! with an owner's address.

use std::collections::BTreeSet;

use gatewright_bundle::program::Org;
use gatewright_decide::{Facts, GroupSet, Groups, Standing};
use gatewright_terms::{Attribute, EmailAddress, GroupName, Slug, Trait};

/// An identity as a connection sends it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    pub connection: Slug,
    pub email: EmailAddress,
    /// What it says of them that access may hang on.
    pub traits: BTreeSet<Trait>,
    /// It left their groups out, or cut them off; `traits` holds none then.
    pub groups_unknown: bool,
}

impl Identity {
    /// In the order of their names.
    pub fn groups(&self) -> impl Iterator<Item = &GroupName> {
        self.traits.iter().filter_map(Trait::group)
    }

    /// In the order of their names, then values.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.traits.iter().filter_map(Trait::attribute)
    }

    /// Whom these facts are of.
    pub fn of(facts: &Facts) -> Self {
        let groups = match &facts.groups {
            Groups::Known(names) => names.names().cloned().map(Trait::Group).collect(),
            Groups::Unknown => Vec::new(),
        };
        let attributes = facts.attributes.iter().cloned().map(Trait::Attribute);
        Self {
            connection: facts.connection.clone(),
            email: facts.email.clone(),
            traits: groups.into_iter().chain(attributes).collect(),
            groups_unknown: matches!(facts.groups, Groups::Unknown),
        }
    }

    pub fn facts(&self, org: &Org) -> Facts {
        let known = || Groups::Known(GroupSet::new(self.groups().cloned()));
        let groups = if self.groups_unknown { Groups::Unknown } else { known() };
        let attributes = self.attributes().cloned().collect();
        Facts { attributes, ..newcomer(org, self.connection.clone(), self.email.clone(), groups) }
    }
}

/// What the gate knows of somebody who comes for the first time, about whom no attribute is told.
pub fn newcomer(org: &Org, connection: Slug, email: EmailAddress, groups: Groups) -> Facts {
    let is_owner = org.owners.iter().any(|owner| owner.same_mailbox(&email));
    let attributes = BTreeSet::new();
    Facts { connection, email, groups, attributes, standing: Standing::Newcomer, domain_proved: true, is_owner }
}
