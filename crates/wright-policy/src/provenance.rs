//! Provenance: where each part of a program was written. It travels beside the program, never inside it.
//!
//! Invariant: sorted by path and without doubles; equal workspaces give equal provenance.

use std::sync::Arc;

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
