//! Governance: the manifest's approvals and brakes, the platform's retired organisations.

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_terms::{OrgId, Slug};

use crate::policy::{Connection, Governance, Guardrail, Org, Retired};
use crate::shape::Node;

pub(super) fn resolve(
    manifest: Option<&Node>,
    platform: &Node,
    guardrails: Vec<Guardrail>,
    orgs: &[Arc<Org>],
) -> Governance {
    let workspace = manifest.and_then(|manifest| manifest.entry("workspace"));
    let entries = |word: &'static str| workspace.into_iter().flat_map(move |node| node.entries(word));
    let approval = |node: &Node| Some((node.name.clone(), node.text("from")?.value));
    let brake = |node: &Node| Some((node.name.clone(), node.integer("at-most")?.value));
    let retired = |node: &Node| {
        let (key, on, data) = (node.slug_key()?, node.date("on")?, node.text("data")?);
        let retired = Retired { on: on.value.to_string(), data: data.value, at: node.head };
        Some((OrgId::from(key.value), retired))
    };
    Governance {
        workspace: workspace.map(|node| node.name.clone()).unwrap_or_default(),
        approvals: entries("approval").filter_map(approval).collect(),
        brakes: entries("brake").filter_map(brake).collect(),
        retired: platform.entries("retired-org").filter_map(retired).collect(),
        guardrails,
        trusted: orgs.iter().map(|org| (org.id.clone(), trusted(org))).filter(|(_, all)| !all.is_empty()).collect(),
        at: entries("approval").chain(entries("brake")).map(|node| node.head).next(),
    }
}

fn trusted(org: &Org) -> BTreeSet<(Slug, Slug)> {
    let of = |connection: &Connection| {
        let slug = connection.slug.clone();
        connection.trusted.iter().map(move |trusted| (slug.clone(), trusted.value.clone())).collect::<Vec<_>>()
    };
    org.connections.iter().flat_map(of).collect()
}
