//! Pages: their words, as golden texts, and that nothing of a stranger becomes markup.

use gate_store::Store as _;
use testkit::Lie;

use crate::world::World;

#[tokio::test]
async fn the_sign_in_page_reads_so() {
    let world = World::new().await;
    let page = world.get("/login", &[]).await;
    assert_eq!(page.status, 200);
    assert_eq!(
        page.text(),
        "Sign in | Use the e-mail address of your organisation. | Work e-mail | Continue | \
         The sign-in page of your organisation comes next. | gate.example"
    );
    assert!(page.body.contains("<html lang=\"en\">") && page.body.contains("<title>Sign in · gate.example</title>"));
    assert!(
        page.body.contains("<label for=\"email\">")
            && page.body.contains("name=\"email\" type=\"email\" autocomplete=\"username\"")
    );
    assert!(!page.body.contains("<script") && !page.body.contains("src=") && !page.body.contains("url("));

    let page = world.get("/login?app=console&return_to=/jobs%3Fpage=2", &[]).await;
    assert!(page.text().starts_with("Sign in | Continue to | console.example | . | Work e-mail"), "{}", page.text());
    assert!(page.body.contains("<input type=\"hidden\" name=\"app\" value=\"console\">"));
    assert!(page.body.contains("<input type=\"hidden\" name=\"return_to\" value=\"/jobs?page=2\">"));
    assert_eq!(world.get("/login?app=nothing", &[]).await.status, 403);
    assert_eq!(world.get("/login?app=console&app=console", &[]).await.status, 403);
}

/// ST-OPS-06: one shape for domains that lead somewhere and domains that do not; nothing depends on the person.
#[tokio::test]
async fn st_ops_06_the_answer_depends_on_the_domain_alone() {
    let world = World::new().await;
    let ada = world.post("/login", "", "email=ada%40acme.com&app=console&return_to=%2Fjobs%3Fpage%3D2").await;
    assert_eq!(ada.status, 200);
    let link = "/sso/acme/main/start?app=console&#38;return_to=/jobs%3Fpage%3D2";
    assert_eq!(ada.body.matches(&format!("href=\"{link}\"")).count(), 1, "{}", ada.body);
    assert_eq!(ada.body.matches("href=").count(), 1);
    assert!(ada.body.contains(&format!("<meta http-equiv=\"refresh\" content=\"0; url={link}\">")));
    assert_eq!(
        ada.text(),
        "Taking you to your sign-in page | acme.com | signs in with its own identity provider. | Continue | gate.example"
    );

    let nobody =
        world.post("/login", "", "email=nobody-at-all%40acme.com&app=console&return_to=%2Fjobs%3Fpage%3D2").await;
    assert_eq!((nobody.status, nobody.body), (200, ada.body.clone()), "another person, the same bytes");

    let elsewhere = world.post("/login", "", "email=ada%40elsewhere.example").await;
    assert_eq!(elsewhere.status, 200);
    assert_eq!(elsewhere.body.matches("href=").count(), 1);
    assert_eq!(
        elsewhere.text(),
        "No sign-in for this address | elsewhere.example | does not sign in here. Check the spelling, or ask your administrator \
         which address to use. | Use another address | gate.example"
    );
    let names =
        |answer: &crate::world::Answer| answer.headers.keys().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&elsewhere), names(&ada));
}

#[tokio::test]
async fn what_is_no_address_is_asked_for_again() {
    let world = World::new().await;
    for email in ["", "ada", "ada%40", "a%40b%40acme.com", "%3Cscript%3E%40"] {
        let page = world.post("/login", "", &format!("email={email}")).await;
        assert_eq!(page.status, 422, "{email}");
        assert!(page.body.contains("aria-invalid=\"true\" aria-describedby=\"wrong\""));
        assert!(page.text().contains("This is not an e-mail address."), "{}", page.text());
        assert!(!page.body.contains("<script>"));
    }
    for broken in ["email=%", "email=a%40acme.com&email=b%40acme.com", "email=%00", "email=a%0d%0a"] {
        assert_eq!(world.post("/login", "", broken).await.status, 403, "{broken}");
    }
}

#[tokio::test]
async fn a_refusal_reads_so_and_shows_a_code_and_never_the_reason() {
    let world = World::new().await;
    world.idp.person(serde_json::json!({ "groups": ["leavers"] }));
    let refused = world.sign_in("").await;
    assert_eq!(refused.status, 403);
    let code = refused.text().split(" | ").find(|part| part.starts_with("GW-")).unwrap().to_owned();
    assert_eq!(
        refused.text(),
        format!(
            "We could not sign you in | If you should have access, give this support code to your administrator. It tells them \
             why. | Support code | {code} | Try again | gate.example"
        )
    );
    for secret in ["leavers", "block", "ada", "acme"] {
        assert!(!refused.text().contains(secret), "{secret}");
    }
    assert!(refused.cookie("__Host-gatewright").is_none());
    // The operator finds the whole story under it.
    let story = world.operate("GET", &format!("/v1/trace/{code}"), &world.token, "").await.json();
    assert_eq!((story["refusal"]["slug"].as_str(), story["org"].as_str()), (Some("blocked-group"), Some("acme")));

    let replayed = world.get("/sso/acme/main/callback?code=x&state=y", &[]).await;
    assert_eq!((replayed.status, replayed.text().split(" | ").next()), (400, Some("This sign-in has ended")));

    world.idp.lie(Lie::Status(testkit::Endpoint::Token, 500));
    let down = world.sign_in("").await;
    assert!(down.text().starts_with("Something on our side is not ready | "), "{down:?}");
    assert_eq!((down.status, down.header("retry-after")), (503, "5"));
    world.store.close().await;
    let away = world.get("/sso/acme/main/start", &[]).await;
    assert_eq!((away.status, away.header("retry-after")), (503, "5"));
    assert!(away.text().starts_with("Something on our side is not ready | "), "{}", away.text());
    assert!(world.store.ping().await.is_err());
}

/// ST-OPS-03: a claim full of markup is text on every page.
#[tokio::test]
async fn st_ops_03_what_others_write_is_text() {
    let world = World::with(|program| program.orgs[0].name = "<b>\"'&</b>".into()).await;
    let home = world.get("/", &[("cookie", &world.ada().await)]).await;
    assert_eq!(home.status, 200);
    assert!(
        home.body.contains("&#60;b&#62;&#34;&#39;&#38;&#60;/b&#62;") && !home.body.contains("<b>"),
        "{}",
        home.body
    );
    let hostile = "/login?app=console&return_to=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E";
    let page = world.get(hostile, &[]).await;
    assert!(!page.body.contains("<img"), "{}", page.body);
}

#[tokio::test]
async fn the_home_page_says_who_is_in_and_lets_them_out() {
    let world = World::new().await;
    let nobody = world.get("/", &[]).await;
    assert_eq!((nobody.status, nobody.header("location")), (303, "/login"));
    let home = world.get("/", &[("cookie", &world.ada().await)]).await;
    assert_eq!(
        home.text(),
        "You are signed in | E-mail | ada@acme.com | Organisation | ACME | Roles | admin | developer | editor in research | \
         Session ends | 2027-01-15 18:00 UTC | Sign out | gate.example"
    );
}
