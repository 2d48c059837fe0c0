//! Sessions: facts that come back, times that only move forward, and ends that are final.

use gate_store::rows::{AnswerDone, NameId, PendingLogout, Session, TakeAnswer, TakeFlow, TestLink};
use gatewright_audit::record::Event;
use gatewright_terms::GroupName;

use super::Shared;
use super::make::{
    NO_LIMITS, acme, answer, answered, at, child_of, draft, enter, events, flow, handover, hash, id, key, name, org,
    saml_flow, sign_in, slug,
};

pub(crate) async fn facts_come_back_as_they_were(store: Shared) {
    let group = |name: &str| GroupName::parse(name).unwrap();
    let long = "g".repeat(256);
    for (n, groups) in [
        None,
        Some(vec![]),
        Some(vec![group("ML Research (EU)")]),
        Some(vec![group("b"), group(" a'\"; --"), group(&long)]),
    ]
    .into_iter()
    .enumerate()
    {
        let mut one = sign_in("ada", u32::try_from(n).unwrap());
        (one.session.groups, one.session.is_owner) = (groups, n % 2 == 0);
        if n % 2 == 1 {
            (one.session.authentication_told, one.session.acr) = (true, Some("urn:acr:gold".into()));
            (one.session.session_ends, one.session.session_index) = (Some(at(900)), Some("i <&\"'>".into()));
            one.session.name_id = Some(NameId {
                name_qualifier: Some("idp".into()),
                sp_name_qualifier: (n > 1).then(|| "sp".into()),
                ..name("Ada'; --")
            });
        }
        let written = one.session.clone();
        let (member, _) = enter(&*store, one).await;
        assert_eq!(store.session(written.token).await, Ok(Some(Session { member, ..written })));
    }
    assert_eq!(store.session(hash(99)).await, Ok(None));
}

pub(crate) async fn a_touch_never_goes_back(store: Shared) {
    enter(&*store, sign_in("ada", 1)).await;
    enter(&*store, sign_in("ada", 2)).await;
    let child = child_of(&*store, id(1), 1).await;
    let seen = async |token| store.session(token).await.unwrap().unwrap().last_seen;

    store.touch(child.token, at(50)).await.unwrap();
    assert_eq!((seen(child.token).await, seen(hash(1)).await, seen(hash(2)).await), (at(50), at(50), at(2)));
    store.touch(hash(1), at(70)).await.unwrap();
    assert_eq!((seen(child.token).await, seen(hash(1)).await), (at(50), at(70)));
    store.touch(child.token, at(60)).await.unwrap();
    assert_eq!((seen(child.token).await, seen(hash(1)).await), (at(60), at(70)), "the parent does not go back");
    store.touch(child.token, at(40)).await.unwrap();
    assert_eq!(seen(child.token).await, at(60));
    assert_eq!(store.touch(hash(99), at(99)).await, Ok(()));
}

/// ST-SESS-06: after the answer nobody gets in with the old cookie, nor with those of its children.
pub(crate) async fn st_sess_06_an_ended_session_is_gone(store: Shared) {
    enter(&*store, sign_in("ada", 1)).await;
    enter(&*store, sign_in("ada", 2)).await;
    let child = child_of(&*store, id(1), 1).await;
    let audit = vec![draft(Event::SessionEnded, &[("cause", "signed-out")])];
    assert_eq!(store.end_session(id(1), audit).await, Ok(vec![id(1), child.id]));
    assert_eq!(store.session(hash(1)).await, Ok(None));
    assert_eq!(store.session(child.token).await, Ok(None));
    assert!(store.session(hash(2)).await.unwrap().is_some());
    assert_eq!(events(&*store).await.last().unwrap(), "session-ended");
}

pub(crate) async fn ending_a_child_leaves_the_parent(store: Shared) {
    enter(&*store, sign_in("ada", 1)).await;
    let (one, two) = (child_of(&*store, id(1), 1).await, child_of(&*store, id(1), 2).await);
    assert_eq!(store.end_session(one.id, vec![]).await, Ok(vec![one.id]));
    for (token, is_live) in [(hash(1), true), (one.token, false), (two.token, true)] {
        assert_eq!(store.session(token).await.unwrap().is_some(), is_live);
    }
}

pub(crate) async fn all_sessions_of_a_member_end(store: Shared) {
    let (member, _) = enter(&*store, sign_in("ada", 1)).await;
    enter(&*store, sign_in("ada", 2)).await;
    enter(&*store, sign_in("bob", 3)).await;
    let child = child_of(&*store, id(1), 1).await;
    assert_eq!(store.end_sessions_of_member(&org("umbrella"), member, vec![]).await, Ok(vec![]));
    let ids: Vec<_> = store.sessions_of_member(&acme(), member).await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(ids, [id(1), id(2), child.id]);
    assert_eq!(store.end_sessions_of_member(&acme(), member, vec![]).await, Ok(ids));
    assert_eq!(store.sessions_of_member(&acme(), member).await, Ok(vec![]));
    assert!(store.session(hash(3)).await.unwrap().is_some());
    enter(&*store, sign_in("ada", 4)).await;
}

pub(crate) async fn parent_sessions_come_in_pages(store: Shared) {
    enter(&*store, sign_in("ada", 2)).await;
    enter(&*store, sign_in("bob", 1)).await;
    enter(&*store, sign_in("ada", 3)).await;
    child_of(&*store, id(1), 1).await;
    let page = async |after, limit| {
        let sessions = store.parent_sessions(after, limit).await.unwrap();
        sessions.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2).await, [id(1), id(2)]);
    assert_eq!(page(Some(id(2)), 2).await, [id(3)]);
    assert_eq!(page(Some(id(3)), 2).await, []);
}

/// ST-OPS-15: no session, code or sign-in under way outlives it.
pub(crate) async fn st_ops_15_everything_that_lives_can_be_ended(store: Shared) {
    let (member, _) = enter(&*store, sign_in("ada", 1)).await;
    let child = child_of(&*store, id(1), 1).await;
    store.put_handover(handover(7, id(1)), vec![]).await.unwrap();
    store.begin_flow(flow(1), NO_LIMITS).await.unwrap();
    store.begin_flow(saml_flow(2), NO_LIMITS).await.unwrap();
    store.answer_flow(answered(2, 2), at(0)).await.unwrap();
    let (acme, okta, expires) = (acme(), slug("okta"), at(600));
    let link = TestLink { link: hash(3), org: acme.clone(), connection: okta.clone(), operator: slug("op"), expires };
    store.put_test_link(link, vec![], at(0)).await.unwrap();
    let logout =
        PendingLogout { relay: hash(4), request_id: "_4".into(), org: acme.clone(), connection: okta.clone(), expires };
    store.put_logout(logout, at(0)).await.unwrap();
    let audit = || vec![draft(Event::SessionEnded, &[("cause", "restored")])];
    assert_eq!(store.end_everything(audit()).await, Ok(2));
    let waiting = answer(2);
    let taken = store.take_answer(waiting.handle, Some(waiting.errand.browser), at(1)).await;
    assert_eq!(taken, Ok(TakeAnswer::Unknown));
    assert_eq!(store.take_test_link(hash(3), (&acme, &okta), vec![], at(1)).await, Ok(false));
    assert_eq!(store.take_logout(hash(4), (&acme, &okta), at(1)).await, Ok(None));
    // What was seen stays seen.
    store.begin_flow(saml_flow(5), NO_LIMITS).await.unwrap();
    assert_eq!(store.answer_flow(answered(5, 2), at(1)).await, Ok(AnswerDone::Replayed));
    for token in [hash(1), child.token] {
        assert_eq!(store.session(token).await, Ok(None));
    }
    let code = handover(7, id(1)).code;
    assert_eq!(store.take_handover(code, "https://wiki.example", (hash(9), id(9)), at(2)).await, Ok(None));
    assert_eq!(store.take_flow(flow(1).state, Some(flow(1).errand.browser), at(1)).await, Ok(TakeFlow::Unknown));
    assert!(store.member_by_key(&acme, &key("ada")).await.unwrap().is_some_and(|ada| ada.id == member));
    assert_eq!(store.end_everything(audit()).await, Ok(0));
    let ended = events(&*store).await.into_iter().filter(|event| event == "session-ended").count();
    assert_eq!(ended, 2);
}

pub(crate) async fn nothing_ended_is_nothing_audited(store: Shared) {
    let (member, _) = enter(&*store, sign_in("ada", 1)).await;
    let audit = || vec![draft(Event::SessionEnded, &[("cause", "signed-out")])];
    store.end_session(id(1), audit()).await.unwrap();
    let before = events(&*store).await;
    assert_eq!(store.end_session(id(1), audit()).await, Ok(vec![]));
    assert_eq!(store.end_sessions_of_member(&acme(), member, audit()).await, Ok(vec![]));
    assert_eq!(events(&*store).await, before);
}
