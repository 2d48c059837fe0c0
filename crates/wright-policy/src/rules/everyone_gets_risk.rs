//! Everyone gets risk (GW0507): a permission that can leak a key or hand over control, given to a whole domain.

use gatewright_bundle::program::Risk;
use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::source::Span;

use super::{Check, deny};
use crate::finding::{Finding, listed};
use crate::policy::{Catalogue, Grantee, Policy};

const EVERYONE_GETS_RISK: Code = deny(507, "everyone-gets-risk");

pub(super) const CHECK: Check = Check::new(&[EVERYONE_GETS_RISK], run);

fn run(policy: &Policy, sink: &mut Sink) {
    let by_role: Vec<Vec<&str>> =
        (0..policy.catalogue.roles.len()).map(|role| risky(&policy.catalogue, role)).collect();
    let of_role = |role: usize| by_role.get(role).filter(|risky| !risky.is_empty());
    for org in &policy.orgs {
        for grant in &org.grants {
            let Grantee::EveryoneIn(domain) = &grant.to else { continue };
            let Some(risky) = of_role(grant.role.value) else { continue };
            report(&format!("everyone in `{domain}`"), risky, grant.role.span, &grant.written.path, sink);
        }
        // Every member is in the default project, with its default role.
        let default = org.default_project.as_ref().and_then(|project| org.projects.get(project.value));
        let Some((project, role)) = default.and_then(|project| Some((project, project.default_role.as_ref()?))) else {
            continue;
        };
        let Some(risky) = of_role(role.value) else { continue };
        report("every member", risky, role.span, &project.written.path, sink);
    }
}

fn report(who: &str, risky: &[&str], at: Span, path: &str, sink: &mut Sink) {
    Finding::new(EVERYONE_GETS_RISK, at, format!("{who} would get {}", listed(risky.iter().copied())))
        .mark("holds permissions with a risk")
        .help("grant it to a group, and a smaller role to everyone")
        .path(path)
        .report(sink);
}

/// Money is not counted: how much of it somebody may spend has no word yet.
fn risky(catalogue: &Catalogue, role: usize) -> Vec<&str> {
    let permits = catalogue.permits(role);
    let permissions = permits.iter().filter_map(|permit| catalogue.permissions.get(*permit));
    let risky = permissions.filter(|permission| match permission.risk {
        Risk::Credential | Risk::Privileged => true,
        Risk::None | Risk::Spend => false,
    });
    risky.map(|permission| permission.name.as_str()).collect()
}
