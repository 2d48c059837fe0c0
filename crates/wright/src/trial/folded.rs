//! Folded: what several environments say alike, said once.

use std::sync::Arc;

use gatewright_bundle::program::Org;
use gatewright_decide::PreparedOrg;
use gatewright_terms::{OrgId, Slug};
use wright_syntax::diagnostic::Diagnostic;

use crate::compile::{Compiled, Outcome};

/// An organisation of one environment, as the gate holds it.
pub(super) fn prepared(compiled: &Compiled, org: &Org) -> PreparedOrg {
    PreparedOrg::new(Arc::new(compiled.program.catalogue.clone()), org.clone())
}

pub(super) fn org<'a>(compiled: &'a Compiled, id: &OrgId) -> Option<&'a Org> {
    let at = compiled.program.orgs.binary_search_by(|org| org.id.cmp(id)).ok()?;
    compiled.program.orgs.get(at)
}

/// The findings of each environment; those that not all of them have say where they hold.
pub(super) fn findings(outcome: &Outcome, of_one: impl Fn(&Compiled) -> Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut groups: Vec<(Diagnostic, Vec<&Slug>)> = Vec::new();
    for (environment, compiled) in &outcome.programs {
        for finding in of_one(compiled) {
            match groups.iter_mut().find(|(known, _)| *known == finding) {
                Some((_, environments)) => environments.push(environment),
                None => groups.push((finding, vec![environment])),
            }
        }
    }
    let all = outcome.programs.len();
    groups.into_iter().map(|(finding, environments)| in_environments(finding, &environments, all)).collect()
}

pub(super) fn in_environments(mut finding: Diagnostic, environments: &[&Slug], all: usize) -> Diagnostic {
    if environments.len() < all {
        let names: Vec<String> = environments.iter().map(|name| format!("`{name}`")).collect();
        finding.message = format!("{} (in {})", finding.message, names.join(", "));
    }
    finding
}
