//! Discovery: the provider's document (ST-OIDC-04, ST-OIDC-13).

use gatewright_terms::Refusal;
use serde_json::{Value, json};
use testkit::{Endpoint, Lie};

use crate::harness::{Bench, generic};

/// The lie is refused before the browser is sent anywhere.
async fn is_refused(lie: Lie, refusal: Refusal) {
    let bench = Bench::new().await;
    bench.idp.lie(lie.clone());
    let refused = bench.refuses().await;
    assert_eq!(refused.refusal, refusal, "{lie:?}: {refused}");
    assert_eq!((bench.idp.calls(Endpoint::Authorize), bench.idp.calls(Endpoint::Canary)), (0, 0), "{lie:?}");
    bench.idp.honest();
    bench.wait(5);
    bench.admits().await;
}

/// ST-OIDC-04: the issuer is compared byte for byte.
#[tokio::test]
async fn st_oidc_04_the_issuer_is_exact() {
    let issuer = Bench::new().await.idp.issuer().to_owned();
    for other in [format!("{issuer}/"), issuer.to_uppercase(), issuer.replace("127.0.0.1", "localhost"), String::new()]
    {
        is_refused(Lie::Discovery("issuer", json!(other)), Refusal::DiscoveryRefused).await;
    }
    is_refused(Lie::Discovery("issuer", Value::Null), Refusal::DiscoveryRefused).await;
    is_refused(Lie::Discovery("issuer", json!([issuer])), Refusal::DiscoveryRefused).await;
}

/// ST-OIDC-04: an issuer with a slash at its end is another one than without (JumpCloud), and both work.
#[tokio::test]
async fn st_oidc_04_a_trailing_slash_counts() {
    let bench = Bench::at("/").await;
    assert!(bench.idp.issuer().ends_with('/'));
    bench.admits().await;
    let mut other = Bench::at("/").await;
    other.oidc = generic(other.idp.issuer().trim_end_matches('/'));
    assert_eq!(other.refuses().await.refusal, Refusal::DiscoveryRefused);
}

#[tokio::test]
async fn an_issuer_with_a_path_works() {
    let bench = Bench::at("/tenant/v2.0").await;
    bench.admits().await;
    assert_eq!(bench.idp.log()[0].path, "/tenant/v2.0/.well-known/openid-configuration");
}

/// ST-OIDC-04, ST-OIDC-17: endpoints over http, at private addresses or malformed.
#[tokio::test]
async fn st_oidc_04_endpoints_are_https_and_public() {
    for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
        for bad in [
            json!("http://idp.example/x"),
            json!("https://169.254.169.254/latest/meta-data"),
            json!("https://10.0.0.1/"),
            json!("https://user@idp.example/"),
            json!("javascript:alert(1)"),
            json!("/relative"),
            json!(["https://idp.example/"]),
        ] {
            is_refused(Lie::Discovery(name, bad), Refusal::DiscoveryRefused).await;
        }
    }
    for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        is_refused(Lie::Discovery(name, Value::Null), Refusal::DiscoveryRefused).await;
    }
}

/// ST-OIDC-10: a document with two meanings, or none.
#[tokio::test]
async fn st_oidc_10_the_document_has_one_meaning() {
    let issuer = Bench::new().await.idp.issuer().to_owned();
    for text in [
        format!(r#"{{"issuer":"https://evil.example","issuer":"{issuer}"}}"#),
        format!(r#"{{"issuer":"{issuer}","x":{{"a":1,"a":2}}}}"#),
        "[]".into(),
        "<html>".into(),
        String::new(),
        format!("{}{}", "[".repeat(200_000), "]".repeat(200_000)),
    ] {
        is_refused(Lie::DiscoveryText(text), Refusal::DiscoveryRefused).await;
    }
}

/// ST-OIDC-13: a template of many tenants is never an issuer, even where the document agrees.
#[tokio::test]
async fn st_oidc_13_a_tenant_template_is_no_issuer() {
    let mut bench = Bench::at("/{tenantid}/v2.0").await;
    assert_eq!(bench.refuses().await.refusal, Refusal::DiscoveryRefused);
    assert_eq!(bench.idp.calls(Endpoint::Discovery), 0);
    bench.oidc.issuer = bench.oidc.issuer.replace("{tenantid}", "common");
    // The document of `common` names the template.
    assert_eq!(bench.refuses().await.refusal, Refusal::DiscoveryRefused);
    Bench::at("/5f9c1b1e-0000-4000-8000-000000000001/v2.0").await.admits().await;
}

/// What nobody reads refuses nobody.
#[tokio::test]
async fn unread_members_may_be_odd() {
    let bench = Bench::new().await;
    for name in [
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
        "ui_locales_supported",
    ] {
        bench.idp.lie(Lie::Discovery(name, json!({ "odd": true })));
    }
    bench.idp.lie(Lie::Discovery("userinfo_endpoint", Value::Null));
    bench.admits().await;
}

/// An announcement that cannot be read counts as made.
#[tokio::test]
async fn st_oidc_03_an_odd_announcement_counts() {
    let bench = Bench::new().await;
    bench.idp.announces_iss(false).lie(Lie::Discovery("authorization_response_iss_parameter_supported", json!("true")));
    assert_eq!(bench.refuses().await.refusal, Refusal::IssuerMismatch);
    let honest = Bench::new().await;
    honest.idp.announces_iss(false);
    honest.admits().await;
}

/// One document serves every sign-in while it is fresh; `max-age` counts within bounds.
#[tokio::test]
async fn the_document_is_kept_while_fresh() {
    let bench = Bench::new().await;
    bench.idp.max_age(1);
    bench.admits().await;
    bench.wait(299);
    bench.admits().await;
    assert_eq!((bench.idp.calls(Endpoint::Discovery), bench.idp.calls(Endpoint::Keys)), (1, 1));
    bench.wait(2);
    bench.admits().await;
    assert_eq!((bench.idp.calls(Endpoint::Discovery), bench.idp.calls(Endpoint::Keys)), (2, 2));
}

/// The last good document serves while the provider is away, and not for ever; a changed issuer does not hide behind it.
#[tokio::test]
async fn the_last_good_document_serves_a_while() {
    let bench = Bench::new().await;
    bench.admits().await;
    for endpoint in [Endpoint::Discovery, Endpoint::Keys] {
        bench.idp.lie(Lie::Status(endpoint, 503));
    }
    bench.wait(4000);
    bench.admits().await;
    bench.wait(24 * 3600);
    assert_eq!(bench.refuses().await.refusal, Refusal::ProviderUnreachable);
    bench.idp.honest();
    bench.wait(5);
    bench.admits().await;
    bench.wait(4000);
    bench.idp.lie(Lie::Discovery("issuer", json!("https://other.example")));
    assert_eq!(bench.refuses().await.refusal, Refusal::DiscoveryRefused);
    assert_eq!(bench.refuses().await.refusal, Refusal::DiscoveryRefused, "and again, within the pause");
}

/// A provider that is away is not called by every sign-in.
#[tokio::test]
async fn a_provider_that_is_away_is_called_once_in_a_pause() {
    let bench = Bench::new().await;
    bench.idp.lie(Lie::Status(Endpoint::Discovery, 500));
    for _ in 0..20 {
        assert_eq!(bench.refuses().await.refusal, Refusal::ProviderUnreachable);
    }
    assert_eq!(bench.idp.calls(Endpoint::Discovery), 1);
    bench.wait(5);
    bench.idp.honest();
    bench.admits().await;
}

/// A hundred sign-ins at once cost one document.
#[tokio::test]
async fn a_hundred_at_once_cost_one_call() {
    let bench = std::sync::Arc::new(Bench::new().await);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let bench = bench.clone();
        tasks.spawn(async move { bench.start().await.map(|_| ()) });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    assert_eq!(bench.idp.calls(Endpoint::Discovery), 1);
}
