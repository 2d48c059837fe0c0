//! Crawl: every route and every error of both listeners carries what every answer must carry.

use gate_http::{AdminRoute, PublicRoute, routes_markdown};

use crate::world::{Answer, World};

fn check_headers(answer: &Answer, what: &str, is_https: bool) {
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{what}: {policy}");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{what}");
    assert!(!policy.contains("unsafe-"), "{what}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(answer.header(name), value, "{what}");
    }
    assert_eq!(answer.header("strict-transport-security"), if is_https { "max-age=31536000" } else { "" }, "{what}");
    let cache = answer.header("cache-control");
    assert!(cache == "no-store" || what.ends_with("/.well-known/jwks.json"), "{what}: {cache}");
    for name in ["server", "x-powered-by", "access-control-allow-origin", "access-control-allow-credentials"] {
        assert!(!answer.headers.contains_key(name), "{what}");
    }
}

fn filled(path: &str) -> String {
    [
        ("{org}", "acme"),
        ("{connection}", "main"),
        ("{client}", "google"),
        ("{id}", &"0".repeat(32)),
        ("{domain}", "acme.com"),
    ]
    .iter()
    .fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
    .replace("{code}", "GW-0000-0000-0000-0000")
}

/// ST-OPS-01: with a session and without, for a browser and for a program, right and wrong.
#[tokio::test]
async fn st_ops_01_every_answer_of_the_public_listener_is_dressed() {
    let world = World::new().await;
    let ada = world.ada().await;
    let mut asked = 0;
    for route in PublicRoute::ALL {
        let (_, path, _) = route.row();
        for method in ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "PATCH"] {
            for accept in ["text/html", "*/*"] {
                for cookie in ["", ada.as_str(), "__Host-gatewright=a; __Host-gatewright=b"] {
                    let answer = world.ask(method, &filled(path), &[("accept", accept), ("cookie", cookie)], "").await;
                    check_headers(&answer, &format!("{method} {path}"), true);
                    asked += 1;
                }
            }
        }
    }
    assert_eq!(asked, 8 * 2 * 3 * PublicRoute::ALL.len());
    for path in ["/nothing", "//", "/login/", "/auth/verify/", "/sso", "/%2e%2e/login", "/login?app=%", "/favicon.ico"]
    {
        let answer = world.get(path, &[("accept", "text/html")]).await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
        check_headers(&answer, path, true);
    }
}

#[tokio::test]
async fn st_ops_01_every_answer_of_the_admin_listener_is_dressed() {
    let world = World::new().await;
    for route in AdminRoute::ALL {
        let (_, path, _, _) = route.row();
        for method in ["GET", "POST", "DELETE", "HEAD", "TRACE"] {
            for token in ["", "wrong", &world.token] {
                let answer = world.operate(method, &filled(path), token, "").await;
                check_headers(&answer, &format!("{method} {path}"), false);
            }
        }
    }
}

/// ST-OPS-04: a method that is not in the list is refused with the ones that are, `TRACE` and `HEAD` included.
#[tokio::test]
async fn st_ops_04_unused_methods_are_refused() {
    let world = World::new().await;
    for (path, allowed) in [
        ("/login", "GET, POST"),
        ("/logout", "POST"),
        ("/session", "GET"),
        ("/sso/acme/main/start", "GET"),
        ("/sso/acme/main/acs", "POST"),
        ("/sso/acme/main/slo", "GET, POST"),
        ("/sso/acme/main/metadata", "GET"),
        ("/sso/acme/main/test", "GET"),
        ("/sso/finish", "GET"),
        ("/auth/verify", "GET"),
    ] {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "BREW"] {
            let answer = world.ask(method, path, &[], "").await;
            assert_eq!((answer.status, answer.header("allow")), (405, allowed), "{method} {path}");
            assert!(!answer.body.contains("BREW"), "nothing is echoed");
        }
    }
    assert_eq!(world.ask("HEAD", "/healthz", &[], "").await.status, 200);
    assert_eq!(world.operate("HEAD", "/v1/bundle", &world.token, "").await.status, 405);
}

#[test]
fn the_table_of_routes_has_each_route_once() {
    let page = routes_markdown();
    let mut rows: Vec<&str> = page
        .lines()
        .filter(|line| ["| GET", "| POST", "| PUT", "| DELETE"].iter().any(|verb| line.starts_with(verb)))
        .collect();
    assert_eq!(rows.len(), PublicRoute::ALL.len() + AdminRoute::ALL.len());
    rows.sort_unstable();
    rows.dedup();
    // Health stands on both, in tables of another width.
    assert_eq!(rows.len(), PublicRoute::ALL.len() + AdminRoute::ALL.len());
    assert!(page.contains("| GET | `/auth/verify` |") && page.contains("| `members` |"));
}
