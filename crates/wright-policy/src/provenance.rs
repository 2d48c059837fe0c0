//! Provenance: where each part of a program was written. It travels beside the program, never inside it.
//!
//! Invariant: sorted by path and without doubles; equal workspaces give equal provenance.

use gatewright_bundle::program::{Catalogue, Grant, Grantee, Org};
use gatewright_terms::GroupName;

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
    pub path: String,
    /// Relative to the workspace; `built-in` where no file says it.
    pub file: String,
    /// From 1; 0 for `built-in`.
    pub line: u32,
}

impl Provenance {
    /// Where the thing with this path was written.
    pub fn of(&self, path: &str) -> Option<&Origin> {
        let at = self.origins.binary_search_by(|origin| origin.path.as_str().cmp(path)).ok()?;
        self.origins.get(at)
    }
}

/// The path under which a grant of a program was written. `None` where the program is not whole.
pub fn grant_path(catalogue: &Catalogue, org: &Org, grant: &Grant) -> Option<String> {
    let at = |index: u32| usize::try_from(index).ok();
    let role = catalogue.roles.get(at(grant.role)?)?;
    let mut parts = vec![format!("role={}", path_key(role.slug.as_str()))];
    if let Some(project) = grant.project {
        parts.push(format!("project={}", path_key(org.projects.get(at(project)?)?.slug.as_str())));
    }
    parts.push(match &grant.to {
        Grantee::Group(group) => format!("group={}", path_key(group.as_str())),
        Grantee::EveryoneIn(domain) => format!("everyone-in={}", path_key(domain.as_str())),
    });
    Some(format!("org[{}].grant[{}]", org.id, parts.join(",")))
}

/// The path under which a block was written.
pub fn block_path(org: &Org, group: &GroupName) -> String {
    format!("org[{}].block[group={}]", org.id, path_key(group.as_str()))
}
