//! Privileged without step-up (GW0906): a session that somebody else has taken over is enough to take control.
//!
//! Only permissions that somebody can hold count. One finding for a permission, however many organisations lack it.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_bundle::program::{Risk, Scope};
use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, deny};
use crate::finding::Finding;
use crate::policy::{Org, Policy};

const PRIVILEGED_WITHOUT_STEP_UP: Code = deny(906, "privileged-without-step-up");

pub(super) const CHECK: Check = Check::new(&[PRIVILEGED_WITHOUT_STEP_UP], run);

fn run(policy: &Policy, sink: &mut Sink) {
    // What could not be read may be the step-up.
    if policy.catalogue.incomplete {
        return;
    }
    let mut lacking: BTreeMap<usize, Vec<&Org>> = BTreeMap::new();
    for org in policy.orgs.iter().filter(|org| !org.incomplete) {
        for permission in held(org, policy) {
            let privileged =
                policy.catalogue.permissions.get(permission).is_some_and(|known| known.risk == Risk::Privileged);
            if privileged && !org.step_ups.iter().any(|step_up| step_up.permission == permission) {
                lacking.entry(permission).or_default().push(org);
            }
        }
    }
    for (permission, orgs) in lacking {
        let (Some(known), Some(first)) = (policy.catalogue.permissions.get(permission), orgs.first()) else { continue };
        let who = match orgs.len() {
            1 => format!("org `{}`", first.id),
            more => format!("{more} organisations"),
        };
        Finding::new(
            PRIVILEGED_WITHOUT_STEP_UP,
            known.written.at,
            format!("`{}` needs no step-up in {who}", known.name),
        )
        .mark("hands over control")
        .also(first.written.at, "held here, and not asked for again")
        .help(format!("write `step-up \"{}\" within=\"15m\"` in `defaults`, or in the organisation", known.name))
        .path(&known.written.path)
        .report(sink);
    }
}

/// What anybody in the organisation could be given.
fn held(org: &Org, policy: &Policy) -> BTreeSet<usize> {
    let owner = policy.catalogue.role(Scope::Org, "owner").filter(|_| !org.owners.is_empty());
    let by_default = org.default_project.as_ref().and_then(|project| org.projects.get(project.value));
    let by_default = by_default.and_then(|project| project.default_role.as_ref()).map(|role| role.value);
    let roles: BTreeSet<usize> =
        org.grants.iter().map(|grant| grant.role.value).chain(owner).chain(by_default).collect();
    roles.into_iter().flat_map(|role| policy.catalogue.permits(role)).collect()
}
