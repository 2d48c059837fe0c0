//! Duplicate grant (GW0508): the same line twice. Labels are no part of a line's identity.

use std::collections::BTreeMap;

use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::source::Span;

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::{Policy, Written};

const DUPLICATE_GRANT: Code = error(508, "duplicate-grant");

pub(super) const CHECK: Check = Check::new(&[DUPLICATE_GRANT], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        let mut grants = BTreeMap::new();
        for grant in &org.grants {
            let key = (grant.role.value, grant.project, &grant.to);
            twice("grant", grants.insert(key, grant.written.at), &grant.written, sink);
        }
        let mut blocks = BTreeMap::new();
        for block in &org.blocks {
            twice("block", blocks.insert(&block.group, block.written.at), &block.written, sink);
        }
    }
}

fn twice(what: &str, earlier: Option<Span>, later: &Written, sink: &mut Sink) {
    let Some(earlier) = earlier else { return };
    Finding::new(DUPLICATE_GRANT, later.at, format!("the same {what} twice"))
        .mark("again here")
        .also(earlier, "first here")
        .help("remove one of the two lines")
        .path(&later.path)
        .report(sink);
}
