//! Doors: every way to a session, and every request with one, in every state: the same checks, each with its event.

use gate_core::SessionDoor;
use gate_core::admin::Scope;
use gatewright_terms::Refusal;
use serde_json::json;

use crate::policy::{bundle, connection, domain, group, trust, without_acme};
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
    BundleExpired,
    StoreAway,
}

const STATES: [State; 10] = [
    State::Sound,
    State::ConnectionRemoved,
    State::PersonRemoved,
    State::GroupBlocked,
    State::LastGrantGone,
    State::OrgRemoved,
    State::DomainUnclaimed,
    State::DomainUnproved,
    State::BundleExpired,
    State::StoreAway,
];

/// A person before each door: about to finish a sign-in, with a hand-over code, with a session.
struct Before {
    world: World,
    browser: Browser,
    query: String,
    code: String,
}

async fn before() -> Before {
    let world = World::new().await;
    let mut browser = Browser::default();
    let signed_in = world.sign_in(&mut browser, "acme", Some("console"), 0).await.unwrap();
    let code = app_url(&signed_in.landing).rsplit_once('=').unwrap().1.to_owned();
    let redirect = world.begin(&mut browser, "acme", None, 0).await.unwrap();
    let query = world.acme.browse(&redirect);
    Before { world, browser, query, code }
}

async fn enter(state: State, world: &mut World) {
    match state {
        State::Sound => {}
        State::ConnectionRemoved => {
            let issuer = world.acme.issuer().to_owned();
            world.change(|program| program.orgs[0].connections[0] = connection("other", &issuer)).await;
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
        State::BundleExpired => {
            let expiring = bundle(&world.program, 2, Some(at(2)));
            world.gate.reload(&expiring, &trust(), None, at(1)).await.unwrap();
        }
        State::StoreAway => world.store.set_away(true),
    }
}

/// The answer of a door in a state, and the last event of the organisation.
async fn answer(door: Option<SessionDoor>, state: State) -> (String, String) {
    let Before { mut world, browser, query, code } = before().await;
    enter(state, &mut world).await;
    let answer = match door {
        Some(SessionDoor::OidcCallback) => match world.finish(&browser, "acme", &query, 3).await {
            Ok(_) => "session".to_owned(),
            Err(kept_out) => kept_out.refusal.to_string(),
        },
        Some(SessionDoor::Handover) => match world.gate.take_handover("https://console.example", &code, at(3)).await {
            Ok(_) => "session".to_owned(),
            Err(kept_out) => kept_out.refusal.to_string(),
        },
        None => word(&world.verify(&browser, 3).await).to_owned(),
    };
    world.store.set_away(false);
    world.gate.flush(at(4)).await.unwrap();
    (answer, world.last_event("acme").await)
}

#[tokio::test]
async fn every_door_in_every_state() {
    use State::*;
    let doors: Vec<Option<SessionDoor>> = SessionDoor::ALL.iter().copied().map(Some).chain([None]).collect();
    for state in STATES {
        for &door in &doors {
            let wanted = match (door, state) {
                (Some(_), Sound | BundleExpired) => "session",
                (None, Sound | BundleExpired) => "pass",
                // A member who is here stays, whatever becomes of proofs.
                (Some(SessionDoor::Handover), DomainUnproved) => "session",
                (None, DomainUnproved) => "pass",
                (Some(SessionDoor::OidcCallback), DomainUnproved) => "domain-not-proved",
                (_, ConnectionRemoved) => "connection-unknown",
                // With the member went their sessions and codes.
                (Some(SessionDoor::OidcCallback), PersonRemoved) => "removed-member",
                (Some(SessionDoor::Handover), PersonRemoved) => "handover-refused",
                (None, PersonRemoved) => "sign-in",
                (_, GroupBlocked) => "blocked-group",
                (_, LastGrantGone) => "no-grant",
                (Some(SessionDoor::OidcCallback) | None, OrgRemoved) => "org-unknown",
                (Some(SessionDoor::Handover), OrgRemoved) => "org-unknown",
                (_, DomainUnclaimed) => "domain-not-ours",
                (Some(_), StoreAway) => "store-unavailable",
                (None, StoreAway) => "unavailable",
            };
            let (got, event) = answer(door, state).await;
            assert_eq!(got, wanted, "{door:?} {state:?}");
            let refused = Refusal::from_slug(&got);
            let recorded = match (door, state) {
                // Of no organisation: recorded by the platform. Without the store: nowhere. A request without a session
                // is no refusal of anybody.
                (_, OrgRemoved | StoreAway) | (Some(SessionDoor::Handover), PersonRemoved) => continue,
                (Some(_), _) => refused.map(|refusal| format!("sign-in-refused:{refusal}")),
                (None, _) => refused.map(|refusal| format!("access-refused:{refusal}")),
            };
            if let Some(recorded) = recorded {
                assert_eq!(event, recorded, "{door:?} {state:?}");
            }
        }
    }
}

/// The closed list of doors: whoever adds one looks at the matrix above.
#[test]
fn the_list_of_doors_is_closed() {
    let slugs: Vec<&str> = SessionDoor::ALL.iter().map(|door| door.slug()).collect();
    println!("doors that make a session: {}", slugs.join(", "));
    assert_eq!(slugs, ["oidc-callback", "handover"]);
}
