//! Test links: the whole sign-in, a trace, and no session, in every stage and by both protocols.

use gate_core::KeptOut;
use gate_core::admin::{AdminError, Scope};
use gate_core::signin::{Begun, Finished, Outgoing, TestBegun, TestStart, Trace, TraceOutcome};
use gatewright_bundle::program::{Program, Stage};
use gatewright_terms::{Refusal, Seconds};
use serde_json::json;
use testkit::T0;
use testkit::saml::{AuthnRequest, Idp};

use crate::saml_world::honest;
use crate::world::{ADDRESS, Browser, World, at, refusal};

async fn link(world: &World, now: i64) -> String {
    let by = world.operator(&[Scope::Members]).await;
    let link = world.gate.make_test_link(&by, "acme", "main", at(now)).await.unwrap();
    assert_eq!(link.expires, at(now + 3_600));
    let token = link.url.strip_prefix("https://gate.example/sso/acme/main/test?t=").unwrap();
    token.to_owned()
}

async fn open(world: &World, org: &str, token: &str, browser: &mut Browser, now: i64) -> Result<TestBegun, KeptOut> {
    let start = TestStart { org, connection: "main", token, browser: browser.flow.as_deref(), address: ADDRESS };
    let begun = world.gate.begin_test(start, at(now)).await?;
    if let TestBegun::Begun(begun) = &begun {
        browser.flow = Some(begun.browser.reveal().to_owned());
    }
    Ok(begun)
}

fn address(begun: TestBegun) -> String {
    match begun {
        TestBegun::Begun(Begun { to: Outgoing::Redirect { url }, .. }) => url,
        other => panic!("{other:?}"),
    }
}

fn traced(finished: Finished) -> Trace {
    match finished {
        Finished::Tested(trace) => *trace,
        Finished::SignedIn(signed_in) => panic!("{signed_in:?}"),
    }
}

fn into_test(program: &mut Program) {
    program.orgs[0].stage = Stage::Test;
    program.orgs[0].session.max_authentication_age = Some(Seconds(60));
}

/// What acme's provider says of a test, and the trace.
pub(crate) async fn saml_test(world: &World, say: impl FnOnce(&mut testkit::saml::Answer)) -> Trace {
    let mut browser = Browser::default();
    let token = link(world, 0).await;
    let asked = AuthnRequest::from_redirect(&address(open(world, "acme", &token, &mut browser, 1).await.unwrap()));
    assert!(!asked.force_authn && asked.acrs.is_empty());
    let mut answer = honest(&asked, 2);
    say(&mut answer);
    let received = world.post("acme", &Idp::acme().respond(&answer), asked.relay_state.as_deref(), 2).await.unwrap();
    assert_eq!(refusal(world.collect(&Browser::default(), &received, 2).await), Refusal::OtherBrowser);
    traced(world.collect(&browser, &received, 3).await.unwrap())
}

#[tokio::test]
async fn a_test_shows_everything_and_leaves_nothing() {
    let mut world = World::saml().await;
    world.change(into_test).await;
    // An hour ago at the provider: no test is asked to prove anything anew.
    let trace = saml_test(&world, |answer| answer.authenticated = T0 - 3_600).await;
    let TraceOutcome::Admitted { roles } = &trace.outcome else { panic!("{trace:?}") };
    assert_eq!(roles.len(), 3);
    let person = trace.person.clone().unwrap();
    assert_eq!((person.subject.as_str(), person.email.as_str()), ("ada-1", "ada@acme.com"));
    assert_eq!((person.standing, person.owner, person.given_name.as_deref()), ("newcomer", false, Some("Ada")));
    assert_eq!(person.groups.unwrap(), ["admins", "ml"]);
    assert_eq!((person.authenticated, person.session_index.as_deref()), (at(-3_600), Some("_session-1")));
    for part in ["screen: ", "signature: ", "joining: newcomer", "decision: admitted"] {
        assert!(trace.steps.iter().any(|step| step.contains(part)), "{part}: {:?}", trace.steps);
    }
    let by = world.operator(&[Scope::Read]).await;
    assert_eq!(world.gate.members(&by, "acme", None, 10).await.unwrap().len(), 0, "nobody joined");
    let events = world.events("org/acme").await;
    assert_eq!(events[1..], ["test-link-made", "test-link-used", "sign-in-refused:other-browser", "test-ended"]);
    let record = world.fields("org/acme", "test-ended").await;
    assert_eq!(record["outcome"], "admitted");
    let story = world.gate.trace(&by, trace.code.as_str(), at(9)).await.unwrap();
    assert_eq!(story.event, "test-ended");
    assert!(story.personal.unwrap().iter().any(|(name, value)| name == "story" && value.contains("decision: ")));
}

/// A refusal of the message, of joining, and of the policy: the trace says which, and the flow has ended.
#[tokio::test]
async fn a_refused_test_shows_why() {
    let world = World::saml().await;
    let trace = saml_test(&world, |answer| answer.audience = "https://other.example".into()).await;
    assert_eq!(trace.outcome, TraceOutcome::Refused { refusal: Refusal::SamlAudience });
    assert!(trace.person.is_none() && trace.steps.len() > 2, "{trace:?}");
    assert_eq!(world.fields("org/acme", "test-ended").await["outcome"], "saml-audience");

    let trace = saml_test(&world, |answer| answer.attribute("groups", &["leavers"])).await;
    assert_eq!(trace.outcome, TraceOutcome::Refused { refusal: Refusal::BlockedGroup });
    assert!(trace.steps.iter().any(|step| step.contains("leavers")), "{:?}", trace.steps);
    assert_eq!(trace.person.unwrap().groups.unwrap(), ["leavers"]);

    let trace = saml_test(&world, |answer| answer.attribute("email", &["ada@elsewhere.example"])).await;
    assert_eq!(trace.outcome, TraceOutcome::Refused { refusal: Refusal::DomainNotOurs });
    // Whoever is refused in a test is not refused in the trail: nothing was tried that counts.
    assert!(!world.events("org/acme").await.contains(&"sign-in-refused:blocked-group".to_owned()));
}

#[tokio::test]
async fn a_test_of_openid_connect_ends_in_a_trace_too() {
    let mut world = World::new().await;
    world.change(into_test).await;
    world.acme.person(json!({ "auth_time": T0 - 7_200 }));
    let mut browser = Browser::default();
    let token = link(&world, 0).await;
    let url = address(open(&world, "acme", &token, &mut browser, 0).await.unwrap());
    assert!(!url.contains("max_age") && !url.contains("prompt"), "{url}");
    let query = world.acme.browse(&url);
    let trace = traced(world.finish_any(&browser, "acme", &query, 1).await.unwrap());
    assert!(matches!(&trace.outcome, TraceOutcome::Admitted { roles } if roles.len() == 3), "{trace:?}");
    assert_eq!(trace.person.unwrap().authenticated, at(-7_200));

    // The provider says no, is another one, or is away.
    let token = link(&world, 0).await;
    let url = address(open(&world, "acme", &token, &mut browser, 0).await.unwrap());
    let state = url.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let issuer = url::form_urlencoded::byte_serialize(world.acme.issuer().as_bytes()).collect::<String>();
    let query = format!("error=access_denied&state={state}&iss={issuer}");
    let trace = traced(world.finish_any(&browser, "acme", &query, 1).await.unwrap());
    assert_eq!(trace.outcome, TraceOutcome::Refused { refusal: Refusal::ProviderRefused });

    world
        .change(|program| program.orgs[0].connections[0].oidc_mut().unwrap().issuer = "http://127.0.0.1:1".into())
        .await;
    let token = link(&world, 0).await;
    match open(&world, "acme", &token, &mut browser, 0).await.unwrap() {
        TestBegun::Tested(trace) => {
            assert!(matches!(trace.outcome, TraceOutcome::Refused { .. }), "{trace:?}");
        }
        begun @ TestBegun::Begun(_) => panic!("{begun:?}"),
    }
    assert_eq!(world.last_event("acme").await, "test-ended");
}

#[tokio::test]
async fn a_link_is_good_once_at_its_connection_for_an_hour() {
    let world = World::saml().await;
    let mut browser = Browser::default();
    let token = link(&world, 0).await;
    for (org, token) in [("umbrella", token.as_str()), ("acme", ""), ("acme", &"a".repeat(43)), ("acme", "../x")] {
        assert_eq!(refusal(open(&world, org, token, &mut browser, 1).await), Refusal::TestLinkUnknown, "{org} {token}");
    }
    assert_eq!(refusal(open(&world, "acme", &token, &mut browser, 3_600).await), Refusal::TestLinkUnknown);
    address(open(&world, "acme", &token, &mut browser, 3_599).await.unwrap());
    assert_eq!(refusal(open(&world, "acme", &token, &mut browser, 3_599).await), Refusal::TestLinkUnknown);

    let reader = world.operator(&[Scope::Read]).await;
    let made = world.gate.make_test_link(&reader, "acme", "main", at(0)).await;
    assert_eq!(made.unwrap_err(), AdminError::ScopeMissing(Scope::Members));
    let by = world.operator(&[Scope::Members]).await;
    for (org, connection, what) in [("nobody", "main", "organisation"), ("acme", "other", "connection")] {
        let made = world.gate.make_test_link(&by, org, connection, at(0)).await;
        assert_eq!(made.unwrap_err(), AdminError::NotFound(what));
    }
}

/// A test's answer never becomes a session, also where the policy would let the person in.
#[tokio::test]
async fn a_test_sets_nobody_in() {
    let world = World::saml().await;
    let ada = world.saml_ada(0).await;
    let trace = saml_test(&world, |_| {}).await;
    assert_eq!(trace.person.unwrap().standing, "member");
    let by = world.operator(&[Scope::Read]).await;
    let member = world.gate.members(&by, "acme", None, 10).await.unwrap().remove(0);
    assert_eq!(world.gate.sessions(&by, "acme", &member.id).await.unwrap().len(), 1);
    assert_eq!(crate::world::word(&world.verify(&ada, 5).await), "pass");
}
