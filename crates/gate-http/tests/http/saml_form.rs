//! SAML form: what the door makes of a form before any message in it is read, on a gate whose connections are not SAML.

use crate::world::{Answer, World};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const ACS: &str = "/sso/acme/main/acs";

/// The reason that the operator finds under the code of the page.
async fn reason(world: &World, answer: &Answer) -> String {
    let text = answer.text();
    let code = text.split(" | ").find(|word| word.starts_with("GW-")).unwrap_or_else(|| panic!("{answer:?}"));
    let story = world.operate("GET", &format!("/v1/trace/{code}"), &world.token, "").await.json();
    assert_eq!(story["org"], "acme");
    story["refusal"]["slug"].as_str().unwrap().to_owned()
}

/// ST-SAML-17, -25, -26: only a form by POST, with one message and one short RelayState.
#[tokio::test]
async fn st_saml_17_what_is_no_such_form_is_refused_with_its_reason() {
    let world = World::new().await;
    let long = format!("SAMLResponse={}", "a".repeat(400_000));
    let relay_state = format!("SAMLResponse=a&RelayState={}", "r".repeat(81));
    for (kind, form, expected) in [
        ("text/plain", "SAMLResponse=a", "parameter-refused"),
        ("multipart/form-data; boundary=x", "SAMLResponse=a", "parameter-refused"),
        ("", "SAMLResponse=a", "parameter-refused"),
        (FORM.1, "", "parameter-refused"),
        (FORM.1, "RelayState=a", "parameter-refused"),
        (FORM.1, "SAMLRequest=a", "parameter-refused"),
        (FORM.1, "SAMLResponse=a&SAMLRequest=a", "parameter-refused"),
        (FORM.1, "SAMLResponse=a&SAMLResponse=a", "parameter-refused"),
        (FORM.1, "SAMLResponse=a&%53AMLResponse=b", "parameter-refused"),
        (FORM.1, "SAMLResponse=a&RelayState=b&RelayState=c", "parameter-refused"),
        (FORM.1, "SAMLResponse=%ff", "parameter-refused"),
        (FORM.1, &relay_state, "parameter-refused"),
        (FORM.1, &long, "saml-too-large"),
    ] {
        let refused = world.ask("POST", ACS, &[("content-type", kind)], form).await;
        assert_eq!(refused.status, 403, "{kind} {form:.60}");
        assert!(!refused.headers.contains_key("set-cookie"));
        assert_eq!(reason(&world, &refused).await, expected, "{kind} {form:.60}");
    }
    let flood = world.ask("POST", ACS, &[FORM], &format!("x={}", "a".repeat(600_000))).await;
    assert_eq!(reason(&world, &flood).await, "saml-too-large");
    assert_eq!(world.get(&format!("{ACS}?SAMLResponse=a"), &[]).await.status, 405, "no response by redirect");
}

/// A form of another site is what this is for: nothing about its origin is refused, and no cookie helps it.
#[tokio::test]
async fn st_saml_15_the_form_of_another_site_is_read_without_cookies() {
    let world = World::new().await;
    for headers in [
        &[FORM, ("sec-fetch-site", "cross-site"), ("origin", "https://idp.example")][..],
        &[FORM, ("sec-fetch-site", "cross-site"), ("origin", "null")],
        &[FORM, ("cookie", "__Host-gatewright-flow=a; __Host-gatewright-flow=b")],
        &[FORM],
    ] {
        let refused = world.ask("POST", ACS, headers, "SAMLResponse=PHNhbWw%2B&RelayState=abc").await;
        let slug = reason(&world, &refused).await;
        assert!(!["parameter-refused", "other-browser"].contains(&slug.as_str()), "{headers:?}: {slug}");
    }
}

#[tokio::test]
async fn finish_and_logout_are_refused_with_a_code_where_nothing_fits() {
    let world = World::new().await;
    let unknown = "A".repeat(43);
    let handle = format!("/sso/finish?h={unknown}");
    for path in ["/sso/finish", "/sso/finish?h=", "/sso/finish?h=a&h=b", "/sso/finish?h=%00", handle.as_str()] {
        let refused = world.get(path, &[]).await;
        assert!((400..500).contains(&refused.status) && refused.text().contains("GW-"), "{path}: {refused:?}");
    }
    for (method, path, form) in [
        ("GET", "/sso/acme/main/slo", ""),
        ("GET", "/sso/acme/main/slo?SAMLRequest=a&SAMLRequest=b", ""),
        ("POST", "/sso/acme/main/slo", ""),
        ("POST", "/sso/acme/main/slo", "SAMLRequest=a&SAMLResponse=b"),
        ("GET", "/sso/acme/main/metadata", ""),
        ("GET", "/sso/nobody/main/metadata", ""),
    ] {
        let refused = world.ask(method, path, &[FORM], form).await;
        assert!((400..500).contains(&refused.status) && refused.text().contains("GW-"), "{path}: {refused:?}");
    }
}
