//! Limits (GW0010): more of something in one organisation than can be reviewed or is understood.

use wright_syntax::codes::LIMITS;
use wright_syntax::diagnostic::Sink;

use super::Check;
use crate::finding::Finding;
use crate::policy::Policy;

pub(super) const CHECK: Check = Check::new(&[LIMITS], run);

/// A decision looks at every grant of an organisation; nobody reviews more.
pub(super) const GRANTS_MAX: usize = 4_096;

/// With two, a grant to a group would have to say whose group it means; the language has no word for that yet.
const CONNECTIONS_MAX: usize = 1;

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        if let Some(grant) = org.grants.get(GRANTS_MAX) {
            let count = org.grants.len();
            Finding::new(
                LIMITS,
                grant.written.at,
                format!("org `{}` has {count} grants; the limit is {GRANTS_MAX}", org.id),
            )
            .mark("one too many")
            .help("give the role to a group of groups at the identity provider")
            .path(&org.written.path)
            .report(sink);
        }
        let mut connections: Vec<_> = org.connections.iter().map(|connection| connection.written.at).collect();
        connections.sort_unstable();
        if let [first, second, ..] = connections.as_slice() {
            let count = connections.len();
            Finding::new(
                LIMITS,
                *second,
                format!("org `{}` has {count} connections; the limit is {CONNECTIONS_MAX}", org.id),
            )
            .mark("one too many")
            .also(*first, "the first one")
            .help("an organisation signs in through one identity provider in this version of the language")
            .path(&org.written.path)
            .report(sink);
        }
    }
}
