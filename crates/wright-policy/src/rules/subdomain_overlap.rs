//! Subdomain overlap (GW0306): whoever owns the domain above can make addresses below, and prove it with DNS.

use std::collections::BTreeMap;

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, deny};
use crate::finding::Finding;
use crate::policy::Policy;

const SUBDOMAIN_OVERLAP: Code = deny(306, "subdomain-overlap");

pub(super) const CHECK: Check = Check::new(&[SUBDOMAIN_OVERLAP], run);

fn run(policy: &Policy, sink: &mut Sink) {
    let claims = || policy.orgs.iter().flat_map(|org| org.domains.iter().map(move |domain| (org, domain)));
    let owners: BTreeMap<&str, _> = claims().map(|(org, domain)| (domain.name.as_str(), (org, domain))).collect();
    for (org, domain) in claims() {
        let mut above = domain.name.as_str();
        while let Some((_, parent)) = above.split_once('.') {
            above = parent;
            let Some((other, outer)) = owners.get(parent).filter(|(other, _)| other.id != org.id) else { continue };
            Finding::new(
                SUBDOMAIN_OVERLAP,
                domain.written.at,
                format!("`{}` lies inside `{parent}` of org `{}`", domain.name, other.id),
            )
            .mark("inside another organisation's domain")
            .also(outer.written.at, "the domain around it")
            .help("let the organisation that owns the outer domain claim both")
            .path(&domain.written.path)
            .report(sink);
        }
    }
}
