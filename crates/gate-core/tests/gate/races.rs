//! Races: what happens at once, with one outcome.

use serde_json::json;

use crate::world::{Browser, World, at, request, word};

/// ST-SESS-09: of many simultaneous sign-ins with limit 3, three sessions live.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn st_sess_09_the_limit_of_sessions_holds_under_a_race() {
    let world = World::new().await;
    world.ada(0).await;
    let mut answers = Vec::new();
    for _ in 0..50 {
        let mut browser = Browser::default();
        let redirect = world.begin(&mut browser, "acme", None, 0).await.unwrap();
        answers.push((world.acme.browse(&redirect), browser));
    }
    let tasks: Vec<_> = answers.into_iter().map(|(query, browser)| spawn_finish(&world, query, browser)).collect();
    let mut sessions = Vec::new();
    for task in tasks {
        sessions.push(task.await.unwrap().unwrap());
    }
    let mut live = 0;
    for session in sessions {
        if word(&world.gate.verify(request(Some(&session)), at(2)).await) == "pass" {
            live += 1;
        }
    }
    assert_eq!(live, 3);
}

fn spawn_finish(
    world: &World,
    query: String,
    browser: Browser,
) -> tokio::task::JoinHandle<Result<String, gatewright_terms::Refusal>> {
    let gate = world.gate.clone();
    tokio::spawn(async move {
        let arrived = gate_core::signin::Arrived {
            path: gate_core::signin::CallbackPath::Connection { org: "acme", connection: "main" },
            query: &query,
            browser: browser.flow.as_deref(),
            session: None,
            address: crate::world::ADDRESS,
        };
        let finished = gate.finish_oidc(arrived, at(1)).await.map_err(|kept_out| kept_out.refusal)?;
        Ok(crate::world::signed_in(finished).session.reveal().to_owned())
    })
}

/// One answer, delivered ten times at once: one session.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_answer_makes_one_session() {
    let world = World::new().await;
    let mut browser = Browser::default();
    let redirect = world.begin(&mut browser, "acme", None, 0).await.unwrap();
    let query = world.acme.browse(&redirect);
    let tasks: Vec<_> = (0..10).map(|_| spawn_finish(&world, query.clone(), browser.clone())).collect();
    let mut made = 0;
    for task in tasks {
        made += usize::from(task.await.unwrap().is_ok());
    }
    assert_eq!(made, 1);
}

/// Two people with the mailbox of the owner race: one is bound, the other is an alarm.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_owner_is_bound() {
    let world = World::new().await;
    let mut tasks = Vec::new();
    for n in 0..8 {
        world.acme.person(json!({ "sub": format!("boss-{n}"), "email": "boss@acme.com", "groups": [] }));
        let mut browser = Browser::default();
        let redirect = world.begin(&mut browser, "acme", None, 0).await.unwrap();
        let query = world.acme.browse(&redirect);
        tasks.push((query, browser));
    }
    // The scripted provider gives every code the person who is set when it is redeemed: one a task.
    let mut outcomes = Vec::new();
    for (n, (query, browser)) in tasks.into_iter().enumerate() {
        world.acme.person(json!({ "sub": format!("boss-{n}") }));
        outcomes.push(spawn_finish(&world, query, browser).await.unwrap());
    }
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes[1..].iter().all(|outcome| *outcome == Err(gatewright_terms::Refusal::OwnerAlreadyBound)));
}

/// A logout between the read of a session and whoever waits for it: nothing passes once it is acknowledged.
#[tokio::test]
async fn nothing_that_was_read_before_an_end_is_remembered_after_it() {
    let world = World::new().await;
    let ada = world.ada(0).await;
    let (gate, session) = (world.gate.clone(), ada.session.clone().unwrap());
    world.store.after("session", async move {
        // The logout reads the session too, and remembers it before it ends it.
        gate.logout(&session, at(1)).await.unwrap();
    });
    let overtaken = word(&world.verify(&ada, 1).await);
    assert_eq!(overtaken, "pass", "it was read before the end");
    assert_eq!(word(&world.verify(&ada, 1).await), "sign-in");
}

/// The connection changes, or goes, while its provider is asked: whoever comes back from it has no session.
#[tokio::test]
async fn a_reload_while_the_provider_is_asked_counts() {
    for gone in [false, true] {
        let world = World::new().await;
        let mut ada = Browser::default();
        let redirect = world.begin(&mut ada, "acme", None, 0).await.unwrap();
        let query = world.acme.browse(&redirect);
        let mut program = world.program.clone();
        if gone {
            program.orgs[0].connections[0].slug = crate::policy::slug("renamed");
        } else {
            program.orgs[0].connections[0].oidc_mut().unwrap().client = gatewright_bundle::program::Client::Own {
                client_id: "another".into(),
                client_auth: gatewright_bundle::program::ClientAuth::None,
            };
        }
        let (gate, bytes) = (world.gate.clone(), crate::policy::bundle(&program, 2, None));
        world.store.after("take_flow", async move {
            gate.reload(&bytes, &crate::policy::trust(), None, at(1)).await.unwrap();
        });
        let answer = world.finish(&ada, "acme", &query, 1).await;
        assert_eq!(answer.unwrap_err().refusal, gatewright_terms::Refusal::ConnectionUnknown);
        assert_eq!(world.last_event("acme").await, "sign-in-refused:connection-unknown");
    }
}

/// A member who is removed between the decision and the session has none.
#[tokio::test]
async fn a_removal_during_a_sign_in_wins() {
    let world = World::new().await;
    world.ada(0).await;
    let by = world.operator(&[gate_core::admin::Scope::Read, gate_core::admin::Scope::Members]).await;
    let member = world.gate.members(&by, "acme", None, 1).await.unwrap().remove(0).id;
    let gate = world.gate.clone();
    world.store.after("domain_proof", async move { gate.remove_member(&by, "acme", &member, at(1)).await.unwrap() });
    let answer = world.sign_in(&mut Browser::default(), "acme", None, 1).await;
    assert_eq!(answer.unwrap_err().refusal, gatewright_terms::Refusal::RemovedMember);
}

/// ST-BUN-03: another process accepts a higher bundle between our look and our write: ours is not put in force.
#[tokio::test]
async fn st_bun_03_the_highest_bundle_wins_a_race() {
    let world = World::new().await;
    let store = world.store.clone();
    let higher = gate_store::rows::Accepted { sequence: 5, digest: [9; 32] };
    world.store.after("accepted", async move {
        use gate_store::Store as _;
        assert!(store.inner.accept(&crate::policy::slug("test"), higher, Vec::new()).await.unwrap());
    });
    let bytes = crate::policy::bundle(&world.program, 2, None);
    let refused = world.gate.reload(&bytes, &crate::policy::trust(), None, at(1)).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        gate_core::BundleRefused::Bundle(gatewright_bundle::BundleRefused::Rollback { found: 2, highest: 5 })
            .to_string()
    );
    assert_eq!(world.gate.accepted().sequence, 1);
}
