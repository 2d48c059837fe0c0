//! Flows: one use, one browser, one end, and limits that hold.

use std::net::IpAddr;

use gate_store::rows::{BeginFlow, Demand, FlowLimits, Purpose, TakeFlow};
use gatewright_terms::Seconds;

use super::make::{NO_LIMITS, acme, at, flow, hash, org, saml_flow, slug};
use super::{Shared, at_once};

pub(crate) async fn a_flow_is_taken_once(store: Shared) {
    let begun = flow(1);
    assert_eq!(store.begin_flow(begun.clone(), NO_LIMITS).await, Ok(BeginFlow::Begun));
    let take = || store.take_flow(begun.state, Some(begun.errand.browser), at(10));
    assert_eq!(take().await, Ok(TakeFlow::Taken(Box::new(begun.clone()))));
    assert_eq!(take().await, Ok(TakeFlow::Unknown));
    assert_eq!(store.take_flow(hash(9), Some(begun.errand.browser), at(10)).await, Ok(TakeFlow::Unknown));
}

/// What was demanded, what it is for and what was asked come back as they were; looking uses nothing up.
pub(crate) async fn a_flow_of_saml_is_seen_and_stays(store: Shared) {
    let mut begun = saml_flow(1);
    begun.errand.purpose = Purpose::Test;
    begun.errand.demand = Some(Demand { within: Seconds(900), acr: Some("urn:acr:gold".into()) });
    let mut aged = saml_flow(2);
    aged.errand.demand = Some(Demand { within: Seconds(u32::MAX), acr: None });
    for flow in [&begun, &aged] {
        store.begin_flow(flow.clone(), NO_LIMITS).await.unwrap();
        for _ in 0..2 {
            assert_eq!(store.flow(flow.state, at(599)).await, Ok(Some(flow.clone())));
        }
        assert_eq!(store.flow(flow.state, at(600)).await, Ok(None));
        let taken = store.take_flow(flow.state, Some(flow.errand.browser), at(1)).await.unwrap();
        assert_eq!(taken, TakeFlow::Taken(Box::new(flow.clone())));
        assert_eq!(store.flow(flow.state, at(1)).await, Ok(None));
    }
}

pub(crate) async fn a_flow_of_another_browser_stays(store: Shared) {
    let begun = flow(1);
    store.begin_flow(begun.clone(), NO_LIMITS).await.unwrap();
    for browser in [None, Some(hash(5)), Some(begun.state)] {
        let other = TakeFlow::OtherBrowser { org: acme(), connection: slug("okta") };
        assert_eq!(store.take_flow(begun.state, browser, at(10)).await, Ok(other));
    }
    let taken = store.take_flow(begun.state, Some(begun.errand.browser), at(10)).await.unwrap();
    assert_eq!(taken, TakeFlow::Taken(Box::new(begun)));
}

pub(crate) async fn a_flow_ends_at_its_time(store: Shared) {
    for n in [1, 2] {
        store.begin_flow(flow(n), NO_LIMITS).await.unwrap();
    }
    let browser = |n| Some(flow(n).errand.browser);
    assert!(matches!(store.take_flow(hash(1), browser(1), at(599)).await, Ok(TakeFlow::Taken(_))));
    assert_eq!(store.take_flow(hash(2), browser(2), at(600)).await, Ok(TakeFlow::Unknown));
}

pub(crate) async fn one_of_many_takers_gets_the_flow(store: Shared) {
    store.begin_flow(flow(1), NO_LIMITS).await.unwrap();
    let answers = at_once(20, |_| {
        let store = store.clone();
        async move { store.take_flow(flow(1).state, Some(flow(1).errand.browser), at(10)).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| matches!(answer, TakeFlow::Taken(_))).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == TakeFlow::Unknown).count(), 19);
}

pub(crate) async fn flows_under_way_are_limited(store: Shared) {
    let limits = FlowLimits { per_org_max: 3, per_address_max: 2 };
    let from = |n, host: &str, address: &str| {
        let mut flow = flow(n);
        flow.errand.org = org(host);
        flow.address = address.parse::<IpAddr>().unwrap();
        flow
    };
    let mut begin = Vec::new();
    for (n, (host, address)) in [
        ("acme", "192.0.2.1"),
        ("acme", "192.0.2.1"),
        ("acme", "192.0.2.1"),
        ("acme", "2001:db8::1"),
        ("acme", "2001:db8::2"),
        ("umbrella", "192.0.2.1"),
        ("umbrella", "2001:db8::2"),
    ]
    .into_iter()
    .enumerate()
    {
        let n = u32::try_from(n).unwrap();
        begin.push(store.begin_flow(from(n, host, address), limits).await.unwrap() == BeginFlow::Begun);
    }
    assert_eq!(begin, [true, true, false, true, false, false, true]);
    let refused = store.take_flow(hash(2), Some(flow(2).errand.browser), at(10)).await.unwrap();
    assert_eq!(refused, TakeFlow::Unknown, "a refused flow is not there");
}

/// ST-OPS-11.
pub(crate) async fn st_ops_11_the_flow_limit_holds_under_a_race(store: Shared) {
    let limits = FlowLimits { per_org_max: 3, per_address_max: 100 };
    let answers = at_once(50, |n| {
        let store = store.clone();
        async move { store.begin_flow(flow(n), limits).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| **answer == BeginFlow::Begun).count(), 3);
}

pub(crate) async fn expired_flows_take_no_room(store: Shared) {
    let limits = FlowLimits { per_org_max: 150, per_address_max: 150 };
    for n in 0..150 {
        assert_eq!(store.begin_flow(flow(n), limits).await, Ok(BeginFlow::Begun));
    }
    assert_eq!(store.begin_flow(flow(150), limits).await, Ok(BeginFlow::TooMany));
    let mut later = flow(151);
    (later.began, later.expires) = (at(600), at(1200));
    assert_eq!(store.begin_flow(later, limits).await, Ok(BeginFlow::Begun));
}

pub(crate) async fn a_state_is_used_for_one_flow(store: Shared) {
    store.begin_flow(flow(1), NO_LIMITS).await.unwrap();
    let mut second = flow(1);
    second.errand.browser = hash(77);
    assert!(store.begin_flow(second, NO_LIMITS).await.is_err());
    assert!(matches!(store.take_flow(hash(1), Some(flow(1).errand.browser), at(1)).await, Ok(TakeFlow::Taken(_))));
}
