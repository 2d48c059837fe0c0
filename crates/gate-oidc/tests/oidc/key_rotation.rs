//! Key rotation: when keys are fetched, and how often at most (ST-OIDC-09).

use gatewright_terms::Refusal;
use serde_json::json;
use testkit::{Endpoint, Lie};

use crate::harness::Bench;

/// ST-OIDC-09: many unknown keys cost one fetch per pause, and rotation still works after it.
#[tokio::test]
async fn st_oidc_09_unknown_keys_cost_one_fetch_per_pause() {
    let bench = Bench::new().await;
    bench.admits().await;
    for n in 0..200 {
        bench.idp.honest();
        bench.idp.lie(Lie::Header("kid", json!(format!("unknown-{n}"))));
        assert_eq!(bench.refuses().await.refusal, Refusal::TokenSignature);
    }
    assert_eq!(bench.idp.calls(Endpoint::Keys), 2, "the first, and one refresh");
    bench.wait(29);
    bench.refuses().await;
    assert_eq!(bench.idp.calls(Endpoint::Keys), 2);
    bench.wait(1);
    bench.refuses().await;
    assert_eq!(bench.idp.calls(Endpoint::Keys), 3);
    bench.idp.honest();
    bench.admits().await;
}

/// ST-OIDC-09: the pause holds while the provider's keys cannot be had.
#[tokio::test]
async fn st_oidc_09_the_pause_holds_while_the_provider_is_away() {
    let bench = Bench::new().await;
    bench.admits().await;
    bench.idp.lie(Lie::Status(Endpoint::Keys, 503)).lie(Lie::Header("kid", json!("unknown")));
    for _ in 0..50 {
        assert_eq!(bench.refuses().await.refusal, Refusal::TokenSignature);
    }
    assert_eq!(bench.idp.calls(Endpoint::Keys), 2);
    bench.idp.honest();
    bench.admits().await;
    assert_eq!(bench.idp.calls(Endpoint::Keys), 2, "the last good keys still serve");
}

/// ST-OIDC-09: a bad signature under a known `kid` refreshes too: the provider may have replaced a key in place.
#[tokio::test]
async fn st_oidc_09_a_bad_signature_refreshes_once() {
    let bench = Bench::new().await;
    bench.admits().await;
    bench.idp.lie(Lie::SignedByStranger);
    for _ in 0..10 {
        assert_eq!(bench.refuses().await.refusal, Refusal::TokenSignature);
    }
    assert_eq!(bench.idp.calls(Endpoint::Keys), 2);
}

/// Unknown keys at once cost one fetch.
#[tokio::test]
async fn st_oidc_09_a_hundred_at_once_cost_one_refresh() {
    let bench = std::sync::Arc::new(Bench::new().await);
    bench.admits().await;
    bench.idp.rotate();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let bench = bench.clone();
        tasks.spawn(async move { bench.sign_in().await.map(|_| ()) });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!(bench.idp.calls(Endpoint::Keys), 2);
}

/// A rotation with both keys published needs no refresh beyond the one that finds the new key.
#[tokio::test]
async fn a_soft_rotation_keeps_everybody_in() {
    let bench = Bench::new().await;
    bench.admits().await;
    bench.idp.rotate_softly();
    bench.admits().await;
    bench.admits().await;
    assert_eq!(bench.idp.calls(Endpoint::Keys), 2);
}

/// Key sets that are no key sets. The last good one serves on; without one nobody gets in.
#[tokio::test]
async fn odd_key_sets_make_no_keys() {
    for text in
        ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#, r#"{"keys":[{"kty":"RSA","kty":"RSA"}]}"#]
    {
        let bench = Bench::new().await;
        bench.idp.lie(Lie::KeysText(text.into()));
        assert_eq!(bench.refuses().await.refusal, Refusal::ProviderUnreachable, "{text}");
        bench.idp.honest();
        bench.wait(5);
        bench.admits().await;
    }
    for text in [
        r#"{"keys":[]}"#,
        r#"{"keys":[1,null,"x",{}]}"#,
        r#"{"keys":[{"kty":"oct","k":"AAAA","kid":"key-0"}]}"#,
        r#"{"keys":[{"kty":"RSA","kid":"key-0","n":"AQAB"}]}"#,
        r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"key-0","x":"AAAA","y":"AAAA"}]}"#,
    ] {
        let bench = Bench::new().await;
        bench.idp.lie(Lie::KeysText(text.into()));
        assert_eq!(bench.refuses().await.refusal, Refusal::TokenSignature, "{text}");
    }
    let many = json!({ "keys": vec![json!({ "kty": "oct" }); 65] }).to_string();
    let bench = Bench::new().await;
    bench.idp.lie(Lie::KeysText(many));
    assert_eq!(bench.refuses().await.refusal, Refusal::ProviderUnreachable);
}
