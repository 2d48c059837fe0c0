//! Limits (GW0010): more of something in one organisation than can be reviewed or is understood.

use wright_syntax::codes::LIMITS;
use wright_syntax::diagnostic::Sink;

use super::Check;
use crate::finding::Finding;
use crate::policy::Policy;

pub(super) const CHECK: Check = Check::new(&[LIMITS], run);

/// A decision looks at every grant of an organisation; nobody reviews more.
pub(super) const GRANTS_MAX: usize = 4_096;

/// A group of companies after its mergers has a dozen.
const CONNECTIONS_MAX: usize = 16;

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
        if let Some(beyond) = connections.get(CONNECTIONS_MAX) {
            let count = connections.len();
            Finding::new(
                LIMITS,
                *beyond,
                format!("org `{}` has {count} connections; the limit is {CONNECTIONS_MAX}", org.id),
            )
            .mark("one too many")
            .help("let the domains of one provider share a connection")
            .path(&org.written.path)
            .report(sink);
        }
    }
}
