//! Unreachable grant (GW0502): whoever it matches has its role already, by another line.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, warn};
use crate::finding::Finding;
use crate::policy::{Catalogue, Grant, Grantee, Org, Policy};
use crate::rules::limits::GRANTS_MAX;

const UNREACHABLE_GRANT: Code = warn(502, "unreachable-grant");

pub(super) const CHECK: Check = Check::new(&[UNREACHABLE_GRANT], run);

fn run(policy: &Policy, sink: &mut Sink) {
    // What is over the limit is refused anyway; comparing it would take its square.
    for org in policy.orgs.iter().filter(|org| !org.incomplete && org.grants.len() <= GRANTS_MAX) {
        let by_grantee = sorted(org);
        for grant in &org.grants {
            let Some(wider) = candidates(org, &by_grantee, grant).find(|other| covers(&policy.catalogue, other, grant))
            else {
                continue;
            };
            Finding::new(UNREACHABLE_GRANT, grant.written.at, "this grant adds nothing")
                .mark("the same people have its role already")
                .also(wider.written.at, "by this grant")
                .help("remove it, or grant another role")
                .path(&grant.written.path)
                .report(sink);
        }
    }
}

fn sorted(org: &Org) -> Vec<&Grant> {
    let mut grants: Vec<&Grant> = org.grants.iter().collect();
    grants.sort_by(|one, two| one.to.cmp(&two.to));
    grants
}

/// Grants to the same people, and those to everybody where there is one domain.
fn candidates<'a>(org: &'a Org, sorted: &'a [&'a Grant], grant: &'a Grant) -> impl Iterator<Item = &'a Grant> {
    let to = |grantee: &Grantee| {
        let start = sorted.partition_point(|other| other.to < *grantee);
        let end = sorted.partition_point(|other| other.to <= *grantee);
        sorted.get(start..end).unwrap_or_default().iter().copied()
    };
    let everybody = everybody(org, &grant.to);
    to(&grant.to).chain(everybody.into_iter().flat_map(move |everybody| to(&everybody).collect::<Vec<_>>()))
}

/// Whoever comes through a connection has an address in a domain that signs in with it: with one domain, that is everybody.
fn everybody(org: &Org, to: &Grantee) -> Option<Grantee> {
    let Grantee::Having { connection, .. } = to else { return None };
    let mut domains = org.domains.iter().filter(|domain| domain.connection == Some(*connection));
    match (domains.next(), domains.next()) {
        (Some(only), None) => Some(Grantee::EveryoneIn(only.name.clone())),
        _ => None,
    }
}

fn covers(catalogue: &Catalogue, wider: &Grant, grant: &Grant) -> bool {
    let same_line = std::ptr::eq(wider, grant);
    let same_role = wider.role.value == grant.role.value;
    // Equal lines are GW0508; of two roles that include each other, GW0501 speaks.
    let strictly =
        !same_role && !catalogue.covers(grant.role.value, wider.role.value) || same_role && wider.to != grant.to;
    !same_line && strictly && wider.project == grant.project && catalogue.covers(wider.role.value, grant.role.value)
}
