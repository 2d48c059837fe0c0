//! Rules: what a policy must not say although every word of it is known. One file a rule.
//!
//! A new rule is a file below this one and a line in `CHECKS`; its page is `pages/GWnnnn.md`, its fixture lies below
//! `tests/ui`.
//!
//! Invariant: a rule reads the policy and reports; it changes nothing and needs no other rule to have run.
//! Invariant: where a part of an organisation was reported before, nothing is said about what it lacks.

mod blocked_always;
mod client_auth_unavailable;
mod client_claimed_twice;
mod domain_claimed_twice;
mod duplicate_grant;
mod everyone_gets_risk;
mod fixed_role_missing;
mod foreign_secret;
mod groups_unavailable;
mod hosted_domain_missing;
mod idle_over_absolute;
mod inline_secret;
mod issuer_not_https;
mod issuer_of_other_provider;
mod limits;
mod multi_tenant_issuer;
mod no_admin;
mod no_connection;
mod nobody_admitted;
mod not_in_plan;
mod origin_claimed_twice;
mod origin_not_https;
mod owner_outside_domains;
mod public_domain;
mod public_suffix;
mod role_cycle;
mod session_very_long;
mod subdomain_overlap;
mod tenant_mismatch;
mod unreachable_grant;
mod unused_definition;

pub use inline_secret::{INLINE_SECRET, Secret, secrets};
use wright_syntax::diagnostic::{Code, Severity, Sink};

use crate::policy::Policy;
use crate::valid::Valid;

/// One rule, and the codes that it may raise.
pub struct Check {
    pub codes: &'static [Code],
    pub run: fn(&Policy, &mut Sink),
}

/// Every rule, in the order of their codes.
pub const CHECKS: &[Check] = &[
    limits::CHECK,
    unused_definition::CHECK,
    fixed_role_missing::CHECK,
    domain_claimed_twice::CHECK,
    public_domain::CHECK,
    public_suffix::CHECK,
    subdomain_overlap::CHECK,
    owner_outside_domains::CHECK,
    no_connection::CHECK,
    client_claimed_twice::CHECK,
    issuer_not_https::CHECK,
    multi_tenant_issuer::CHECK,
    hosted_domain_missing::CHECK,
    inline_secret::CHECK,
    foreign_secret::CHECK,
    client_auth_unavailable::CHECK,
    issuer_of_other_provider::CHECK,
    tenant_mismatch::CHECK,
    groups_unavailable::CHECK,
    role_cycle::CHECK,
    unreachable_grant::CHECK,
    blocked_always::CHECK,
    nobody_admitted::CHECK,
    no_admin::CHECK,
    everyone_gets_risk::CHECK,
    duplicate_grant::CHECK,
    idle_over_absolute::CHECK,
    session_very_long::CHECK,
    not_in_plan::CHECK,
    origin_claimed_twice::CHECK,
    origin_not_https::CHECK,
];

/// Runs every rule. `None` where an error or a denied lint stands, raised here or in an earlier stage.
pub fn check(policy: Policy, sink: &mut Sink) -> Option<Valid<Policy>> {
    let mut local = Sink::default();
    check_with(&policy, CHECKS, &mut local);
    let sound = policy.sound && !local.refuses();
    sink.merge(local);
    sound.then(|| Valid::proved_by_check(policy))
}

/// Runs some rules: for tests that leave one out. Proves nothing.
pub fn check_with<'a>(policy: &Policy, checks: impl IntoIterator<Item = &'a Check>, sink: &mut Sink) {
    checks.into_iter().for_each(|check| (check.run)(policy, sink));
}

const fn error(number: u16, slug: &'static str) -> Code {
    Code { number, slug, severity: Severity::Error }
}

const fn deny(number: u16, slug: &'static str) -> Code {
    Code { number, slug, severity: Severity::Deny }
}

const fn warn(number: u16, slug: &'static str) -> Code {
    Code { number, slug, severity: Severity::Warn }
}
