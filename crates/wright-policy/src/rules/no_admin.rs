//! No admin (GW0505): nobody could change anything, or let anybody in.

use gatewright_bundle::program::Scope;
use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, deny};
use crate::finding::Finding;
use crate::policy::{Grant, Org, Policy};

const NO_ADMIN: Code = deny(505, "no-admin");

pub(super) const CHECK: Check = Check::new(&[NO_ADMIN], run);

fn run(policy: &Policy, sink: &mut Sink) {
    let Some(admin) = policy.catalogue.role(Scope::Org, "admin") else { return };
    for org in policy.orgs.iter().filter(|org| !org.incomplete && org.owners.is_empty()) {
        if org.grants.iter().any(|grant| grant.project.is_none() && policy.catalogue.covers(grant.role.value, admin)) {
            continue;
        }
        let found = Finding::new(
            NO_ADMIN,
            org.written.at,
            format!("org `{}` has no owner, and no grant gives an admin", org.id),
        )
        .mark("nobody could administer it")
        .help("name an `owner`, or grant `admin` to a group")
        .path(&org.written.path);
        match project_admin(org, policy) {
            Some(grant) => found.also(grant.written.at, "this one administers a project, not the organisation"),
            None => found,
        }
        .report(sink);
    }
}

/// A grant that may have been meant for the whole organisation.
fn project_admin<'o>(org: &'o Org, policy: &Policy) -> Option<&'o Grant> {
    let admin = policy.catalogue.role(Scope::Project, "admin")?;
    org.grants.iter().find(|grant| policy.catalogue.covers(grant.role.value, admin))
}
