//! Leaving: how long somebody whom the provider has deactivated keeps the access that they have.
//!
//! Reads the session rules of an organisation; gives the longest time from the deactivation to the end of the last
//! session, and the rule that makes it.
//!
//! Invariant: only what the gate does by itself counts. Somebody who goes on working is never idle, and no provider tells
//! the gate that somebody is gone.

use gatewright_bundle::program::SessionRules;
use gatewright_terms::Seconds;

/// How long after it began a sign-in may still end: what was under way when somebody was deactivated ends in a session of
/// its own.
pub const SIGN_IN_LIFE: Seconds = Seconds(600);

/// How long an answer of SAML may wait for its browser, which may come at the end of [`SIGN_IN_LIFE`].
pub const ANSWER_LIFE: Seconds = Seconds(60);

/// How long an app may trust an assertion that it holds.
pub const ASSERTION_LIFE: Seconds = Seconds(60);

/// The longest time that a session outlives its person's account at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevocationBound {
    pub seconds: Seconds,
    pub limit: Limit,
}

/// The rule that ends the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// `absolute`, from the sign-in.
    Absolute,
    /// `max-authentication-age`, from the authentication at the provider, and from the sign-in where it reports none.
    /// At the very age an authentication is not older than it, so that one more second belongs to it.
    AuthenticationAge,
}

/// Counted from the last sign-in: the worst that can be is that the account is closed right after it.
pub fn revocation_bound(rules: &SessionRules) -> RevocationBound {
    let absolute = RevocationBound { seconds: rules.absolute, limit: Limit::Absolute };
    match rules.max_authentication_age {
        Some(age) if age < rules.absolute => RevocationBound { seconds: age, limit: Limit::AuthenticationAge },
        Some(_) | None => absolute,
    }
}
