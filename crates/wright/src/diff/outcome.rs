//! Outcome: what a sign-in comes to, in names, so that two programs can be compared.

use std::collections::BTreeSet;

use gatewright_decide::{Decision, decide};
use gatewright_terms::{PermissionName, Refusal, Slug};

use super::fact::RoleName;
use super::side::{Atom, Side};
use crate::identity::Identity;

/// Something held in the organisation, or in one project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held<T> {
    pub what: T,
    pub project: Option<Slug>,
}

/// What a sign-in comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Admit { roles: BTreeSet<Held<RoleName>>, permissions: BTreeSet<Held<PermissionName>> },
    Refuse(Refusal),
}

impl Outcome {
    /// As the gate decides about a newcomer whose domain is proved; an owner is who comes with an owner's address.
    pub(super) fn of(side: &Side<'_>, identity: &Identity) -> Self {
        let Some(org) = &side.org else { return Self::Refuse(Refusal::OrgUnknown) };
        match decide(org, &identity.facts(org.org())) {
            Decision::Refuse(refused) => Self::Refuse(refused.refusal),
            Decision::Admit(admission) => {
                let role = |(project, role): (Option<&gatewright_bundle::program::Project>, _)| Held {
                    what: RoleName::of(role),
                    project: project.map(|project| project.slug.clone()),
                };
                let permission = |(project, permission): (Option<&Slug>, &PermissionName)| Held {
                    what: permission.clone(),
                    project: project.cloned(),
                };
                Self::Admit {
                    roles: admission.roles().into_iter().map(role).collect(),
                    permissions: admission.permissions().into_iter().map(permission).collect(),
                }
            }
        }
    }

    /// Everything that it comes to, one by one.
    pub fn atoms(&self) -> BTreeSet<Atom> {
        match self {
            Self::Refuse(refusal) => BTreeSet::from([Atom::Refused(*refusal)]),
            Self::Admit { roles, permissions } => {
                let roles = roles.iter().cloned().map(Atom::Role);
                let permissions = permissions.iter().cloned().map(Atom::Permission);
                std::iter::once(Atom::Admitted).chain(roles).chain(permissions).collect()
            }
        }
    }

    pub const fn is_admitted(&self) -> bool {
        matches!(self, Self::Admit { .. })
    }

    /// What is permitted here and not there.
    pub fn permissions_beyond(&self, other: &Self) -> BTreeSet<Held<PermissionName>> {
        self.held().1.difference(other.held().1).cloned().collect()
    }

    /// The roles that are held here and not there.
    pub fn roles_beyond(&self, other: &Self) -> BTreeSet<Held<RoleName>> {
        self.held().0.difference(other.held().0).cloned().collect()
    }

    fn held(&self) -> (&BTreeSet<Held<RoleName>>, &BTreeSet<Held<PermissionName>>) {
        static NOTHING: (BTreeSet<Held<RoleName>>, BTreeSet<Held<PermissionName>>) = (BTreeSet::new(), BTreeSet::new());
        match self {
            Self::Admit { roles, permissions } => (roles, permissions),
            Self::Refuse(_) => (&NOTHING.0, &NOTHING.1),
        }
    }
}
