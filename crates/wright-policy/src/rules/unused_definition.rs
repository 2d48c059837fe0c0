//! Unused definition (GW0108): a role that nobody can get, a permission that no role gives, a connection that nobody comes
//! through, a preset that no organisation uses.

use std::collections::BTreeSet;

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, warn};
use crate::finding::Finding;
use crate::policy::{Policy, Written};
use crate::rules::fixed_role_missing::FIXED;

const UNUSED_DEFINITION: Code = warn(108, "unused-definition");

pub(super) const CHECK: Check = Check::new(&[UNUSED_DEFINITION], run);

fn run(policy: &Policy, sink: &mut Sink) {
    // What could not be read may be the use.
    if !policy.sound {
        return;
    }
    if !policy.is_part {
        idle_roles(policy, sink);
        for preset in &policy.idle_presets {
            report("no organisation uses this preset", "use it", preset, sink);
        }
    }
    for org in &policy.orgs {
        let idle = org.connections.iter().enumerate().filter(|(at, _)| !org.signs_in(*at));
        for (_, connection) in idle {
            let message = format!("no domain signs in with connection `{}`", connection.slug);
            report(&message, "name it: `sign-in=` of a domain", &connection.written, sink);
        }
    }
    let catalogue = &policy.catalogue;
    let permitted: BTreeSet<usize> =
        catalogue.roles.iter().flat_map(|role| &role.permits).map(|permit| permit.value).collect();
    let idle = catalogue.permissions.iter().enumerate().filter(|(index, _)| !permitted.contains(index));
    for (_, permission) in idle {
        report(&format!("no role permits `{}`", permission.name), "permit it in a role", &permission.written, sink);
    }
}

fn idle_roles(policy: &Policy, sink: &mut Sink) {
    let catalogue = &policy.catalogue;
    let granted = policy.orgs.iter().flat_map(|org| &org.grants).map(|grant| grant.role.value);
    let by_default = policy
        .orgs
        .iter()
        .flat_map(|org| &org.projects)
        .filter_map(|project| Some(project.default_role.as_ref()?.value));
    let fixed = FIXED.iter().filter_map(|(scope, slug)| catalogue.role(*scope, slug));
    let direct: BTreeSet<usize> = granted.chain(by_default).chain(fixed).collect();
    let used: BTreeSet<usize> = direct
        .iter()
        .filter_map(|role| catalogue.roles.get(*role))
        .flat_map(|role| role.closure.iter().copied())
        .collect();
    let unused = catalogue.roles.iter().enumerate().filter(|(index, _)| !used.contains(index));
    for (_, role) in unused {
        report(&format!("role `{}` is granted nowhere", role.slug), "grant it", &role.written, sink);
    }
}

fn report(message: &str, instead: &str, written: &Written, sink: &mut Sink) {
    Finding::new(UNUSED_DEFINITION, written.at, message)
        .mark("used nowhere")
        .help(format!("remove it, or {instead}"))
        .path(&written.path)
        .report(sink);
}
