//! Test sign-in: a one-time link, the trace at its end, and that nobody is in afterwards.

use crate::world::World;

/// Makes a link and gives its path and query.
async fn link(world: &World) -> String {
    let made = world.operate("POST", "/v1/orgs/acme/connections/main/test-links", &world.token, "").await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    assert_eq!(made["schema"], "gatewright.test-link/1");
    assert!(made["expires"].as_str().unwrap().ends_with('Z'), "{made}");
    made["url"].as_str().unwrap().strip_prefix("https://gate.example").unwrap().to_owned()
}

/// Opens the link, and gives the flow cookie and the address at which the provider's answer arrives.
async fn under_way(world: &World) -> (String, String) {
    let path = link(world).await;
    let begun = world.get(&path, &[]).await;
    assert_eq!(begun.status, 303, "{begun:?}");
    let (flow, _) = begun.cookie("__Host-gatewright-flow").unwrap();
    let answer = world.idp.browse(begun.header("location"));
    (format!("__Host-gatewright-flow={flow}"), format!("/sso/acme/main/callback?{answer}"))
}

#[tokio::test]
async fn a_test_ends_in_a_trace_and_in_no_session() {
    let world = World::new().await;
    let (flow, callback) = under_way(&world).await;
    let traced = world.get(&callback, &[("cookie", &flow)]).await;
    assert_eq!(traced.status, 200, "{traced:?}");
    assert!(!traced.headers.contains_key("set-cookie"));
    let text = traced.text();
    for part in [
        "This sign-in works",
        "Nobody was signed in, and nothing was changed.",
        "E-mail | ada@acme.com",
        "Standing | newcomer",
        "What the policy gives them | admin | developer | editor in research",
        "What happened",
        "Support code | GW-",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let members = world.operate("GET", "/v1/orgs/acme/members", &world.reader, "").await.json();
    assert_eq!(members["members"].as_array().unwrap().len(), 0, "nobody joined");
}

#[tokio::test]
async fn a_refusal_is_told_with_its_cause_and_repair() {
    let world = World::new().await;
    world.idp.person(serde_json::json!({ "groups": ["leavers"], "given_name": "<script>alert(1)</script>" }));
    let (flow, callback) = under_way(&world).await;
    let traced = world.get(&callback, &[("cookie", &flow)]).await;
    let text = traced.text();
    assert_eq!(traced.status, 200);
    assert!(text.starts_with("This sign-in would be refused | "), "{text}");
    assert!(text.contains("A block names one of the person") && text.contains("| blocked-group |"), "{text}");
    assert!(!traced.body.contains("<script"), "what others write is text");
}

/// The link is one operator's, for one connection, once.
#[tokio::test]
async fn a_link_counts_once_at_its_own_connection() {
    let world = World::new().await;
    let path = link(&world).await;
    let elsewhere = world.get(&path.replace("/acme/", "/umbrella/"), &[]).await;
    assert!(elsewhere.status >= 400 && elsewhere.text().contains("GW-"), "{elsewhere:?}");
    assert_eq!(world.get(&path, &[]).await.status, 303);
    let again = world.get(&path, &[]).await;
    assert_eq!((again.status, again.text().contains("GW-")), (400, true), "{again:?}");
    for query in ["", "?t=", "?t=x", "?t=a&t=b"] {
        let refused = world.get(&format!("/sso/acme/main/test{query}"), &[]).await;
        assert!(refused.status >= 400 && refused.text().contains("GW-"), "{query}: {refused:?}");
    }
    for (path, status) in [
        ("/v1/orgs/nobody/connections/main/test-links", 404),
        ("/v1/orgs/acme/connections/nowhere/test-links", 404),
        ("/v1/orgs/acme/connections/%2e%2e/test-links", 404),
    ] {
        assert_eq!(world.operate("POST", path, &world.token, "").await.status, status, "{path}");
    }
    assert_eq!(world.operate("POST", "/v1/orgs/acme/connections/main/test-links", &world.reader, "").await.status, 403);
}
