//! Outbound: what the network can do to us (ST-OIDC-17).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gate_oidc::{Door, Outbound, OutboundRules};
use gatewright_terms::Refusal;
use testkit::{Endpoint, Lie};

use crate::harness::{Bench, NOW, OneSecret};

/// The rules of production. An authority of its own, for a machine that has none.
fn strict() -> OutboundRules {
    OutboundRules { extra_ca_pem: Some(testkit::CA_PEM.as_bytes().to_vec()), ..OutboundRules::default() }
}

/// ST-OIDC-17: no endpoint can send us elsewhere, and none can send us more than we take.
#[tokio::test]
async fn st_oidc_17_redirects_and_huge_bodies_are_refused() {
    for endpoint in [Endpoint::Discovery, Endpoint::Keys, Endpoint::Token, Endpoint::Userinfo] {
        let bench = Bench::new().await;
        bench.idp.person(serde_json::json!({ "groups": null }));
        let canary = format!("{}/canary", bench.idp.origin());
        for lie in [
            Lie::Redirect(endpoint, canary),
            Lie::Redirect(endpoint, "http://169.254.169.254/".into()),
            Lie::HugeBody(endpoint),
        ] {
            bench.idp.lie(lie.clone());
            let refused = bench.refuses().await;
            assert_eq!(refused.refusal, Refusal::ProviderUnreachable, "{lie:?}: {refused}");
            bench.idp.honest();
            bench.wait(5);
        }
        assert_eq!(bench.idp.calls(Endpoint::Canary), 0);
        bench.admits().await;
    }
}

/// ST-OIDC-17: a slow body ends at five seconds, and holds up no other organisation.
#[tokio::test]
async fn st_oidc_17_a_slow_body_ends() {
    let (slow, fast) = (Bench::new().await, Bench::new().await);
    slow.idp.lie(Lie::SlowBody(Endpoint::Discovery));
    let ends = tokio::time::timeout(Duration::from_secs(8), slow.refuses());
    let others = tokio::time::timeout(Duration::from_secs(3), fast.admits());
    let (refused, admitted) = tokio::join!(ends, others);
    let refused = refused.unwrap();
    assert_eq!(refused.refusal, Refusal::ProviderUnreachable);
    assert!(refused.to_string().contains("within 5 s"), "{refused}");
    assert!(admitted.is_ok(), "the other organisation waited");
}

/// ST-OIDC-17: a public name that leads to a private address is not called (DNS rebinding); the listener sees nobody.
#[tokio::test]
async fn st_oidc_17_a_name_that_leads_inside_is_not_called() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(AtomicUsize::new(0));
    let count = seen.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let issuer = format!("https://localhost:{port}");
    let outcome = async |rules: OutboundRules| {
        let mut bench = Bench::new().await;
        bench.door = Door::new(Outbound::new(rules).unwrap(), Box::new(OneSecret(None)), None);
        bench.oidc.issuer.clone_from(&issuer);
        bench.door.start(&bench.settings(), "s", gate_oidc::Asking::default(), NOW).await.err().unwrap()
    };
    let refused = outcome(strict()).await;
    assert_eq!(refused.refusal, Refusal::ProviderUnreachable);
    assert!(refused.to_string().contains("not public"), "{refused}");
    assert_eq!(seen.load(Ordering::SeqCst), 0);
    // The twin: where the operator allows it the call is made (and fails, for nobody speaks TLS there).
    let allow = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    let refused = outcome(OutboundRules { allow, ..strict() }).await;
    assert!(!refused.to_string().contains("not public"), "{refused}");
    assert!(seen.load(Ordering::SeqCst) > 0);
}

/// Over TLS, under an authority that the operator gave: a whole sign-in. Without it, or under another name: nobody.
#[tokio::test]
async fn st_oidc_17_certificates_are_checked() {
    let bench = Bench::over_tls().await;
    let rules = |ca: &str| OutboundRules {
        allow: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        extra_ca_pem: Some(ca.as_bytes().to_vec()),
        danger_http_on_loopback: false,
    };
    let with = |ca| Door::new(Outbound::new(rules(ca)).unwrap(), Box::new(OneSecret(None)), None);
    let mut bench = Bench { door: with(testkit::CA_PEM), ..bench };
    bench.admits().await;
    let calls = bench.idp.log().len();
    bench.oidc.issuer = bench.oidc.issuer.replace("localhost", "127.0.0.1");
    let refused = bench.refuses().await;
    assert_eq!(refused.refusal, Refusal::ProviderUnreachable, "a name that is not in the certificate: {refused}");
    bench.oidc.issuer = bench.idp.issuer().to_owned();
    bench.door = with(testkit::LEAF_PEM);
    let refused = bench.refuses().await;
    assert_eq!(refused.refusal, Refusal::ProviderUnreachable, "an authority that nobody trusts: {refused}");
    assert_eq!(bench.idp.log().len(), calls, "no request was sent");
}

/// Plain http is spoken in the environment `dev` alone.
#[tokio::test]
async fn st_oidc_17_http_is_for_dev() {
    let mut bench = Bench::new().await;
    bench.admits().await;
    let allow = vec!["127.0.0.0/8".parse().unwrap()];
    let strict = Outbound::new(OutboundRules { allow, ..strict() }).unwrap();
    bench.door = Door::new(strict, Box::new(OneSecret(None)), None);
    assert_eq!(bench.refuses().await.refusal, Refusal::DiscoveryRefused);
}
