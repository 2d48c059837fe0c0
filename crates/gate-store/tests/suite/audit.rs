//! Audit: chains without gaps, support codes that lead to their refusal, and keys that are gone when they are dropped.

use gate_store::rows::{RowId, SupportCase};
use gatewright_audit::chain::{Head, link};
use gatewright_audit::record::{Draft, Event, Stream};
use gatewright_terms::Refusal;

use super::make::{acme, at, draft, events, id, org, sealed, story};
use super::{Shared, at_once};

fn on(stream: &Stream, event: Event) -> Draft {
    Draft { stream: stream.clone(), at: at(0), event, fields: vec![], personal: None }
}

/// ST-AUD-05: what is read back is what `link` gives, byte for byte.
pub(crate) async fn st_aud_05_records_form_a_chain(store: Shared) {
    let stream = Stream::Org(acme());
    let mut personal = draft(Event::SignedIn, &[("member", "00ff"), ("session", "line\nbreak")]);
    personal.personal = Some(sealed(id(5)));
    let drafts = vec![draft(Event::MemberJoined, &[("member", "00ff")]), personal, on(&stream, Event::OwnerBound)];
    store.append(drafts.clone(), None, vec![]).await.unwrap();

    let mut head = Head::EMPTY;
    let mut expected = Vec::new();
    for draft in &drafts {
        let (record, next) = link(&head, draft);
        expected.push(record);
        head = next;
    }
    assert_eq!(store.records(&stream, 1, 10).await, Ok(expected.clone()));
    assert_eq!(store.records(&stream, 0, 2).await, Ok(expected[..2].to_vec()));
    assert_eq!(store.records(&stream, 3, 10).await, Ok(expected[2..].to_vec()));
    assert_eq!(store.records(&stream, 4, 10).await, Ok(vec![]));
    assert_eq!(store.heads().await, Ok(vec![(stream, head)]));
}

pub(crate) async fn streams_do_not_mix(store: Shared) {
    let streams = [Stream::Org(org("zeta")), Stream::Platform, Stream::Org(org("platform")), Stream::Org(acme())];
    for round in 1..=2 {
        for stream in &streams {
            store.append(vec![on(stream, Event::Stopped)], None, vec![]).await.unwrap();
            assert_eq!(story(&*store, stream).await.len(), round);
        }
    }
    let order: Vec<_> =
        store.heads().await.unwrap().into_iter().map(|(stream, head)| (stream, head.sequence)).collect();
    let mut sorted = streams.map(|stream| (stream, 2)).to_vec();
    sorted.sort();
    assert_eq!(order, sorted);
}

pub(crate) async fn concurrent_records_leave_no_gap(store: Shared) {
    at_once(50, |_| {
        let store = store.clone();
        let drafts = vec![draft(Event::SignedIn, &[]), on(&Stream::Platform, Event::Stopped)];
        async move { store.append(drafts, None, vec![]).await.unwrap() }
    })
    .await;
    assert_eq!(events(&*store).await.len(), 50);
    assert_eq!(story(&*store, &Stream::Platform).await.len(), 50);
}

pub(crate) async fn a_support_code_leads_to_the_refusal(store: Shared) {
    store.append(vec![draft(Event::SignedIn, &[])], None, vec![]).await.unwrap();
    let refused = draft(Event::SignInRefused(Refusal::DomainNotProved), &[]);
    let mut second = draft(Event::OwnerBound, &[]);
    second.stream = Stream::Platform;
    let key = (id(7), vec![1, 2, 3]);
    store.append(vec![second, refused.clone()], Some("K7Q-2M".into()), vec![key.clone()]).await.unwrap();
    let case = SupportCase { code: "K7Q-2M".into(), stream: Stream::Org(acme()), sequence: 2 };
    assert_eq!(store.support_case("K7Q-2M").await, Ok(Some(case.clone())));
    assert_eq!(store.support_case("k7q-2m").await, Ok(None));
    assert_eq!(store.person_key(key.0).await, Ok(Some(key.1)));

    // A code that is taken fails with everything that came with it.
    assert!(store.append(vec![refused], Some("K7Q-2M".into()), vec![(id(8), vec![])]).await.is_err());
    assert_eq!(store.support_case("K7Q-2M").await, Ok(Some(case)));
    assert_eq!(store.person_key(id(8)).await, Ok(None));
    assert_eq!(events(&*store).await.len(), 2);
}

pub(crate) async fn a_forgotten_person_cannot_be_read(store: Shared) {
    let keys: Vec<(RowId, Vec<u8>)> = (1..=2).map(|n| (id(n), vec![7; 40])).collect();
    let mut personal = draft(Event::SignedIn, &[]);
    personal.personal = Some(sealed(id(1)));
    store.append(vec![personal], None, keys).await.unwrap();
    let erased = || vec![draft(Event::PersonalDataRead, &[("what", "erased")])];
    store.forget_person(id(1), erased()).await.unwrap();
    assert_eq!(store.person_key(id(1)).await, Ok(None));
    assert_eq!(store.person_key(id(2)).await, Ok(Some(vec![7; 40])), "another stranger's key stays");
    store.forget_person(id(1), erased()).await.unwrap();
    assert_eq!(events(&*store).await.len(), 2, "the chain stands; nothing was erased twice");
}
