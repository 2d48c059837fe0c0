//! Logouts: a provider ends what it may, once; our own comes back once.

use gate_store::rows::{EndNamed, EndNamedDone, NameId, Outcome, PendingLogout, RowId, Seen, SignIn, TakeAnswer};
use gatewright_audit::record::Event;

use super::Shared;
use super::make::{
    NO_LIMITS, acme, answer, answered, at, child_of, draft, enter, events, hash, id, name, org, saml_flow, seen,
    sign_in, slug,
};

/// The session `n` of a person whom the provider calls `name`, and the session `index`.
fn named(subject: &str, n: u32, called: &NameId, index: Option<&str>) -> SignIn {
    let mut sign_in = sign_in(subject, n);
    sign_in.session.name_id = Some(called.clone());
    sign_in.session.session_index = index.map(str::to_owned);
    sign_in
}

fn logout(message: u32, called: &NameId, indexes: &[&str]) -> EndNamed {
    EndNamed {
        seen: seen(message),
        issuer: "https://id.example".into(),
        name_id: called.clone(),
        session_indexes: indexes.iter().map(|index| (*index).to_owned()).collect(),
        at: at(50),
        audit: vec![draft(Event::LogoutByProvider, &[("connection", "okta")])],
    }
}

async fn ended(store: &Shared, logout: EndNamed) -> Vec<RowId> {
    match store.end_named_sessions(logout).await.unwrap() {
        EndNamedDone::Ended(ended) => ended,
        other @ (EndNamedDone::Replayed | EndNamedDone::Full) => panic!("{other:?}"),
    }
}

/// ST-SAML-27.
pub(crate) async fn st_saml_27_a_provider_ends_the_sessions_of_a_name(store: Shared) {
    let ada = name("ada-at-okta");
    enter(&*store, named("ada", 1, &ada, Some("i-1"))).await;
    enter(&*store, named("ada", 2, &ada, None)).await;
    enter(&*store, named("bob", 3, &name("bob-at-okta"), Some("i-1"))).await;
    enter(&*store, sign_in("ada", 4)).await;
    let child = child_of(&*store, id(1), 1).await;
    assert_eq!(ended(&store, logout(1, &ada, &[])).await, [id(1), child.id, id(2)]);
    for (token, lives) in [(hash(1), false), (child.token, false), (hash(2), false), (hash(3), true), (hash(4), true)] {
        assert_eq!(store.session(token).await.unwrap().is_some(), lives);
    }
    let events = events(&*store).await;
    assert_eq!(events.iter().filter(|event| *event == "session-ended").count(), 3);
    assert_eq!(events.last().unwrap(), "logout-by-provider");
}

/// ST-SAML-27: some session indexes; what a provider leaves out of a name it said before.
pub(crate) async fn st_saml_27_only_the_named_sessions_end(store: Shared) {
    let ada = NameId { name_qualifier: Some("okta".into()), ..name("ada-at-okta") };
    for (n, index) in [(1, Some("i-1")), (2, Some("i-2")), (3, None)] {
        enter(&*store, named("ada", n, &ada, index)).await;
    }
    // A session whose assertion left the index out is meant by every one.
    assert_eq!(ended(&store, logout(1, &ada, &["i-3", "i-2"])).await, [id(2), id(3)]);
    assert_eq!(ended(&store, logout(2, &ada, &["i-9"])).await, []);
    enter(&*store, named("ada", 4, &ada, Some("i-4"))).await;
    for (message, other) in [
        (3, NameId { value: "Ada-at-okta".into(), ..ada.clone() }),
        (4, NameId { format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:transient".into()), ..ada.clone() }),
        (5, NameId { name_qualifier: Some("entra".into()), ..ada.clone() }),
    ] {
        assert_eq!(ended(&store, logout(message, &other, &[])).await, [], "{other:?}");
    }
    let short = NameId { format: None, name_qualifier: None, ..ada.clone() };
    assert_eq!(ended(&store, logout(6, &short, &["i-1"])).await, [id(1)]);
    let unspecified = Some("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified".into());
    assert_eq!(ended(&store, logout(7, &NameId { format: unspecified, ..ada }, &[])).await, [id(4)]);
}

/// ST-SAML-27: what waits for its browser becomes no session afterwards; nobody else's is touched.
pub(crate) async fn st_saml_27_an_answer_that_waits_is_ended_too(store: Shared) {
    for n in [1, 2] {
        store.begin_flow(saml_flow(n), NO_LIMITS).await.unwrap();
        store.answer_flow(answered(n, n), at(10)).await.unwrap();
    }
    let taken = |take: TakeAnswer| matches!(take, TakeAnswer::Taken(_));
    let (one, other) = (answer(1), answer(2));
    let Outcome::Proved(proved) = &one.outcome else { panic!("{one:?}") };
    let called = proved.name_id.clone().unwrap();
    let issuer = one.errand.issuer.clone();
    store
        .end_named_sessions(EndNamed { issuer: "https://evil.example".into(), ..logout(11, &called, &[]) })
        .await
        .unwrap();
    store.end_named_sessions(EndNamed { issuer: issuer.clone(), ..logout(12, &name("nobody"), &[]) }).await.unwrap();
    assert!(taken(store.take_answer(other.handle, Some(other.errand.browser), at(11)).await.unwrap()));
    store.end_named_sessions(EndNamed { issuer, ..logout(13, &called, &["any"]) }).await.unwrap();
    assert_eq!(store.take_answer(one.handle, Some(one.errand.browser), at(11)).await, Ok(TakeAnswer::Unknown));
}

/// ST-SAML-27: another connection, organisation or provider with the same name.
pub(crate) async fn st_saml_27_other_connections_are_out_of_reach(store: Shared) {
    let ada = name("ada");
    enter(&*store, named("ada", 1, &ada, None)).await;
    for (message, other) in [
        (1, EndNamed { issuer: "https://evil.example".into(), ..logout(1, &ada, &[]) }),
        (2, EndNamed { seen: Seen { connection: slug("entra"), ..seen(2) }, ..logout(2, &ada, &[]) }),
        (3, EndNamed { seen: Seen { org: org("umbrella"), ..seen(3) }, ..logout(3, &ada, &[]) }),
    ] {
        assert_eq!(ended(&store, other).await, [], "{message}");
    }
    assert!(store.session(hash(1)).await.unwrap().is_some());
    assert!(!events(&*store).await.contains(&"logout-by-provider".to_owned()));
    assert_eq!(ended(&store, logout(4, &ada, &[])).await, [id(1)]);
}

/// ST-SAML-27: replayed, it ends nothing, whatever it ended before.
pub(crate) async fn st_saml_27_a_logout_counts_once(store: Shared) {
    let ada = name("ada");
    assert_eq!(ended(&store, logout(1, &ada, &[])).await, []);
    enter(&*store, named("ada", 1, &ada, None)).await;
    assert_eq!(store.end_named_sessions(logout(1, &ada, &[])).await, Ok(EndNamedDone::Replayed));
    let full = EndNamed { seen: Seen { at_once_max: 1, ..seen(2) }, ..logout(2, &ada, &[]) };
    assert_eq!(store.end_named_sessions(full).await, Ok(EndNamedDone::Full));
    assert!(store.session(hash(1)).await.unwrap().is_some());
}

pub(crate) async fn our_own_logout_comes_back_once(store: Shared) {
    let (okta, entra, umbrella) = (slug("okta"), slug("entra"), org("umbrella"));
    let acme = acme();
    for n in [1, 2] {
        let pending = PendingLogout {
            relay: hash(n),
            request_id: format!("_{n}"),
            org: acme.clone(),
            connection: okta.clone(),
            expires: at(600),
        };
        store.put_logout(pending, at(0)).await.unwrap();
    }
    for (relay, place) in [(hash(9), (&acme, &okta)), (hash(1), (&acme, &entra)), (hash(1), (&umbrella, &okta))] {
        assert_eq!(store.take_logout(relay, place, at(1)).await, Ok(None));
    }
    assert_eq!(store.take_logout(hash(1), (&acme, &okta), at(599)).await, Ok(Some("_1".into())));
    assert_eq!(store.take_logout(hash(1), (&acme, &okta), at(599)).await, Ok(None));
    assert_eq!(store.take_logout(hash(2), (&acme, &okta), at(600)).await, Ok(None));
}
