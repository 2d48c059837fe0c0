//! Idle over absolute (GW0701): the idle limit would never be reached, and its author thinks it would.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::kind::spell;
use crate::policy::{Org, Policy};

const IDLE_OVER_ABSOLUTE: Code = error(701, "idle-over-absolute");

pub(super) const CHECK: Check = Check::new(&[IDLE_OVER_ABSOLUTE], run);

fn run(policy: &Policy, sink: &mut Sink) {
    policy.orgs.iter().for_each(|org| sane(org, sink));
}

fn sane(org: &Org, sink: &mut Sink) {
    let (idle, absolute) = (&org.session.idle, &org.session.absolute);
    if idle.value <= absolute.value {
        return;
    }
    // At least one is written: the built-in ones are sane. The more specific one is where to look.
    let own = |path: &str| path.starts_with("org[");
    let marks = [idle.from.as_ref(), absolute.from.as_ref()];
    let Some(at) = marks.iter().flatten().find(|from| own(&from.path)).or_else(|| marks.iter().flatten().next()) else {
        return;
    };
    let mut finding = Finding::new(
        IDLE_OVER_ABSOLUTE,
        at.at,
        format!("idle {} is longer than absolute {}", spell(idle.value.0), spell(absolute.value.0)),
    )
    .mark(if idle.from.as_ref().is_some_and(|from| from.at == at.at) {
        "would never be reached"
    } else {
        "ends the session before"
    })
    .help("make `idle` shorter, or `absolute` longer")
    .path(&at.path);
    for other in marks.iter().flatten().filter(|other| other.at != at.at) {
        finding = finding.also(other.at, "the other limit");
    }
    finding.report(sink);
}
