//! Not in plan (GW1104): the organisation uses what it has not bought.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const NOT_IN_PLAN: Code = error(1104, "not-in-plan");

pub(super) const CHECK: Check = Check::new(&[NOT_IN_PLAN], run);

/// What `members "sso"` needs.
const SSO: &str = "sso";

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        let (Some(members), Some(reference)) = (org.sso, &org.plan) else { continue };
        let Some(plan) = policy.catalogue.plans.get(reference.value) else { continue };
        if policy.catalogue.incomplete || plan.includes.iter().any(|feature| &**feature == SSO) {
            continue;
        }
        Finding::new(NOT_IN_PLAN, members, format!("plan `{}` does not include `{SSO}`", plan.slug))
            .mark("needs it")
            .also(reference.span, "the plan of this organisation")
            .also(plan.written.at, "what the plan includes")
            .help("choose another plan, or let this one include it")
            .path(&org.written.path)
            .report(sink);
    }
}
