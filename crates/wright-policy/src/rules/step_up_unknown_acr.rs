//! Step-up unknown acr (GW0703): the provider never reports what is asked for, so that nobody could use the permission.

use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, warn};
use crate::finding::{Finding, listed};
use crate::policy::Policy;

const STEP_UP_UNKNOWN_ACR: Code = warn(703, "step-up-unknown-acr");

pub(super) const CHECK: Check = Check::new(&[STEP_UP_UNKNOWN_ACR], run);

fn run(policy: &Policy, sink: &mut Sink) {
    for org in &policy.orgs {
        for connection in &org.connections {
            let Some(reports) = connection.reports() else { continue };
            for step_up in &org.step_ups {
                let Some(acr) = step_up.acr.as_ref().filter(|acr| !reports.may_say(&acr.value)) else { continue };
                let provider = connection.provider_name();
                let help = if reports.acrs.is_empty() || !reports.says_acr() {
                    format!(
                        "`{provider}` reports no class: leave `acr` out, and let the provider's own policy ask for more"
                    )
                } else {
                    format!("it reports {}", listed(reports.acrs.iter().map(|known| &**known)))
                };
                Finding::new(
                    STEP_UP_UNKNOWN_ACR,
                    acr.span,
                    format!("`acr \"{}\"`: the profile `{provider}` of org `{}` does not send it", acr.value, org.id),
                )
                .mark("what is not reported counts as weakest")
                .also(connection.written.at, "this connection")
                .help(help)
                .path(&step_up.written.path)
                .report(sink);
            }
        }
    }
}
