//! Blocked always (GW0503): a grant to a group that is kept out whatever it is granted.

use std::collections::BTreeMap;

use gatewright_terms::Trait;
use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, warn};
use crate::finding::Finding;
use crate::policy::{Grantee, Policy};

const BLOCKED_ALWAYS: Code = warn(503, "blocked-always");

pub(super) const CHECK: Check = Check::new(&[BLOCKED_ALWAYS], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        let blocked: BTreeMap<_, _> = org.blocks.iter().map(|block| (&block.group, block.written.at)).collect();
        for grant in &org.grants {
            let Grantee::Having { what: Trait::Group(group), .. } = &grant.to else { continue };
            let Some(block) = blocked.get(group) else { continue };
            Finding::new(BLOCKED_ALWAYS, grant.written.at, format!("everyone in `{group}` is also blocked"))
                .mark("gives nobody anything")
                .also(*block, "blocked here")
                .help("a block beats every grant: remove one of the two")
                .path(&grant.written.path)
                .report(sink);
        }
    }
}
