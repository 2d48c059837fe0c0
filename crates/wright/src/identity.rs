//! Identity: somebody as a connection sends them, and the facts that the gate would have of them.
//!
//! Whatever is proved or compared here is asked about a newcomer on the day the domains are proved; an owner is who comes
//! with an owner's address.

use std::collections::BTreeSet;

use gatewright_bundle::program::Org;
use gatewright_decide::{Facts, GroupSet, Groups, Standing};
use gatewright_terms::{EmailAddress, GroupName, Slug};

/// An identity as a connection sends it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    pub connection: Slug,
    pub email: EmailAddress,
    pub groups: BTreeSet<GroupName>,
}

impl Identity {
    pub fn facts(&self, org: &Org) -> Facts {
        let groups = Groups::Known(GroupSet::new(self.groups.iter().cloned()));
        newcomer(org, self.connection.clone(), self.email.clone(), groups)
    }
}

/// What the gate knows of somebody who comes for the first time.
pub fn newcomer(org: &Org, connection: Slug, email: EmailAddress, groups: Groups) -> Facts {
    let is_owner = org.owners.iter().any(|owner| owner.same_mailbox(&email));
    Facts { connection, email, groups, standing: Standing::Newcomer, domain_proved: true, is_owner }
}
