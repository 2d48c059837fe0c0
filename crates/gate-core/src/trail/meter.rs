//! Meter: how many refusals are recorded one by one, and the counts of the others.
//!
//! Invariant: bounded: one window a chain, and [`COUNTED_MAX`] different counts between two writes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use gate_store::rows::RowId;
use gatewright_audit::record::{Draft, Event, Stream};
use gatewright_terms::{OrgId, Refusal, Slug, Timestamp};

use super::{Fields, REFUSALS_PER_MINUTE_MAX, What, draft};

const WINDOW_SECS: i64 = 60;

/// Different refusals between two writes, a few seconds apart. What comes beyond is left out of the counts.
const COUNTED_MAX: usize = 4_096;

/// A refusal that is counted, not recorded by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Counted {
    /// Of strangers, above the rate.
    Stranger { stream: Stream, what: What, refusal: Refusal },
    /// Of requests with a live session: always counted, so that a request costs no write.
    Access { org: OrgId, session: RowId, member: RowId, app: Option<Slug>, refusal: Refusal },
}

impl Counted {
    pub(super) fn draft(&self, times: u64, bundle: &str, at: Timestamp) -> Draft {
        let fields = Fields::default().with("bundle", bundle).with("count", times);
        match self {
            Self::Stranger { stream, what, refusal } => draft(stream.clone(), at, what.event(*refusal), fields),
            Self::Access { org, session, member, app, refusal } => {
                let fields = fields.with("session", session).with("member", member).with_some("app", app.as_ref());
                draft(Stream::Org(org.clone()), at, Event::AccessRefused(*refusal), fields)
            }
        }
    }
}

#[derive(Default)]
pub(crate) struct Meter {
    /// One for the platform and each organisation of the program: beginning of the window, and how many in it.
    windows: Mutex<BTreeMap<Stream, (Timestamp, u32)>>,
    counted: Mutex<BTreeMap<Counted, u64>>,
}

impl Meter {
    /// Whether one more refusal of a stranger is recorded by itself now.
    pub(super) fn admits(&self, stream: &Stream, now: Timestamp) -> bool {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, used) = windows.entry(stream.clone()).or_insert((now, 0));
        if !(0..WINDOW_SECS).contains(&now.since(*began)) {
            (*began, *used) = (now, 0);
        }
        let admitted = *used < REFUSALS_PER_MINUTE_MAX;
        *used = used.saturating_add(1);
        admitted
    }

    pub(crate) fn count(&self, what: Counted) {
        self.add(what, 1);
    }

    fn add(&self, what: Counted, times: u64) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() < COUNTED_MAX || counted.contains_key(&what) {
            let count = counted.entry(what).or_insert(0);
            *count = count.saturating_add(times);
        }
    }

    pub(super) fn take(&self) -> BTreeMap<Counted, u64> {
        std::mem::take(&mut *self.counted.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn give_back(&self, counted: BTreeMap<Counted, u64>) {
        for (what, times) in counted {
            self.add(what, times);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_the_next_minute_is_recorded_again() {
        let meter = Meter::default();
        let at = |seconds| meter.admits(&Stream::Platform, Timestamp::from_unix(seconds));
        let admitted = (0..1_000).filter(|_| at(10)).count();
        assert_eq!(admitted, REFUSALS_PER_MINUTE_MAX as usize);
        assert!(!at(69));
        assert!(at(70));
        // A clock that steps back does not silence the trail.
        assert!(at(5));
    }

    #[test]
    fn counts_are_bounded_and_survive_a_store_that_is_away() {
        let meter = Meter::default();
        for n in 0..2 * COUNTED_MAX {
            let id = RowId(u128::try_from(n).unwrap().to_be_bytes());
            let org = OrgId::parse("acme").unwrap();
            meter.count(Counted::Access { org, session: id, member: id, app: None, refusal: Refusal::NoGrant });
        }
        let taken = meter.take();
        assert_eq!(taken.len(), COUNTED_MAX);
        meter.give_back(taken.clone());
        assert_eq!(meter.take(), taken);
    }
}
