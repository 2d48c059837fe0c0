//! Admin: tokens, scopes, shapes and problem documents.

use gate_http::AdminRoute;

use crate::world::World;

/// ST-OPS-09: no route answers without a token, and none beyond its scope.
#[tokio::test]
async fn st_ops_09_every_route_needs_its_token() {
    let world = World::new().await;
    let mut guarded = 0;
    for route in AdminRoute::ALL {
        let (verb, path, scope, _) = route.row();
        let Some(scope) = scope else { continue };
        guarded += 1;
        let path = path.replace("{org}", "acme").replace("{domain}", "acme.com").replace("{id}", &"0".repeat(32));
        let unknown = "A".repeat(43);
        for token in ["", "wrong", unknown.as_str()] {
            let answer = world.operate(verb.word(), &path, token, "").await;
            assert_eq!(answer.status, 401, "{path}");
            assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"gatewright-admin\"");
        }
        let twice = [("authorization", "Bearer a"), ("authorization", "Bearer b")];
        assert_eq!(world.operate_with(verb.word(), &path, &twice, "").await.status, 401);
        let basic = format!("Basic {}", world.token);
        assert_eq!(world.operate_with(verb.word(), &path, &[("authorization", &basic)], "").await.status, 401);
        let answer = world.operate(verb.word(), &path, &world.reader, "").await;
        assert_eq!(answer.status == 403, scope.slug() != "read", "{path}: {answer:?}");
    }
    assert_eq!(guarded, AdminRoute::ALL.len() - 2);
    assert_eq!(world.operate("GET", "/readyz", "", "").await.body, "ok\n");
}

/// ST-OPS-05: errors are problem documents, with words of ours alone.
#[tokio::test]
async fn st_ops_05_errors_are_problem_documents() {
    let world = World::new().await;
    let token = &world.token;
    for (method, path, body, status) in [
        ("GET", "/v1/nothing", "", 404),
        ("PUT", "/v1/bundle", "", 422),
        ("POST", "/v1/bundle", "", 405),
        ("PUT", "/v1/bundle/content", "", 405),
        ("GET", "/v1/orgs/NO_SLUG/members", "", 404),
        ("GET", "/v1/orgs/acme/members?after=x", "", 400),
        ("GET", "/v1/orgs/acme/members?after=x&after=y", "", 400),
        ("DELETE", "/v1/orgs/acme/members/00000000000000000000000000000000", "", 404),
        ("DELETE", "/v1/orgs/acme/members/%2e%2e", "", 404),
        ("GET", "/v1/orgs/acme/audit?from=-1", "", 400),
        ("GET", "/v1/trace/GW-0000-0000-0000-0000", "", 404),
        ("GET", "/v1/trace/nonsense", "", 404),
        ("POST", "/v1/orgs/acme/domains/acme.com/proofs", "", 400),
        ("POST", "/v1/orgs/acme/domains/acme.com/proofs", "{\"method\":\"dns\",\"reason\":\"x\"}", 400),
        ("POST", "/v1/orgs/acme/domains/acme.com/proofs", "{\"method\":\"manual\",\"reason\":\" \"}", 400),
        ("POST", "/v1/orgs/acme/domains/acme.com/proofs", "{\"method\":\"manual\",\"reason\":\"a\\nb\"}", 400),
        ("POST", "/v1/orgs/acme/domains/acme.com/proofs", "{\"method\":\"manual\",\"reason\":\"x\",\"more\":1}", 400),
        ("POST", "/v1/orgs/acme/domains/other.example/proofs", "{\"method\":\"manual\",\"reason\":\"x\"}", 404),
    ] {
        let answer = world.operate(method, path, token, body).await;
        assert_eq!(answer.status, status, "{method} {path} {body}: {answer:?}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        let problem = answer.json();
        assert_eq!(problem["status"], status);
        assert!(problem["type"].as_str().unwrap().starts_with("urn:gatewright:problem:"));
        assert!(problem["instance"].as_str().unwrap().starts_with("urn:gatewright:request:0000007f-"));
        assert!(!answer.body.contains("sqlite") && !answer.body.contains("crates/"), "{}", answer.body);
    }
    let long = format!("{{\"method\":\"manual\",\"reason\":\"{}\"}}", "x".repeat(20_000));
    assert_eq!(world.operate("POST", "/v1/orgs/acme/domains/acme.com/proofs", token, &long).await.status, 413);
    let bearer = format!("Bearer {token}");
    for host in ["evil.example", "gate.example", "localhost.evil.example"] {
        let answer = world.operate_with("GET", "/v1/bundle", &[("host", host), ("authorization", &bearer)], "").await;
        assert_eq!(answer.status, 421, "{host}");
    }
}

#[tokio::test]
async fn members_and_their_sessions_can_be_ended() {
    let world = World::new().await;
    let ada = world.ada().await;
    let members = world.operate("GET", "/v1/orgs/acme/members", &world.reader, "").await.json();
    assert_eq!(members["members"].as_array().unwrap().len(), 1);
    assert_eq!(members["next"], serde_json::Value::Null);
    let member = &members["members"][0];
    assert_eq!((member["email"].as_str(), member["state"].as_str()), (Some("ada@acme.com"), Some("active")));
    let id = member["id"].as_str().unwrap();

    let ended = world.operate("DELETE", &format!("/v1/orgs/acme/members/{id}/sessions"), &world.token, "").await;
    assert_eq!((ended.status, ended.json()["ended"].as_u64()), (200, Some(1)));
    assert_eq!(world.get("/session", &[("cookie", &ada)]).await.status, 401);

    assert_eq!(world.operate("DELETE", &format!("/v1/orgs/umbrella/members/{id}"), &world.token, "").await.status, 404);
    let removed = world.operate("DELETE", &format!("/v1/orgs/acme/members/{id}"), &world.token, "").await;
    assert_eq!((removed.status, removed.body.as_str()), (204, ""));
    assert_eq!(world.sign_in("").await.status, 403, "whoever was removed does not come back");
}

#[tokio::test]
async fn domains_are_proved_and_the_trail_is_exported() {
    let world = World::new().await;
    let path = "/v1/orgs/umbrella/domains";
    assert_eq!(
        world.operate("GET", path, &world.reader, "").await.json()["domains"][0]["proof"],
        serde_json::Value::Null
    );
    let body = "{\"method\": \"manual\", \"reason\": \"contract 8\"}";
    let proved = world.operate("POST", &format!("{path}/umbrella.com/proofs"), &world.token, body).await;
    assert_eq!(proved.status, 201);
    let proof = world.operate("GET", path, &world.reader, "").await.json()["domains"][0]["proof"].clone();
    assert_eq!((proof["operator"].as_str(), proof["reason"].as_str()), (Some("all"), Some("contract 8")));

    for _ in 0..3 {
        world.ada().await;
    }
    let export = world.operate("GET", "/v1/orgs/acme/audit", &world.reader, "").await;
    assert_eq!(export.header("content-type"), "application/jsonl");
    let lines: Vec<serde_json::Value> = export.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 4 && export.body.ends_with('\n'), "{}", export.body);
    let tail = world.operate("GET", "/v1/orgs/acme/audit?from=3", &world.reader, "").await;
    assert_eq!(tail.body.lines().collect::<Vec<_>>(), export.body.lines().skip(2).collect::<Vec<_>>());
    assert!(!world.operate("GET", "/v1/audit", &world.reader, "").await.body.is_empty());
    let checkpoint = world.operate("GET", "/v1/checkpoint", &world.reader, "").await;
    assert!(checkpoint.body.contains("org/acme"), "{}", checkpoint.body);

    let status = world.operate("GET", "/v1/bundle", &world.reader, "").await.json();
    assert_eq!((status["environment"].as_str(), status["running"]["sequence"].as_u64()), (Some("test"), Some(1)));
    assert_eq!((status["health"].as_str(), &status["refused"]), (Some("ok"), &serde_json::Value::Null));
}
