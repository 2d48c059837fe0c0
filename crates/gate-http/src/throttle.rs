//! Throttle: sources that were refused too often within a minute wait (ST-OPS-07).
//!
//! Reads the address of a client each time it is refused at a sign-in; says whether its next one is looked at.
//!
//! Invariant: only refusals count: however many people sign in from one address, nobody waits for them.
//! Invariant: a source that floods makes itself wait, and nobody who comes from elsewhere, whatever names it uses.
//! Invariant: loopback never waits: it is a developer, or a proxy that is not listed and stands for everybody.
//! Invariant: bounded; what is forgotten is counted anew.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use gatewright_terms::Timestamp;

use crate::limits::{REFUSALS_PER_MINUTE_MAX, THROTTLED_SOURCES_MAX};

const WINDOW_SECS: i64 = 60;

/// Refusals by source: when its minute began, and how many in it.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<IpAddr, (Timestamp, u32)>>);

impl Throttle {
    /// One more refusal.
    pub(crate) fn count(&self, client: IpAddr, now: Timestamp) {
        let mut sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let source = source(client);
        if sources.len() >= THROTTLED_SOURCES_MAX && !sources.contains_key(&source) {
            sources.retain(|_, (began, _)| is_within(*began, now));
            if sources.len() >= THROTTLED_SOURCES_MAX {
                sources.clear();
            }
        }
        let (began, refused) = sources.entry(source).or_insert((now, 0));
        if !is_within(*began, now) {
            (*began, *refused) = (now, 0);
        }
        *refused = refused.saturating_add(1);
    }

    /// Whether the source has to wait for its minute to end.
    pub(crate) fn waits(&self, client: IpAddr, now: Timestamp) -> bool {
        if client.to_canonical().is_loopback() {
            return false;
        }
        let sources = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sources
            .get(&source(client))
            .is_some_and(|(began, refused)| *refused >= REFUSALS_PER_MINUTE_MAX && is_within(*began, now))
    }
}

fn is_within(began: Timestamp, now: Timestamp) -> bool {
    (0..WINDOW_SECS).contains(&now.since(began))
}

/// One customer of a provider has a whole /64 of IPv6.
fn source(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn st_ops_07_a_flood_makes_its_own_source_wait_for_a_minute() {
        let throttle = Throttle::default();
        for _ in 1..REFUSALS_PER_MINUTE_MAX {
            throttle.count(ip("2001:db8::1"), at(10));
        }
        assert!(!throttle.waits(ip("2001:db8::1"), at(10)));
        throttle.count(ip("2001:db8::2"), at(69));
        assert!(throttle.waits(ip("2001:db8::ffff"), at(69)), "the whole network is one source");
        assert!(!throttle.waits(ip("2001:db8:0:1::1"), at(69)));
        assert!(!throttle.waits(ip("2001:db8::1"), at(70)));
        // A clock that steps back locks nobody out.
        assert!(!throttle.waits(ip("2001:db8::1"), at(5)));
        for _ in 0..2 * REFUSALS_PER_MINUTE_MAX {
            throttle.count(ip("127.0.0.1"), at(10));
        }
        assert!(!throttle.waits(ip("127.0.0.1"), at(10)));
    }

    #[test]
    fn st_ops_11_it_remembers_a_bounded_number_of_sources() {
        let throttle = Throttle::default();
        for number in 0..u32::try_from(THROTTLED_SOURCES_MAX).unwrap() + 10 {
            throttle.count(IpAddr::from(number.to_be_bytes()), at(10));
        }
        assert!(throttle.0.lock().unwrap().len() <= THROTTLED_SOURCES_MAX);
    }
}
