//! Provenance: where each part of a program was written. It travels beside the program, never inside it.
//!
//! Invariant: sorted by path and without doubles; equal workspaces give equal provenance.

use std::sync::Arc;

use gatewright_bundle::program::{Catalogue, Grant, Grantee, Org};
use gatewright_terms::{DomainName, GroupName, Slug, Trait};

use crate::finding::path_key;

/// The file of what no file says.
pub(crate) const BUILT_IN: &str = "built-in";

/// The places of everything that the program holds, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    pub origins: Vec<Origin>,
}

/// `org[acme].grant[role=admin,group=lumen-admins]` stands in line 38 of `orgs/acme/org.kdl`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    pub path: Arc<str>,
    /// Relative to the workspace; `built-in` where no file says it.
    pub file: Arc<str>,
    /// From 1; 0 for `built-in`.
    pub line: u32,
}

impl Provenance {
    /// Where the thing with this path was written.
    pub fn of(&self, path: &str) -> Option<&Origin> {
        let at = self.origins.binary_search_by(|origin| (*origin.path).cmp(path)).ok()?;
        self.origins.get(at)
    }
}

/// The path under which a grant of a program was written. `None` where the program is not whole.
pub fn grant_path(catalogue: &Catalogue, org: &Org, grant: &Grant) -> Option<String> {
    let at = |index: u32| usize::try_from(index).ok();
    let role = catalogue.roles.get(at(grant.role)?)?;
    let project = match grant.project {
        Some(project) => Some(org.projects.get(at(project)?)?.slug.as_str()),
        None => None,
    };
    let to = match &grant.to {
        Grantee::EveryoneIn(domain) => To::EveryoneIn(domain),
        Grantee::Having { connection, what } => {
            let connection = &org.connections.get(at(*connection)?)?.slug;
            To::Having { what, connection: org.has_several_connections().then_some(connection) }
        }
    };
    Some(format!("org[{}].grant[{}]", org.id, grant_key(role.slug.as_str(), project, &to)))
}

/// Whom a grant is for, as its path says it.
#[derive(Debug, Clone, Copy)]
pub enum To<'a> {
    /// `connection`: where the organisation has several.
    Having {
        what: &'a Trait,
        connection: Option<&'a Slug>,
    },
    EveryoneIn(&'a DomainName),
}

/// What tells a grant apart from the others of its organisation: `role=admin,group=lumen-admins`.
pub fn grant_key(role: &str, project: Option<&str>, to: &To<'_>) -> String {
    let mut parts = vec![("role", role)];
    parts.extend(project.map(|project| ("project", project)));
    match to {
        To::EveryoneIn(domain) => parts.push(("everyone-in", domain.as_str())),
        To::Having { what, connection } => {
            match what {
                Trait::Group(group) => parts.push(("group", group.as_str())),
                Trait::Attribute(attribute) => {
                    parts.extend([("attribute", attribute.name.as_str()), ("value", attribute.value.as_str())]);
                }
            }
            parts.extend(connection.map(|connection| ("connection", connection.as_str())));
        }
    }
    let parts: Vec<String> = parts.into_iter().map(|(word, value)| format!("{word}={}", path_key(value))).collect();
    parts.join(",")
}

/// The path under which a block was written.
pub fn block_path(org: &Org, group: &GroupName) -> String {
    format!("org[{}].block[group={}]", org.id, path_key(group.as_str()))
}
