//! Step-up and age: an authentication that is recent and strong enough, as the provider reports it.

use gate_core::verify::{OrgAsked, Verdict, VerifyRequest};
use gatewright_bundle::program::{Program, StepUp};
use gatewright_terms::{Refusal, Seconds};
use serde_json::json;
use testkit::T0;
use testkit::saml::{AuthnRequest, Idp};

use crate::saml_world::honest;
use crate::world::{Browser, World, at, refusal, signed_in, word};

const GOLD: &str = "urn:acr:gold";

/// `clusters.create` needs an authentication of the last 300 s; `members.read` one of class gold in the last 900 s.
fn rules(program: &mut Program) {
    program.orgs[0].step_ups = vec![
        StepUp { permission: 0, within: Seconds(300), acr: None },
        StepUp { permission: 1, within: Seconds(900), acr: Some(GOLD.into()) },
    ];
}

async fn asks(world: &World, browser: &Browser, permission: &str, now: i64) -> Verdict {
    let request = VerifyRequest {
        token: browser.session.as_deref(),
        org: OrgAsked::Id("acme"),
        app: Some("console"),
        permission: Some(permission),
        project: (permission == "clusters.create").then_some("research"),
        original_uri: Some("/jobs?page=2"),
    };
    world.gate.verify(request, at(now)).await
}

fn step_up_address(verdict: Verdict, why: Refusal) -> String {
    match verdict {
        Verdict::StepUp { refusal, sign_in } if refusal == why => sign_in,
        other => panic!("{other:?}"),
    }
}

/// ST-SESS-10: the permission needs what the rule says, at every request; the address to step up comes with the refusal,
/// and names neither age nor class.
#[tokio::test]
async fn st_sess_10_a_permission_needs_a_recent_and_strong_authentication() {
    let mut world = World::saml().await;
    world.change(rules).await;
    let ada = world.saml_ada(0).await;
    assert_eq!(word(&asks(&world, &ada, "clusters.create", 300).await), "pass");
    let address = step_up_address(asks(&world, &ada, "clusters.create", 301).await, Refusal::AuthenticationTooOld);
    let begins = "https://gate.example/sso/acme/main/start?app=console&return_to=%2Fjobs%3Fpage%3D2";
    assert_eq!(address, format!("{begins}&step_up=clusters%2Ecreate"));
    step_up_address(asks(&world, &ada, "members.read", 1).await, Refusal::AuthenticationTooWeak);
    assert_eq!(word(&world.verify(&ada, 301).await), "pass", "without a permission nothing is asked");
    world.gate.flush(at(302)).await.unwrap();
    assert!(world.events("org/acme").await.contains(&"access-refused:authentication-too-old".to_owned()));
    // What a person may not do is told first: no step-up would help.
    world.change(|program| program.orgs[0].grants.truncate(2)).await;
    assert_eq!(word(&asks(&world, &ada, "clusters.create", 301).await), "permission-missing");
}

/// ST-SESS-10, ST-SESS-02: the whole way: asked with `ForceAuthn` and the class, answered, and the old session is gone.
#[tokio::test]
async fn st_sess_10_a_step_up_by_saml() {
    let mut world = World::saml().await;
    world.change(rules).await;
    let mut ada = world.saml_ada(0).await;
    let before = ada.session.clone();
    let asked = AuthnRequest::from_redirect(&world.ask_to_step_up(&mut ada, "members.read", 600).await.unwrap());
    assert!(asked.force_authn);
    assert_eq!(asked.acrs, [GOLD]);
    let mut answer = honest(&asked, 610);
    answer.acr = GOLD.into();
    let received = world.post("acme", &Idp::acme().respond(&answer), asked.relay_state.as_deref(), 610).await.unwrap();
    let entered = signed_in(world.collect(&ada, &received, 611).await.unwrap());
    assert!(crate::world::app_url(&entered.landing).starts_with("https://console.example/"));
    ada.session = Some(entered.session.reveal().to_owned());
    assert_eq!(word(&asks(&world, &ada, "members.read", 611).await), "pass");
    assert_eq!(word(&asks(&world, &ada, "members.read", 1_511).await), "step-up");
    let old = Browser { session: before, ..ada };
    assert_eq!(word(&asks(&world, &old, "members.read", 612).await), "sign-in");
}

/// ST-SESS-10, ST-OIDC-12: a provider that ignores what was asked: no session, and the old one stays as weak as it was.
#[tokio::test]
async fn st_sess_10_a_provider_that_ignores_the_demand_makes_no_session() {
    let mut world = World::saml().await;
    world.change(rules).await;
    for (authenticated, acr, why) in [
        (0, GOLD, Refusal::AuthenticationTooOld),
        (1_000, "urn:acr:silver", Refusal::AuthenticationTooWeak),
        (1_000, "urn:acr:GOLD", Refusal::AuthenticationTooWeak),
    ] {
        let mut ada = world.saml_ada(0).await;
        let asked = AuthnRequest::from_redirect(&world.ask_to_step_up(&mut ada, "members.read", 1_000).await.unwrap());
        let mut answer = honest(&asked, 1_000);
        (answer.authenticated, answer.acr) = (T0 + authenticated, acr.into());
        let received = world.post("acme", &Idp::acme().respond(&answer), asked.relay_state.as_deref(), 1_000).await;
        assert_eq!(refusal(world.collect(&ada, &received.unwrap(), 1_000).await), why);
        assert_eq!(world.last_event("acme").await, format!("sign-in-refused:{why}"));
        assert_eq!(word(&asks(&world, &ada, "members.read", 1_000).await), "step-up");
        assert_eq!(word(&world.verify(&ada, 1_000).await), "pass");
    }
}

/// ST-OIDC-12: the same by OpenID Connect: `max_age`, `acr_values`, `prompt`; `auth_time` and `acr` are enforced, and what
/// is not reported counts as oldest and weakest.
#[tokio::test]
async fn st_oidc_12_a_step_up_by_openid_connect() {
    let mut world = World::new().await;
    world.change(rules).await;
    let mut ada = world.ada(0).await;
    step_up_address(asks(&world, &ada, "clusters.create", 1).await, Refusal::AuthenticationTooOld);
    world.acme.person(json!({ "auth_time": T0 }));
    world.sign_in(&mut ada, "acme", None, 1).await.unwrap();
    assert_eq!(word(&asks(&world, &ada, "clusters.create", 300).await), "pass");

    for (permission, told, why) in [
        ("clusters.create", json!({ "auth_time": T0 + 1_000, "acr": null }), None),
        ("clusters.create", json!({ "auth_time": T0 + 699 }), Some(Refusal::AuthenticationTooOld)),
        ("clusters.create", json!({ "auth_time": null }), Some(Refusal::AuthenticationTooOld)),
        ("members.read", json!({ "auth_time": T0 + 1_000, "acr": GOLD }), None),
        ("members.read", json!({ "acr": "silver" }), Some(Refusal::AuthenticationTooWeak)),
        ("members.read", json!({ "acr": null }), Some(Refusal::AuthenticationTooWeak)),
        ("members.read", json!({ "acr": 7 }), Some(Refusal::TokenMalformed)),
        ("members.read", json!({ "acr": GOLD, "auth_time": T0 }), Some(Refusal::AuthenticationTooOld)),
    ] {
        world.acme.clock(testkit::Clock::At(T0 + 1_000));
        world.acme.person(told.clone());
        let mut browser = Browser::default();
        let url = world.ask_to_step_up(&mut browser, permission, 1_000).await.unwrap();
        let has = |part: &str| url.contains(part);
        if permission == "members.read" {
            assert!(has("max_age=900") && has("acr_values=urn%3Aacr%3Agold") && has("prompt=login"), "{url}");
        } else {
            assert!(has("max_age=300") && !has("acr_values") && !has("prompt"), "{url}");
        }
        let query = world.acme.browse(&url);
        let finished = world.finish(&browser, "acme", &query, 1_000).await;
        assert_eq!(finished.err().map(|kept_out| kept_out.refusal), why, "{permission} {told}");
    }
}

/// ST-OIDC-15: a link names a permission of the catalogue, and nothing else of the request.
#[tokio::test]
async fn st_oidc_15_a_link_chooses_the_permission_alone() {
    let mut world = World::saml().await;
    let mut ada = Browser::default();
    for bad in ["", "nothing.here", "../x", "clusters.create&max_age=1", &"a".repeat(10_000)] {
        assert_eq!(refusal(world.ask_to_step_up(&mut ada, bad, 0).await), Refusal::ParameterRefused, "{bad}");
    }
    // Without a rule any sign-in will do.
    let plain = AuthnRequest::from_redirect(&world.ask_to_step_up(&mut ada, "clusters.create", 0).await.unwrap());
    assert!(!plain.force_authn && plain.acrs.is_empty());
    world.change(rules).await;
    let asked = AuthnRequest::from_redirect(&world.ask_to_step_up(&mut ada, "clusters.create", 0).await.unwrap());
    assert!(asked.force_authn && asked.acrs.is_empty());
}

fn an_hour(program: &mut Program) {
    program.orgs[0].session.max_authentication_age = Some(Seconds(3_600));
}

/// `max-authentication-age`: asked for at every sign-in, enforced there and at every request, from the provider's time.
#[tokio::test]
async fn an_authentication_grows_too_old_for_any_request() {
    let mut world = World::saml().await;
    world.change(an_hour).await;
    let mut ada = Browser::default();
    let asked = world.ask(&mut ada, None, 0).await;
    assert!(asked.force_authn);
    let old = world.saml_sign_in(&mut ada, 4_000, |answer| answer.authenticated = T0 + 399).await;
    assert_eq!(refusal(old), Refusal::AuthenticationTooOld);
    let entered = world.saml_sign_in(&mut ada, 4_000, |answer| answer.authenticated = T0 + 3_400).await.unwrap();
    assert_eq!(entered.absolute_secs, 3_001);
    for (now, wanted) in [(5_000, "pass"), (6_600, "pass"), (7_000, "pass"), (7_001, "sign-in")] {
        assert_eq!(word(&world.verify(&ada, now).await), wanted, "{now}");
    }
    assert_eq!(world.fields("org/acme", "session-ended").await["cause"], "authentication-age");
}

/// ST-OIDC-12: the same by OpenID Connect; what is not reported counts from the sign-in.
#[tokio::test]
async fn st_oidc_12_an_age_counts_from_the_sign_in_where_none_is_reported() {
    let mut world = World::new().await;
    world.change(an_hour).await;
    let mut ada = Browser::default();
    let url = world.begin(&mut ada, "acme", None, 0).await.unwrap();
    assert!(url.contains("max_age=3600") && !url.contains("prompt"), "{url}");
    world.sign_in(&mut ada, "acme", None, 0).await.unwrap();
    let who = world.gate.who(ada.session.as_deref(), at(1)).await.unwrap();
    assert!(!who.authentication_reported && who.authenticated == at(0));
    for (now, wanted) in [(1_700, "pass"), (3_400, "pass"), (3_600, "pass"), (3_601, "sign-in")] {
        assert_eq!(word(&world.verify(&ada, now).await), wanted, "{now}");
    }
    world.acme.person(json!({ "auth_time": T0 }));
    assert_eq!(refusal(world.sign_in(&mut ada, "acme", None, 3_601).await), Refusal::AuthenticationTooOld);
    assert_eq!(world.last_event("acme").await, "sign-in-refused:authentication-too-old");
    // A policy that is stricter from now on ends what it finds.
    let mut world = World::new().await;
    let ada = world.ada(0).await;
    assert_eq!(word(&world.verify(&ada, 1_000).await), "pass");
    world.change(|program| program.orgs[0].session.max_authentication_age = Some(Seconds(900))).await;
    assert_eq!(word(&world.verify(&ada, 1_000).await), "sign-in");
}
