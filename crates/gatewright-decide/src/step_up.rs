//! Step-up: whether an authentication is recent and strong enough for a permission.
//!
//! Reads the organisation's `step-up` rules and how a person proved who they are; gives leave, or the reason to sign in
//! again. Whether the person holds the permission is [`crate::decide`]'s to say.
//!
//! Invariant: what the provider did not report counts as oldest and weakest (ST-SESS-10).

use gatewright_bundle::program::StepUp;
use gatewright_terms::{PermissionName, Refusal, Seconds, Timestamp};

use crate::PreparedOrg;

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authentication<'a> {
    pub at: Timestamp,
    /// Whether the provider said when. Else `at` is the time of the sign-in, which proves nothing about the person.
    pub told: bool,
    /// The authentication context class that the provider reported.
    pub acr: Option<&'a str>,
}

impl Authentication<'_> {
    /// Whether it is older than this. One that lies ahead of our clock is fresh.
    pub fn is_older_than(&self, age: Seconds, now: Timestamp) -> bool {
        now.since(self.at) > i64::from(age.0)
    }

    /// Whether it meets a demand: told, not older, and of the class byte for byte.
    pub fn meets(&self, within: Seconds, acr: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
        if acr.is_some_and(|wanted| self.acr != Some(wanted)) {
            return Err(Refusal::AuthenticationTooWeak);
        }
        if !self.told || self.is_older_than(within, now) {
            return Err(Refusal::AuthenticationTooOld);
        }
        Ok(())
    }
}

/// Whether the authentication is good enough for the permission now. A permission without a rule asks for nothing.
pub fn step_up(
    org: &PreparedOrg,
    permission: &PermissionName,
    authentication: &Authentication<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    match step_up_rule(org, permission) {
        Some(rule) => authentication.meets(rule.within, rule.acr.as_deref(), now),
        None => Ok(()),
    }
}

/// The rule of the organisation for a permission.
pub fn step_up_rule<'o>(org: &'o PreparedOrg, permission: &PermissionName) -> Option<&'o StepUp> {
    let permissions = &org.catalogue().permissions;
    let index = permissions.binary_search_by(|candidate| candidate.name.cmp(permission)).ok()?;
    let rules = &org.org().step_ups;
    let at = rules.binary_search_by_key(&index, |rule| rule.permission as usize).ok()?;
    rules.get(at)
}
