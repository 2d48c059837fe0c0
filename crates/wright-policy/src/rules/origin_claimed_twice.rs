//! Origin claimed twice (GW1207): browsers tell applications apart by origin, and by nothing else (RFC 6454).

use std::collections::BTreeMap;

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::{Environment, Policy};

const ORIGIN_CLAIMED_TWICE: Code = error(1207, "origin-claimed-twice");

pub(super) const CHECK: Check = Check::new(&[ORIGIN_CLAIMED_TWICE], run);

fn run(policy: &Policy, sink: &mut Sink) {
    policy.environments.iter().for_each(|environment| distinct(environment, sink));
}

fn distinct(environment: &Environment, sink: &mut Sink) {
    let base = environment.base_url.as_ref().map(|base| (&*base.value, ("the gate itself".to_owned(), base.span)));
    let mut claimed: BTreeMap<&str, _> = base.into_iter().collect();
    for app in &environment.apps {
        let Some(origin) = &app.origin else { continue };
        let Some((first, place)) = claimed.get(&*origin.value) else {
            claimed.insert(&origin.value, (format!("app `{}`", app.slug), origin.span));
            continue;
        };
        Finding::new(ORIGIN_CLAIMED_TWICE, origin.span, format!("app `{}` has the origin of {first}", app.slug))
            .mark("the same origin")
            .also(*place, "first here")
            .help("every application needs an origin of its own: a cookie of one would be a cookie of the other")
            .path(&app.written.path)
            .report(sink);
    }
}
