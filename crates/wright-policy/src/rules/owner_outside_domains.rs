//! Owner outside domains (GW0307): an owner whose address routes nowhere can never sign in.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, deny};
use crate::finding::{Finding, listed};
use crate::policy::Policy;

const OWNER_OUTSIDE_DOMAINS: Code = deny(307, "owner-outside-domains");

pub(super) const CHECK: Check = Check::new(&[OWNER_OUTSIDE_DOMAINS], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in policy.orgs.iter().filter(|org| !org.incomplete && !org.domains.is_empty()) {
        for owner in &org.owners {
            if org.domains.iter().any(|domain| domain.name == *owner.value.domain()) {
                continue;
            }
            let domains = listed(org.domains.iter().map(|domain| domain.name.as_str()));
            Finding::new(
                OWNER_OUTSIDE_DOMAINS,
                owner.span,
                format!("owner `{}` is in none of the organisation's domains", owner.value),
            )
            .mark(format!("`{}` is not claimed here", owner.value.domain()))
            .help(format!("use an address in {domains}"))
            .path(&format!("{}.owner[{}]", org.written.path, owner.value))
            .report(sink);
        }
    }
}
