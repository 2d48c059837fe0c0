//! Sign-in: from the link to the session, and every check of the way back.

use gate_core::signin::{Arrived, CallbackPath, Discovered, Landing, Start};
use gatewright_bundle::program::{Grant, Grantee, OwnAttribute};
use gatewright_terms::{Attribute, AttributeValue, Refusal, Trait};
use serde_json::json;
use testkit::{ClientCheck, Endpoint, Lie};

use crate::policy::{connection, group, org_id, slug, without_acme};
use crate::world::{ADDRESS, Browser, World, at, passed, refusal, request, roles, word};

#[tokio::test]
async fn a_person_signs_in_and_has_what_the_policy_says() {
    let world = World::new().await;
    let mut ada = Browser::default();
    let signed_in = world.sign_in(&mut ada, "acme", None, 0).await.unwrap();
    assert_eq!(signed_in.landing, Landing::Ours);
    let passed = passed(world.verify(&ada, 1).await);
    assert_eq!(roles(&passed), ["admin", "developer", "editor@research"]);
    assert_eq!((passed.email.to_string(), passed.org.clone()), ("ada@acme.com".into(), org_id("acme")));
    assert_eq!(world.events("org/acme").await, ["domain-proved", "member-joined", "signed-in"]);

    // The second time she is a member already, with the same id and another session.
    let again = world.ada(10).await;
    assert_ne!(again.session, ada.session);
    assert_eq!(crate::world::passed(world.verify(&again, 11).await).subject, passed.subject);
    assert_eq!(world.last_event("acme").await, "signed-in");
}

#[tokio::test]
async fn discovery_depends_on_the_proved_domain_alone() {
    let world = World::unproved().await;
    assert_eq!(world.gate.discover("ada@acme.com", at(0)).await, Discovered::Nowhere, "claimed and not proved");
    let world = World::new().await;
    let acme = Discovered::Connection { org: org_id("acme"), connection: slug("main") };
    for email in ["ada@acme.com", "nobody-at-all@ACME.com ", "blocked@acme.com."] {
        assert_eq!(world.gate.discover(email, at(0)).await, acme, "{email}");
    }
    for email in
        ["ada@evil.example", "ada@sub.acme.com", "ada", "", "a@evil@acme.com", "@acme.com", &"a".repeat(100_000)]
    {
        assert_eq!(world.gate.discover(email, at(0)).await, Discovered::Nowhere);
    }
    world.store.set_away(true);
    assert_eq!(world.gate.discover("ada@acme.com", at(31)).await, Discovered::Nowhere);
}

/// ST-OIDC-02: a flow works once, in the browser that began it, for ten minutes; two tabs do not disturb each other.
#[tokio::test]
async fn st_oidc_02_a_flow_works_once_in_its_own_browser() {
    let world = World::new().await;
    let mut ada = Browser::default();
    let first_tab = world.begin(&mut ada, "acme", None, 0).await.unwrap();
    let cookie = ada.flow.clone();
    let second_tab = world.begin(&mut ada, "acme", None, 0).await.unwrap();
    assert_eq!(ada.flow, cookie, "the browser keeps its cookie");
    let (one, two) = (world.acme.browse(&first_tab), world.acme.browse(&second_tab));

    // Captured, and brought back by another browser or by one without cookies: refused, and the flow stays.
    let mut eve = Browser::default();
    world.begin(&mut eve, "acme", None, 0).await.unwrap();
    for thief in [eve, Browser::default()] {
        assert_eq!(refusal(world.finish(&thief, "acme", &two, 1).await), Refusal::OtherBrowser);
        assert_eq!(world.last_event("acme").await, "sign-in-refused:other-browser");
    }
    assert_eq!(world.acme.calls(Endpoint::Token), 0);

    world.finish(&ada, "acme", &two, 1).await.unwrap();
    world.finish(&ada, "acme", &one, 1).await.unwrap();
    // Replayed.
    assert_eq!(refusal(world.finish(&ada, "acme", &two, 2).await), Refusal::FlowUnknown);
    assert_eq!(world.last_event("acme").await, "sign-in-refused:flow-unknown");

    // Late, by a second.
    let late = world.begin(&mut ada, "acme", None, 0).await.unwrap();
    assert_eq!(refusal(world.finish(&ada, "acme", &world.acme.browse(&late), 600).await), Refusal::FlowUnknown);
    // Whatever a refused answer carries, it reached no token endpoint.
    assert_eq!(world.acme.calls(Endpoint::Token), 2);
}

/// ST-OIDC-03: an answer of one connection at the callback of another, and another issuer: the code goes nowhere.
#[tokio::test]
async fn st_oidc_03_a_mix_up_reaches_no_token_endpoint() {
    let world = World::new().await;
    let mut ada = Browser::default();
    let redirect = world.begin(&mut ada, "acme", None, 0).await.unwrap();
    let query = world.acme.browse(&redirect);
    assert_eq!(refusal(world.finish(&ada, "umbrella", &query, 1).await), Refusal::CallbackMismatch);
    assert_eq!(world.last_event("acme").await, "sign-in-refused:callback-mismatch");

    for lie in [Lie::NoIss, Lie::AnswerIss("https://evil.example".into())] {
        let redirect = world.begin(&mut ada, "acme", None, 0).await.unwrap();
        let query = world.acme.lie(lie).browse(&redirect);
        assert_eq!(refusal(world.finish(&ada, "acme", &query, 1).await), Refusal::IssuerMismatch);
        world.acme.honest();
        assert_eq!(world.last_event("acme").await, "sign-in-refused:issuer-mismatch");
    }

    // A flow of umbrella that its provider forwards to acme's, whose answers name nobody.
    world.acme.announces_iss(false);
    let redirect = world.begin(&mut ada, "umbrella", None, 0).await.unwrap();
    let state = redirect.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let forwarded = format!("code=acmes-code&state={state}");
    assert_eq!(refusal(world.finish(&ada, "acme", &forwarded, 1).await), Refusal::CallbackMismatch);
    assert_eq!(world.acme.calls(Endpoint::Token) + world.umbrella.calls(Endpoint::Token), 0);
}

/// A reload that gives a connection another issuer, or takes it away, ends the flows under way; no code goes astray.
#[tokio::test]
async fn a_connection_that_changes_under_way_is_gone() {
    let mut world = World::new().await;
    let mut ada = Browser::default();
    let redirect = world.begin(&mut ada, "acme", None, 0).await.unwrap();
    let query = world.acme.browse(&redirect);
    let other = world.umbrella.issuer().to_owned();
    world.change(|program| program.orgs[0].connections[0].oidc_mut().unwrap().issuer = other).await;
    assert_eq!(refusal(world.finish(&ada, "acme", &query, 1).await), Refusal::ConnectionUnknown);
    assert_eq!(world.umbrella.calls(Endpoint::Token) + world.acme.calls(Endpoint::Token), 0);

    let mut world = World::new().await;
    let redirect = world.begin(&mut ada, "acme", None, 0).await.unwrap();
    let query = world.acme.browse(&redirect);
    let issuer = world.acme.issuer().to_owned();
    world.change(|program| program.orgs[0].connections[0] = connection("renamed", &issuer)).await;
    assert_eq!(refusal(world.finish(&ada, "acme", &query, 1).await), Refusal::ConnectionUnknown);

    let mut world = World::new().await;
    let redirect = world.begin(&mut ada, "acme", None, 0).await.unwrap();
    let query = world.acme.browse(&redirect);
    world.change(without_acme).await;
    assert_eq!(refusal(world.finish(&ada, "acme", &query, 1).await), Refusal::OrgUnknown);
}

#[tokio::test]
async fn links_name_things_of_the_program_or_nothing() {
    let world = World::new().await;
    let good = Start {
        org: "acme",
        connection: "main",
        app: Some("console"),
        return_to: Some("/x"),
        step_up: None,
        browser: None,
        address: ADDRESS,
    };
    world.gate.begin(good, at(0)).await.unwrap();
    for (start, reason) in [
        (Start { org: "nobody", ..good }, Refusal::OrgUnknown),
        (Start { org: "../acme", ..good }, Refusal::OrgUnknown),
        (Start { connection: "other", ..good }, Refusal::ConnectionUnknown),
        (Start { app: Some("nothing"), ..good }, Refusal::AppUnknown),
        (Start { org: "umbrella", app: Some("acme-only"), ..good }, Refusal::AppUnknown),
        (Start { return_to: Some("//evil.example"), ..good }, Refusal::ReturnToRefused),
        (Start { return_to: Some("https://console.example/x"), ..good }, Refusal::ReturnToRefused),
        (Start { app: None, return_to: Some("/x"), ..good }, Refusal::ReturnToRefused),
    ] {
        assert_eq!(refusal(world.gate.begin(start, at(0)).await), reason);
        let stream = if reason == Refusal::OrgUnknown { "platform".into() } else { format!("org/{}", start.org) };
        assert_eq!(world.events(&stream).await.pop().unwrap(), format!("sign-in-refused:{reason}"));
    }
    // ST-OIDC-16: a doubled parameter, and no parameter at all.
    for query in ["", "code=c", "code=c&code=d&state=s", "state=s"] {
        assert_eq!(refusal(world.finish(&Browser::default(), "acme", query, 1).await), Refusal::ParameterRefused);
    }
    // A callback of an organisation that is none is recorded by the platform.
    assert_eq!(refusal(world.finish(&Browser::default(), "nobody", "code=c&state=s", 1).await), Refusal::FlowUnknown);
    assert_eq!(world.events("platform").await.pop().unwrap(), "sign-in-refused:flow-unknown");
}

#[tokio::test]
async fn shared_clients_have_a_callback_of_their_own() {
    let mut world = World::new().await;
    world.acme.client("shared-id", ClientCheck::Public, "https://gate.example/sso/shared/google/callback");
    world
        .change(|program| {
            program.environment.shared_clients.push(gatewright_bundle::program::SharedClient {
                slug: slug("google"),
                provider: slug("generic"),
                client_id: "shared-id".into(),
                client_auth: gatewright_bundle::program::ClientAuth::None,
            });
            program.orgs[0].connections[0].oidc_mut().unwrap().client = gatewright_bundle::program::Client::Shared(0);
        })
        .await;
    let mut ada = Browser::default();
    let query = world.acme.browse(&world.begin(&mut ada, "acme", None, 0).await.unwrap());
    let arrived = |path| Arrived { path, query: &query, browser: ada.flow.as_deref(), session: None, address: ADDRESS };
    world.gate.finish_oidc(arrived(CallbackPath::Shared { client: "google" }), at(1)).await.unwrap();
    let query = world.acme.browse(&world.begin(&mut ada, "acme", None, 0).await.unwrap());
    assert_eq!(refusal(world.finish(&ada, "acme", &query, 1).await), Refusal::CallbackMismatch);
}

#[tokio::test]
async fn sign_ins_under_way_are_limited() {
    let world = World::new().await;
    let limits = gate_core::Limits { flows_per_address_max: 2, ..gate_core::Limits::default() };
    let parts = gate_core::Parts { limits, ..crate::world::parts(world.store.clone()) };
    let bundle = crate::policy::bundle(&world.program, 1, None);
    let gate = gate_core::Gate::open(parts, &bundle, &crate::policy::trust(), None, at(0)).await.unwrap();
    let start = Start {
        org: "acme",
        connection: "main",
        app: None,
        return_to: None,
        step_up: None,
        browser: None,
        address: ADDRESS,
    };
    for _ in 0..2 {
        gate.begin(start, at(0)).await.unwrap();
    }
    assert_eq!(refusal(gate.begin(start, at(1)).await), Refusal::TooManySignIns);
    let elsewhere = Start { address: "2001:db8::1".parse().unwrap(), ..start };
    gate.begin(elsewhere, at(1)).await.unwrap();
    gate.begin(start, at(601)).await.unwrap();
}

/// Owners: bound at the first sign-in with a proved domain, and from then on a person, not an address.
#[tokio::test]
async fn an_owner_is_bound_once_and_another_subject_is_an_alarm() {
    let mut world = World::unproved().await;
    world.acme.person(json!({ "sub": "boss-1", "email": "Boss@acme.com", "groups": [] }));
    let mut boss = Browser::default();
    let unproved = world.sign_in(&mut boss, "acme", None, 0).await;
    assert_eq!(refusal(unproved), Refusal::DomainNotProved, "an owner too needs the proof");
    let operator = world.operator(&[gate_core::admin::Scope::Members]).await;
    world.gate.prove_domain(&operator, "acme", "acme.com", "contract", at(0)).await.unwrap();
    world.sign_in(&mut boss, "acme", None, 1).await.unwrap();
    assert_eq!(roles(&passed(world.verify(&boss, 2).await)), ["owner"]);
    assert_eq!(world.events("org/acme").await[2..], ["member-joined", "owner-bound", "signed-in"]);

    // A recycled mailbox, in any case, even with a group that would let them in.
    world.acme.person(json!({ "sub": "boss-2", "email": "BOSS@acme.com", "groups": ["ml"] }));
    let mut other = Browser::default();
    assert_eq!(refusal(world.sign_in(&mut other, "acme", None, 3).await), Refusal::OwnerAlreadyBound);
    assert_eq!(world.last_event("acme").await, "sign-in-refused:owner-already-bound");

    // The owner's address changes at the provider: the same person is still the owner.
    world.acme.person(json!({ "sub": "boss-1", "email": "new-name@acme.com", "groups": [] }));
    world.sign_in(&mut boss, "acme", None, 4).await.unwrap();
    assert_eq!(roles(&passed(world.verify(&boss, 5).await)), ["owner"]);

    // The policy names another owner: with the next request the old one has nothing.
    world
        .change(|program| program.orgs[0].owners = vec![gatewright_terms::EmailAddress::parse("ceo@acme.com").unwrap()])
        .await;
    assert_eq!(word(&world.verify(&boss, 6).await), "no-grant");
    world.acme.person(json!({ "groups": ["ml"] }));
    world.sign_in(&mut boss, "acme", None, 7).await.unwrap();
    assert_eq!(roles(&passed(world.verify(&boss, 8).await)), ["developer", "editor@research"]);
    // And names them again: with the next request they have it.
    world
        .change(|program| {
            program.orgs[0].owners = vec![gatewright_terms::EmailAddress::parse("boss@acme.com").unwrap()];
        })
        .await;
    assert_eq!(roles(&passed(world.verify(&boss, 9).await)), ["developer", "owner", "editor@research"]);
}

/// ST-AUD-01, ST-AUD-02: each refusal has its event; the stranger gets a code, the operator the story.
#[tokio::test]
async fn st_aud_01_refusals_of_people_name_them_under_seal() {
    let mut world = World::new().await;
    let claims = json!({ "sub": "eve-9", "email": "eve@acme.com", "groups": ["ml", "leavers"] });
    world.acme.person(claims);
    let mut eve = Browser::default();
    let kept_out = world.sign_in(&mut eve, "acme", None, 0).await.unwrap_err();
    assert_eq!(kept_out.refusal, Refusal::BlockedGroup);
    let code = kept_out.code.unwrap();
    let reader = world.operator(&[gate_core::admin::Scope::Read]).await;
    let story = world.gate.trace(&reader, &code.as_str().to_lowercase(), at(1)).await.unwrap();
    assert_eq!((story.refusal, story.org.clone()), (Some(Refusal::BlockedGroup), Some(org_id("acme"))));
    let sealed: std::collections::BTreeMap<_, _> = story.personal.clone().unwrap().into_iter().collect();
    assert_eq!(sealed["email"], "eve@acme.com");
    assert_eq!(sealed["subject"], "eve-9");
    assert_eq!(sealed["address"], "192.0.2.7");
    assert!(sealed["story"].contains("`leavers`"), "{}", sealed["story"]);
    assert!(story.fields.contains(&("connection".into(), "main".into())));
    assert!(story.fields.iter().any(|(name, value)| name == "bundle" && value.len() == 64));
    // The reading itself is on record.
    assert_eq!(world.last_event("acme").await, "personal-data-read");
    // What is not sealed names nobody.
    let lines = world.gate.audit_lines(&reader, "org/acme", 1, 100).await.unwrap().join("\n");
    assert!(!lines.contains("eve@") && !lines.contains("eve-9") && lines.contains(code.as_str()), "{lines}");

    // A member whom a new block keeps out, and one who loses the last grant.
    world.acme.person(json!({ "sub": "ada-1", "email": "ada@acme.com", "groups": ["ml"] }));
    let ada = world.ada(2).await;
    world.change(|program| program.orgs[0].blocked_groups.push(group("ml"))).await;
    world.change(|program| program.orgs[0].blocked_groups.sort()).await;
    assert_eq!(word(&world.verify(&ada, 3).await), "blocked-group");
    world
        .change(|program| {
            program.orgs[0].blocked_groups.clear();
            program.orgs[0].grants = vec![Grant { role: 0, project: None, to: Grantee::group(0, group("admins")) }];
        })
        .await;
    assert_eq!(word(&world.verify(&ada, 3).await), "no-grant");
    world.gate.flush(at(4)).await.unwrap();
    let events = world.events("org/acme").await;
    assert!(
        events.contains(&"access-refused:blocked-group".into()) && events.contains(&"access-refused:no-grant".into())
    );
}

#[tokio::test]
async fn unknown_groups_are_refused_where_groups_matter() {
    let world = World::new().await;
    world.acme.person(json!({ "groups": { "not": "a list" } }));
    let answer = world.sign_in(&mut Browser::default(), "acme", None, 0).await;
    assert_eq!(refusal(answer), Refusal::GroupOverage);
    assert_eq!(world.last_event("acme").await, "sign-in-refused:group-overage");
}

/// An attribute admits, over a restart of the process too; what another connection's people get by it is not theirs.
#[tokio::test]
async fn attributes_admit_the_people_of_their_connection() {
    let mut world = World::new().await;
    let to = |connection| Grantee::Having { connection, what: Trait::Attribute(finance()) };
    world
        .change(|program| {
            let org = &mut program.orgs[0];
            org.connections[0].oidc_mut().unwrap().claims.own =
                vec![OwnAttribute { name: slug("department"), from: "dept".into() }];
            org.grants = vec![Grant { role: 1, project: None, to: to(0) }];
        })
        .await;
    world.acme.person(json!({ "groups": ["admins"] }));
    let answer = world.sign_in(&mut Browser::default(), "acme", None, 0).await;
    assert_eq!(refusal(answer), Refusal::NoGrant);
    world.acme.person(json!({ "dept": ["Legal", "Finance"] }));
    let ada = world.ada(1).await;
    assert_eq!(roles(&passed(world.verify(&ada, 2).await)), ["developer"]);
    // The grant goes to the people of another connection: the session's next request is refused.
    world
        .change(|program| {
            let org = &mut program.orgs[0];
            let other = connection("other", "https://other.example");
            org.connections.push(other);
            org.grants = vec![Grant { role: 1, project: None, to: to(1) }];
        })
        .await;
    assert_eq!(word(&world.verify(&ada, 3).await), "no-grant");
}

fn finance() -> Attribute {
    Attribute { name: slug("department"), value: AttributeValue::parse("Finance").unwrap() }
}

/// Strangers cannot fill the disk: above the rate refusals are counted.
#[tokio::test]
async fn floods_of_refusals_are_counted() {
    let world = World::new().await;
    let before = world.events("org/acme").await.len();
    for _ in 0..300 {
        let kept_out = world.finish(&Browser::default(), "acme", "code=c&state=s", 5).await.unwrap_err();
        assert_eq!(kept_out.refusal, Refusal::FlowUnknown);
    }
    assert_eq!(world.events("org/acme").await.len() - before, 120);
    world.gate.flush(at(6)).await.unwrap();
    let reader = world.operator(&[gate_core::admin::Scope::Read]).await;
    let last = world.gate.audit_lines(&reader, "org/acme", 1, 1_000).await.unwrap().pop().unwrap();
    assert!(last.contains(r#""count":"180""#) && last.contains("flow-unknown"), "{last}");
    // The people of the organisation still sign in, and a person who is refused is still recorded by name.
    world.ada(7).await;
    world.acme.person(json!({ "sub": "eve-9", "email": "eve@acme.com", "groups": [] }));
    let kept_out = world.sign_in(&mut Browser::default(), "acme", None, 8).await.unwrap_err();
    assert!(kept_out.code.is_some());
}

/// ST-SESS-12: where the store is away nobody new gets in.
#[tokio::test]
async fn st_sess_12_without_the_store_nobody_new_gets_in() {
    let world = World::new().await;
    let mut ada = Browser::default();
    let redirect = world.begin(&mut ada, "acme", None, 0).await.unwrap();
    let query = world.acme.browse(&redirect);
    world.store.set_away(true);
    let kept_out = world.finish(&ada, "acme", &query, 1).await.unwrap_err();
    assert_eq!((kept_out.refusal, kept_out.code), (Refusal::StoreUnavailable, None));
    assert_eq!(refusal(world.begin(&mut ada, "acme", None, 1).await), Refusal::StoreUnavailable);
    assert_eq!(world.acme.calls(Endpoint::Token), 0);
    world.store.set_away(false);
    world.finish(&ada, "acme", &query, 2).await.unwrap();
    assert_eq!(word(&world.gate.verify(request(None), at(3)).await), "sign-in");
}

/// A member who comes with an owner's mailbox in a domain that nobody proved is no owner.
#[tokio::test]
async fn an_owner_is_bound_by_a_proved_domain_alone() {
    let mut world = World::new().await;
    world
        .change(|program| {
            let unproved =
                gatewright_bundle::program::Domain { name: crate::policy::domain("acme.example"), connection: 0 };
            program.orgs[0].domains.push(unproved);
            program.orgs[0].owners = vec![gatewright_terms::EmailAddress::parse("boss@acme.example").unwrap()];
        })
        .await;
    let mut ada = world.ada(0).await;
    world.acme.person(json!({ "email": "boss@acme.example" }));
    world.sign_in(&mut ada, "acme", None, 1).await.unwrap();
    assert_eq!(roles(&passed(world.verify(&ada, 2).await)), ["admin", "developer", "editor@research"]);
    assert_eq!(world.last_event("acme").await, "signed-in");
    assert!(!world.events("org/acme").await.contains(&"owner-bound".into()));
}
