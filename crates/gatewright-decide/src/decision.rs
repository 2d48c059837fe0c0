//! Decision: admitted, with every role and the reason for it, or refused, with the reason.

use std::collections::BTreeSet;

use gatewright_bundle::program::{Project, Role};
use gatewright_terms::{GroupName, PermissionName, Refusal, Slug};

use crate::PreparedOrg;

/// The answer of [`crate::decide`], which alone makes one.
#[must_use = "a decision that nobody reads lets everybody in"]
#[derive(Debug)]
pub enum Decision<'o> {
    Admit(Admission<'o>),
    Refuse(Refused),
}

/// What an admitted person holds.
#[derive(Debug)]
pub struct Admission<'o> {
    org: &'o PreparedOrg,
    held: Vec<HeldRole>,
}

/// One role and one reason for it. A role that is held for several reasons stands several times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeldRole {
    /// Index of `Catalogue::roles`.
    pub role: u32,
    /// Index of `Org::projects`.
    pub project: Option<u32>,
    pub because: Because,
}

/// Why a role is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// The person is an owner.
    Owner,
    /// Index of `Org::grants`.
    Grant(u32),
    /// Every member is in the default project, with its default role.
    DefaultProject,
}

/// Why a person is kept out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub refusal: Refusal,
    /// The first blocked group, in the order of the names.
    pub blocked_by: Option<GroupName>,
}

impl<'o> Admission<'o> {
    pub(crate) fn new(org: &'o PreparedOrg, held: Vec<HeldRole>) -> Self {
        Self { org, held }
    }

    /// Every role with every reason, in the order in which they were found.
    pub fn held(&self) -> &[HeldRole] {
        &self.held
    }

    /// The roles held, without their reasons: sorted by project (the organisation first), then by slug, each once.
    pub fn roles(&self) -> Vec<(Option<&'o Project>, &'o Role)> {
        let mut roles: Vec<_> = self.resolved().collect();
        roles.sort_by_key(|(project, role)| (project.map(|p| &p.slug), &role.slug));
        roles.dedup_by_key(|(project, role)| (project.map(|p| &p.slug), &role.slug));
        roles
    }

    /// Whether a held role permits it: a role of that project where one is named, else a role of the organisation.
    ///
    /// An unknown permission or project permits nothing.
    pub fn permits(&self, permission: &PermissionName, project: Option<&Slug>) -> bool {
        let Ok(wanted) = self.org.catalogue().permissions.binary_search_by(|candidate| candidate.name.cmp(permission))
        else {
            return false;
        };
        self.resolved()
            .filter(|(held_in, _)| held_in.map(|held_in| &held_in.slug) == project)
            .any(|(_, role)| role.permits.binary_search_by_key(&wanted, |&index| index as usize).is_ok())
    }

    /// Everything that the held roles permit: sorted, each once.
    pub fn permissions(&self) -> Vec<(Option<&'o Slug>, &'o PermissionName)> {
        let mut all = BTreeSet::new();
        for (project, role) in self.resolved() {
            let permitted =
                role.permits.iter().filter_map(|&index| self.org.catalogue().permissions.get(index as usize));
            all.extend(permitted.map(|permission| (project.map(|project| &project.slug), &permission.name)));
        }
        all.into_iter().collect()
    }

    /// Each held role with its project. An index that points at nothing gives nothing: a role of a project that is not
    /// there must not become one of the organisation.
    fn resolved(&self) -> impl Iterator<Item = (Option<&'o Project>, &'o Role)> {
        self.held.iter().filter_map(|held| {
            let project = match held.project {
                Some(index) => Some(self.org.org().projects.get(index as usize)?),
                None => None,
            };
            Some((project, self.org.role(held.role)?))
        })
    }
}
