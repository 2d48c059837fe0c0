//! Admin: what operators may do, and what stands on record for it.

use gate_core::SystemRandom;
use gate_core::admin::{AdminError, Scope, create_token};
use gatewright_audit::checkpoint::SignedCheckpoint;
use gatewright_terms::Refusal;
use serde_json::json;

use crate::policy::slug;
use crate::world::{Browser, World, at, refusal, word};

#[tokio::test]
async fn every_method_asks_for_its_scope() {
    let world = World::new().await;
    let ada = world.ada(0).await;
    let subject = world.gate.who(ada.session.as_deref(), at(1)).await.unwrap().subject;
    for scope in Scope::ALL {
        let by = world.operator(&[*scope]).await;
        let gate = &world.gate;
        let results = [
            (Scope::Read, gate.members(&by, "acme", None, 10).await.map(drop)),
            (Scope::Read, gate.sessions(&by, "acme", &subject).await.map(drop)),
            (Scope::Read, gate.domains(&by, "acme").await.map(drop)),
            (Scope::Read, gate.members_with(&by, "acme", "ada@acme.com").await.map(drop)),
            (Scope::Read, gate.why(&by, "acme", &subject, None, at(1)).await.map(drop)),
            (Scope::Read, gate.metrics(&by, at(1)).await.map(drop)),
            (Scope::Read, gate.members_snapshot(&by, at(1)).await.map(drop)),
            (Scope::Read, gate.audit_lines(&by, "platform", 1, 10).await.map(drop)),
            (Scope::Read, gate.trace(&by, "GW-0000-0000-0000-0000", at(1)).await.map(drop)),
            (Scope::Members, gate.end_sessions(&by, "acme", &subject, at(1)).await.map(drop)),
            (Scope::Members, gate.prove_domain(&by, "acme", "acme.com", "again", at(1)).await),
            (Scope::Members, gate.remove_member(&by, "acme", &subject, at(1)).await),
        ];
        for (needed, result) in results {
            if needed == *scope {
                assert_ne!(result, Err(AdminError::ScopeMissing(needed)));
            } else {
                assert_eq!(result, Err(AdminError::ScopeMissing(needed)));
            }
        }
    }
}

#[tokio::test]
async fn tokens_are_made_once_and_only_their_hash_is_kept() {
    let world = World::new().await;
    let make = async |name| {
        create_token(&*world.store, &SystemRandom, &slug(name), &[Scope::Members, Scope::Read], at(5)).await
    };
    let token = make("ci").await.unwrap().unwrap();
    assert!(make("ci").await.unwrap().is_none(), "the name is taken");
    let operator = world.gate.operator(token.reveal()).await.unwrap();
    assert!(operator.has(Scope::Read) && operator.has(Scope::Members) && !operator.has(Scope::Deploy));
    assert_eq!(operator.name().as_str(), "ci");
    for wrong in ["", "ci", &token.reveal()[1..], &"A".repeat(43)] {
        assert_eq!(world.gate.operator(wrong).await.unwrap_err(), AdminError::TokenUnknown);
    }
    assert_eq!(world.events("platform").await.pop().unwrap(), "token-made");
    world.store.set_away(true);
    assert_eq!(world.gate.operator(token.reveal()).await.unwrap_err(), AdminError::StoreUnavailable);
}

#[tokio::test]
async fn members_are_listed_ended_and_removed_for_good() {
    let world = World::new().await;
    let mut ada = world.ada(0).await;
    world.acme.person(json!({ "sub": "boss-1", "email": "boss@acme.com" }));
    let mut boss = Browser::default();
    world.sign_in(&mut boss, "acme", None, 1).await.unwrap();
    let by = world.operator(&[Scope::Read, Scope::Members]).await;
    let members = world.gate.members(&by, "acme", None, 10).await.unwrap();
    assert_eq!(members.len(), 2);
    let paged = world.gate.members(&by, "acme", Some(&members[0].id), 10).await.unwrap();
    assert_eq!(paged.iter().map(|member| &member.id).collect::<Vec<_>>(), [&members[1].id]);
    let find = |email: &str| members.iter().find(|member| member.email == email).unwrap();
    let (of_ada, of_boss) = (find("ada@acme.com"), find("boss@acme.com"));
    assert_eq!((of_ada.owner, of_boss.owner, of_ada.state), (false, true, "active"));

    assert_eq!(world.gate.sessions(&by, "acme", &of_ada.id).await.unwrap().len(), 1);
    assert_eq!(word(&world.verify(&ada, 2).await), "pass");
    assert_eq!(world.gate.end_sessions(&by, "acme", &of_ada.id, at(3)).await, Ok(1));
    assert_eq!(word(&world.verify(&ada, 3).await), "sign-in");
    assert_eq!(world.last_event("acme").await, "session-ended");

    world.acme.person(json!({ "sub": "ada-1", "email": "ada@acme.com" }));
    world.sign_in(&mut ada, "acme", None, 4).await.unwrap();
    assert_eq!(word(&world.verify(&ada, 5).await), "pass");
    world.gate.remove_member(&by, "acme", &of_ada.id, at(6)).await.unwrap();
    assert_eq!(word(&world.verify(&ada, 6).await), "sign-in");
    assert_eq!(world.last_event("acme").await, "member-removed");
    let back = world.sign_in(&mut ada, "acme", None, 7).await;
    assert_eq!(refusal(back), Refusal::RemovedMember);
    assert_eq!(world.last_event("acme").await, "sign-in-refused:removed-member");

    let owner = world.gate.remove_member(&by, "acme", &of_boss.id, at(8)).await;
    assert!(matches!(owner, Err(AdminError::Unclear(_))), "{owner:?}");
    assert_eq!(word(&world.verify(&boss, 8).await), "pass");
    // A member of one organisation is not found in another, nor under another spelling.
    for (org, id) in
        [("umbrella", of_boss.id.as_str()), ("acme", "00"), ("acme", &of_boss.id.to_uppercase()), ("../x", &of_boss.id)]
    {
        let missing = world.gate.end_sessions(&by, org, id, at(9)).await;
        assert!(matches!(missing, Err(AdminError::NotFound(_))), "{org} {id} {missing:?}");
    }
}

#[tokio::test]
async fn domains_are_proved_by_name_and_reason() {
    let world = World::unproved().await;
    let by = world.operator(&[Scope::Read, Scope::Members]).await;
    let gate = &world.gate;
    assert!(gate.domains(&by, "acme").await.unwrap()[0].proved.is_none());
    for (org, domain, reason) in [
        ("acme", "umbrella.com", "not theirs"),
        ("acme", "ACME.com", "spelling"),
        ("nobody", "acme.com", "nobody"),
        ("acme", "acme.com", " "),
        ("acme", "acme.com", "a\nb"),
        ("acme", "acme.com", &"x".repeat(501)),
    ] {
        assert!(gate.prove_domain(&by, org, domain, reason, at(1)).await.is_err(), "{org} {domain} {reason:?}");
    }
    assert_eq!(refusal(world.sign_in(&mut Browser::default(), "acme", None, 1).await), Refusal::DomainNotProved);
    assert_eq!(world.last_event("acme").await, "sign-in-refused:domain-not-proved");
    let discovered = async || gate.discover("ada@acme.com", at(2)).await != gate_core::signin::Discovered::Nowhere;
    assert!(!discovered().await);
    gate.prove_domain(&by, "acme", "acme.com", "contract 7", at(2)).await.unwrap();
    assert!(discovered().await, "at once");
    let proof = gate.domains(&by, "acme").await.unwrap()[0].proved.clone().unwrap();
    assert_eq!((proof.method, proof.reason.as_str(), proof.at), ("manual", "contract 7", at(2)));
    assert_eq!(world.last_event("acme").await, "domain-proved");
    world.ada(3).await;
}

#[tokio::test]
async fn codes_that_nobody_was_given_lead_nowhere() {
    let world = World::new().await;
    let by = world.operator(&[Scope::Read]).await;
    for code in ["", "GW", "GW-0000-0000-0000-0000", "x".repeat(10_000).as_str()] {
        assert_eq!(world.gate.trace(&by, code, at(1)).await.unwrap_err(), AdminError::NotFound("support code"));
    }
}

/// ST-AUD-05: what the gate writes is what the verifier reads, under a checkpoint that the gate signed.
#[tokio::test]
async fn st_aud_05_the_export_verifies_under_a_checkpoint() {
    let world = World::new().await;
    world.ada(0).await;
    world.gate.started("0.1.0", at(1)).await.unwrap();
    world.finish(&Browser::default(), "acme", "code=c&state=s", 2).await.unwrap_err();
    world.gate.stopped("0.1.0", at(3)).await.unwrap();
    let checkpoint = SignedCheckpoint::parse(&world.gate.checkpoint(at(4)).await.unwrap()).unwrap();
    assert_eq!(checkpoint.verify_signature(None), Ok(()));
    let by = world.operator(&[Scope::Read]).await;
    for stream in ["org/acme", "org/umbrella"] {
        let lines = world.gate.audit_lines(&by, stream, 1, 1_000).await.unwrap();
        let head = &checkpoint.checkpoint.heads.iter().find(|head| head.stream.to_string() == stream).unwrap().head;
        assert_eq!(head.sequence, lines.len() as u64);
        let last = gatewright_audit::export::read(lines.last().unwrap()).unwrap().0;
        assert_eq!(last.hash, head.hash);
    }
    let platform = world.events("platform").await;
    assert!(platform.contains(&"started".into()) && platform.contains(&"stopped".into()), "{platform:?}");
    assert!(world.gate.audit_lines(&by, "acme", 1, 10).await.is_err());
}

/// ST-AUD-07: the inventory lists each event that the gate writes, with the fields that it writes, and no other.
/// ST-AUD-10: a forgotten person cannot be read, and the chain still verifies.
#[tokio::test]
async fn st_aud_07_every_event_of_the_inventory_is_written_with_its_fields() {
    let mut world = World::new().await;
    let gate = world.gate.clone();
    let by = world.operator(&[Scope::Read, Scope::Members]).await;
    gate.started("0", at(0)).await.unwrap();
    world.acme.person(json!({ "sub": "boss-1", "email": "boss@acme.com" }));
    world.sign_in(&mut Browser::default(), "acme", Some("console"), 0).await.unwrap();
    world.acme.person(json!({ "sub": "ada-1", "email": "ada@acme.com" }));
    let ada = world.ada(0).await;
    let subject = gate.who(ada.session.as_deref(), at(1)).await.unwrap().subject;
    world.change(|program| program.orgs[0].blocked_groups = vec![crate::policy::group("ml")]).await;
    assert_eq!(word(&world.verify(&ada, 1).await), "blocked-group");
    let kept_out = world.sign_in(&mut Browser::default(), "acme", None, 1).await.unwrap_err();
    let code = kept_out.code.unwrap();
    gate.reload(b"", &crate::policy::trust(), None, at(1)).await.unwrap_err();
    gate.logout(ada.session.as_deref().unwrap(), at(2)).await.unwrap();
    let story = gate.trace(&by, code.as_str(), at(2)).await.unwrap();
    assert!(story.personal.unwrap().contains(&("email".into(), "ada@acme.com".into())));
    assert!(gate.forget_member(&by, "acme", &subject, at(2)).await.is_err(), "still a member");
    gate.remove_member(&by, "acme", &subject, at(2)).await.unwrap();
    gate.forget_member(&by, "acme", &subject, at(3)).await.unwrap();
    assert_eq!(gate.trace(&by, code.as_str(), at(4)).await.unwrap().personal, None);
    gate.stopped("0", at(5)).await.unwrap();

    let mut written = events_written(&world).await;
    // What SAML and tests of a connection add.
    let world = World::saml().await;
    world.saml_ada(0).await;
    crate::test_links::saml_test(&world, |_| {}).await;
    crate::logout::provider_ends_ada(&world, 3).await.unwrap();
    crate::logout::provider_ends_ada(&world, 3).await.unwrap();
    written.extend(events_written(&world).await);
    let world = World::saml_with(crate::saml_world::Disagreeing).await;
    world.saml_sign_in(&mut Browser::default(), 0, |_| {}).await.unwrap_err();
    written.extend(events_written(&world).await);

    let listed: std::collections::BTreeSet<_> =
        gatewright_audit::record::Event::KINDS.iter().map(|kind| kind.slug).collect();
    assert_eq!(written, listed);
}

/// The events of all chains, each with the fields that the inventory lists, in chains that hold.
async fn events_written(world: &World) -> std::collections::BTreeSet<&'static str> {
    use gate_store::Store as _;
    use gatewright_audit::record::{Event, Stream};
    let mut written = std::collections::BTreeSet::new();
    for stream in ["platform", "org/acme", "org/umbrella"] {
        let mut previous = [0; 32];
        for record in world.store.inner.records(&Stream::parse(stream).unwrap(), 1, 1_000).await.unwrap() {
            let chained = record.read().unwrap();
            assert_eq!(record.previous, previous);
            previous = record.hash;
            let kind = Event::KINDS.iter().find(|kind| kind.slug == chained.event).unwrap();
            for name in chained.fields.keys() {
                assert!(kind.fields.contains(&name.as_str()), "{}: {name}", kind.slug);
            }
            assert_eq!(chained.personal.is_some(), !kind.personal.is_empty(), "{}", kind.slug);
            written.insert(kind.slug);
        }
    }
    written
}

/// Whoever came by a provider that the connection believes no more cannot come so again.
#[tokio::test]
async fn nobody_is_explained_by_another_provider() {
    let world = World::new().await;
    world.ada(0).await;
    // What was told of her is kept from the second sign-in on.
    world.ada(1).await;
    let by = world.operator(&[Scope::Read]).await;
    let member = world.gate.members(&by, "acme", None, 1).await.unwrap().remove(0).id;
    let why = || world.gate.why(&by, "acme", &member, None, at(2));
    assert_eq!(why().await.unwrap().explanation.refusal, None);
    let mut program = world.program.clone();
    program.orgs[0].connections[0].oidc_mut().unwrap().issuer = "https://other.example".into();
    let bytes = crate::policy::bundle(&program, 2, None);
    world.gate.reload(&bytes, &crate::policy::trust(), None, at(2)).await.unwrap();
    let explanation = why().await.unwrap().explanation;
    assert_eq!(explanation.refusal, Some(Refusal::ConnectionUnknown), "{explanation:?}");
}
