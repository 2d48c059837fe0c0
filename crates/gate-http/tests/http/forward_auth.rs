//! Forward-auth: the contract that proxies script against.

use gate_store::Store as _;

use crate::world::{PROXY, World};

#[tokio::test]
async fn the_headers_say_who_and_survive_every_proxy() {
    let world = World::new().await;
    world.idp.person(serde_json::json!({ "email": "ada+lovelace@acme.com" }));
    let ada = world.ada().await;
    let answer = world.get("/auth/verify?org=acme", &[("cookie", &ada)]).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert_eq!(answer.header("x-auth-email"), "ada%2Blovelace@acme.com");
    assert_eq!(answer.header("x-auth-org"), "acme");
    let subject = answer.header("x-auth-subject");
    assert!(subject.len() == 32 && subject.bytes().all(|byte| byte.is_ascii_hexdigit()), "{subject}");
    let roles = percent_encoding::percent_decode_str(answer.header("x-auth-roles")).decode_utf8().unwrap();
    let roles: serde_json::Value = serde_json::from_str(&roles).unwrap();
    assert_eq!(
        roles,
        serde_json::json!([{"role": "admin"}, {"role": "developer"}, {"role": "editor", "project": "research"}])
    );
    for name in ["x-auth-subject", "x-auth-email", "x-auth-org", "x-auth-roles"] {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@%".contains(&byte);
        assert!(answer.header(name).bytes().all(plain), "{name}: {}", answer.header(name));
    }
    assert_eq!(answer.header("x-auth-assertion").split('.').count(), 3);
    assert!(!answer.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn a_question_without_an_organisation_is_refused() {
    let world = World::new().await;
    let ada = world.ada().await;
    let cookie = [("cookie", ada.as_str())];
    for (query, status) in [
        ("", 400),
        ("?org=", 400),
        ("?org=acme&org=acme", 400),
        ("?org=acme&%6frg=umbrella", 400),
        ("?app=console", 400),
        ("?org=acme&app=console&app=acme-only", 400),
        ("?org=acme&permission=members.read&permission=members.read", 400),
        ("?org=acme&project=research&project=research", 400),
        ("?org=%", 400),
        ("?org=acme%00", 400),
        ("?org=any", 200),
        ("?org=acme", 200),
        ("?org=acme&nonsense=1&nonsense=2", 200),
        ("?org=acme&permission=members.read", 200),
        ("?org=acme&permission=clusters.create&project=research", 200),
        ("?org=acme&permission=clusters.create", 403),
        ("?org=umbrella", 403),
    ] {
        let answer = world.get(&format!("/auth/verify{query}"), &cookie).await;
        assert_eq!(answer.status, status, "{query}: {answer:?}");
        if status == 400 {
            assert_eq!(answer.json()["type"], "urn:gatewright:problem:bad-request");
        }
        assert_eq!(answer.headers.contains_key("x-auth-subject"), status == 200, "{query}");
    }
    let doubled = format!("{ada}; {ada}");
    assert_eq!(world.get("/auth/verify?org=acme", &[("cookie", &doubled)]).await.status, 400);
}

#[tokio::test]
async fn refusals_carry_their_slug_and_strangers_the_way_in() {
    let world = World::new().await;
    let stranger = world.get("/auth/verify?org=acme&app=console", &[]).await;
    assert_eq!(stranger.status, 401);
    assert_eq!(stranger.header("x-auth-sign-in"), "https://gate.example/sso/acme/main/start?app=console");
    let anybody = world.get("/auth/verify?org=any&app=console", &[]).await;
    assert_eq!(anybody.header("x-auth-sign-in"), "https://gate.example/login?app=console");
    let other = world.get("/auth/verify?org=umbrella", &[("cookie", &world.ada().await)]).await;
    assert_eq!((other.status, other.header("x-auth-refusal")), (403, "wrong-org"));
    assert!(other.body.is_empty());
}

/// ST-SESS-15: the original request counts from a listed proxy alone, and decides nothing.
#[tokio::test]
async fn st_sess_15_forwarded_headers_only_say_where_to_return_to() {
    let world = World::new().await;
    let ask = async |peer: &str, headers: &[(&str, &str)]| {
        let answer = world.ask_from(peer, "GET", "/auth/verify?org=acme&app=console", headers, "").await;
        (answer.status, answer.header("x-auth-sign-in").to_owned())
    };
    let forwarded =
        [("x-forwarded-method", "GET"), ("x-forwarded-host", "console.example"), ("x-forwarded-uri", "/jobs?page=2")];
    let (status, listed) = ask(PROXY, &forwarded).await;
    assert_eq!(status, 401);
    assert!(listed.contains("return_to=%2Fjobs") || listed.contains("return_to=/jobs"), "{listed}");
    let (_, stranger) = ask(crate::world::STRANGER, &forwarded).await;
    assert!(!stranger.contains("jobs"), "{stranger}");
    let (_, posted) = ask(PROXY, &[("x-forwarded-method", "POST"), ("x-forwarded-uri", "/jobs")]).await;
    assert!(!posted.contains("jobs"), "nobody returns to a POST: {posted}");
    let (_, hostile) = ask(PROXY, &[("x-forwarded-method", "GET"), ("x-forwarded-uri", "//evil.example")]).await;
    assert!(!hostile.contains("evil"), "{hostile}");
    let (status, _) = ask(PROXY, &[("x-forwarded-uri", "/a"), ("x-forwarded-uri", "/b")]).await;
    assert_eq!(status, 400);

    // No method, agent, path or host of the original request opens anything.
    for headers in [
        &[("x-forwarded-method", "OPTIONS"), ("x-forwarded-uri", "/healthz")][..],
        &[("x-forwarded-uri", "/.gatewright/callback"), ("user-agent", "kube-probe/1.30")],
        &[("x-auth-subject", "admin"), ("authorization", "Basic YWRtaW46YWRtaW4=")],
        &[("x-forwarded-host", "gate.example"), ("x-original-url", "/login")],
    ] {
        assert_eq!(ask(PROXY, headers).await.0, 401, "{headers:?}");
    }
}

/// ST-SESS-12: without the store nobody new gets in; a live session goes on for the stated time and no longer.
#[tokio::test]
async fn st_sess_12_without_the_store_the_answer_is_503() {
    let world = World::new().await;
    let ada = world.ada().await;
    assert_eq!(world.get("/auth/verify?org=acme", &[("cookie", &ada)]).await.status, 200);
    world.store.close().await;
    assert!(world.store.ping().await.is_err());
    assert_eq!(world.get("/auth/verify?org=acme", &[("cookie", &ada)]).await.status, 200);
    world.set_clock(31);
    let stale = world.get("/auth/verify?org=acme", &[("cookie", &ada)]).await;
    assert_eq!((stale.status, stale.header("retry-after")), (503, "5"));
    assert_eq!(stale.json()["type"], "urn:gatewright:problem:store-unavailable");
    let unknown =
        world.get("/auth/verify?org=acme", &[("cookie", &format!("__Host-gatewright={}", "A".repeat(43)))]).await;
    assert_eq!(unknown.status, 503);
    let session = world.get("/session", &[("cookie", &ada)]).await;
    assert_eq!(session.status, 503);
    let ready = world.get("/readyz", &[]).await;
    assert_eq!((ready.status, ready.body.as_str()), (503, "no-store\n"));
    assert_eq!(world.get("/healthz", &[]).await.status, 200);
}
