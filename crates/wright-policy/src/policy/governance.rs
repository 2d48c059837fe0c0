//! Governance: what a workspace says about its own changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gatewright_terms::{OrgId, Slug};
use wright_syntax::source::Span;

use super::Guardrail;

/// Whose approval changes need, how large they may be, who is gone, and what no organisation may break.
#[derive(Debug, Clone, Default)]
pub struct Governance {
    /// The name of the workspace; empty where there is no manifest.
    pub workspace: Arc<str>,
    /// The team, by the class of the change.
    pub approvals: BTreeMap<Arc<str>, Arc<str>>,
    /// The most, by the name of the brake.
    pub brakes: BTreeMap<Arc<str>, u32>,
    /// What is said of each retired organisation: the day, and what becomes of its data.
    pub retired: BTreeMap<OrgId, Retired>,
    /// Sorted by slug.
    pub guardrails: Vec<Guardrail>,
    /// Attributes that grants may hang on, by organisation: the connection and the attribute.
    pub trusted: BTreeMap<OrgId, BTreeSet<(Slug, Slug)>>,
    /// The first approval or brake, where there is one.
    pub at: Option<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    pub on: String,
    pub data: Arc<str>,
    pub at: Span,
}
