//! Domain claimed twice (GW0301): an address must lead to one organisation. Holds ST-LINT-02's first half.

use std::collections::BTreeMap;

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const DOMAIN_CLAIMED_TWICE: Code = error(301, "domain-claimed-twice");

pub(super) const CHECK: Check = Check::new(&[DOMAIN_CLAIMED_TWICE], run);

fn run(policy: &Policy, sink: &mut Sink) {
    let mut claimed = BTreeMap::new();
    let claims = policy.orgs.iter().flat_map(|org| org.domains.iter().map(move |domain| (org, domain)));
    for (org, domain) in claims {
        let Some((first, place)) = claimed.insert(&domain.name, (&org.id, domain.written.at)) else { continue };
        Finding::new(
            DOMAIN_CLAIMED_TWICE,
            domain.written.at,
            format!("`{}` is claimed by `{first}` and `{}`", domain.name, org.id),
        )
        .mark("claimed again here")
        .also(place, "claimed here")
        .help("a domain belongs to one organisation: remove one of the two lines")
        .path(&domain.written.path)
        .report(sink);
    }
}
