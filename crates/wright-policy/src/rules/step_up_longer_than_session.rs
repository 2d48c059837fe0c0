//! Step-up longer than session (GW0702): a question that is never asked.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, deny};
use crate::finding::Finding;
use crate::kind::spell;
use crate::policy::Policy;

const STEP_UP_LONGER_THAN_SESSION: Code = deny(702, "step-up-longer-than-session");

pub(super) const CHECK: Check = Check::new(&[STEP_UP_LONGER_THAN_SESSION], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        let absolute = &org.session.absolute;
        for step_up in org.step_ups.iter().filter(|step_up| step_up.within.value >= absolute.value) {
            let (within, lasts) = (spell(step_up.within.value.0), spell(absolute.value.0));
            let finding = Finding::new(
                STEP_UP_LONGER_THAN_SESSION,
                step_up.within.span,
                format!("step-up within {within} never asks in a session of {lasts}"),
            )
            .mark("as long as the session, or longer")
            .help("make it shorter than `absolute`: minutes are usual, such as \"15m\"")
            .path(&step_up.written.path);
            match &absolute.from {
                Some(from) => finding.also(from.at, format!("sessions of `{}` last {lasts}", org.id)).report(sink),
                None => finding.report(sink),
            }
        }
    }
}
