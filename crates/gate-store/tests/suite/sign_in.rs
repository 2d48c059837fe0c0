//! Sign-in: the limit of parallel sessions, and that a refused or failed sign-in leaves nothing.

use gate_store::rows::{SignIn, SignInDone, WhenFull};
use gatewright_audit::record::Stream;

use super::make::{acme, child_of, enter, events, hash, id, key, sign_in, story};
use super::{Shared, at_once};

fn limited(subject: &str, n: u32, concurrent_max: u32, when_full: WhenFull) -> SignIn {
    SignIn { concurrent_max, when_full, ..sign_in(subject, n) }
}

/// ST-SESS-09.
pub(crate) async fn st_sess_09_the_session_limit_holds_under_a_race(store: Shared) {
    let answers = at_once(50, |n| {
        let store = store.clone();
        async move { enter(&*store, limited("ada", n, 3, WhenFull::EndOldest)).await }
    })
    .await;
    let member = answers[0].0;
    assert_eq!(store.sessions_of_member(&acme(), member).await.unwrap().len(), 3);
    assert_eq!(answers.iter().map(|(_, ended)| ended.len()).sum::<usize>(), 47);
    let events = events(&*store).await;
    assert_eq!(events.iter().filter(|event| *event == "session-ended").count(), 47);
    assert_eq!(events.iter().filter(|event| *event == "signed-in").count(), 50);
}

/// ST-SESS-02: a sign-in ends the session that the browser had, whoever's it was; it counts against no limit.
pub(crate) async fn st_sess_02_the_session_before_ends(store: Shared) {
    enter(&*store, limited("ada", 1, 1, WhenFull::Refuse)).await;
    let child = child_of(&*store, id(1), 1).await;
    let again = SignIn { replaces: Some(id(1)), ..limited("ada", 2, 1, WhenFull::Refuse) };
    let (_, ended) = enter(&*store, again).await;
    assert_eq!(ended, [id(1), child.id]);
    assert_eq!(store.session(hash(1)).await, Ok(None));
    // Another person in the same browser; a session that is gone, and a child, are nothing to replace.
    let (_, ended) = enter(&*store, SignIn { replaces: Some(id(2)), ..sign_in("bob", 3) }).await;
    assert_eq!(ended, [id(2)]);
    let child = child_of(&*store, id(3), 2).await;
    for (n, gone) in [(4, id(2)), (5, child.id)] {
        let (_, ended) = enter(&*store, SignIn { replaces: Some(gone), ..sign_in("eve", n) }).await;
        assert_eq!(ended, []);
    }
    // A refused sign-in ends nothing.
    let refused = SignIn { replaces: Some(id(3)), may_join: false, ..sign_in("zoe", 6) };
    assert_eq!(store.sign_in(refused).await, Ok(SignInDone::MayNotJoin));
    assert!(store.session(hash(3)).await.unwrap().is_some());
    let told = story(&*store, &Stream::Org(acme())).await;
    let causes: Vec<_> = told.iter().filter(|(event, _)| event == "session-ended").map(|(_, f)| &f[0].1).collect();
    assert_eq!(causes, ["replaced"; 3]);
}

pub(crate) async fn the_oldest_session_makes_room_with_its_children(store: Shared) {
    let (member, _) = enter(&*store, limited("ada", 1, 2, WhenFull::EndOldest)).await;
    let child = child_of(&*store, id(1), 1).await;
    enter(&*store, limited("ada", 2, 2, WhenFull::EndOldest)).await;
    let other = child_of(&*store, id(2), 2).await;
    enter(&*store, limited("bob", 3, 2, WhenFull::EndOldest)).await;

    let (_, ended) = enter(&*store, limited("ada", 4, 2, WhenFull::EndOldest)).await;
    assert_eq!(ended, [id(1), child.id]);
    for (token, is_live) in
        [(hash(1), false), (child.token, false), (hash(2), true), (other.token, true), (hash(4), true)]
    {
        assert_eq!(store.session(token).await.unwrap().is_some(), is_live);
    }
    let told = story(&*store, &Stream::Org(acme())).await;
    let endings: Vec<_> = told.iter().filter(|(event, _)| event == "session-ended").map(|(_, fields)| fields).collect();
    assert_eq!(endings.len(), 2);
    for (fields, session) in endings.into_iter().zip([id(1), child.id]) {
        let expected =
            [("cause", "concurrent".into()), ("member", member.to_string()), ("session", session.to_string())];
        assert_eq!(*fields, expected.map(|(name, value): (&str, String)| (name.to_owned(), value)));
    }

    // A lower limit ends as many as it must.
    let (_, ended) = enter(&*store, limited("ada", 5, 1, WhenFull::EndOldest)).await;
    assert_eq!(ended, [id(2), other.id, id(4)]);
}

pub(crate) async fn a_full_member_may_be_refused(store: Shared) {
    enter(&*store, limited("ada", 1, 2, WhenFull::Refuse)).await;
    enter(&*store, limited("ada", 2, 2, WhenFull::Refuse)).await;
    assert_eq!(store.sign_in(limited("ada", 3, 2, WhenFull::Refuse)).await, Ok(SignInDone::SessionsFull));
    enter(&*store, limited("bob", 4, 2, WhenFull::Refuse)).await;
    store.end_session(id(1), vec![]).await.unwrap();
    enter(&*store, limited("ada", 5, 2, WhenFull::Refuse)).await;
}

pub(crate) async fn what_is_refused_writes_nothing(store: Shared) {
    let mut owner = sign_in("boss", 1);
    owner.bind_owner = Some("boss@acme.com".into());
    let (boss, _) = enter(&*store, owner).await;
    let (bob, _) = enter(&*store, sign_in("bob", 2)).await;
    store.remove_member(&acme(), bob, vec![]).await.unwrap();
    let before = (events(&*store).await, store.members(&acme(), None, 100).await.unwrap());

    let mut thief = sign_in("thief", 3);
    thief.bind_owner = Some("boss@acme.com".into());
    let mut stranger = sign_in("eve", 4);
    stranger.may_join = false;
    let full = limited("boss", 5, 1, WhenFull::Refuse);
    for (attempt, why) in [
        (thief, SignInDone::OwnerTaken),
        (stranger, SignInDone::MayNotJoin),
        (full, SignInDone::SessionsFull),
        (sign_in("bob", 6), SignInDone::Removed),
    ] {
        let (token, key) = (attempt.session.token, attempt.new_person_key.0);
        assert_eq!(store.sign_in(attempt).await, Ok(why));
        assert_eq!(store.session(token).await, Ok(None));
        assert_eq!(store.person_key(key).await, Ok(None));
    }
    assert_eq!((events(&*store).await, store.members(&acme(), None, 100).await.unwrap()), before);
    assert_eq!(store.sessions_of_member(&acme(), boss).await.unwrap().len(), 1);
}

/// The token of another session is met only after the member was written and the oldest session was ended.
pub(crate) async fn a_sign_in_that_fails_late_writes_nothing(store: Shared) {
    enter(&*store, sign_in("ada", 1)).await;
    enter(&*store, sign_in("bob", 2)).await;
    let before = events(&*store).await;
    for (subject, concurrent_max) in [("eve", 5), ("ada", 1)] {
        let mut doubled = limited(subject, 3, concurrent_max, WhenFull::EndOldest);
        doubled.session.token = hash(2);
        assert!(store.sign_in(doubled).await.is_err());
    }
    assert_eq!(events(&*store).await, before);
    assert_eq!(store.member_by_key(&acme(), &key("eve")).await, Ok(None));
    assert_eq!(store.session(hash(1)).await.unwrap().unwrap().key, key("ada"));
    assert_eq!(store.session(hash(2)).await.unwrap().unwrap().key, key("bob"));
    enter(&*store, sign_in("eve", 3)).await;
}
