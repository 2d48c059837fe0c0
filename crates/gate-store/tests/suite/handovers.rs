//! Hand-overs: one use, one origin, one end, and no more of them than a person needs.

use gate_store::rows::{ChildOf, HandedOver, Session};
use gatewright_audit::record::Event;

use super::make::{acme, at, child_of, draft, enter, events, handover, hash, id, sign_in, slug};
use super::{Shared, at_once};

const WIKI: &str = "https://wiki.example";

pub(crate) async fn a_code_makes_one_child(store: Shared) {
    let (member, _) = enter(&*store, sign_in("ada", 1)).await;
    let code = handover(1, id(1));
    store.put_handover(code.clone(), vec![draft(Event::SessionHandedOver, &[("app", "wiki")])]).await.unwrap();
    let taken = store.take_handover(code.code, WIKI, (hash(8), id(8)), at(10)).await.unwrap().unwrap();
    let HandedOver { child, return_to, ended } = taken;
    assert_eq!((return_to.as_str(), ended), ("/start", vec![]));
    let parent = store.session(hash(1)).await.unwrap().unwrap();
    let link = Some(ChildOf { parent: id(1), app: slug("wiki") });
    // `created` is the parent's: the child does not outlive it.
    let expected = Session { token: hash(8), id: id(8), member, last_seen: at(10), child: link, ..parent };
    assert_eq!(child, expected);
    assert_eq!(store.session(hash(8)).await, Ok(Some(expected)));
    assert_eq!(store.take_handover(code.code, WIKI, (hash(9), id(9)), at(10)).await, Ok(None));
    assert_eq!(store.session(hash(9)).await, Ok(None));
    assert_eq!(events(&*store).await.last().unwrap(), "session-handed-over");
}

pub(crate) async fn one_of_many_takers_gets_the_child(store: Shared) {
    let (member, _) = enter(&*store, sign_in("ada", 1)).await;
    store.put_handover(handover(1, id(1)), vec![]).await.unwrap();
    let answers = at_once(20, |n| {
        let store = store.clone();
        let child = (hash(100 + n), id(100 + n));
        async move { store.take_handover(handover(1, id(1)).code, WIKI, child, at(10)).await.unwrap() }
    })
    .await;
    assert_eq!(answers.iter().flatten().count(), 1);
    assert_eq!(store.sessions_of_member(&acme(), member).await.unwrap().len(), 2);
}

pub(crate) async fn a_code_at_another_origin_is_burnt(store: Shared) {
    enter(&*store, sign_in("ada", 1)).await;
    for (n, origin) in
        ["https://evil.example", "http://wiki.example", "https://wiki.example/", ""].into_iter().enumerate()
    {
        let code = handover(u32::try_from(n).unwrap(), id(1));
        store.put_handover(code.clone(), vec![]).await.unwrap();
        assert_eq!(store.take_handover(code.code, origin, (hash(8), id(8)), at(10)).await, Ok(None));
        assert_eq!(store.take_handover(code.code, WIKI, (hash(8), id(8)), at(10)).await, Ok(None));
    }
}

pub(crate) async fn a_code_ends_at_its_time(store: Shared) {
    enter(&*store, sign_in("ada", 1)).await;
    for n in [1, 2] {
        store.put_handover(handover(n, id(1)), vec![]).await.unwrap();
    }
    let take = |n, now| store.take_handover(handover(n, id(1)).code, WIKI, (hash(100 + n), id(100 + n)), now);
    assert!(take(1, at(29)).await.unwrap().is_some());
    assert_eq!(take(2, at(30)).await, Ok(None));
}

pub(crate) async fn a_code_ends_with_its_session(store: Shared) {
    let (member, _) = enter(&*store, sign_in("ada", 1)).await;
    enter(&*store, sign_in("ada", 2)).await;
    let child = child_of(&*store, id(2), 5).await;
    for (n, parent) in [(1, id(1)), (2, id(2)), (3, child.id), (4, id(77))] {
        store.put_handover(handover(n, parent), vec![]).await.unwrap();
    }
    store.end_session(id(1), vec![]).await.unwrap();
    let take = |n| store.take_handover(handover(n, id(1)).code, WIKI, (hash(100 + n), id(100 + n)), at(10));
    assert_eq!(take(1).await, Ok(None), "the parent has ended");
    assert_eq!(take(3).await, Ok(None), "a child has no children");
    assert_eq!(take(4).await, Ok(None), "there never was a parent");
    store.remove_member(&acme(), member, vec![]).await.unwrap();
    assert_eq!(take(2).await, Ok(None), "the member was removed");

    let before = events(&*store).await;
    store.put_handover(handover(6, id(1)), vec![draft(Event::SessionHandedOver, &[])]).await.unwrap();
    assert_eq!(events(&*store).await, before, "nothing was handed over");
}

/// ST-OPS-11: whoever asks for codes without end fills nothing.
pub(crate) async fn codes_and_children_are_limited(store: Shared) {
    let (member, _) = enter(&*store, sign_in("ada", 1)).await;
    for n in 0..17 {
        store.put_handover(handover(n, id(1)), vec![]).await.unwrap();
    }
    let take = |n| store.take_handover(handover(n, id(1)).code, WIKI, (hash(100 + n), id(100 + n)), at(10));
    assert_eq!(take(0).await, Ok(None), "the oldest of 17 made room");
    let mut made_room = Vec::new();
    for n in 1..17 {
        made_room.extend(take(n).await.unwrap().unwrap().ended);
    }
    assert_eq!(made_room, (101..109).map(id).collect::<Vec<_>>(), "who remembers them is told");
    let live: Vec<_> = store.sessions_of_member(&acme(), member).await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(live, [vec![id(1)], (109..117).map(id).collect()].concat());
    assert_eq!(events(&*store).await.iter().filter(|event| *event == "session-ended").count(), 8);
}
