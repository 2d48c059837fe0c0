//! Approvals open (GW1414): a manifest that asks for approvals, and lets them be taken away without one.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::{Finding, listed};
use crate::policy::Policy;

const APPROVALS_OPEN: Code = error(1414, "approvals-open");

pub(super) const CHECK: Check = Check::new(&[APPROVALS_OPEN], run);

/// The classes of a change of the manifest itself: an approval that goes, a brake or a law that is loosened.
const OF_THE_MANIFEST: [&str; 2] = ["trust-root", "weakening"];

fn run(policy: &Policy, sink: &mut Sink) {
    let governance = &policy.governance;
    let Some(at) = governance.at else { return };
    let missing: Vec<&str> =
        OF_THE_MANIFEST.into_iter().filter(|class| !governance.approvals.contains_key(*class)).collect();
    if missing.is_empty() {
        return;
    }
    let listed = listed(missing.iter().copied());
    Finding::new(APPROVALS_OPEN, at, format!("the manifest asks no approval for {listed}"))
        .mark("whoever changes the manifest can take this away alone")
        .help("such as `approval \"weakening\" from=\"@lumen/security\"`; take them all away where nobody reviews")
        .path("workspace")
        .report(sink);
}
