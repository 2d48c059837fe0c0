//! Fact: one line of policy that access hangs on, named so that both sides of a comparison mean the same by it.
//!
//! Invariant: no index of a program stands in a fact: two programs number their roles and projects differently.

use std::collections::BTreeSet;

use gatewright_bundle::program::{Catalogue, Grantee, Org, Role, Scope};
use gatewright_terms::{DomainName, EmailAddress, PermissionName, Slug, Trait};

/// A role by what identifies it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleName {
    pub scope: Scope,
    pub slug: Slug,
}

impl RoleName {
    pub(crate) fn of(role: &Role) -> Self {
        Self { scope: role.scope, slug: role.slug.clone() }
    }

    /// The role that the word `owner` gives.
    pub(crate) fn is_owner(role: &Role) -> bool {
        role.scope == Scope::Org && role.slug.as_str() == "owner"
    }
}

/// A grant by what identifies it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GrantLine {
    pub(crate) role: RoleName,
    pub(crate) project: Option<Slug>,
    pub(crate) to: For,
}

/// Whom a grant is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum For {
    Having { what: Trait, connection: Slug },
    EveryoneIn(DomainName),
}

impl For {
    fn of(to: &Grantee, org: &Org) -> Option<Self> {
        Some(match to {
            Grantee::Having { connection, what } => {
                Self::Having { what: what.clone(), connection: at(&org.connections, *connection)?.slug.clone() }
            }
            Grantee::EveryoneIn(domain) => Self::EveryoneIn(domain.clone()),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// The organisation stands in the policy.
    Org,
    Connection(Slug),
    /// A domain and the connection that its people sign in through.
    Domain(DomainName, Slug),
    /// The mailbox of an owner.
    Owner(String),
    Grant(GrantLine),
    /// A group.
    Block(Trait),
    /// What every member gets in the default project.
    DefaultRole {
        project: Slug,
        role: RoleName,
    },
    /// A role is in the catalogue.
    Role(RoleName),
    /// A role permits something, `includes` followed to the end.
    Permits(RoleName, PermissionName),
}

impl Fact {
    /// Whether it belongs to the platform and not to one organisation.
    pub(crate) const fn is_global(&self) -> bool {
        matches!(self, Self::Role(_) | Self::Permits(..))
    }

    pub(crate) fn owner(address: &EmailAddress) -> Self {
        Self::Owner(address.mailbox_key())
    }
}

pub(super) fn of_catalogue(catalogue: &Catalogue) -> BTreeSet<Fact> {
    let of_role = |role: &Role| {
        let name = RoleName::of(role);
        let permits = permissions(catalogue, role).map(|permission| Fact::Permits(name.clone(), permission.clone()));
        let mut facts: Vec<Fact> = permits.collect();
        facts.push(Fact::Role(name));
        facts
    };
    catalogue.roles.iter().flat_map(of_role).collect()
}

pub(super) fn of_org(catalogue: &Catalogue, org: &Org) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::from([Fact::Org]);
    facts.extend(org.connections.iter().map(|connection| Fact::Connection(connection.slug.clone())));
    facts.extend(org.domains.iter().filter_map(|domain| {
        let connection = at(&org.connections, domain.connection)?;
        Some(Fact::Domain(domain.name.clone(), connection.slug.clone()))
    }));
    facts.extend(org.owners.iter().map(Fact::owner));
    facts.extend(grants(catalogue, org).map(|(line, _)| Fact::Grant(line)));
    facts.extend(org.blocked_groups.iter().cloned().map(Trait::Group).map(Fact::Block));
    facts.extend(default_role(catalogue, org).map(|(project, role)| default_fact(project, role)));
    facts
}

pub(super) fn default_fact(project: &Slug, role: &Role) -> Fact {
    Fact::DefaultRole { project: project.clone(), role: RoleName::of(role) }
}

pub(super) fn grants<'p>(catalogue: &'p Catalogue, org: &'p Org) -> impl Iterator<Item = (GrantLine, &'p Role)> {
    org.grants.iter().filter_map(|grant| {
        let role = at(&catalogue.roles, grant.role)?;
        let project = match grant.project {
            Some(project) => Some(at(&org.projects, project)?.slug.clone()),
            None => None,
        };
        Some((GrantLine { role: RoleName::of(role), project, to: For::of(&grant.to, org)? }, role))
    })
}

/// The default project and the role that everybody has in it.
pub(super) fn default_role<'p>(catalogue: &'p Catalogue, org: &'p Org) -> Option<(&'p Slug, &'p Role)> {
    let project = at(&org.projects, org.default_project?)?;
    Some((&project.slug, at(&catalogue.roles, project.default_role?)?))
}

pub(super) fn permissions<'p>(catalogue: &'p Catalogue, role: &'p Role) -> impl Iterator<Item = &'p PermissionName> {
    role.permits.iter().filter_map(|&permit| at(&catalogue.permissions, permit)).map(|permission| &permission.name)
}

pub(super) fn at<T>(list: &[T], index: u32) -> Option<&T> {
    list.get(usize::try_from(index).ok()?)
}
