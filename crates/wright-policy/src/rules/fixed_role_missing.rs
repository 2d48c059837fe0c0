//! Fixed role missing (GW0111): three roles have a meaning of their own and must exist. What they permit is data.

use gatewright_bundle::program::Scope;
use wright_syntax::diagnostic::{Code, Sink};

use super::{Check, error};
use crate::finding::Finding;
use crate::policy::Policy;

const FIXED_ROLE_MISSING: Code = error(111, "fixed-role-missing");

pub(super) const CHECK: Check = Check::new(&[FIXED_ROLE_MISSING], run);

/// `owner` is what the word `owner` gives; the admins are who can repair an organisation and a project.
pub(super) const FIXED: [(Scope, &str); 3] = [(Scope::Org, "owner"), (Scope::Org, "admin"), (Scope::Project, "admin")];

fn run(policy: &Policy, sink: &mut Sink) {
    if policy.catalogue.incomplete {
        return;
    }
    for (scope, slug) in FIXED {
        if policy.catalogue.role(scope, slug).is_none() {
            let scope = match scope {
                Scope::Org => "org",
                Scope::Project => "project",
            };
            Finding::new(
                FIXED_ROLE_MISSING,
                policy.catalogue.at,
                format!("the catalogue has no {scope} role `{slug}`"),
            )
            .mark("none in this folder")
            .help(format!(
                "such as `role \"{slug}\" scope=\"{scope}\" {{ … }}`; its label and permissions are yours to choose"
            ))
            .report(sink);
        }
    }
}
