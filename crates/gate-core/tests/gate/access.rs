//! Access: what a proxy is told about a request.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gate_core::verify::OrgAsked::{self, Any, Id, OfApp};
use gate_core::verify::{Verdict, VerifyRequest};
use serde_json::Value;

use crate::policy::{group, without_acme};
use crate::world::{Browser, World, at, passed, request, roles, word};

fn ask<'a>(browser: &'a Browser, org: OrgAsked<'a>, app: Option<&'a str>) -> VerifyRequest<'a> {
    VerifyRequest { org, app, ..request(browser.session.as_deref()) }
}

/// ST-SESS-11: a session gives nothing in another organisation.
#[tokio::test]
async fn st_sess_11_a_session_is_of_one_organisation() {
    let world = World::new().await;
    let (ada, mut uma) = (world.ada(0).await, Browser::default());
    world.umbrella.person(serde_json::json!({ "groups": ["ml"] }));
    world.sign_in(&mut uma, "umbrella", None, 0).await.unwrap();
    let answer = async |browser: &Browser, org, app| word(&world.gate.verify(ask(browser, org, app), at(1)).await);
    for (browser, org, app, wanted) in [
        (&ada, Id("acme"), None, "pass"),
        (&ada, Id("umbrella"), None, "wrong-org"),
        (&ada, Id("nobody"), None, "org-unknown"),
        (&ada, Id("Acme"), None, "org-unknown"),
        (&ada, Any, None, "pass"),
        (&uma, Any, None, "pass"),
        (&ada, OfApp, None, "unclear"),
        (&ada, OfApp, Some("console"), "unclear"),
        (&ada, OfApp, Some("acme-only"), "pass"),
        (&uma, OfApp, Some("acme-only"), "wrong-org"),
        (&uma, Any, Some("acme-only"), "wrong-org"),
        (&uma, Id("umbrella"), Some("acme-only"), "app-unknown"),
        (&ada, Id("acme"), Some("nothing"), "app-unknown"),
        (&Browser::default(), Id("acme"), None, "sign-in"),
    ] {
        assert_eq!(answer(browser, org, app).await, wanted, "{org:?} {app:?}");
    }
    world.gate.flush(at(2)).await.unwrap();
    assert!(world.events("org/umbrella").await.contains(&"access-refused:wrong-org".into()));
}

#[tokio::test]
async fn permissions_are_asked_for_at_their_scope() {
    let world = World::new().await;
    let ada = world.ada(0).await;
    let answer = async |permission, project| {
        let request = VerifyRequest { permission, project, ..request(ada.session.as_deref()) };
        word(&world.gate.verify(request, at(1)).await)
    };
    for (permission, project, wanted) in [
        (Some("members.read"), None, "pass"),
        (Some("clusters.create"), Some("research"), "pass"),
        (Some("clusters.create"), None, "permission-missing"),
        (Some("members.read"), Some("research"), "permission-missing"),
        (Some("clusters.create"), Some("other"), "permission-missing"),
        (Some("no.such"), None, "permission-missing"),
        (Some("Not A Name"), None, "unclear"),
        (Some("members.read"), Some("/"), "unclear"),
        (None, Some("research"), "unclear"),
    ] {
        assert_eq!(answer(permission, project).await, wanted, "{permission:?} {project:?}");
    }
}

/// A reload acts on the next request of a live session; nobody signs in again.
#[tokio::test]
async fn the_next_request_is_decided_by_the_new_program() {
    let mut world = World::new().await;
    let ada = world.ada(0).await;
    let before = passed(world.verify(&ada, 1).await);
    world.change(|program| drop(program.orgs[0].grants.remove(0))).await;
    let after = passed(world.verify(&ada, 1).await);
    assert_eq!(roles(&after), ["developer", "editor@research"]);
    assert_ne!(before.assertion, after.assertion);
    world.change(|program| program.orgs[0].blocked_groups.insert(0, group("admins"))).await;
    assert_eq!(word(&world.verify(&ada, 1).await), "blocked-group");
    assert_eq!(world.gate.who(ada.session.as_deref(), at(1)).await.unwrap_err().slug(), "blocked-group");
    world.change(|program| drop(program.orgs[0].blocked_groups.remove(0))).await;
    assert_eq!(roles(&passed(world.verify(&ada, 1).await)), roles(&after));
    world.change(without_acme).await;
    assert_eq!(word(&world.gate.verify(ask(&ada, Any, None), at(1)).await), "org-unknown");
}

#[tokio::test]
async fn assertions_are_signed_once_for_half_a_minute() {
    let world = World::new().await;
    let ada = world.ada(0).await;
    let get = async |app, now| passed(world.gate.verify(ask(&ada, Id("acme"), app), at(now)).await).assertion.clone();
    let first = get(Some("console"), 5).await;
    assert_eq!(get(Some("console"), 34).await, first, "the same after the session was read again");
    assert_ne!(get(Some("acme-only"), 34).await, first);
    assert_ne!(get(None, 34).await, first);
    assert_ne!(get(Some("console"), 35).await, first);

    let (signed, signature) = first.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let json = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let (header, claims) = (json(header), json(payload));
    let jwks: Value = serde_json::from_str(world.gate.jwks()).unwrap();
    let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    assert_eq!(claims["iss"], "https://gate.example");
    assert_eq!(claims["aud"], "console");
    assert_eq!((claims["org"].as_str(), claims["email"].as_str()), (Some("acme"), Some("ada@acme.com")));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
    assert_eq!(claims["roles"][2], serde_json::json!({ "role": "editor", "project": "research" }));
}

#[tokio::test]
async fn the_way_to_sign_in_leads_back_to_the_app_alone() {
    let world = World::new().await;
    let nobody = Browser::default();
    let way = async |org, app, original_uri| {
        let request = VerifyRequest { original_uri, ..ask(&nobody, org, app) };
        match world.gate.verify(request, at(1)).await {
            Verdict::SignIn { sign_in } => sign_in,
            other => panic!("{other:?}"),
        }
    };
    let start = "https://gate.example/sso/acme/main/start";
    assert_eq!(way(Id("acme"), None, Some("/x")).await, start);
    let console = Some("console");
    let with = format!("{start}?app=console&return_to=%2Fa%3Fb%3Dc%26d");
    assert_eq!(way(Id("acme"), console, Some("/a?b=c&d")).await, with);
    for evil in ["//evil.example", "/\\evil", "https://evil.example", "/\r\nX: y", ""] {
        assert_eq!(way(Id("acme"), console, Some(evil)).await, format!("{start}?app=console"));
    }
    assert_eq!(way(Any, console, None).await, "https://gate.example/login?app=console");
}

#[tokio::test]
async fn who_says_who_and_until_when() {
    let world = World::new().await;
    let ada = world.ada(0).await;
    world.verify(&ada, 100).await;
    let who = world.gate.who(ada.session.as_deref(), at(200)).await.unwrap();
    assert_eq!((who.org_name.as_str(), who.email.to_string().as_str()), ("ACME", "ada@acme.com"));
    assert_eq!(who.projects.iter().map(gatewright_terms::Slug::as_str).collect::<Vec<_>>(), ["research"]);
    assert_eq!((who.idle_end, who.absolute_end), (at(1_900), at(36_000)));
    assert_eq!(world.gate.who(None, at(1)).await.unwrap_err().slug(), "no-session");
}

/// ST-SESS-11: the word for every organisation cannot be the name of one.
#[tokio::test]
async fn st_sess_11_an_organisation_called_any_opens_nothing() {
    let mut world = World::new().await;
    let ada = world.ada(0).await;
    assert_eq!(word(&world.gate.verify(ask(&ada, Any, None), at(1)).await), "pass");
    world
        .change(|program| {
            let mut any = program.orgs[1].clone();
            any.id = crate::policy::org_id("any");
            any.domains.clear();
            any.grants.clear();
            program.orgs.push(any);
            program.orgs.sort_by(|one, two| one.id.cmp(&two.id));
        })
        .await;
    assert_eq!(word(&world.gate.verify(ask(&ada, Any, None), at(1)).await), "unclear");
}
