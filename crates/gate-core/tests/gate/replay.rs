//! Replay: an assertion makes one session, at once, later, over a restart, and where nothing more can be remembered.

use std::sync::Arc;

use gate_core::signin::{Posted, Received};
use gate_core::{Gate, KeptOut, Limits};
use gate_store::SqliteStore;
use gatewright_bundle::program::IdpInitiated;
use gatewright_terms::Refusal;
use testkit::T0;
use testkit::saml::{Answer, Idp};

use crate::policy::{bundle, saml_of, slug, trust};
use crate::saml_world::{ACS, ENTITY, honest};
use crate::world::{ADDRESS, Browser, World, at, parts, refusal, word};

async fn post(gate: Arc<Gate>, response: String, relay_state: Option<String>) -> Result<Received, KeptOut> {
    let posted = Posted {
        org: "acme",
        connection: "main",
        response: response.as_bytes(),
        relay_state: relay_state.as_deref(),
        address: ADDRESS,
    };
    gate.receive_saml(posted, at(1)).await
}

/// A second process on the same store.
async fn another_node(world: &World) -> Arc<Gate> {
    let store = SqliteStore::open(&world.folder.path().join("gate.db")).await.unwrap();
    let bundle = bundle(&world.program, world.sequence, None);
    Arc::new(Gate::open(parts(Arc::new(store)), &bundle, &trust(), None, at(1)).await.unwrap())
}

/// ST-SAML-16: a hundred posts at once, to two nodes: one session. Whoever is not turned away as one too many is told
/// that it was used.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn st_saml_16_a_hundred_posts_at_once_make_one_session() {
    let world = World::saml().await;
    let nodes = [world.gate.clone(), another_node(&world).await];
    let mut ada = Browser::default();
    let asked = world.ask(&mut ada, None, 0).await;
    let response = Idp::acme().respond(&honest(&asked, 0));
    let posts: Vec<_> = (0..100)
        .map(|n| tokio::spawn(post(nodes[n % 2].clone(), response.clone(), asked.relay_state.clone())))
        .collect();
    let mut kept = Vec::new();
    for post in posts {
        match post.await.unwrap() {
            Ok(received) => kept.push(received),
            Err(kept_out) => assert!(
                [Refusal::SamlReplayed, Refusal::FlowUnknown, Refusal::SamlBusy].contains(&kept_out.refusal),
                "{kept_out:?}"
            ),
        }
    }
    assert_eq!(kept.len(), 1);
    world.collect(&ada, &kept[0], 1).await.unwrap();
    assert_eq!(refusal(world.collect(&ada, &kept[0], 1).await), Refusal::FlowUnknown);
    let events = world.events("org/acme").await;
    assert_eq!(events.iter().filter(|event| *event == "signed-in").count(), 1);
}

fn opened(program: &mut gatewright_bundle::program::Program) {
    saml_of(program, 0).idp_initiated = Some(IdpInitiated { until: at(10_000), app: slug("console") });
}

/// ST-SAML-16: without a flow that could be used up, and over a restart.
#[tokio::test]
async fn st_saml_16_an_assertion_is_used_over_a_restart() {
    let mut world = World::saml().await;
    world.change(opened).await;
    let unsolicited = Answer::new(ACS, ENTITY, None, T0 + 1);
    let response = Idp::acme().respond(&unsolicited);
    post(world.gate.clone(), response.clone(), None).await.unwrap();
    assert_eq!(refusal(post(world.gate.clone(), response.clone(), None).await), Refusal::SamlReplayed);
    assert_eq!(world.last_event("acme").await, "sign-in-refused:saml-replayed");
    let restarted = another_node(&world).await;
    assert_eq!(refusal(post(restarted.clone(), response, None).await), Refusal::SamlReplayed);
    // The same assertion in another response, signed anew.
    let again = Answer { response_id: "_another".into(), ..unsolicited };
    assert_eq!(refusal(post(restarted, Idp::acme().respond(&again), None).await), Refusal::SamlReplayed);
}

/// ST-SAML-16: where no more can be remembered, people are turned away; nothing becomes usable again.
#[tokio::test]
async fn st_saml_16_a_full_memory_turns_people_away() {
    let mut world = World::saml().await;
    world.change(opened).await;
    let mut parts = parts(world.store.clone());
    parts.limits = Limits { seen_messages_max: 2, ..Limits::default() };
    let bundle = bundle(&world.program, world.sequence, None);
    let gate = Arc::new(Gate::open(parts, &bundle, &trust(), None, at(1)).await.unwrap());
    let responses: Vec<String> = (0..3).map(|_| Idp::acme().respond(&Answer::new(ACS, ENTITY, None, T0 + 1))).collect();
    for response in &responses[..2] {
        post(gate.clone(), response.clone(), None).await.unwrap();
    }
    assert_eq!(refusal(post(gate.clone(), responses[2].clone(), None).await), Refusal::TooManySignIns);
    for response in &responses[..2] {
        assert_eq!(refusal(post(gate.clone(), response.clone(), None).await), Refusal::SamlReplayed);
    }
}

/// ST-SESS-12: where the store is away nobody gets in, and the sign-in goes on when it is back.
#[tokio::test]
async fn st_sess_12_a_store_that_is_away_lets_nobody_in() {
    let world = World::saml().await;
    let mut ada = Browser::default();
    let asked = world.ask(&mut ada, None, 0).await;
    let response = Idp::acme().respond(&honest(&asked, 0));
    world.store.set_away(true);
    let posted = world.post("acme", &response, asked.relay_state.as_deref(), 1).await;
    assert_eq!(refusal(posted), Refusal::StoreUnavailable);
    world.store.set_away(false);
    let received = world.post("acme", &response, asked.relay_state.as_deref(), 1).await.unwrap();
    world.store.set_away(true);
    assert_eq!(refusal(world.collect(&ada, &received, 1).await), Refusal::StoreUnavailable);
    world.store.set_away(false);
    let entered = crate::world::signed_in(world.collect(&ada, &received, 2).await.unwrap());
    let ada = Browser { session: Some(entered.session.reveal().to_owned()), ..ada };
    assert_eq!(word(&world.verify(&ada, 3).await), "pass");
}
