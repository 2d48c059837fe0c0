//! Role cycle (GW0501): roles that include each other are one role under several names.

use std::collections::BTreeSet;

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::{Catalogue, Policy};

const ROLE_CYCLE: Code = error(501, "role-cycle");

pub(super) const CHECK: Check = Check::new(&[ROLE_CYCLE], run);

fn run(policy: &Policy, sink: &mut Sink) {
    let catalogue = &policy.catalogue;
    let mut told: BTreeSet<usize> = BTreeSet::new();
    for start in 0..catalogue.roles.len() {
        if told.contains(&start) {
            continue;
        }
        let circle = circle(catalogue, start);
        told.extend(&circle);
        report(catalogue, &circle, sink);
    }
}

/// The roles from `start` back to itself, the nearest way; empty where there is none.
fn circle(catalogue: &Catalogue, start: usize) -> Vec<usize> {
    let returns = |role: usize| catalogue.roles.get(role).is_some_and(|role| role.closure.contains(&start));
    let mut way = vec![start];
    let mut seen = BTreeSet::from([start]);
    let mut here = start;
    loop {
        let includes = catalogue.roles.get(here).map(|role| &role.includes);
        let mut next = includes.into_iter().flatten().map(|include| include.value);
        if next.clone().any(|role| role == start) {
            return way;
        }
        let Some(role) = next.find(|role| returns(*role) && !seen.contains(role)) else { return Vec::new() };
        seen.insert(role);
        way.push(role);
        here = role;
    }
}

fn report(catalogue: &Catalogue, circle: &[usize], sink: &mut Sink) {
    let roles: Vec<_> = circle.iter().filter_map(|role| catalogue.roles.get(*role)).collect();
    let (Some(first), Some(start)) = (roles.first(), circle.first()) else { return };
    let names: Vec<&str> = roles.iter().chain([first]).map(|role| role.slug.as_str()).collect();
    let at = first.includes.iter().find(|include| circle.contains(&include.value) || include.value == *start);
    let mut finding = Finding::new(ROLE_CYCLE, at.map_or(first.written.at, |include| include.span), names.join(" → "))
        .mark("the circle begins here")
        .help("take one of these `includes` away")
        .path(&first.written.path);
    for role in roles.iter().skip(1) {
        finding = finding.also(role.written.at, "goes through here");
    }
    finding.report(sink);
}
