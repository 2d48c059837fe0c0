//! Authentication time unreported (GW0705): an age that nobody can know. Part of ST-LINT-15.
//!
//! For `max-authentication-age` the sign-in stands in for it. For a `step-up` it counts as oldest: nobody who comes through
//! this connection can use the permission. Said to organisations that write one of the two themselves; what the defaults
//! ask of everybody is the platform's business, and stands among the provider's quirks.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, info};
use crate::finding::Finding;
use crate::policy::{Connection, Org, Policy, Written};

const AUTHENTICATION_TIME_UNREPORTED: Code = info(705, "authentication-time-unreported");

pub(super) const CHECK: Check = Check::new(&[AUTHENTICATION_TIME_UNREPORTED], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        for connection in &org.connections {
            if connection.reports().is_some_and(|reports| !reports.authentication_time) {
                report(org, connection, policy, sink);
            }
        }
    }
}

fn report(org: &Org, connection: &Connection, policy: &Policy, sink: &mut Sink) {
    let Some(provider) = &connection.provider else { return };
    let own = |written: &Written| written.path.starts_with("org[");
    let aged = org.session.max_authentication_age.from.as_ref().is_some_and(own);
    let asked: Vec<&str> = org
        .step_ups
        .iter()
        .filter(|step_up| own(&step_up.written))
        .filter_map(|step_up| Some(policy.catalogue.permissions.get(step_up.permission)?.name.as_str()))
        .collect();
    let (mark, help) = match (asked.is_empty(), aged) {
        (true, false) => return,
        (true, true) => {
            ("counted from the sign-in", "`max-authentication-age` counts from the sign-in here".to_owned())
        }
        (false, _) => (
            "what is not reported counts as oldest",
            format!(
                "nobody who signs in here can use what needs a `step-up`: {}",
                crate::finding::listed(asked.iter().copied())
            ),
        ),
    };
    Finding::new(
        AUTHENTICATION_TIME_UNREPORTED,
        provider.span,
        format!("`{}` does not report when somebody authenticated", provider.value.name),
    )
    .mark(mark)
    .help(help)
    .path(&connection.written.path)
    .report(sink);
}
