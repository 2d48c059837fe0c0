//! Session very long (GW0704): somebody who has left stays signed in for as long.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, warn};
use crate::finding::Finding;
use crate::kind::{DAY, spell};
use crate::policy::Policy;

const SESSION_VERY_LONG: Code = warn(704, "session-very-long");

pub(super) const CHECK: Check = Check::new(&[SESSION_VERY_LONG], run);

/// NIST SP 800-63B-4 §2.2.3: at AAL2 a session ends within 24 hours, whatever happens.
const ABSOLUTE_SECS_MAX: u32 = DAY;

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        let absolute = &org.session.absolute;
        let Some(from) = absolute.from.as_ref().filter(|_| absolute.value.0 > ABSOLUTE_SECS_MAX) else { continue };
        Finding::new(SESSION_VERY_LONG, from.at, format!("a session lasts up to {}", spell(absolute.value.0)))
            .mark(format!("longer than {}", spell(ABSOLUTE_SECS_MAX)))
            .help("whoever leaves keeps access until the next sign-in: a working day is usual, such as \"10h\"")
            .path(&from.path)
            .report(sink);
    }
}
