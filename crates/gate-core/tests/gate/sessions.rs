//! Sessions: their limits in virtual time, their ends, and what happens while the store is away.

use gate_core::verify::Verdict;
use gatewright_bundle::program::WhenFull;
use gatewright_terms::{Refusal, Seconds};

use crate::policy::{ABSOLUTE, IDLE};
use crate::world::{Browser, World, at, request, word};

/// ST-SESS-04: idle restarts with requests, absolute never moves, glances do not count.
#[tokio::test]
async fn st_sess_04_idle_and_absolute_to_the_second() {
    let world = World::new().await;
    let (idle, absolute) = (i64::from(IDLE), i64::from(ABSOLUTE));
    let ada = world.ada(0).await;
    assert_eq!(word(&world.verify(&ada, idle - 1).await), "pass");
    let mut now = idle - 1;
    // A status page that polls keeps nothing alive.
    for second in (now..now + idle).step_by(60) {
        world.gate.who(ada.session.as_deref(), at(second)).await.unwrap();
    }
    let ended = world.gate.who(ada.session.as_deref(), at(now + idle)).await;
    assert_eq!(ended.unwrap_err(), Refusal::NoSession);
    assert_eq!(word(&world.verify(&ada, now + idle + 1).await), "sign-in");
    assert_eq!(world.last_event("acme").await, "session-ended");

    let ada = world.ada(0).await;
    now = 0;
    while now + idle - 1 < absolute {
        now += idle - 1;
        assert_eq!(word(&world.verify(&ada, now).await), "pass", "{now}");
    }
    assert_eq!(word(&world.verify(&ada, absolute - 1).await), "pass");
    assert_eq!(word(&world.verify(&ada, absolute).await), "sign-in");
    // It is over, also where the clock steps back.
    assert_eq!(word(&world.verify(&ada, 1).await), "sign-in");
}

/// The limits are those of the program that runs now.
#[tokio::test]
async fn limits_are_those_of_the_running_program() {
    let mut world = World::new().await;
    let ada = world.ada(0).await;
    assert_eq!(word(&world.verify(&ada, 100).await), "pass");
    world.change(|program| program.orgs[0].session.idle = Seconds(60)).await;
    assert_eq!(word(&world.verify(&ada, 159).await), "pass");
    assert_eq!(word(&world.verify(&ada, 219).await), "sign-in");
    let ada = world.ada(0).await;
    world.change(|program| program.orgs[0].session.absolute = Seconds(50)).await;
    assert_eq!(word(&world.verify(&ada, 49).await), "pass");
    assert_eq!(word(&world.verify(&ada, 50).await), "sign-in");
}

/// Last requests survive a restart, but for the lag that is stated.
#[tokio::test]
async fn last_requests_reach_the_store() {
    let world = World::new().await;
    let ada = world.ada(0).await;
    let idle = i64::from(IDLE);
    assert_eq!(word(&world.verify(&ada, 29).await), "pass");
    world.store.take_asked();
    world.gate.flush(at(29)).await.unwrap();
    assert_eq!(world.store.take_asked(), 0, "not worth a write yet");
    assert_eq!(word(&world.verify(&ada, 40).await), "pass");
    world.gate.flush(at(41)).await.unwrap();
    assert_eq!(word(&world.verify(&ada, 50).await), "pass");
    world.gate.stopped("0", at(51)).await.unwrap();
    let again = crate::world::open(world.store.clone(), &crate::policy::bundle(&world.program, 1, None)).await;
    let verdict = again.verify(request(ada.session.as_deref()), at(50 + idle - 1)).await;
    assert_eq!(word(&verdict), "pass");
}

/// ST-SESS-02, ST-SESS-06: a new secret at every sign-in; after logout the old cookie is refused at the next request.
#[tokio::test]
async fn st_sess_06_logout_acts_on_the_server() {
    let world = World::new().await;
    let (one, two) = (world.ada(0).await, world.ada(1).await);
    assert_eq!(word(&world.verify(&one, 2).await), "pass");
    world.gate.logout(one.session.as_deref().unwrap(), at(3)).await.unwrap();
    assert_eq!(word(&world.verify(&one, 3).await), "sign-in");
    assert_eq!(world.last_event("acme").await, "session-ended");
    assert_eq!(word(&world.verify(&two, 3).await), "pass");
    // Again, with nonsense, and with nothing: nothing happens.
    for token in [one.session.as_deref().unwrap(), "nonsense", ""] {
        world.gate.logout(token, at(4)).await.unwrap();
    }
    // What was in the browser before the sign-in is no session.
    let flow = Browser { session: two.flow.clone(), flow: None };
    assert_eq!(word(&world.verify(&flow, 5).await), "sign-in");
}

/// ST-SESS-12, ST-AUD-08: while the store is away remembered sessions go on for the stated time, and ends still end.
#[tokio::test]
async fn st_sess_12_the_store_is_away() {
    let world = World::new().await;
    let (ada, gone, unseen) = (world.ada(0).await, world.ada(0).await, world.ada(0).await);
    for browser in [&ada, &gone] {
        assert_eq!(word(&world.verify(browser, 10).await), "pass");
    }
    world.store.set_away(true);
    assert_eq!(word(&world.verify(&unseen, 11).await), "unavailable");
    assert_eq!(word(&world.verify(&ada, 40).await), "pass");
    let logout = world.gate.logout(gone.session.as_deref().unwrap(), at(20)).await;
    assert_eq!(logout.unwrap_err().refusal, Refusal::StoreUnavailable);
    assert_ne!(word(&world.verify(&gone, 20).await), "pass");
    assert_eq!(word(&world.verify(&ada, 41).await), "unavailable", "a second more than the bound");
    assert!(world.gate.flush(at(42)).await.is_err());
    assert!(!world.gate.status(at(42)).await.store);

    world.store.set_away(false);
    assert_eq!(word(&world.verify(&ada, 43).await), "pass");
    assert_eq!(word(&world.verify(&gone, 43).await), "sign-in", "before the store knows of the end");
    world.gate.flush(at(44)).await.unwrap();
    assert_eq!(world.last_event("acme").await, "session-ended");
    let again = crate::world::open(world.store.clone(), &crate::policy::bundle(&world.program, 1, None)).await;
    assert_eq!(word(&again.verify(request(gone.session.as_deref()), at(45)).await), "sign-in");
}

/// In the steady state a request asks the store nothing.
#[tokio::test]
async fn requests_cost_no_question_to_the_store() {
    let world = World::new().await;
    let ada = world.ada(0).await;
    world.verify(&ada, 1).await;
    world.store.take_asked();
    for _ in 0..100 {
        assert!(matches!(world.verify(&ada, 20).await, Verdict::Pass(_)));
    }
    assert_eq!(world.store.take_asked(), 0);
    world.verify(&ada, 32).await;
    assert_eq!(world.store.take_asked(), 1, "read again after the bound");
}

/// `concurrent` counts live sessions: one that is over makes room by itself, and the oldest goes or nobody comes in.
#[tokio::test]
async fn concurrent_sessions_are_limited() {
    let mut world = World::new().await;
    let mut browsers = Vec::new();
    for n in 0..4 {
        // Remembered as live, a moment before the fourth sign-in ends the first.
        if let Some(first) = browsers.first() {
            assert_eq!(word(&world.verify(first, n).await), "pass");
        }
        browsers.push(world.ada(n).await);
    }
    let words = |world: &World, now: i64| {
        let (browsers, gate) = (browsers.clone(), world.gate.clone());
        async move {
            let mut words = Vec::new();
            for browser in &browsers {
                words.push(word(&gate.verify(request(browser.session.as_deref()), at(now)).await));
            }
            words
        }
    };
    assert_eq!(words(&world, 5).await, ["sign-in", "pass", "pass", "pass"]);
    world.change(|program| program.orgs[0].session.when_full = WhenFull::Refuse).await;
    let refused = world.sign_in(&mut Browser::default(), "acme", None, 6).await;
    assert_eq!(refused.unwrap_err().refusal, Refusal::SessionsFull);
    assert_eq!(world.last_event("acme").await, "sign-in-refused:sessions-full");
    // Two of them idle out; the third is used.
    let idle = i64::from(IDLE);
    world.gate.verify(request(browsers[3].session.as_deref()), at(idle - 100)).await;
    world.ada(idle + 100).await;
    assert_eq!(words(&world, idle + 100).await, ["sign-in", "sign-in", "sign-in", "pass"]);
}
