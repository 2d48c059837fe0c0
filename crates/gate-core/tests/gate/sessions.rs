//! Sessions: their limits in virtual time, their ends, and what happens while the store is away.

use gate_core::Restored;
use gate_core::verify::Verdict;
use gate_store::Store as _;
use gatewright_bundle::program::WhenFull;
use gatewright_decide::{Limit, revocation_bound};
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

/// A leaver who goes on working gets in until the revocation bound, and not at it: what the policy is told is what the gate
/// does. At the very `max-authentication-age` an authentication is not older than it.
#[tokio::test]
async fn a_leaver_is_out_at_the_revocation_bound() {
    let mut world = World::new().await;
    for (idle, absolute, age) in [(60, 300, None), (60, 300, Some(400)), (60, 300, Some(300)), (60, 300, Some(200))] {
        world
            .change(|program| {
                let session = &mut program.orgs[0].session;
                (session.idle, session.absolute) = (Seconds(idle), Seconds(absolute));
                session.max_authentication_age = age.map(Seconds);
            })
            .await;
        let bound = revocation_bound(&world.program.orgs[0].session);
        let out = i64::from(bound.seconds.0) + i64::from(bound.limit == Limit::AuthenticationAge);
        let ada = world.ada(0).await;
        for second in (0..out - 1).step_by(30) {
            assert_eq!(word(&world.verify(&ada, second).await), "pass", "{age:?}: {second}");
        }
        assert_eq!(word(&world.verify(&ada, out - 1).await), "pass", "{age:?}");
        assert_eq!(word(&world.verify(&ada, out).await), "sign-in", "{age:?}");
    }
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

/// ST-SESS-02: signing in again ends the session that the browser had, with its children, and needs no place beside it.
#[tokio::test]
async fn st_sess_02_signing_in_again_ends_the_session_before() {
    let mut world = World::new().await;
    world
        .change(|program| {
            program.orgs[0].session.concurrent = 1;
            program.orgs[0].session.when_full = WhenFull::Refuse;
        })
        .await;
    let mut ada = world.ada(0).await;
    let before = ada.clone();
    assert_eq!(word(&world.verify(&before, 1).await), "pass");
    world.sign_in(&mut ada, "acme", None, 2).await.unwrap();
    assert_eq!(word(&world.verify(&before, 2).await), "sign-in");
    assert_eq!(word(&world.verify(&ada, 2).await), "pass");
    // In another browser there is no place.
    let full = world.sign_in(&mut Browser::default(), "acme", None, 3).await;
    assert_eq!(full.unwrap_err().refusal, Refusal::SessionsFull);
    // The session of one organisation does not live on unseen behind that of another.
    let of_acme = ada.clone();
    world.umbrella.person(serde_json::json!({ "groups": ["ml"] }));
    world.sign_in(&mut ada, "umbrella", None, 4).await.unwrap();
    assert_eq!(word(&world.verify(&of_acme, 4).await), "sign-in");
    assert_eq!(world.last_event("acme").await, "session-ended");
}

/// ST-OPS-11: sessions that are over and that nobody comes back to leave the store, each with its record.
#[tokio::test]
async fn st_ops_11_forgotten_sessions_are_swept() {
    let mut world = World::new().await;
    let (gone, used) = (world.ada(0).await, world.ada(0).await);
    let idle = i64::from(IDLE);
    assert_eq!(word(&world.verify(&used, idle - 1).await), "pass");
    let alive = async |world: &World| world.store.inner.parent_sessions(None, 100).await.unwrap().len();
    world.gate.sweep(at(idle - 1)).await.unwrap();
    assert_eq!(alive(&world).await, 2);
    // That it was used is in memory alone yet.
    world.gate.sweep(at(idle)).await.unwrap();
    assert_eq!(alive(&world).await, 1);
    assert_eq!(world.last_event("acme").await, "session-ended");
    assert_eq!(word(&world.verify(&gone, idle).await), "sign-in");
    assert_eq!(word(&world.verify(&used, idle).await), "pass");
    // Of an organisation that left: it can return for a day.
    world
        .change(|program| {
            program.orgs.remove(0);
            program.environment.apps.retain(|app| app.org.is_none());
        })
        .await;
    world.gate.sweep(at(24 * 60 * 60 - 1)).await.unwrap();
    assert_eq!(alive(&world).await, 1);
    world.gate.sweep(at(idle + 24 * 60 * 60)).await.unwrap();
    assert_eq!(alive(&world).await, 0);
}

/// ST-OPS-15: a store that is older than its last checkpoint was restored from a backup, and nobody is in by it.
#[tokio::test]
async fn st_ops_15_a_restored_backup_brings_back_no_session() {
    let world = World::new().await;
    let ada = world.ada(0).await;
    let backup = world.folder.path().join("backup.db");
    world.store.inner.close().await;
    std::fs::copy(world.folder.path().join("gate.db"), &backup).unwrap();

    let now_on =
        std::sync::Arc::new(gate_store::SqliteStore::open(&world.folder.path().join("gate.db")).await.unwrap());
    let gate = crate::world::open(now_on.clone(), &crate::policy::bundle(&world.program, 1, None)).await;
    assert_eq!(word(&gate.verify(request(ada.session.as_deref()), at(1)).await), "pass");
    gate.logout(ada.session.as_deref().unwrap(), at(2)).await.unwrap();
    let checkpoint = gate.checkpoint(at(3)).await.unwrap();
    let check = async |store: std::sync::Arc<gate_store::SqliteStore>, text: &str| {
        gate_core::end_what_was_restored(&crate::world::parts(store), text, at(4)).await.unwrap()
    };
    assert_eq!(check(now_on.clone(), &checkpoint).await, Restored::No);

    let restored = std::sync::Arc::new(gate_store::SqliteStore::open(&backup).await.unwrap());
    for strange in ["", "nonsense", &checkpoint.replace("\"test\"", "\"production\"")] {
        assert_eq!(check(restored.clone(), strange).await, Restored::Unknown, "{strange}");
    }
    assert_eq!(check(restored.clone(), &checkpoint).await, Restored::Ended { sessions: 1 });
    let gate = crate::world::open(restored, &crate::policy::bundle(&world.program, 1, None)).await;
    assert_eq!(word(&gate.verify(request(ada.session.as_deref()), at(5)).await), "sign-in");
}
