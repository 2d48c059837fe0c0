//! Tests of the pauses. The rest is tested against a provider.

use std::future::{Ready, ready};

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(1_000_000 + seconds)
}

fn document(n: u32) -> Ready<Result<Fetched<u32>, Refused>> {
    ready(Ok(Fetched { document: n, max_age: None }))
}

fn away() -> Ready<Result<Fetched<u32>, Refused>> {
    ready(Err(Refused::new(Refusal::ProviderUnreachable, "keys", "away")))
}

/// A clock that steps back neither opens a gap in the pause nor closes it for ever.
#[tokio::test]
async fn a_clock_that_steps_back_does_no_harm() {
    let slot = Slot::default();
    let seen = slot.get(at(0), document(1)).await.unwrap();
    assert_eq!(slot.newer_than(&seen, at(10), away()).await, None);
    assert_eq!(slot.newer_than(&seen, at(-10), document(2)).await, None, "20 seconds before: still the pause");
    assert_eq!(slot.newer_than(&seen, at(-50_000), document(2)).await.as_deref(), Some(&2), "hours before: no pause");
}

/// Who waited for a refresh gets what the first one fetched.
#[tokio::test]
async fn a_refresh_serves_all_who_asked() {
    let slot = Slot::default();
    let seen = slot.get(at(0), document(1)).await.unwrap();
    assert_eq!(slot.newer_than(&seen, at(1), document(2)).await.as_deref(), Some(&2));
    assert_eq!(slot.newer_than(&seen, at(1), document(3)).await.as_deref(), Some(&2));
    assert_eq!(slot.get(at(2), document(4)).await.as_deref(), Ok(&2));
}

/// ST-OIDC-09: 10,000 tokens with unknown keys cost one fetch in each pause, also while the provider is away.
#[tokio::test]
async fn st_oidc_09_ten_thousand_cost_one() {
    let slot = Slot::default();
    let seen = slot.get(at(0), document(1)).await.unwrap();
    let fetches = std::cell::Cell::new(0);
    for n in 0..10_000 {
        let fetch = async {
            fetches.set(fetches.get() + 1);
            away().await
        };
        // A hundred tokens a second.
        assert_eq!(slot.newer_than(&seen, at(n / 100), fetch).await, None);
    }
    assert_eq!(fetches.get(), 4, "at 0, 30, 60 and 90 seconds");
    assert_eq!(slot.get(at(100), away()).await.as_deref(), Ok(&1), "the keys that are known still serve");
}

#[tokio::test]
async fn the_providers_lifetime_is_bounded() {
    for (max_age, fresh) in [(Some(0), 300), (Some(301), 301), (Some(u32::MAX), 21_600), (None, 3600)] {
        let slot = Slot::default();
        let fetch = |document| ready(Ok(Fetched { document, max_age }));
        slot.get(at(0), fetch(1)).await.unwrap();
        assert_eq!(slot.get(at(fresh - 1), fetch(2)).await.as_deref(), Ok(&1), "{max_age:?}");
        assert_eq!(slot.get(at(fresh), fetch(2)).await.as_deref(), Ok(&2), "{max_age:?}");
    }
}
