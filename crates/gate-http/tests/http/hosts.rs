//! Hosts: which names are served, and that none of them builds a link.

use crate::world::{PROXY, STRANGER, World};

/// ST-OPS-04: the table of hosts.
#[tokio::test]
async fn st_ops_04_hosts_are_compared_and_never_used() {
    // An app may stand on our own origin; here none does.
    let world = World::with(|program| drop(program.environment.apps.pop())).await;
    for (peer, path, host, forwarded, status) in [
        (STRANGER, "/login", "gate.example", "", 200),
        (STRANGER, "/login", "GATE.example:443", "", 200),
        (STRANGER, "/login", "evil.example", "", 421),
        (STRANGER, "/login", "gate.example.evil.example", "", 421),
        (STRANGER, "/login", "gate.example:8443", "", 421),
        (STRANGER, "/login", "console.example", "", 421),
        (STRANGER, "/login", "evil.example", "gate.example", 421),
        (PROXY, "/login", "127.0.0.1:8080", "gate.example", 200),
        (PROXY, "/login", "gate.example", "evil.example", 421),
        (PROXY, "/login", "gate.example", "gate.example, evil.example", 400),
        (STRANGER, "/session", "evil.example", "", 421),
        (STRANGER, "/.gatewright/callback?code=x", "gate.example", "", 421),
        (STRANGER, "/healthz", "10.1.2.3", "", 200),
        (STRANGER, "/.well-known/jwks.json", "anything", "", 200),
        (STRANGER, "/auth/verify?org=acme", "127.0.0.1:8080", "", 401),
    ] {
        let answer = world.ask_from(peer, "GET", path, &[("host", host), ("x-forwarded-host", forwarded)], "").await;
        assert_eq!(answer.status, status, "{peer} {path} {host} {forwarded}");
        assert!(!answer.body.contains("evil"), "{host}: {}", answer.body);
        let headers = format!("{:?}", answer.headers);
        assert!(!headers.contains("evil"), "{headers}");
    }
    let two = [("host", "gate.example"), ("host", "gate.example")];
    assert_eq!(world.get("/login", &two).await.status, 400);
    assert_eq!(world.get("http://evil.example/login", &[]).await.status, 400, "the absolute form names a second host");
    let both = [("transfer-encoding", "chunked"), ("content-length", "5")];
    let smuggled = world.ask("POST", "/login", &both, "email").await;
    assert_eq!((smuggled.status, smuggled.header("connection")), (400, "close"));
}

#[tokio::test]
async fn the_keys_are_public_and_may_be_kept_for_a_while() {
    let world = World::new().await;
    let keys = world.get("/.well-known/jwks.json", &[]).await;
    assert_eq!(keys.header("cache-control"), "public, max-age=300");
    let keys = keys.json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    assert!(keys["keys"].as_array().unwrap().iter().all(|key| key["kid"].is_string() && key.get("d").is_none()));
}
