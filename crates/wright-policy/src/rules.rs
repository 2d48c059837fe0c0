//! Rules: what a policy must not say although every word of it is known. One file a rule.
//!
//! A new rule is a file below this one and a line in `CHECKS`; its page is `pages/GWnnnn.md`, its fixture lies below
//! `tests/ui`.
//!
//! Invariant: a rule reads the policy and reports; it changes nothing and needs no other rule to have run.
//! Invariant: where a part of an organisation was reported before, nothing is said about what it lacks.

mod algorithm_without_key;
mod approvals_open;
mod attribute_grant;
mod attribute_unmapped;
mod authentication_time_unreported;
mod blocked_always;
mod certificate_expiring;
mod client_auth_unavailable;
mod client_claimed_twice;
mod domain_claimed_twice;
mod duplicate_grant;
mod endpoint_not_https;
mod everyone_gets_risk;
mod fixed_role_missing;
mod foreign_secret;
mod groups_unavailable;
mod guardrails;
mod hosted_domain_missing;
mod id_reused;
mod idle_over_absolute;
mod inline_secret;
mod issuer_not_https;
mod issuer_of_other_provider;
mod limits;
mod metadata_mismatch;
mod metadata_missing;
mod metadata_outdated;
mod metadata_unusable;
mod multi_tenant_issuer;
mod mutable_subject;
mod no_admin;
mod no_connection;
mod nobody_admitted;
mod not_in_plan;
mod origin_claimed_twice;
mod origin_not_https;
mod owner_outside_domains;
mod privileged_without_step_up;
mod public_domain;
mod public_suffix;
mod requests_unsigned;
mod role_cycle;
mod session_very_long;
mod slow_offboarding;
mod step_up_longer_than_session;
mod step_up_unknown_acr;
mod subdomain_overlap;
mod tenant_mismatch;
mod transient_subject;
mod unreachable_grant;
mod unsafe_words;
mod unused_definition;
mod weak_algorithm;
mod weak_key;

pub(crate) use client_claimed_twice::clients;
use gatewright_terms::Timestamp;
pub use inline_secret::{INLINE_SECRET, Secret, secrets};
use wright_syntax::diagnostic::{Code, Severity, Sink};

use crate::policy::Policy;
use crate::valid::Valid;

/// One rule, and the codes that it may raise.
pub struct Check {
    pub codes: &'static [Code],
    run: Run,
}

enum Run {
    Plain(fn(&Policy, &mut Sink)),
    /// Judges ends by a day: what it says may change without a change of the policy.
    AsOf(fn(&Policy, Timestamp, &mut Sink)),
}

impl Check {
    const fn new(codes: &'static [Code], run: fn(&Policy, &mut Sink)) -> Self {
        Self { codes, run: Run::Plain(run) }
    }

    const fn as_of(codes: &'static [Code], run: fn(&Policy, Timestamp, &mut Sink)) -> Self {
        Self { codes, run: Run::AsOf(run) }
    }
}

/// Every rule, in the order of their codes.
pub const CHECKS: &[Check] = &[
    limits::CHECK,
    id_reused::CHECK,
    unused_definition::CHECK,
    fixed_role_missing::CHECK,
    domain_claimed_twice::CHECK,
    public_domain::CHECK,
    public_suffix::CHECK,
    subdomain_overlap::CHECK,
    owner_outside_domains::CHECK,
    no_connection::CHECK,
    client_claimed_twice::CHECK,
    metadata_missing::CHECK,
    metadata_mismatch::CHECK,
    certificate_expiring::CHECK,
    weak_key::CHECK,
    issuer_not_https::CHECK,
    multi_tenant_issuer::CHECK,
    hosted_domain_missing::CHECK,
    inline_secret::CHECK,
    foreign_secret::CHECK,
    attribute_unmapped::CHECK,
    client_auth_unavailable::CHECK,
    issuer_of_other_provider::CHECK,
    tenant_mismatch::CHECK,
    groups_unavailable::CHECK,
    metadata_unusable::CHECK,
    endpoint_not_https::CHECK,
    weak_algorithm::CHECK,
    algorithm_without_key::CHECK,
    transient_subject::CHECK,
    requests_unsigned::CHECK,
    metadata_outdated::CHECK,
    role_cycle::CHECK,
    unreachable_grant::CHECK,
    blocked_always::CHECK,
    nobody_admitted::CHECK,
    no_admin::CHECK,
    everyone_gets_risk::CHECK,
    duplicate_grant::CHECK,
    slow_offboarding::CHECK,
    idle_over_absolute::CHECK,
    step_up_longer_than_session::CHECK,
    step_up_unknown_acr::CHECK,
    session_very_long::CHECK,
    authentication_time_unreported::CHECK,
    guardrails::BROKEN,
    guardrails::REPORT,
    unsafe_words::DENIAL,
    unsafe_words::WITHOUT_END,
    unsafe_words::IN_FORCE,
    privileged_without_step_up::CHECK,
    attribute_grant::CHECK,
    mutable_subject::CHECK,
    unsafe_words::TOO_LONG,
    unsafe_words::ON_WEEKEND,
    mutable_subject::RECYCLED,
    not_in_plan::CHECK,
    origin_claimed_twice::CHECK,
    origin_not_https::CHECK,
    approvals_open::CHECK,
];

/// Runs every rule. `None` where an error or a denied lint stands, raised here or in an earlier stage. `as_of` decides
/// which findings about ends are raised, and nothing else.
pub fn check(policy: Policy, as_of: Timestamp, sink: &mut Sink) -> Option<Valid<Policy>> {
    let mut local = Sink::default();
    check_with(&policy, CHECKS, as_of, &mut local);
    let sound = policy.sound && !local.refuses();
    sink.merge(local);
    sound.then(|| Valid::proved_by_check(policy))
}

/// Runs some rules: for tests that leave one out. Proves nothing.
pub fn check_with<'a>(policy: &Policy, checks: impl IntoIterator<Item = &'a Check>, as_of: Timestamp, sink: &mut Sink) {
    for check in checks {
        match check.run {
            Run::Plain(run) => run(policy, sink),
            Run::AsOf(run) => run(policy, as_of, sink),
        }
    }
}

const fn error(number: u16, slug: &'static str) -> Code {
    Code { number, slug, severity: Severity::Error }
}

const fn deny(number: u16, slug: &'static str) -> Code {
    Code { number, slug, severity: Severity::Deny }
}

const fn info(number: u16, slug: &'static str) -> Code {
    Code { number, slug, severity: Severity::Info }
}

const fn warn(number: u16, slug: &'static str) -> Code {
    Code { number, slug, severity: Severity::Warn }
}
