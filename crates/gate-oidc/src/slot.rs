//! Slot: one document of a provider, fetched once for all who wait, kept while it is fresh and, when the provider is
//! away, a while longer.
//!
//! Invariant: one fetch at a time per slot (single flight).
//! Invariant: a failed fetch is not repeated before a pause, and a refresh that a token asked for is not repeated before a
//! longer one, whether it succeeded or not: 10,000 tokens with unknown keys cost one fetch (ST-OIDC-09).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gatewright_terms::{Refusal, Seconds, Timestamp};

use crate::refused::Refused;

/// `max-age` of the provider counts between these two.
const FRESH_MIN: Seconds = Seconds(5 * 60);
const FRESH_MAX: Seconds = Seconds(6 * 3600);
/// Where the provider says nothing.
const FRESH_DEFAULT: Seconds = Seconds(3600);
/// How old a document may become while the provider does not answer: a night and a working day.
const KEPT_MAX: Seconds = Seconds(24 * 3600);
/// The pause after a fetch that failed.
const RETRY: Seconds = Seconds(5);
/// The pause between two refreshes that tokens asked for.
pub(crate) const REFRESH_PAUSE: Seconds = Seconds(30);

/// What a fetch gives: the document, and the provider's `max-age`.
pub(crate) struct Fetched<T> {
    pub(crate) document: T,
    pub(crate) max_age: Option<u32>,
}

pub(crate) struct Slot<T> {
    state: Mutex<State<T>>,
    flight: tokio::sync::Mutex<()>,
}

struct State<T> {
    good: Option<Good<T>>,
    failed: Option<(Timestamp, Refused)>,
    refreshed: Option<Timestamp>,
}

struct Good<T> {
    document: Arc<T>,
    at: Timestamp,
    fresh: Seconds,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State { good: None, failed: None, refreshed: None }),
            flight: tokio::sync::Mutex::default(),
        }
    }
}

impl<T> Slot<T> {
    /// The document: a fresh one, or else the last good one, or the reason why there is none.
    pub(crate) async fn get(
        &self,
        now: Timestamp,
        fetch: impl Future<Output = Result<Fetched<T>, Refused>>,
    ) -> Result<Arc<T>, Refused> {
        if let Some(document) = self.lock().fresh(now) {
            return Ok(document);
        }
        let _flight = self.flight.lock().await;
        {
            let state = self.lock();
            if let Some(document) = state.fresh(now) {
                return Ok(document);
            }
            if let Some((at, refused)) = &state.failed
                && is_within(*at, now, RETRY)
            {
                return state.kept(now).ok_or_else(|| refused.clone());
            }
        }
        self.settle(now, fetch.await)
    }

    /// A newer document than `seen`, where one can be had now. `None` while the pause lasts.
    pub(crate) async fn newer_than(
        &self,
        seen: &Arc<T>,
        now: Timestamp,
        fetch: impl Future<Output = Result<Fetched<T>, Refused>>,
    ) -> Option<Arc<T>> {
        let _flight = self.flight.lock().await;
        {
            let mut state = self.lock();
            if let Some(good) = &state.good
                && !Arc::ptr_eq(&good.document, seen)
            {
                return Some(good.document.clone());
            }
            if state.refreshed.is_some_and(|at| is_within(at, now, REFRESH_PAUSE)) {
                return None;
            }
            state.refreshed = Some(now);
        }
        let fetched = fetch.await;
        let failed = fetched.is_err();
        self.settle(now, fetched).ok().filter(|_| !failed)
    }

    fn settle(&self, now: Timestamp, fetched: Result<Fetched<T>, Refused>) -> Result<Arc<T>, Refused> {
        let mut state = self.lock();
        match fetched {
            Ok(Fetched { document, max_age }) => {
                let fresh = max_age.map_or(FRESH_DEFAULT, |secs| Seconds(secs.clamp(FRESH_MIN.0, FRESH_MAX.0)));
                let document = Arc::new(document);
                state.good = Some(Good { document: document.clone(), at: now, fresh });
                state.failed = None;
                Ok(document)
            }
            Err(refused) => {
                state.failed = Some((now, refused.clone()));
                // To say something wrong is not to be away: a changed issuer must not hide behind the last good document.
                if refused.refusal != Refusal::ProviderUnreachable {
                    state.good = None;
                }
                state.kept(now).ok_or(refused)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn fresh(&self, now: Timestamp) -> Option<Arc<T>> {
        self.good.as_ref().filter(|good| is_within(good.at, now, good.fresh)).map(|good| good.document.clone())
    }

    fn kept(&self, now: Timestamp) -> Option<Arc<T>> {
        self.good.as_ref().filter(|good| is_within(good.at, now, KEPT_MAX)).map(|good| good.document.clone())
    }
}

/// Whether less than `span` lies between the two, in either direction: a clock that steps back opens no gap.
fn is_within(at: Timestamp, now: Timestamp, span: Seconds) -> bool {
    now.since(at).unsigned_abs() < u64::from(span.0)
}

#[cfg(test)]
mod tests;
