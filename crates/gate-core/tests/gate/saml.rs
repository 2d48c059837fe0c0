//! SAML: from the link to the session, and every way to be kept out that is not the message's own.

use gate_core::signin::{Landing, Outgoing, Start};
use gatewright_bundle::program::{Binding, Certificate, Encryption, IdpInitiated, Stage};
use gatewright_terms::Refusal;
use testkit::T0;
use testkit::saml::{ACME_NEXT, Answer, AuthnRequest, Idp};

use crate::policy::{org_id, saml_of, slug, without_acme};
use crate::saml_world::{ACS, ENTITY, honest};
use crate::world::{ADDRESS, Browser, World, app_url, at, passed, refusal, request, roles, signed_in, word};

#[tokio::test]
async fn a_person_signs_in_by_saml_and_has_what_the_policy_says() {
    let world = World::saml().await;
    let mut ada = Browser::default();
    let asked = world.ask(&mut ada, Some("console"), 0).await;
    assert_eq!((asked.issuer.as_str(), asked.acs.as_deref(), asked.force_authn), (ENTITY, Some(ACS), false));
    assert!(asked.id.starts_with('_') && asked.id.len() == 41, "{}", asked.id);
    let received = world.post("acme", &Idp::acme().respond(&honest(&asked, 1)), asked.relay_state.as_deref(), 1).await;
    let received = received.unwrap();
    assert!(received.browser.is_none());
    assert_eq!(world.last_event("acme").await, "domain-proved", "nothing has happened before the browser came");
    let entered = signed_in(world.collect(&ada, &received, 2).await.unwrap());
    assert!(app_url(&entered.landing).starts_with("https://console.example/.gatewright/callback?code="));
    ada.session = Some(entered.session.reveal().to_owned());
    let passed = passed(world.verify(&ada, 3).await);
    assert_eq!(roles(&passed), ["admin", "developer", "editor@research"]);
    assert_eq!((passed.email.to_string(), passed.org.clone()), ("ada@acme.com".into(), org_id("acme")));
    let who = world.gate.who(ada.session.as_deref(), at(3)).await.unwrap();
    assert!(who.authentication_reported && who.acr.unwrap().ends_with("PasswordProtectedTransport"));
    assert_eq!(world.events("org/acme").await, ["domain-proved", "member-joined", "signed-in", "session-handed-over"]);
}

/// An assertion that is encrypted to our key; the request goes out as a form, signed inside.
#[tokio::test]
async fn a_person_signs_in_by_form_with_an_encrypted_assertion() {
    let mut world = World::saml().await;
    world
        .change(|program| {
            let saml = saml_of(program, 0);
            (saml.sign_in.binding, saml.encryption) = (Binding::Post, Encryption::Required);
        })
        .await;
    let start = Start {
        org: "acme",
        connection: "main",
        app: None,
        return_to: None,
        step_up: None,
        browser: None,
        address: ADDRESS,
    };
    let begun = world.gate.begin(start, at(0)).await.unwrap();
    let ada = Browser { flow: Some(begun.browser.reveal().to_owned()), session: None };
    let Outgoing::Form { action, fields } = begun.to else { panic!("{:?}", begun.to) };
    assert_eq!(action, Idp::acme().sign_in_url);
    let field = |name: &str| fields.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let asked = AuthnRequest::from_form(&field("SAMLRequest"), Some(&field("RelayState")));
    assert!(asked.xml.contains("SignatureValue"));
    let plain = Idp::acme().respond(&honest(&asked, 0));
    assert_eq!(refusal(world.post("acme", &plain, asked.relay_state.as_deref(), 0).await), Refusal::SamlEncryption);
    let answer = Answer { encryption: Some(testkit::saml::Encryption::default()), ..honest(&asked, 0) };
    let response = Idp::acme().respond(&answer);
    let received = world.post("acme", &response, asked.relay_state.as_deref(), 0).await.unwrap();
    signed_in(world.collect(&ada, &received, 0).await.unwrap());
}

/// ST-SAML-15: a response that was captured makes no session in another browser, and the handle stays for the right one.
#[tokio::test]
async fn st_saml_15_another_browser_gets_no_session() {
    let world = World::saml().await;
    let mut ada = Browser::default();
    let asked = world.ask(&mut ada, None, 0).await;
    let received = world.post("acme", &Idp::acme().respond(&honest(&asked, 0)), asked.relay_state.as_deref(), 0).await;
    let received = received.unwrap();
    let mut eve = Browser::default();
    world.ask(&mut eve, None, 0).await;
    for thief in [eve, Browser::default()] {
        assert_eq!(refusal(world.collect(&thief, &received, 1).await), Refusal::OtherBrowser);
        assert_eq!(world.last_event("acme").await, "sign-in-refused:other-browser");
    }
    world.collect(&ada, &received, 1).await.unwrap();
    assert_eq!(refusal(world.collect(&ada, &received, 1).await), Refusal::FlowUnknown, "a handle works once");

    let asked = world.ask(&mut ada, None, 2).await;
    let received = world.post("acme", &Idp::acme().respond(&honest(&asked, 2)), asked.relay_state.as_deref(), 2).await;
    assert_eq!(refusal(world.collect(&ada, &received.unwrap(), 62).await), Refusal::FlowUnknown, "for a minute");
}

/// ST-SAML-15: the id of another request, of another connection, or none; and whatever is refused leaves the sign-in as
/// it was.
#[tokio::test]
async fn st_saml_15_junk_ends_nobodys_sign_in() {
    let world = World::saml().await;
    let (mut ada, mut eve) = (Browser::default(), Browser::default());
    let asked = world.ask(&mut ada, None, 0).await;
    let others = world.ask(&mut eve, None, 0).await;
    let (relay, idp) = (asked.relay_state.as_deref(), Idp::acme());
    for response in [
        "junk".to_owned(),
        testkit::saml::form_value("<x/>"),
        Idp::globex().respond(&honest(&asked, 0)),
        idp.respond(&honest(&others, 0)),
        idp.respond(&Answer { in_response_to: None, ..honest(&asked, 0) }),
        idp.respond(&Answer { audience: "https://evil.example".into(), ..honest(&asked, 0) }),
        idp.respond(&Answer { status: "Responder".into(), ..honest(&asked, 0) }),
    ] {
        let kept_out = world.post("acme", &response, relay, 1).await.unwrap_err();
        assert!(kept_out.refusal.slug().starts_with("saml-"), "{kept_out:?}");
        assert_eq!(world.last_event("acme").await, format!("sign-in-refused:{}", kept_out.refusal));
    }
    let received = world.post("acme", &idp.respond(&honest(&asked, 2)), relay, 2).await.unwrap();
    world.collect(&ada, &received, 2).await.unwrap();
}

/// ST-SAML-25: RelayState is a key, nothing that is followed: a URL, one of another flow, none, one of 81 bytes.
#[tokio::test]
async fn st_saml_25_relay_state_is_a_key_and_nothing_else() {
    let world = World::saml().await;
    let mut ada = Browser::default();
    let asked = world.ask(&mut ada, None, 0).await;
    assert_eq!(asked.relay_state.as_ref().unwrap().len(), 43);
    let response = Idp::acme().respond(&honest(&asked, 0));
    let (long, random) = ("a".repeat(81), "a".repeat(43));
    for (relay, why) in [
        (None, Refusal::SamlUnsolicited),
        (Some(""), Refusal::SamlUnsolicited),
        (Some("https://evil.example/"), Refusal::FlowUnknown),
        (Some(random.as_str()), Refusal::FlowUnknown),
        (Some(long.as_str()), Refusal::SamlMalformed),
    ] {
        assert_eq!(refusal(world.post("acme", &response, relay, 1).await), why, "{relay:?}");
    }
    // Ten minutes are over.
    let late = Idp::acme().respond(&honest(&asked, 599));
    assert_eq!(refusal(world.post("acme", &late, asked.relay_state.as_deref(), 600).await), Refusal::FlowUnknown);
}

/// ST-SAML-13, ST-SAML-17: what is for one organisation is refused at another, and nothing of the flow is used up.
#[tokio::test]
async fn st_saml_17_an_answer_for_one_organisation_is_refused_at_another() {
    let world = World::saml().await;
    let mut ada = Browser::default();
    let asked = world.ask(&mut ada, None, 0).await;
    let response = Idp::acme().respond(&honest(&asked, 0));
    assert_eq!(
        refusal(world.post("umbrella", &response, asked.relay_state.as_deref(), 1).await),
        Refusal::CallbackMismatch
    );
    assert_eq!(world.last_event("umbrella").await, "sign-in-refused:callback-mismatch");
    world.post("acme", &response, asked.relay_state.as_deref(), 1).await.unwrap();
    assert_eq!(refusal(world.post("nobody", &response, None, 1).await), Refusal::OrgUnknown);
}

/// ST-SAML-19: a connection that changes or goes under way takes the sign-in with it, before the form and after it.
#[tokio::test]
async fn st_saml_19_a_connection_that_changes_under_way_is_gone() {
    for after_the_form in [false, true] {
        for (change, why) in [
            (rename as fn(&mut gatewright_bundle::program::Program), Refusal::ConnectionUnknown),
            (replace_certificate, if after_the_form { Refusal::ConnectionUnknown } else { Refusal::SamlSignature }),
            (other_provider, Refusal::ConnectionUnknown),
            (without_acme, Refusal::OrgUnknown),
            (into_test, Refusal::ConnectionInTest),
        ] {
            let mut world = World::saml().await;
            let mut ada = Browser::default();
            let asked = world.ask(&mut ada, None, 0).await;
            let response = Idp::acme().respond(&honest(&asked, 0));
            let relay = asked.relay_state.clone();
            if after_the_form {
                let received = world.post("acme", &response, relay.as_deref(), 1).await.unwrap();
                world.change(change).await;
                assert_eq!(refusal(world.collect(&ada, &received, 1).await), why);
            } else {
                world.change(change).await;
                assert_eq!(refusal(world.post("acme", &response, relay.as_deref(), 1).await), why);
            }
        }
    }
}

fn rename(program: &mut gatewright_bundle::program::Program) {
    program.orgs[0].connections[0].slug = slug("renamed");
}

fn replace_certificate(program: &mut gatewright_bundle::program::Program) {
    saml_of(program, 0).certificates = vec![Certificate(ACME_NEXT.certificate_der())];
}

fn other_provider(program: &mut gatewright_bundle::program::Program) {
    saml_of(program, 0).entity_id = "https://other.example".into();
}

fn into_test(program: &mut gatewright_bundle::program::Program) {
    program.orgs[0].stage = Stage::Test;
}

/// A reload between the check of the signature and the answer of the store.
#[tokio::test]
async fn st_saml_19_a_reload_while_it_is_checked_counts() {
    let world = World::saml().await;
    let mut ada = Browser::default();
    let asked = world.ask(&mut ada, None, 0).await;
    let mut program = world.program.clone();
    replace_certificate(&mut program);
    let gate = world.gate.clone();
    world.store.after("flow", async move {
        let bundle = crate::policy::bundle(&program, 3, None);
        gate.reload(&bundle, &crate::policy::trust(), None, at(0)).await.unwrap();
    });
    let response = Idp::acme().respond(&honest(&asked, 0));
    assert_eq!(
        refusal(world.post("acme", &response, asked.relay_state.as_deref(), 1).await),
        Refusal::ConnectionUnknown
    );
}

/// ST-SAML-15: what the provider begins by itself is taken only while the policy says so, in the browser that sent the
/// form, and lands on one app.
#[tokio::test]
async fn st_saml_15_the_provider_may_begin_while_the_policy_says_so() {
    let mut world = World::saml().await;
    let unsolicited = |now: i64| Answer::new(ACS, ENTITY, None, T0 + now);
    let idp = Idp::acme();
    assert_eq!(refusal(world.post("acme", &idp.respond(&unsolicited(0)), None, 0).await), Refusal::SamlUnsolicited);
    world
        .change(|program| {
            saml_of(program, 0).idp_initiated = Some(IdpInitiated { until: at(100), app: slug("console") });
        })
        .await;
    for relay in [None, Some(""), Some("https://tile.example/landing"), Some("x")] {
        let received = world.post("acme", &idp.respond(&unsolicited(1)), relay, 1).await.unwrap();
        let posted = Browser { flow: Some(received.browser.as_ref().unwrap().reveal().to_owned()), session: None };
        assert_eq!(refusal(world.collect(&Browser::default(), &received, 1).await), Refusal::OtherBrowser);
        let entered = signed_in(world.collect(&posted, &received, 1).await.unwrap());
        assert!(app_url(&entered.landing).starts_with("https://console.example/"), "{relay:?}");
    }
    let record = world.fields("org/acme", "signed-in").await;
    assert_eq!(record["begun-by"], "provider");
    assert_eq!(record["door"], "saml-acs");

    // One that answers something is no answer to nothing; a sign-in under way is not answered by it either.
    let mut ada = Browser::default();
    let asked = world.ask(&mut ada, None, 2).await;
    assert_eq!(refusal(world.post("acme", &idp.respond(&honest(&asked, 2)), None, 2).await), Refusal::SamlInResponseTo);
    let nothing = idp.respond(&unsolicited(2));
    assert_eq!(refusal(world.post("acme", &nothing, asked.relay_state.as_deref(), 2).await), Refusal::SamlInResponseTo);
    // Over.
    assert_eq!(refusal(world.post("acme", &idp.respond(&unsolicited(100)), None, 100).await), Refusal::SamlUnsolicited);
    world.post("acme", &idp.respond(&unsolicited(99)), None, 99).await.unwrap();
    world.change(into_test).await;
    assert_eq!(refusal(world.post("acme", &idp.respond(&unsolicited(50)), None, 50).await), Refusal::ConnectionInTest);
}

/// An organisation that tests its sign-in begins none, of neither kind.
#[tokio::test]
async fn nobody_signs_in_where_the_stage_is_test() {
    for mut world in [World::new().await, World::saml().await] {
        world.change(into_test).await;
        let mut ada = Browser::default();
        assert_eq!(refusal(world.begin(&mut ada, "acme", None, 0).await), Refusal::ConnectionInTest);
        assert_eq!(world.last_event("acme").await, "sign-in-refused:connection-in-test");
        world.change(|program| program.orgs[0].stage = Stage::Optional).await;
        world.begin(&mut ada, "acme", None, 0).await.unwrap();
    }
}

/// ST-SESS-02: the session that the browser had ends with the sign-in, whatever door it came through.
#[tokio::test]
async fn st_sess_02_the_session_before_ends_with_a_sign_in_by_saml() {
    let world = World::saml().await;
    let mut ada = world.saml_ada(0).await;
    let before = ada.session.clone();
    let entered = world.saml_sign_in(&mut ada, 1, |_| {}).await.unwrap();
    assert_eq!(entered.landing, Landing::Ours);
    assert_ne!(before, ada.session);
    assert_eq!(word(&world.gate.verify(request(before.as_deref()), at(2)).await), "sign-in");
    assert_eq!(word(&world.verify(&ada, 2).await), "pass");
}

/// ST-SESS-05: the provider's `SessionNotOnOrAfter` ends the session, and the cookie.
#[tokio::test]
async fn st_sess_05_the_provider_ends_the_session_at_its_time() {
    let world = World::saml().await;
    let mut ada = Browser::default();
    let entered = world.saml_sign_in(&mut ada, 0, |answer| answer.session_ends = Some(T0 + 500)).await.unwrap();
    assert_eq!(entered.absolute_secs, 500);
    assert_eq!(world.gate.who(ada.session.as_deref(), at(1)).await.unwrap().absolute_end, at(500));
    assert_eq!(word(&world.verify(&ada, 499).await), "pass");
    assert_eq!(word(&world.verify(&ada, 500).await), "sign-in");
    let ended = world.fields("org/acme", "session-ended").await;
    assert_eq!(ended["cause"], "provider-end");
}

/// Our metadata names the addresses that the sign-in uses.
#[tokio::test]
async fn our_metadata_is_of_one_connection() {
    let world = World::saml().await;
    let text = world.gate.sp_metadata("acme", "main").unwrap();
    for part in [ENTITY, ACS, "https://gate.example/sso/acme/main/slo"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(world.gate.sp_metadata("acme", "other"), Err(Refusal::ConnectionUnknown));
    assert_eq!(World::new().await.gate.sp_metadata("acme", "main"), Err(Refusal::ConnectionUnknown));
}

/// Two verifiers that do not agree are an alarm in the trail.
#[tokio::test]
async fn verifiers_that_disagree_raise_an_alarm() {
    let world = World::saml_with(crate::saml_world::Disagreeing).await;
    let mut ada = Browser::default();
    let asked = world.ask(&mut ada, None, 0).await;
    let response = Idp::acme().respond(&honest(&asked, 0));
    let kept_out = world.post("acme", &response, asked.relay_state.as_deref(), 1).await.unwrap_err();
    assert_eq!(kept_out.refusal, Refusal::SamlVerifiersDisagree);
    let events = world.events("org/acme").await;
    assert_eq!(events[events.len() - 2..], ["sign-in-refused:saml-verifiers-disagree", "verifiers-disagree"]);
}
