//! Hand-over: the session of an app's own origin.

use gate_core::KeptOut;
use gate_core::signin::{HandedOver, Landing};
use gate_core::verify::{OrgAsked, VerifyRequest};
use gatewright_terms::Refusal;

use crate::world::{Browser, World, app_url, at, passed, refusal, request, word};

const CONSOLE: &str = "https://console.example";

async fn code_for(world: &World, browser: &mut Browser, now: i64) -> String {
    let signed_in = world.sign_in(browser, "acme", Some("console"), now).await.unwrap();
    app_url(&signed_in.landing).strip_prefix("https://console.example/.gatewright/callback?code=").unwrap().to_owned()
}

async fn take(world: &World, code: &str, now: i64) -> Result<HandedOver, KeptOut> {
    world.gate.take_handover(CONSOLE, code, at(now)).await
}

fn child(handed_over: &HandedOver) -> Browser {
    Browser { session: Some(handed_over.session.reveal().to_owned()), flow: None }
}

async fn at_app(world: &World, browser: &Browser, app: Option<&str>, now: i64) -> &'static str {
    let request = VerifyRequest { org: OrgAsked::Any, app, ..request(browser.session.as_deref()) };
    word(&world.gate.verify(request, at(now)).await)
}

#[tokio::test]
async fn a_code_makes_one_session_at_its_origin() {
    let world = World::new().await;
    let mut ada = Browser::default();
    let code = code_for(&world, &mut ada, 0).await;
    let handed_over = take(&world, &code, 29).await.unwrap();
    assert_eq!(handed_over.url, "https://console.example/jobs?page=2");
    assert_eq!(handed_over.absolute_secs, 36_000 - 29);
    let console = child(&handed_over);
    assert_ne!(console.session, ada.session);
    // It answers at its app, and at no other.
    assert_eq!(at_app(&world, &console, Some("console"), 30).await, "pass");
    assert_eq!(at_app(&world, &console, Some("acme-only"), 30).await, "sign-in");
    assert_eq!(at_app(&world, &console, None, 30).await, "sign-in");
    let request = VerifyRequest { app: Some("console"), ..request(console.session.as_deref()) };
    let of_child = passed(world.gate.verify(request, at(30)).await);
    assert_eq!(of_child.subject, passed(world.verify(&ada, 30).await).subject);
    assert_eq!(world.last_event("acme").await, "session-handed-over");

    // Once.
    assert_eq!(refusal(take(&world, &code, 30).await), Refusal::HandoverRefused);
    assert_eq!(world.events("platform").await.pop().unwrap(), "sign-in-refused:handover-refused");
    // A child cannot make children.
    let more = world.gate.hand_over(console.session.as_deref().unwrap(), "console", None, at(31)).await;
    assert_eq!(refusal(more), Refusal::NoSession);
}

#[tokio::test]
async fn late_astray_and_guessed_codes_are_refused() {
    let world = World::new().await;
    let mut ada = Browser::default();
    let late = code_for(&world, &mut ada, 0).await;
    assert_eq!(refusal(take(&world, &late, 30).await), Refusal::HandoverRefused);
    let astray = code_for(&world, &mut ada, 100).await;
    for origin in ["https://only.example", "https://gate.example", "https://console.example:444", ""] {
        let taken = world.gate.take_handover(origin, &astray, at(101)).await;
        assert_eq!(refusal(taken), Refusal::HandoverRefused, "{origin}");
    }
    for guess in ["", "x", &"A".repeat(43), &"A".repeat(1_000_000)] {
        assert_eq!(refusal(take(&world, guess, 101).await), Refusal::HandoverRefused);
    }
}

#[tokio::test]
async fn children_end_with_their_parent_and_keep_it_alive() {
    let world = World::new().await;
    let mut ada = Browser::default();
    let code = code_for(&world, &mut ada, 0).await;
    let console = child(&take(&world, &code, 1).await.unwrap());
    // Only the app is used: the session of the gate itself is not idle.
    assert_eq!(word(&world.verify(&ada, 2).await), "pass");
    for now in [1_500, 3_000, 4_500] {
        assert_eq!(at_app(&world, &console, Some("console"), now).await, "pass");
    }
    let who = world.gate.who(ada.session.as_deref(), at(4_501)).await.unwrap();
    assert_eq!(who.idle_end, at(4_500 + 1_800));
    assert_eq!(word(&world.verify(&ada, 4_501).await), "pass");
    // A child is as old as the sign-in.
    for now in (6_000..36_000).step_by(1_500) {
        assert_eq!(at_app(&world, &console, Some("console"), now).await, "pass", "{now}");
    }
    assert_eq!(at_app(&world, &console, Some("console"), 36_000).await, "sign-in");

    let code = code_for(&world, &mut ada, 40_000).await;
    let console = child(&take(&world, &code, 40_001).await.unwrap());
    assert_eq!(at_app(&world, &console, Some("console"), 40_002).await, "pass");
    world.gate.logout(ada.session.as_deref().unwrap(), at(40_003)).await.unwrap();
    assert_eq!(at_app(&world, &console, Some("console"), 40_003).await, "sign-in");

    // Logging out at the app ends all of it.
    let code = code_for(&world, &mut ada, 50_000).await;
    let console = child(&take(&world, &code, 50_001).await.unwrap());
    world.gate.logout(console.session.as_deref().unwrap(), at(50_002)).await.unwrap();
    assert_eq!(word(&world.verify(&ada, 50_003).await), "sign-in");
}

/// Children do not count as sessions of the person.
#[tokio::test]
async fn a_live_session_opens_apps_without_the_provider() {
    let world = World::new().await;
    let ada = world.ada(0).await;
    let session = ada.session.as_deref().unwrap();
    for (app, return_to, url) in [
        ("console", Some("/a?b"), "https://console.example/.gatewright/callback?code="),
        ("acme-only", None, "https://only.example/.gatewright/callback?code="),
    ] {
        let landing = world.gate.hand_over(session, app, return_to, at(1)).await.unwrap();
        assert!(app_url(&landing).starts_with(url), "{landing:?}");
    }
    let here = world.gate.hand_over(session, "here", Some("/x"), at(1)).await.unwrap();
    assert_eq!(here, Landing::Direct { url: "https://gate.example/x".into() });
    for (app, return_to, reason) in
        [("nothing", None, Refusal::AppUnknown), ("console", Some("//evil.example"), Refusal::ReturnToRefused)]
    {
        assert_eq!(refusal(world.gate.hand_over(session, app, return_to, at(1)).await), reason);
        assert_eq!(world.last_event("acme").await, format!("sign-in-refused:{reason}"));
    }
    assert_eq!(refusal(world.gate.hand_over("nonsense", "console", None, at(1)).await), Refusal::NoSession);

    let mut uma = Browser::default();
    world.umbrella.person(serde_json::json!({ "groups": ["ml"] }));
    world.sign_in(&mut uma, "umbrella", None, 1).await.unwrap();
    let other = world.gate.hand_over(uma.session.as_deref().unwrap(), "acme-only", None, at(1)).await;
    assert_eq!(refusal(other), Refusal::WrongOrg);
}

/// The program may change between the code and its use: both ends ask.
#[tokio::test]
async fn a_code_gives_what_the_program_gives_when_it_is_used() {
    let mut world = World::new().await;
    let mut ada = Browser::default();
    let code = code_for(&world, &mut ada, 0).await;
    world.change(|program| program.orgs[0].blocked_groups.push(crate::policy::group("ml"))).await;
    assert_eq!(refusal(take(&world, &code, 1).await), Refusal::BlockedGroup);
    let more = world.gate.hand_over(ada.session.as_deref().unwrap(), "console", None, at(1)).await;
    assert_eq!(refusal(more), Refusal::BlockedGroup);
    assert_eq!(world.last_event("acme").await, "sign-in-refused:blocked-group");

    let mut world = World::new().await;
    let code = code_for(&world, &mut ada, 0).await;
    world.change(|program| program.environment.apps[1].org = Some(crate::policy::org_id("umbrella"))).await;
    assert_eq!(refusal(take(&world, &code, 1).await), Refusal::HandoverRefused);

    let mut world = World::new().await;
    let code = code_for(&world, &mut ada, 0).await;
    world.change(|program| drop(program.environment.apps.remove(1))).await;
    assert_eq!(refusal(take(&world, &code, 1).await), Refusal::AppUnknown);
    assert_eq!(word(&world.verify(&ada, 2).await), "pass", "the parent goes on");
}

/// ST-SESS-06: a child that made room for a newer one is out at once, not when this process next reads the store.
#[tokio::test]
async fn st_sess_06_a_child_that_made_room_is_out_at_once() {
    let world = World::new().await;
    let mut ada = Browser::default();
    let code = code_for(&world, &mut ada, 0).await;
    let oldest = child(&take(&world, &code, 1).await.unwrap());
    assert_eq!(at_app(&world, &oldest, Some("console"), 1).await, "pass");
    for _ in 0..8 {
        let landing = world.gate.hand_over(ada.session.as_deref().unwrap(), "console", None, at(1)).await.unwrap();
        let code = app_url(&landing).split_once("code=").unwrap().1.to_owned();
        take(&world, &code, 1).await.unwrap();
    }
    assert_eq!(at_app(&world, &oldest, Some("console"), 1).await, "sign-in");
}
