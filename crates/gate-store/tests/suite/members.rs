//! Members: who joins, who is found again, who owns, and who is out.

use std::collections::BTreeSet;
use std::sync::Arc;

use gate_store::rows::{Member, MemberState, SignIn, SignInDone, Told};
use gatewright_audit::record::{Event, Stream};
use gatewright_terms::GroupName;

use super::make::{acme, at, draft, email, enter, events, hash, id, key, org, sign_in, slug, story};
use super::{Shared, at_once};

pub(crate) async fn a_first_sign_in_makes_the_member(store: Shared) {
    let (member, ended) = enter(&*store, sign_in("ada", 1)).await;
    assert_eq!((member, ended), (id(1_000_001), vec![]));
    let expected = Member {
        id: member,
        org: acme(),
        key: key("ada"),
        email: email("ada@acme.com"),
        state: MemberState::Active,
        owner_of: None,
        person_key: id(2_000_001),
        joined: at(1),
        last_sign_in: at(1),
        told: Some(told(&sign_in("ada", 1))),
    };
    assert_eq!(store.member_by_key(&acme(), &key("ada")).await, Ok(Some(expected)));
    assert_eq!(store.session(hash(1)).await.unwrap().unwrap().member, member);
    assert_eq!(store.person_key(id(2_000_001)).await, Ok(Some(vec![9, 9, 9])));
    for (_, fields) in story(&*store, &Stream::Org(acme())).await {
        assert!(fields.contains(&("member".into(), member.to_string())), "{fields:?}");
    }
    assert_eq!(events(&*store).await, ["member-joined", "signed-in"]);
}

pub(crate) async fn a_later_sign_in_finds_the_member(store: Shared) {
    let (first, _) = enter(&*store, sign_in("ada", 10)).await;
    let mut again = sign_in("ada", 20);
    again.session.email = email("ada.king@acme.com");
    again.may_join = false;
    assert_eq!(enter(&*store, again).await.0, first);
    enter(&*store, sign_in("ada", 15)).await;
    let member = store.member_by_key(&acme(), &key("ada")).await.unwrap().unwrap();
    assert_eq!((member.joined, member.last_sign_in, member.person_key), (at(10), at(20), id(2_000_010)));
    assert_eq!(events(&*store).await, ["member-joined", "signed-in", "signed-in", "signed-in"]);
}

/// ST-OIDC-12: the key is connection, issuer and subject, byte for byte.
pub(crate) async fn identities_differ_in_every_byte(store: Shared) {
    let mut members = BTreeSet::new();
    for (n, (host, connection, issuer, subject)) in [
        ("acme", "okta", "https://id.example", "ada"),
        ("acme", "okta", "https://id.example", "Ada"),
        ("acme", "okta", "https://id.example", "ada "),
        ("acme", "okta", "https://id.example/", "ada"),
        ("acme", "entra", "https://id.example", "ada"),
        ("umbrella", "okta", "https://id.example", "ada"),
        ("acme", "okta", "https://id.example", "ad\u{e4}"),
        ("acme", "okta", "https://id.example", "ada\u{308}"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut one = sign_in("x", u32::try_from(n).unwrap());
        one.session.org = org(host);
        one.session.key.connection = slug(connection);
        (one.session.key.issuer, one.session.key.subject) = (Arc::from(issuer), Arc::from(subject));
        let (session, token) = (one.session.clone(), one.session.token);
        members.insert(enter(&*store, one).await.0);
        let stored = store.session(token).await.unwrap().unwrap();
        assert_eq!((stored.org, stored.key), (session.org, session.key));
    }
    assert_eq!(members.len(), 8);
}

pub(crate) async fn a_person_who_enters_twice_at_once_joins_once(store: Shared) {
    let answers = at_once(20, |n| {
        let store = store.clone();
        async move { enter(&*store, sign_in("ada", n)).await.0 }
    })
    .await;
    assert_eq!(answers.iter().collect::<BTreeSet<_>>().len(), 1);
    let events = events(&*store).await;
    assert_eq!(events.iter().filter(|event| *event == "member-joined").count(), 1);
    assert_eq!(events.iter().filter(|event| *event == "signed-in").count(), 20);

    // Each drafted with a key of its own: all can be read, and all are gone together.
    for n in 0..20 {
        assert!(store.person_key(id(2_000_000 + n)).await.unwrap().is_some(), "{n}");
    }
    store.forget_person(id(2_000_003), vec![]).await.unwrap();
    for n in 0..20 {
        assert_eq!(store.person_key(id(2_000_000 + n)).await, Ok(None), "{n}");
    }
}

pub(crate) async fn newcomers_may_be_kept_out(store: Shared) {
    let mut newcomer = sign_in("ada", 1);
    newcomer.may_join = false;
    assert_eq!(store.sign_in(newcomer).await, Ok(SignInDone::MayNotJoin));
    assert_eq!(store.member_by_key(&acme(), &key("ada")).await, Ok(None));
}

pub(crate) async fn a_removed_member_is_out(store: Shared) {
    let (member, _) = enter(&*store, sign_in("ada", 1)).await;
    enter(&*store, sign_in("ada", 2)).await;
    enter(&*store, sign_in("bob", 3)).await;
    assert_eq!(store.remove_member(&org("umbrella"), member, vec![]).await, Ok(vec![]));
    let audit = vec![draft(Event::SessionEnded, &[("cause", "removed")])];
    assert_eq!(store.remove_member(&acme(), member, audit.clone()).await, Ok(vec![id(1), id(2)]));
    assert_eq!(store.session(hash(1)).await, Ok(None));
    assert!(store.session(hash(3)).await.unwrap().is_some());
    assert_eq!(store.sign_in(sign_in("ada", 4)).await, Ok(SignInDone::Removed));
    let removed = store.member_by_key(&acme(), &key("ada")).await.unwrap().unwrap();
    assert_eq!((removed.state, removed.told), (MemberState::Removed, None));

    let before = events(&*store).await;
    assert_eq!(store.remove_member(&acme(), member, audit).await, Ok(vec![]));
    assert_eq!(events(&*store).await, before, "what has happened already is not audited again");
}

pub(crate) async fn an_owner_is_one_identity(store: Shared) {
    let owner = |subject, n| {
        let mut owner = sign_in(subject, n);
        owner.bind_owner = Some("boss@acme.com".into());
        owner.audit.push(draft(Event::OwnerBound, &[]));
        owner
    };
    assert_eq!(store.owner_binding(&acme(), "boss@acme.com").await, Ok(None));
    let (member, _) = enter(&*store, owner("boss", 1)).await;
    assert_eq!(enter(&*store, owner("boss", 2)).await.0, member);
    assert_eq!(store.owner_binding(&acme(), "boss@acme.com").await, Ok(Some(key("boss"))));
    assert_eq!(store.owner_binding(&org("umbrella"), "boss@acme.com").await, Ok(None));
    let found = store.member_by_key(&acme(), &key("boss")).await.unwrap().unwrap();
    assert_eq!(found.owner_of.as_deref(), Some("boss@acme.com"));
    assert_eq!(events(&*store).await, ["member-joined", "signed-in", "owner-bound", "signed-in"]);

    // Neither a newcomer nor a member takes the mailbox over, not even once the owner was removed.
    assert_eq!(store.sign_in(owner("thief", 3)).await, Ok(SignInDone::OwnerTaken));
    assert_eq!(store.member_by_key(&acme(), &key("thief")).await, Ok(None));
    enter(&*store, sign_in("bob", 4)).await;
    store.remove_member(&acme(), member, vec![]).await.unwrap();
    assert_eq!(store.sign_in(owner("bob", 5)).await, Ok(SignInDone::OwnerTaken));
}

pub(crate) async fn one_of_many_owners_is_bound(store: Shared) {
    let answers = at_once(20, |n| {
        let store = store.clone();
        let mut owner = sign_in(&format!("boss-{n}"), n);
        owner.bind_owner = Some("boss@acme.com".into());
        async move { store.sign_in(owner).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| matches!(answer, SignInDone::Done { .. })).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == SignInDone::OwnerTaken).count(), 19);
    assert_eq!(store.members(&acme(), None, 100).await.unwrap().len(), 1);
}

pub(crate) async fn members_come_in_pages(store: Shared) {
    for n in [3, 1, 5, 2, 4] {
        enter(&*store, sign_in(&format!("person-{n}"), n)).await;
    }
    let mut other = sign_in("ada", 6);
    other.session.org = org("umbrella");
    enter(&*store, other).await;
    let (mut after, mut pages) = (None, Vec::new());
    loop {
        let page: Vec<_> =
            store.members(&acme(), after, 2).await.unwrap().into_iter().map(|member| member.id).collect();
        let Some(last) = page.last() else { break };
        after = Some(*last);
        pages.push(page.len());
    }
    assert_eq!((pages, after), (vec![2, 2, 1], Some(id(1_000_005))));
}

/// What counts is the last sign-in, whole: what it does not say is no longer so.
pub(crate) async fn the_last_sign_in_says_what_is_known_of_a_member(store: Shared) {
    let (member, _) = enter(&*store, sign_in("ada", 1)).await;
    for groups in [None, Some(vec![]), Some(vec![GroupName::parse("#\u{202e}=, fin\u{e4}nce").unwrap()])] {
        let mut again = sign_in("ada", 2 + u32::try_from(groups.iter().flatten().count()).unwrap());
        again.session.token = hash(50 + u32::from(groups.is_some()) + u32::from(groups == Some(vec![])));
        again.session.id = id(60 + u32::from(groups.is_some()) + u32::from(groups == Some(vec![])));
        again.session.attributes = BTreeSet::new();
        again.session.groups = groups;
        let expected = told(&again);
        enter(&*store, again).await;
        let found = store.members_of_ids(&acme(), &[id(7), member]).await.unwrap();
        assert_eq!(found.iter().map(|it| it.told.clone()).collect::<Vec<_>>(), [Some(expected)]);
    }
    assert_eq!(store.members_of_ids(&org("umbrella"), &[member]).await, Ok(vec![]));
}

pub(crate) async fn members_are_found_by_their_mailbox(store: Shared) {
    for (n, (host, subject, address)) in [
        ("acme", "ada", "Ada@acme.com"),
        ("acme", "ada-2", "ada@acme.com"),
        ("acme", "eve", "ada@acme.com.example"),
        ("umbrella", "ada", "ada@acme.com"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut one = sign_in(subject, u32::try_from(n).unwrap());
        (one.session.org, one.session.email) = (org(host), email(address));
        enter(&*store, one).await;
    }
    let found = async |host, limit| {
        let members = store.members_of_mailbox(&org(host), "ada@acme.com", limit).await.unwrap();
        members.iter().map(|member| member.key.subject.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found("acme", 9).await, ["ada", "ada-2"]);
    assert_eq!(found("acme", 1).await, ["ada"]);
    assert_eq!(found("umbrella", 9).await, ["ada"]);
}

fn told(sign_in: &SignIn) -> Told {
    Told { groups: sign_in.session.groups.clone(), attributes: sign_in.session.attributes.clone() }
}

pub(crate) async fn an_erased_person_who_returns_has_another_key(store: Shared) {
    enter(&*store, sign_in("ada", 1)).await;
    store.forget_person(id(2_000_001), vec![]).await.unwrap();
    enter(&*store, sign_in("ada", 2)).await;
    let key_of_ada = async || store.member_by_key(&acme(), &key("ada")).await.unwrap().unwrap().person_key;
    assert_eq!(key_of_ada().await, id(2_000_002));
    enter(&*store, sign_in("ada", 3)).await;
    assert_eq!(key_of_ada().await, id(2_000_002), "a key that is there stays");
    assert_eq!(store.person_key(id(2_000_001)).await, Ok(None));
}
