//! Limits: why a session is over, and when it will be.
//!
//! Invariant: the earliest of all ends is the end (ST-SESS-05), by the rules of the program that runs now (ST-SESS-04).

use gate_store::rows::Session;
use gatewright_bundle::program::SessionRules;
use gatewright_decide::Authentication;
use gatewright_terms::{Seconds, Timestamp};

use super::Cause;

/// One more second than the age: at the very age an authentication is not older than it.
const JUST_OLDER: Seconds = Seconds(1);

/// How the person of a session proved who they are.
pub(crate) fn authentication(session: &Session) -> Authentication<'_> {
    Authentication { at: session.authenticated, told: session.authentication_told, acr: session.acr.as_deref() }
}

/// Why a session is over now, if it is. At the limit itself it is over.
pub(super) fn over(session: &Session, last_seen: Timestamp, rules: &SessionRules, now: Timestamp) -> Option<Cause> {
    if now.since(session.created) >= i64::from(rules.absolute.0) {
        return Some(Cause::Absolute);
    }
    if session.session_ends.is_some_and(|end| now >= end) {
        return Some(Cause::ProviderEnd);
    }
    if rules.max_authentication_age.is_some_and(|age| authentication(session).is_older_than(age, now)) {
        return Some(Cause::AuthenticationAge);
    }
    is_idle(last_seen, rules, now).then_some(Cause::Idle)
}

pub(super) fn is_idle(last_seen: Timestamp, rules: &SessionRules, now: Timestamp) -> bool {
    now.since(last_seen) >= i64::from(rules.idle.0)
}

/// The end of a session, whatever happens.
pub(crate) fn latest_end(session: &Session, rules: &SessionRules) -> Timestamp {
    let aged = rules.max_authentication_age.map(|age| session.authenticated.plus(age).plus(JUST_OLDER));
    let ends = [Some(session.created.plus(rules.absolute)), session.session_ends, aged];
    ends.into_iter().flatten().min().unwrap_or(session.created)
}

/// How long a cookie of it may live.
pub(crate) fn secs_left(session: &Session, rules: &SessionRules, now: Timestamp) -> u32 {
    u32::try_from(latest_end(session, rules).since(now)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use gate_store::rows::{RowId, TokenHash};
    use gatewright_bundle::program::WhenFull;
    use gatewright_terms::{EmailAddress, IdentityKey, OrgId, Slug};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_unix(1_000_000 + second)
    }

    fn session(authenticated: i64, session_ends: Option<i64>) -> Session {
        Session {
            token: TokenHash([0; 32]),
            id: RowId([0; 16]),
            org: OrgId::parse("acme").unwrap(),
            member: RowId([0; 16]),
            key: IdentityKey { connection: Slug::parse("main").unwrap(), issuer: "i".into(), subject: "s".into() },
            email: EmailAddress::parse("ada@acme.com").unwrap(),
            groups: None,
            attributes: std::collections::BTreeSet::new(),
            is_owner: false,
            authenticated: at(authenticated),
            authentication_told: true,
            acr: None,
            session_ends: session_ends.map(at),
            name_id: None,
            session_index: None,
            created: at(0),
            last_seen: at(0),
            child: None,
        }
    }

    /// ST-SESS-05: the table of all ends: our own limit, the provider's, and the age of the authentication.
    #[test]
    fn st_sess_05_the_earliest_end_counts() {
        for (absolute, provider, age, authenticated, end, cause) in [
            (100, None, None, -10, 100, Cause::Absolute),
            (100, Some(60), None, -10, 60, Cause::ProviderEnd),
            (100, Some(160), None, -10, 100, Cause::Absolute),
            (100, None, Some(50), -10, 41, Cause::AuthenticationAge),
            (100, Some(30), Some(50), -10, 30, Cause::ProviderEnd),
            (100, Some(60), Some(50), -10, 41, Cause::AuthenticationAge),
            (20, Some(60), Some(50), -10, 20, Cause::Absolute),
        ] {
            let rules = SessionRules {
                idle: Seconds(1_000),
                absolute: Seconds(absolute),
                concurrent: 1,
                when_full: WhenFull::EndOldest,
                max_authentication_age: age.map(Seconds),
            };
            let session = session(authenticated, provider);
            assert_eq!(latest_end(&session, &rules), at(end));
            assert_eq!(over(&session, at(0), &rules, at(end - 1)), None, "{cause:?}");
            assert_eq!(over(&session, at(0), &rules, at(end)), Some(cause));
            assert_eq!(secs_left(&session, &rules, at(0)), u32::try_from(end).unwrap());
            assert_eq!(secs_left(&session, &rules, at(end + 5)), 0);
        }
    }

    fn rules(idle: u32, absolute: u32, age: Option<u32>) -> SessionRules {
        SessionRules {
            idle: Seconds(idle),
            absolute: Seconds(absolute),
            concurrent: 1,
            when_full: WhenFull::EndOldest,
            max_authentication_age: age.map(Seconds),
        }
    }

    /// The last second in which somebody who was deactivated in second 0 gets in: whatever the times of their sign-in and
    /// of their authentication before it, told or not, and with a request in every second, so that they are never idle.
    fn last_access(rules: &SessionRules) -> i64 {
        let horizon = i64::from(rules.absolute.0) + 5;
        let mut last = -1;
        for (created, told) in (-horizon..=0).flat_map(|created| [(created, true), (created, false)]) {
            for authenticated in if told { -horizon..=created } else { created..=created } {
                let session =
                    Session { created: at(created), authentication_told: told, ..session(authenticated, None) };
                let gets_in = |now: &i64| over(&session, at(now - 1), rules, at(*now)).is_none();
                last = last.max((0..=2 * horizon).take_while(gets_in).last().unwrap_or(-1));
            }
        }
        last
    }

    /// What `show`, the lint and the guardrails say is what the gate does: one second before the bound somebody gets in,
    /// at the bound nobody does. At the very `max-authentication-age` an authentication is not older than it.
    #[test]
    fn the_revocation_bound_is_the_longest_that_a_leaver_gets_in() {
        use gatewright_decide::{Limit, revocation_bound};
        for (idle, absolute, age) in [
            (5, 20, None),
            (20, 20, None),
            (5, 20, Some(30)),
            (5, 20, Some(21)),
            (5, 20, Some(20)),
            (5, 20, Some(19)),
            (5, 20, Some(3)),
            (2, 7, Some(1)),
        ] {
            let rules = rules(idle, absolute, age);
            let bound = revocation_bound(&rules);
            let last_second = match bound.limit {
                Limit::Absolute => -1,
                Limit::AuthenticationAge => 0,
            };
            assert_eq!(last_access(&rules), i64::from(bound.seconds.0) + last_second, "{idle} {absolute} {age:?}");
        }
    }

    /// Without a request the session of a leaver ends before: the bound is no less for it.
    #[test]
    fn an_idle_leaver_is_out_before_the_bound() {
        let rules = rules(5, 20, None);
        assert_eq!(over(&session(0, None), at(0), &rules, at(5)), Some(Cause::Idle));
        assert_eq!(gatewright_decide::revocation_bound(&rules).seconds, Seconds(20));
    }
}
