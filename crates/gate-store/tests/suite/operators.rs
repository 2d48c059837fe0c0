//! Operators: domain proofs, admin tokens, and the highest bundle that was accepted.

use gate_store::rows::{Accepted, AdminToken, DomainProof, ProofMethod};
use gatewright_audit::record::Event;
use gatewright_terms::DomainName;

use super::make::{acme, at, draft, events, hash, org, slug};
use super::{Shared, at_once};

pub(crate) async fn a_domain_proof_is_kept(store: Shared) {
    let domain = |text: &str| DomainName::parse(text).unwrap();
    let proof = |name: &str, reason: &str| DomainProof {
        org: acme(),
        domain: domain(name),
        method: ProofMethod::Manual,
        operator: "root".into(),
        reason: reason.into(),
        at: at(0),
    };
    assert_eq!(store.domain_proof(&acme(), &domain("acme.com")).await, Ok(None));
    for (name, reason) in [("b.acme.com", "phone"), ("acme.com", "phone"), ("acme.com", "letter")] {
        store.prove_domain(proof(name, reason), vec![draft(Event::DomainProved, &[])]).await.unwrap();
    }
    let (first, second) = (proof("acme.com", "letter"), proof("b.acme.com", "phone"));
    assert_eq!(store.domain_proof(&acme(), &domain("acme.com")).await, Ok(Some(first.clone())));
    assert_eq!(store.domain_proofs(&acme()).await, Ok(vec![first, second]));
    assert_eq!(store.domain_proof(&org("umbrella"), &domain("acme.com")).await, Ok(None));
    assert_eq!(store.domain_proofs(&org("umbrella")).await, Ok(vec![]));
    assert_eq!(events(&*store).await.len(), 3);
}

pub(crate) async fn a_token_is_found_by_its_hash(store: Shared) {
    let token = |name: &str, n, scopes: &[&str]| AdminToken {
        name: slug(name),
        hash: hash(n),
        scopes: scopes.iter().map(|scope| slug(scope)).collect(),
        made: at(0),
    };
    let made = || vec![draft(Event::TokenMade, &[])];
    let (ci, bare) = (token("ci", 1, &["deploy", "read"]), token("bare", 2, &[]));
    assert_eq!(store.add_token(ci.clone(), made()).await, Ok(true));
    assert_eq!(store.add_token(bare.clone(), made()).await, Ok(true));
    assert_eq!(store.add_token(token("ci", 3, &["members"]), made()).await, Ok(false));
    assert_eq!(store.token(hash(1)).await, Ok(Some(ci)));
    assert_eq!(store.token(hash(2)).await, Ok(Some(bare)));
    assert_eq!(store.token(hash(3)).await, Ok(None));
    assert_eq!(events(&*store).await.len(), 2);
}

/// ST-OPS-15: the store never goes back to an older policy.
pub(crate) async fn st_ops_15_an_older_bundle_is_never_accepted(store: Shared) {
    let (production, staging) = (slug("production"), slug("staging"));
    let bundle = |sequence, digest| Accepted { sequence, digest: [digest; 32] };
    let audit = || vec![draft(Event::BundleActivated, &[])];
    assert_eq!(store.accepted(&production).await, Ok(None));
    for (sequence, digest, accepted) in
        [(5, 1, true), (5, 1, true), (4, 1, false), (5, 2, false), (7, 2, true), (5, 1, false), (6, 3, false)]
    {
        assert_eq!(
            store.accept(&production, bundle(sequence, digest), audit()).await,
            Ok(accepted),
            "{sequence} {digest}"
        );
    }
    assert_eq!(store.accepted(&production).await, Ok(Some(bundle(7, 2))));
    assert_eq!(store.accepted(&staging).await, Ok(None));
    assert_eq!(events(&*store).await.len(), 3);
}

pub(crate) async fn st_ops_15_the_highest_of_many_bundles_stays(store: Shared) {
    let production = slug("production");
    let answers = at_once(20, |n| {
        let (store, production) = (store.clone(), production.clone());
        let bundle = Accepted { sequence: u64::from(n * 7 % 20), digest: [1; 32] };
        async move { store.accept(&production, bundle, vec![draft(Event::BundleActivated, &[])]).await.unwrap() }
    })
    .await;
    assert_eq!(store.accepted(&production).await.unwrap().unwrap().sequence, 19);
    assert_eq!(events(&*store).await.len(), answers.iter().filter(|accepted| **accepted).count());
}

pub(crate) async fn the_store_answers(store: Shared) {
    assert_eq!(store.ping().await, Ok(()));
}
