//! Nobody admitted (GW0504): without a grant that can match, an organisation keeps out its own people.

use std::collections::BTreeSet;

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::{Grantee, Org, Policy};

const NOBODY_ADMITTED: Code = error(504, "nobody-admitted");

pub(super) const CHECK: Check = Check::new(&[NOBODY_ADMITTED], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in policy.orgs.iter().filter(|org| org.sso.is_some() && !org.incomplete && !admits(org)) {
        Finding::new(NOBODY_ADMITTED, org.written.at, format!("no grant of org `{}` can match anybody", org.id))
            .mark("nobody but an owner could sign in")
            .help("such as `grant role=\"developer\" everyone-in=\"acme.com\"`")
            .path(&org.written.path)
            .report(sink);
    }
}

fn admits(org: &Org) -> bool {
    let blocked: BTreeSet<_> = org.blocks.iter().map(|block| &block.group).collect();
    org.grants.iter().any(|grant| match &grant.to {
        Grantee::EveryoneIn(_) => true,
        Grantee::Having { connection, what } => {
            org.signs_in(*connection) && !what.group().is_some_and(|group| blocked.contains(group))
        }
    })
}
