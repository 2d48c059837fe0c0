//! Metrics: what is counted, that the page names all of it, and that nobody is named by it.

use std::collections::BTreeSet;

use gate_core::metrics::METRICS;

use crate::world::World;

async fn scraped(world: &World) -> String {
    let answer = world.operate("GET", "/metrics", &world.reader, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    answer.body
}

fn value(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map(|number| number.parse().unwrap())
}

#[tokio::test]
async fn what_happens_is_counted() {
    let world = World::new().await;
    let ada = world.ada().await;
    let (_, answer) = world.begin("").await;
    assert_eq!(world.get(&format!("/sso/acme/main/callback?{answer}"), &[]).await.status, 400, "another browser");
    let proxied = [("cookie", ada.as_str())];
    let passed = world.ask_from(crate::world::PROXY, "GET", "/auth/verify?org=acme", &proxied, "").await.status;
    let refused = world.ask_from(crate::world::PROXY, "GET", "/auth/verify?org=umbrella", &proxied, "").await.status;
    let stranger = world.ask_from(crate::world::PROXY, "GET", "/auth/verify?org=acme", &[], "").await.status;
    assert_eq!((passed, refused, stranger), (200, 403, 401));
    let text = scraped(&world).await;
    for (series, expected) in [
        ("gatewright_sign_ins_total{door=\"oidc-callback\"}", 1.0),
        ("gatewright_refusals_total{what=\"sign-in\",reason=\"other-browser\"}", 1.0),
        ("gatewright_decisions_total{outcome=\"pass\",reason=\"none\"}", 1.0),
        ("gatewright_decisions_total{outcome=\"refused\",reason=\"wrong-org\"}", 1.0),
        ("gatewright_decisions_total{outcome=\"sign-in\",reason=\"none\"}", 1.0),
        ("gatewright_throttled_total", 0.0),
        ("gatewright_health{word=\"ok\"}", 1.0),
        ("gatewright_bundle_sequence", 1.0),
        ("gatewright_bundle_organisations", 2.0),
        ("gatewright_sessions", 1.0),
    ] {
        assert_eq!(value(&text, series), Some(expected), "{series}\n{text}");
    }
    assert!(value(&text, "gatewright_store_write_seconds_count").unwrap() >= 3.0, "{text}");
    assert!(value(&text, "gatewright_audit_records{chains=\"organisations\"}").unwrap() >= 3.0, "{text}");

    assert_eq!(world.operate("PUT", "/v1/bundle", &world.token, "nonsense").await.status, 422);
    let text = scraped(&world).await;
    assert_eq!(value(&text, "gatewright_bundles_total{outcome=\"refused\"}"), Some(1.0), "{text}");
    assert_eq!(value(&text, "gatewright_health{word=\"degraded\"}"), Some(1.0), "{text}");
}

/// Each family once, with its kind and help, and nothing that the page does not name.
#[tokio::test]
async fn the_page_names_what_is_counted() {
    let world = World::new().await;
    let (_, answer) = world.begin("").await;
    world.get(&format!("/sso/acme/main/callback?{answer}"), &[]).await;
    let text = scraped(&world).await;
    assert!(text.ends_with("# EOF\n") && text.matches("# EOF").count() == 1, "{text}");
    let kinds: BTreeSet<&str> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    let named: BTreeSet<String> = METRICS.iter().map(|it| format!("{} {}", it.name, it.kind.word())).collect();
    let optional = "gatewright_bundle_expires_timestamp_seconds gauge";
    let found: BTreeSet<String> = kinds.iter().map(|line| (*line).to_owned()).chain([optional.to_owned()]).collect();
    assert_eq!(found, named);
    assert_eq!(text.matches("# TYPE ").count(), kinds.len(), "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        assert!(METRICS.iter().any(|metric| line.starts_with(metric.name)), "{line}");
    }
}

/// ST-AUD-03: after a story with everything that may not be told, no label tells it.
#[tokio::test]
async fn st_aud_03_no_label_names_anybody() {
    let world = World::new().await;
    let ada = world.ada().await;
    let (flow, answer) = world.begin("").await;
    let refused = world.get(&format!("/sso/acme/main/callback?{answer}"), &[]).await;
    world.get("/sso/ada%40acme.com/evil%22%0A/start", &[]).await;
    world.get("/auth/verify?org=%22evil%0A&app=evil-app", &[("cookie", &ada)]).await;
    let text = scraped(&world).await;
    let code = refused.text();
    let code = code.split_whitespace().find(|word| word.starts_with("GW-")).unwrap_or("GW-").to_owned();
    let session = ada.split_once('=').unwrap().1;
    let parts = answer.split('&').filter_map(|part| part.split_once('=')).map(|(_, value)| value);
    let secrets = parts.chain([session, flow.as_str(), &code, &world.token, &world.reader]);
    for told in secrets.chain(["ada", "acme", "evil", "192.0.2.7", "id.example", "reader"]) {
        assert!(!text.contains(told), "{told} in {text}");
    }
    let members = world.operate("GET", "/v1/orgs/acme/members", &world.reader, "").await.json();
    assert!(!text.contains(members["members"][0]["id"].as_str().unwrap()));
    for token in ["", "wrong"] {
        assert_eq!(world.operate("GET", "/metrics", token, "").await.status, 401);
    }
}
