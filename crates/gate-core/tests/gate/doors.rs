//! Doors: every way to a session, and every request with one, in every state: the same checks, each with its event.

use gate_core::admin::Scope;
use gate_core::{KeptOut, SessionDoor};
use gatewright_bundle::program::Stage;
use gatewright_terms::Refusal;
use serde_json::json;
use testkit::saml::{AuthnRequest, Idp};

use crate::policy::{bundle, connection, domain, group, saml_connection, trust, without_acme};
use crate::saml_world::honest;
use crate::world::{Browser, World, app_url, at, word};

/// What has happened when the door is tried.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Sound,
    ConnectionRemoved,
    PersonRemoved,
    GroupBlocked,
    LastGrantGone,
    OrgRemoved,
    DomainUnclaimed,
    DomainUnproved,
    /// The organisation goes back to testing: nobody new gets in, whoever is in stays.
    StageTest,
    BundleExpired,
    StoreAway,
}

const STATES: [State; 11] = [
    State::Sound,
    State::ConnectionRemoved,
    State::PersonRemoved,
    State::GroupBlocked,
    State::LastGrantGone,
    State::OrgRemoved,
    State::DomainUnclaimed,
    State::DomainUnproved,
    State::StageTest,
    State::BundleExpired,
    State::StoreAway,
];

/// A way for a state to meet a person.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Door {
    Of(SessionDoor),
    /// The form of a SAML provider has come before the state, the browser comes after it.
    SamlBetween,
    /// No door: a request with a session.
    Request,
}

const DOORS: [Door; 5] = [
    Door::Of(SessionDoor::OidcCallback),
    Door::Of(SessionDoor::SamlAcs),
    Door::SamlBetween,
    Door::Of(SessionDoor::Handover),
    Door::Request,
];

impl Door {
    /// Through which a person signs in.
    fn is_sign_in(self) -> bool {
        !matches!(self, Self::Of(SessionDoor::Handover) | Self::Request)
    }
}

/// A person before each door: about to finish a sign-in, with a hand-over code, with a session.
struct Before {
    world: World,
    browser: Browser,
    redirect: String,
    code: String,
}

async fn before(by_saml: bool) -> Before {
    let world = if by_saml { World::saml().await } else { World::new().await };
    let mut browser = Browser::default();
    let signed_in = if by_saml {
        let asked = world.ask(&mut browser, Some("console"), 0).await;
        let response = Idp::acme().respond(&honest(&asked, 0));
        let received = world.post("acme", &response, asked.relay_state.as_deref(), 0).await.unwrap();
        let entered = crate::world::signed_in(world.collect(&browser, &received, 0).await.unwrap());
        browser.session = Some(entered.session.reveal().to_owned());
        entered
    } else {
        world.sign_in(&mut browser, "acme", Some("console"), 0).await.unwrap()
    };
    let code = app_url(&signed_in.landing).rsplit_once('=').unwrap().1.to_owned();
    let redirect = world.begin(&mut browser, "acme", None, 0).await.unwrap();
    Before { world, browser, redirect, code }
}

async fn enter(state: State, world: &mut World) {
    match state {
        State::Sound => {}
        State::ConnectionRemoved => {
            let issuer = world.acme.issuer().to_owned();
            world
                .change(|program| {
                    if program.orgs[0].connections[0].saml().is_some() {
                        program.orgs[0].connections[0] = saml_connection("other", &Idp::acme());
                    } else {
                        program.orgs[0].connections[0] = connection("other", &issuer);
                    }
                })
                .await;
        }
        State::PersonRemoved => {
            let by = world.operator(&[Scope::Read, Scope::Members]).await;
            let ada = world.gate.members(&by, "acme", None, 1).await.unwrap().remove(0).id;
            world.gate.remove_member(&by, "acme", &ada, at(1)).await.unwrap();
        }
        State::GroupBlocked => {
            world.change(|program| program.orgs[0].blocked_groups = vec![group("leavers"), group("ml")]).await;
        }
        State::LastGrantGone => world.change(|program| program.orgs[0].grants.clear()).await,
        State::OrgRemoved => world.change(without_acme).await,
        State::DomainUnclaimed => {
            world.change(|program| program.orgs[0].domains[0].name = domain("acme.example")).await;
        }
        // A proof does not lapse in this part: the person is new, and the domain never was proved.
        State::DomainUnproved => {
            world.acme.person(json!({ "sub": "new-1", "email": "new@acme.example" }));
            world
                .change(|program| {
                    let more = gatewright_bundle::program::Domain { name: domain("acme.example"), connection: 0 };
                    program.orgs[0].domains.push(more);
                })
                .await;
        }
        State::StageTest => world.change(|program| program.orgs[0].stage = Stage::Test).await,
        State::BundleExpired => {
            let expiring = bundle(&world.program, world.sequence + 1, Some(at(2)));
            world.gate.reload(&expiring, &trust(), None, at(1)).await.unwrap();
        }
        State::StoreAway => world.store.set_away(true),
    }
}

/// The answer of a door in a state, and the last event of the organisation.
async fn answer(door: Door, by_saml: bool, state: State) -> (String, String) {
    let Before { mut world, browser, redirect, code } = before(by_saml).await;
    let said = |result: Result<(), KeptOut>| match result {
        Ok(()) => "session".to_owned(),
        Err(kept_out) => kept_out.refusal.to_string(),
    };
    let answer = match door {
        Door::Of(SessionDoor::OidcCallback) => {
            enter(state, &mut world).await;
            said(world.finish(&browser, "acme", &world.acme.browse(&redirect), 3).await.map(|_| ()))
        }
        Door::Of(SessionDoor::SamlAcs) => {
            enter(state, &mut world).await;
            match post(&world, &redirect, state).await {
                Ok(received) => said(world.collect(&browser, &received, 3).await.map(|_| ())),
                Err(kept_out) => kept_out.refusal.to_string(),
            }
        }
        Door::SamlBetween => {
            let received = post(&world, &redirect, state).await.unwrap();
            enter(state, &mut world).await;
            said(world.collect(&browser, &received, 3).await.map(|_| ()))
        }
        Door::Of(SessionDoor::Handover) => {
            enter(state, &mut world).await;
            said(world.gate.take_handover("https://console.example", &code, at(3)).await.map(|_| ()))
        }
        Door::Request => {
            enter(state, &mut world).await;
            word(&world.verify(&browser, 3).await).to_owned()
        }
    };
    world.store.set_away(false);
    world.gate.flush(at(4)).await.unwrap();
    (answer, world.last_event("acme").await)
}

/// Ada's provider answers; of the state that wants one, about somebody new.
async fn post(world: &World, redirect: &str, state: State) -> Result<gate_core::signin::Received, KeptOut> {
    let asked = AuthnRequest::from_redirect(redirect);
    let mut answer = honest(&asked, 3);
    if state == State::DomainUnproved {
        answer.name_id.as_mut().unwrap().0 = "new-1".into();
        answer.attribute("email", &["new@acme.example"]);
    }
    world.post("acme", &Idp::acme().respond(&answer), asked.relay_state.as_deref(), 3).await
}

#[tokio::test]
async fn every_door_in_every_state() {
    use State::*;
    for state in STATES {
        for door in DOORS {
            for by_saml in [false, true] {
                let needs = match door {
                    Door::Of(SessionDoor::OidcCallback) => Some(false),
                    Door::Of(SessionDoor::SamlAcs) | Door::SamlBetween => Some(true),
                    Door::Of(SessionDoor::Handover) | Door::Request => None,
                };
                if needs.is_some_and(|needs| needs != by_saml) {
                    continue;
                }
                let wanted = wanted(door, state);
                let (got, event) = answer(door, by_saml, state).await;
                assert_eq!(got, wanted, "{door:?} {state:?} by SAML: {by_saml}");
                let refused = Refusal::from_slug(&got);
                let recorded = match (door, state) {
                    // Of no organisation: recorded by the platform. Without the store: nowhere. A request without a
                    // session is no refusal of anybody.
                    (_, OrgRemoved | StoreAway) | (Door::Of(SessionDoor::Handover), PersonRemoved) => continue,
                    (Door::Of(_) | Door::SamlBetween, _) => refused.map(|refusal| format!("sign-in-refused:{refusal}")),
                    (Door::Request, _) => refused.map(|refusal| format!("access-refused:{refusal}")),
                };
                if let Some(recorded) = recorded {
                    assert_eq!(event, recorded, "{door:?} {state:?} by SAML: {by_saml}");
                }
            }
        }
    }
}

fn wanted(door: Door, state: State) -> &'static str {
    use State::*;
    match (door, state) {
        (door, StageTest) if door.is_sign_in() => "connection-in-test",
        (Door::Request, Sound | BundleExpired | StageTest) => "pass",
        (_, Sound | BundleExpired | StageTest) => "session",
        // A member who is here stays, whatever becomes of proofs.
        (Door::Of(SessionDoor::Handover), DomainUnproved) => "session",
        (Door::Request, DomainUnproved) => "pass",
        (_, DomainUnproved) => "domain-not-proved",
        (_, ConnectionRemoved) => "connection-unknown",
        // With the member went their sessions and codes.
        (Door::Of(SessionDoor::Handover), PersonRemoved) => "handover-refused",
        (Door::Request, PersonRemoved) => "sign-in",
        (_, PersonRemoved) => "removed-member",
        (_, GroupBlocked) => "blocked-group",
        (_, LastGrantGone) => "no-grant",
        (_, OrgRemoved) => "org-unknown",
        (_, DomainUnclaimed) => "domain-not-ours",
        (Door::Request, StoreAway) => "unavailable",
        (_, StoreAway) => "store-unavailable",
    }
}

/// The closed list of doors: whoever adds one looks at the matrix above.
#[test]
fn the_list_of_doors_is_closed() {
    let slugs: Vec<&str> = SessionDoor::ALL.iter().map(|door| door.slug()).collect();
    println!("doors that make a session: {}", slugs.join(", "));
    assert_eq!(slugs, ["oidc-callback", "saml-acs", "handover"]);
    for door in SessionDoor::ALL {
        assert!(DOORS.contains(&Door::Of(*door)), "{door:?}");
    }
}
