//! Slow offboarding (GW0604): whoever is deactivated at the provider keeps access for more than a working day.

use gatewright_decide::revocation_bound;
use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, warn};
use crate::finding::Finding;
use crate::kind::{HOUR, spell};
use crate::paths::{deciding, rules};
use crate::policy::Policy;

const SLOW_OFFBOARDING: Code = warn(604, "slow-offboarding");

pub(super) const CHECK: Check = Check::new(&[SLOW_OFFBOARDING], run);

/// Somebody who is deactivated in the morning is out by the evening.
const BOUND_SECS_MAX: u32 = 12 * HOUR;

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        let bound = revocation_bound(&rules(&org.session));
        // What is built in is shorter.
        let Some(from) = deciding(&org.session, bound.limit).filter(|_| bound.seconds.0 > BOUND_SECS_MAX) else {
            continue;
        };
        let word = from.path.rsplit_once('.').map_or("", |(_, word)| word);
        let lasts = spell(bound.seconds.0);
        Finding::new(SLOW_OFFBOARDING, from.at, format!("a leaver keeps access for up to {lasts}"))
            .mark(format!("`{word}` is what ends it; more than {}", spell(BOUND_SECS_MAX)))
            .help(
                "make `absolute` or `max-authentication-age` shorter, such as \"10h\": no provider tells the gate who has left, and somebody who goes on working is never idle",
            )
            .path(&from.path)
            .report(sink);
    }
}
