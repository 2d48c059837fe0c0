//! Coverage: the grants and blocks that no case of the organisation's suites depends on.
//!
//! A grant is covered where a case that passes holds its role because of it; a block, where a case is refused by it.

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_bundle::program::{Catalogue, Grant, Org, Risk};
use gatewright_decide::{Decision, decide};
use gatewright_terms::OrgId;
use wright_policy::{block_path, grant_path};
use wright_syntax::diagnostic::Diagnostic;

use super::{UNTESTED_GRANT, case, folded, reasons};
use crate::compile::{Compiled, Outcome};

/// One organisation that has suites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    pub org: OrgId,
    /// Every grant and every block, in the order of their paths.
    pub lines: Vec<Line>,
}

/// A grant or a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub path: String,
    pub covered: bool,
    /// Where nobody tests a grant that carries a risk.
    pub finding: Option<Diagnostic>,
}

/// Of each organisation with a suite, sorted. The environments grant alike: the first speaks for all.
pub fn coverage(outcome: &Outcome) -> Vec<Coverage> {
    let Some(compiled) = outcome.programs.values().next() else { return Vec::new() };
    let orgs: BTreeSet<&OrgId> = outcome.suites.iter().map(|suite| &suite.org).collect();
    orgs.into_iter().filter_map(|id| of_org(folded::org(compiled, id)?, compiled, outcome)).collect()
}

fn of_org(org: &Org, compiled: &Compiled, outcome: &Outcome) -> Option<Coverage> {
    let touched = touched(org, compiled, outcome);
    let catalogue = &compiled.program.catalogue;
    let mut lines = Vec::new();
    for grant in &org.grants {
        let path = grant_path(catalogue, org, grant)?;
        let covered = touched.contains(&path);
        let finding =
            (!covered && has_risk(catalogue, grant)).then(|| finding(&path, org, compiled, outcome)).flatten();
        lines.push(Line { path, covered, finding });
    }
    let blocks = org.blocked_groups.iter().map(|group| block_path(org, group));
    lines.extend(blocks.map(|path| Line { covered: touched.contains(&path), path, finding: None }));
    lines.sort_by(|one, other| one.path.cmp(&other.path));
    Some(Coverage { org: org.id.clone(), lines })
}

fn touched(org: &Org, compiled: &Compiled, outcome: &Outcome) -> BTreeSet<String> {
    let prepared = folded::prepared(compiled, org);
    let mut touched = BTreeSet::new();
    let suites = outcome.suites.iter().filter(|suite| suite.org == org.id);
    for (suite, case) in suites.flat_map(|suite| suite.cases.iter().map(move |case| (suite, case))) {
        if case::trial(case, suite, outcome).failed() {
            continue;
        }
        let mut gates = outcome.programs.values();
        let who = gates.find_map(|gate| case::comes(case, &gate.program, folded::org(gate, &suite.org)?));
        let Some(Ok(identity)) = who else { continue };
        match decide(&prepared, &identity.facts(org)) {
            Decision::Admit(admission) => {
                let held = reasons::held(&prepared, &admission);
                touched.extend(held.iter().filter_map(|held| held.path(&prepared, &identity.email)));
            }
            Decision::Refuse(refused) => {
                touched.extend(refused.blocked_by.iter().map(|group| block_path(org, group)));
            }
        }
    }
    touched
}

fn has_risk(catalogue: &Catalogue, grant: &Grant) -> bool {
    let role = reasons::at(&catalogue.roles, grant.role);
    let permits = role.into_iter().flat_map(|role| &role.permits);
    permits
        .filter_map(|&permit| reasons::at(&catalogue.permissions, permit))
        .any(|permission| permission.risk != Risk::None)
}

fn finding(path: &str, org: &Org, compiled: &Compiled, outcome: &Outcome) -> Option<Diagnostic> {
    let at = reasons::places(compiled, &outcome.workspace).of(path)?;
    Some(Diagnostic {
        code: UNTESTED_GRANT,
        message: "no test touches this grant, and its role carries a risk".to_owned(),
        primary: (at, "would be missed by nobody".to_owned()),
        related: Vec::new(),
        help: Some("write a `case` of somebody who gets in because of it".to_owned()),
        fix: None,
        path: Arc::from(path),
        org: Some(org.id.as_str().into()),
    })
}
