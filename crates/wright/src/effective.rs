//! Effective: what an organisation comes to in one environment, line by line, every layer laid over the other; and by which
//! of its lines somebody has a permission.

use std::collections::BTreeMap;

use gatewright_bundle::program::{Catalogue, Grantee, Org, Program, Role};
use gatewright_terms::{DomainName, EmailAddress, PermissionName, Slug, Trait};
use wright_policy::grant_path;

use crate::diff;

/// Every line by its path, with its value: those that access hangs on and all others.
pub fn effective(program: &Program, org: &Org) -> BTreeMap<String, String> {
    diff::lines(program, org)
}

/// One line by which somebody has a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub who: Who,
    pub role: Slug,
    pub project: Option<Slug>,
    /// Of the line.
    pub path: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    Owner(EmailAddress),
    /// About whom a connection says this.
    Having {
        what: Trait,
        connection: Slug,
    },
    EveryoneIn(DomainName),
    /// All who get in at all, in the default project.
    EveryMember,
}

/// Every line by which somebody may, in the organisation or in a project. A group that is blocked gives nothing.
pub fn ways(program: &Program, org: &Org, permission: &PermissionName) -> Vec<Way> {
    let catalogue = &program.catalogue;
    let mut ways = Vec::new();
    let owner = catalogue.roles.iter().find(|role| diff::RoleName::is_owner(role));
    for role in owner.into_iter().filter(|role| permits(catalogue, role, permission)) {
        ways.extend(org.owners.iter().map(|owner| Way {
            who: Who::Owner(owner.clone()),
            role: role.slug.clone(),
            project: None,
            path: format!("org[{}].owner[{owner}]", org.id),
        }));
    }
    ways.extend(org.grants.iter().filter_map(|grant| {
        let role = at(&catalogue.roles, grant.role).filter(|role| permits(catalogue, role, permission))?;
        let project = match grant.project {
            Some(project) => Some(at(&org.projects, project)?.slug.clone()),
            None => None,
        };
        let who = match &grant.to {
            Grantee::Having { what: Trait::Group(group), .. } if org.blocked_groups.contains(group) => return None,
            Grantee::Having { connection, what } => {
                Who::Having { what: what.clone(), connection: at(&org.connections, *connection)?.slug.clone() }
            }
            Grantee::EveryoneIn(domain) => Who::EveryoneIn(domain.clone()),
        };
        Some(Way { who, role: role.slug.clone(), project, path: grant_path(catalogue, org, grant)? })
    }));
    ways.extend(by_default(catalogue, org, permission));
    ways
}

fn by_default(catalogue: &Catalogue, org: &Org, permission: &PermissionName) -> Option<Way> {
    let project = at(&org.projects, org.default_project?)?;
    let role = at(&catalogue.roles, project.default_role?).filter(|role| permits(catalogue, role, permission))?;
    Some(Way {
        who: Who::EveryMember,
        role: role.slug.clone(),
        project: Some(project.slug.clone()),
        path: format!("org[{}].project[{}]", org.id, project.slug),
    })
}

fn permits(catalogue: &Catalogue, role: &Role, permission: &PermissionName) -> bool {
    let permitted = role.permits.iter().filter_map(|&permit| at(&catalogue.permissions, permit));
    permitted.into_iter().any(|permitted| permitted.name == *permission)
}

fn at<T>(list: &[T], index: u32) -> Option<&T> {
    list.get(usize::try_from(index).ok()?)
}
