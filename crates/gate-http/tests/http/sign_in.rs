//! Sign-in: the whole way through HTTP, its cookies, and its end.

use crate::world::World;

/// ST-SESS-03: on every answer that sets one.
#[tokio::test]
async fn st_sess_03_cookies_are_host_bound_opaque_and_small() {
    let world = World::new().await;
    let started = world.get("/sso/acme/main/start", &[]).await;
    let (flow, marks) = started.cookie("__Host-gatewright-flow").unwrap();
    assert_eq!(marks, "Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600");
    assert_eq!(flow.len(), 43);
    let answer = world.idp.browse(started.header("location"));
    let cookie = format!("__Host-gatewright-flow={flow}");
    let signed_in = world.get(&format!("/sso/acme/main/callback?{answer}"), &[("cookie", &cookie)]).await;
    assert_eq!((signed_in.status, signed_in.header("location")), (303, "/"));
    let (session, marks) = signed_in.cookie("__Host-gatewright").unwrap();
    assert_eq!(marks, "Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=36000");
    assert_eq!(session.len(), 43);
    assert_eq!(signed_in.headers.get_all("set-cookie").iter().count(), 1);

    // The browser keeps its flow cookie: two tabs do not disturb each other. Its ten minutes begin anew, so that it does
    // not go away in the middle of the later sign-in.
    let again = world.get("/sso/acme/main/start", &[("cookie", &cookie)]).await;
    let (kept, marks) = again.cookie("__Host-gatewright-flow").unwrap();
    assert_eq!((kept, marks.ends_with("; Max-Age=600")), (flow, true));

    // Among a thousand foreign ones it is still found.
    let junk: Vec<String> = (0..1_000).map(|n| format!("junk{n}=value")).collect();
    let crowd = format!("{}; __Host-gatewright={session}", junk.join("; "));
    assert_eq!(world.get("/session", &[("cookie", &crowd)]).await.status, 200);
    let doubled = format!("__Host-gatewright={session}; __Host-gatewright={session}");
    assert_eq!(world.get("/session", &[("cookie", &doubled)]).await.status, 400);
    assert_eq!(world.get("/", &[("cookie", &doubled)]).await.status, 403);
}

/// ST-SESS-02: a value that stood there before never becomes a session, and each sign-in gives a new one.
#[tokio::test]
async fn st_sess_02_a_planted_cookie_never_becomes_a_session() {
    let world = World::new().await;
    let planted = "A".repeat(43);
    let (flow, answer) = world.begin("").await;
    let cookies = format!("{flow}; __Host-gatewright={planted}");
    let signed_in = world.get(&format!("/sso/acme/main/callback?{answer}"), &[("cookie", &cookies)]).await;
    let (session, _) = signed_in.cookie("__Host-gatewright").unwrap();
    assert_ne!(session, planted);
    assert_eq!(world.get("/session", &[("cookie", &format!("__Host-gatewright={planted}"))]).await.status, 401);
}

#[tokio::test]
async fn an_answer_counts_once_in_the_browser_that_began() {
    let world = World::new().await;
    let (flow, answer) = world.begin("").await;
    let callback = format!("/sso/acme/main/callback?{answer}");
    let elsewhere = world.get(&callback, &[]).await;
    assert_eq!(elsewhere.status, 400);
    assert!(elsewhere.cookie("__Host-gatewright").is_none());
    assert_eq!(world.get(&callback, &[("cookie", &flow)]).await.status, 303);
    assert_eq!(world.get(&callback, &[("cookie", &flow)]).await.status, 400, "replayed");
}

#[tokio::test]
async fn the_session_is_shown_as_json_and_ends_with_logout() {
    let world = World::new().await;
    let ada = world.ada().await;
    let session = world.get("/session", &[("cookie", &ada)]).await;
    assert_eq!(session.header("content-type"), "application/json");
    let session = session.json();
    assert_eq!(session["email"], "ada@acme.com");
    assert_eq!(session["org"], "acme");
    assert_eq!(session["roles"][2], serde_json::json!({"role": "editor", "project": "research"}));
    assert_eq!(session["projects"], serde_json::json!(["research"]));
    assert_eq!(session["expires"], "2027-01-15T18:00:00Z");

    let nobody = world.get("/session", &[]).await;
    assert_eq!((nobody.status, nobody.json()["type"].as_str()), (401, Some("urn:gatewright:problem:no-session")));

    let out = world.post("/logout", &ada, "").await;
    assert_eq!(out.status, 200);
    assert!(out.text().starts_with("You are signed out | "), "{}", out.text());
    let (value, marks) = out.cookie("__Host-gatewright").unwrap();
    assert_eq!((value.as_str(), marks.as_str()), ("", "Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"));
    assert_eq!(world.get("/session", &[("cookie", &ada)]).await.status, 401, "ended on the server too");
    assert_eq!(world.post("/logout", &ada, "").await.status, 200, "twice is no error");
}

/// ST-OPS-02: who may post. `POST /login` changes nothing, so that programs, which send neither header, may ask.
#[tokio::test]
async fn st_ops_02_forms_of_other_sites_are_refused() {
    let world = World::new().await;
    let ada = world.ada().await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (headers, login, logout) in [
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")][..], 403, 403),
        (&[("sec-fetch-site", "same-site")], 403, 403),
        (&[("sec-fetch-site", "none")], 403, 403),
        (&[("origin", "https://evil.example")], 403, 403),
        (&[("origin", "null")], 403, 403),
        (&[("origin", "https://console.example")], 403, 403),
        (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], 403, 403),
        (&[], 200, 403),
        (&[("origin", "https://gate.example")], 200, 200),
        (&[("sec-fetch-site", "same-origin")], 200, 200),
    ] {
        let with = |more: &[(&'static str, &'static str)]| [more, &[form][..]].concat();
        let headers = with(headers);
        let answer = world.ask("POST", "/login", &headers, "email=ada%40acme.com").await;
        assert_eq!(answer.status, login, "login {headers:?}");
        let mut headers: Vec<(&str, &str)> = headers.clone();
        headers.push(("cookie", &ada));
        let answer = world.ask("POST", "/logout", &headers, "").await;
        assert_eq!(answer.status, logout, "logout {headers:?}");
        let alive = world.get("/session", &[("cookie", &ada)]).await.status == 200;
        assert_eq!(alive, logout == 403, "{headers:?}");
        if logout == 200 {
            break;
        }
    }
    assert_eq!(world.get("/logout", &[]).await.status, 405, "a GET ends nothing");
    for kind in ["text/plain", "application/json", "multipart/form-data", ""] {
        let answer = world.ask("POST", "/login", &[("content-type", kind)], "email=ada%40acme.com").await;
        assert_eq!(answer.status, 400, "{kind}");
    }
}

#[tokio::test]
async fn bodies_are_bounded() {
    let world = World::new().await;
    let form = format!("email=ada%40acme.com&more={}", "x".repeat(20_000));
    assert_eq!(world.post("/login", "", &form).await.status, 413);
}

/// The hand-over to an app on its own host, and back out.
#[tokio::test]
async fn a_session_is_handed_over_to_the_origin_of_an_app() {
    let world = World::with(|program| drop(program.environment.apps.pop())).await;
    let signed_in = world.sign_in("?app=console&return_to=/jobs%3Fpage=2").await;
    let there = signed_in.header("location").to_owned();
    let path = there.strip_prefix("https://console.example").unwrap_or_else(|| panic!("{signed_in:?}"));
    assert!(path.starts_with("/.gatewright/callback?code="));

    // On the host of the base URL, or of another app, there is no such code.
    assert_eq!(world.get(path, &[]).await.status, 421);
    assert_eq!(world.get(path, &[("host", "only.example")]).await.status, 400);
    let over = world.get(path, &[("host", "console.example")]).await;
    assert_eq!(over.status, 400, "a code that was shown elsewhere is spent");

    // A live session needs no second sign-in, neither from the sign-in page nor from the address that proxies send to.
    let (session, _) = signed_in.cookie("__Host-gatewright").unwrap();
    let session = format!("__Host-gatewright={session}");
    let straight = world.get("/sso/acme/main/start?app=console", &[("cookie", &session)]).await;
    assert!(
        straight.header("location").starts_with("https://console.example/.gatewright/callback?code="),
        "{straight:?}"
    );
    let other = world.get("/sso/umbrella/main/start?app=console", &[("cookie", &session)]).await;
    assert!(!other.header("location").contains("console.example"), "another organisation is another sign-in");
    let again = world.get("/login?app=console&return_to=/jobs%3Fpage=2", &[("cookie", &session)]).await;
    assert_eq!(again.status, 303);
    let path = again.header("location").strip_prefix("https://console.example").unwrap().to_owned();
    // The proxy of the app passes the host on in a header.
    let forwarded = [("host", "127.0.0.1:8080"), ("x-forwarded-host", "console.example")];
    assert_eq!(world.get(&path, &forwarded).await.status, 421, "from a stranger the header does not count");
    let over = world.ask_from(crate::world::PROXY, "GET", &path, &forwarded, "").await;
    assert_eq!((over.status, over.header("location")), (303, "https://console.example/jobs?page=2"));
    let (child, marks) = over.cookie("__Host-gatewright").unwrap();
    assert!(marks.starts_with("Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age="), "{marks}");
    let child = format!("__Host-gatewright={child}");
    assert_eq!(world.get("/auth/verify?org=acme&app=console", &[("cookie", &child)]).await.status, 200);

    // The end of the parent is the end of the child.
    world.post("/logout", &session, "").await;
    assert_eq!(world.get("/auth/verify?org=acme&app=console", &[("cookie", &child)]).await.status, 401);
}

/// ST-AUD-03: cookies, codes and states never reach the log.
#[tokio::test]
async fn st_aud_03_the_log_holds_no_secret() {
    let world = World::new().await;
    let (flow, answer) = world.begin("").await;
    world.get(&format!("/sso/acme/main/callback?{answer}"), &[]).await;
    world.get(&format!("/sso/acme/main/callback?{answer}"), &[("cookie", &flow)]).await;
    world.get(&format!("/sso/acme/main/callback?{answer}"), &[("cookie", &flow)]).await;
    let log = world.log.lock().unwrap().join("\n");
    assert!(log.contains("kept-out") && log.contains("other-browser") && log.contains("GW-"), "{log}");
    let secrets =
        answer.split(['&', '=']).chain(flow.split('=')).filter(|text| text.len() > 20 && !text.starts_with("__Host"));
    let mut seen = 0;
    for secret in secrets.filter(|text| !text.starts_with("http")) {
        seen += 1;
        assert!(!log.contains(secret), "{secret}");
    }
    assert!(seen >= 3);
}

/// ST-OIDC-16, ST-AUD-01: what cannot be read is refused, has a support code, and stands in the trail.
#[tokio::test]
async fn st_aud_01_unreadable_requests_are_recorded_too() {
    let world = World::new().await;
    let doubled = [("cookie", "__Host-gatewright-flow=a; __Host-gatewright-flow=b")];
    for (path, headers) in [
        ("/login?app=console&app=here", &[][..]),
        ("/sso/acme/main/start?app=console&app=here", &[]),
        ("/sso/acme/main/start", &doubled),
        ("/sso/acme/main/callback?code=x&state=y", &doubled),
    ] {
        let refused = world.get(path, headers).await;
        let text = refused.text();
        let code = text.split(" | ").find(|word| word.starts_with("GW-")).unwrap_or_else(|| panic!("{path}: {text}"));
        let story = world.operate("GET", &format!("/v1/trace/{code}"), &world.token, "").await.json();
        assert_eq!(story["refusal"]["slug"], "parameter-refused", "{path}");
        assert_eq!(story["org"].as_str(), path.starts_with("/sso/").then_some("acme"), "{path}");
        assert_eq!(story["personal"]["address"], crate::world::STRANGER);
    }
    let nowhere = world.get("/login?app=nowhere", &[]).await;
    assert!(nowhere.text().contains("GW-"), "{}", nowhere.text());
}

/// ST-SESS-06: a sign-out counts, though the person closes the tab before the answer.
#[tokio::test]
async fn st_sess_06_whoever_hangs_up_is_signed_out_all_the_same() {
    let world = World::new().await;
    let ada = world.ada().await;
    let verify = async || world.get("/auth/verify?org=acme", &[("cookie", &ada)]).await.status;
    assert_eq!(verify().await, 200);
    let mut leaving = Box::pin(world.post("/logout", &ada, ""));
    let hung_up = std::future::poll_fn(|context| std::task::Poll::Ready(leaving.as_mut().poll(context).is_pending()));
    assert!(hung_up.await, "it waits for the store");
    drop(leaving);
    for _ in 0..200 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        if verify().await == 401 {
            return;
        }
    }
    panic!("the session lives on");
}

/// ST-OPS-07: who is refused again and again waits; others, and the way out, do not.
#[tokio::test]
async fn st_ops_07_a_flood_of_refusals_waits() {
    let world = World::new().await;
    let ada = world.ada().await;
    let answer = async |peer: &str, path: &str| world.ask_from(peer, "GET", path, &[], "").await;
    for _ in 0..gate_http::limits::REFUSALS_PER_MINUTE_MAX {
        answer("198.51.100.9", "/sso/nobody/main/start").await;
    }
    for path in ["/login", "/sso/acme/main/start", "/sso/acme/main/callback?code=x&state=y"] {
        let waiting = answer("198.51.100.9", path).await;
        assert_eq!((waiting.status, waiting.header("retry-after")), (429, "60"), "{path}");
    }
    assert_eq!(answer("198.51.100.9", "/healthz").await.status, 200);
    assert_eq!(world.ask_from("198.51.100.9", "GET", "/session", &[("cookie", &ada)], "").await.status, 200);
    assert_eq!(answer("198.51.100.10", "/login").await.status, 200);
    world.set_clock(60);
    assert_eq!(answer("198.51.100.9", "/login").await.status, 200);
}
