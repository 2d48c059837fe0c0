//! Idp: metadata is fetched, held against what is believed, and written; a test link is asked for.

use std::net::TcpListener;

use crate::runtime::{Scripted, http, with_token};
use crate::support::{Place, Ran};

/// Metadata from the fixtures of the compiler.
fn metadata(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ui/metadata").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// The workspace of `init` with acme on SAML; `dev` makes plain http on this machine good enough to fetch from.
fn place() -> Place {
    let place = Place::with_workspace();
    let org = String::from_utf8(place.read("policies/orgs/acme/org.kdl")).unwrap();
    let (before, rest) = org.split_once("        oidc {").unwrap();
    let (_, after) = rest.split_once("        }\n").unwrap();
    let saml = "        saml {\n            entity-id \"http://www.okta.com/exk1acme0000\"\n            metadata  \"okta.xml\"\n        }\n";
    place.write("policies/orgs/acme/org.kdl", format!("{before}{saml}{after}"));
    place.write("policies/environments/dev.kdl", "environment \"dev\" {\n    base-url \"http://localhost:8080\"\n}\n");
    place
}

fn fetch(place: &Place, from: &str, more: &[&str]) -> Ran {
    let fetch = ["idp", "fetch", "acme/okta", "--from", from, "--workspace", "policies", "--as-of", "2026-11-24"];
    place.run(&[&fetch, more].concat())
}

fn published(name: &str) -> Scripted {
    Scripted::answers(http("200 OK", "application/samlmetadata+xml", &metadata(name)))
}

#[test]
fn metadata_is_written_and_then_the_workspace_passes() {
    let place = place();
    place.run(&["check", "policies", "--as-of", "2026-11-24"]).exits(1);
    let provider = published("okta.xml");
    let ran = fetch(&place, &provider.address, &["--output", "json"]).exits(0).json();
    assert!(provider.asked().starts_with("GET / HTTP/1.1\r\n"));
    assert_eq!((ran["changed"].as_bool(), ran["file"].as_str()), (Some(true), Some("orgs/acme/okta.xml")));
    assert_eq!((ran["added"].as_array().unwrap().len(), ran["removed"].as_array().unwrap().len()), (1, 0));
    assert_eq!(place.read("policies/orgs/acme/okta.xml"), metadata("okta.xml").into_bytes());
    place.run(&["check", "policies", "--as-of", "2026-11-24"]).exits(0);

    let same = published("okta.xml");
    let ran = fetch(&place, &same.address, &["--output", "json"]).exits(0).json();
    assert_eq!((ran["changed"].as_bool(), ran["kept"].as_array().unwrap().len()), (Some(false), 1));
}

#[test]
fn certificates_that_come_and_go_are_shown_with_their_ends() {
    let place = place();
    place.write("policies/orgs/acme/okta.xml", metadata("okta.xml"));
    let rotating = published("okta-rotating.xml");
    let ran = fetch(&place, &rotating.address, &[]).exits(0);
    let signs: Vec<&str> = ran.stdout.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(signs, ["+", "+", "-", "✓"], "{}", ran.whole());
    assert!(ran.stdout.contains(" RSA-2048 ends 2026-12-15T"), "{}", ran.stdout);
}

/// ST-LINT-18: whom we believe changes by a person's hand alone.
#[test]
fn another_provider_is_refused_unless_its_very_name_is_accepted() {
    let place = place();
    let refused = fetch(&place, &published("okta-other-entity.xml").address, &[]).exits(4);
    assert!(refused.stderr.contains("http://www.okta.com/exk1acme9999"), "{}", refused.stderr);
    assert!(!place.path("policies/orgs/acme/okta.xml").exists());
    let accept = ["--accept-entity-id", "http://www.okta.com/exk1acme0001"];
    fetch(&place, &published("okta-other-entity.xml").address, &accept).exits(4);
    let accept = ["--accept-entity-id", "http://www.okta.com/exk1acme9999"];
    fetch(&place, &published("okta-other-entity.xml").address, &accept).exits(0);
    assert!(place.path("policies/orgs/acme/okta.xml").exists());
    // The policy still says the other one, which `check` does not let pass.
    place.run(&["check", "policies", "--as-of", "2026-11-24"]).exits(1);
}

#[test]
fn what_cannot_be_used_is_not_written() {
    let place = place();
    fetch(&place, &published("okta-weak-key.xml").address, &[]).exits(4);
    for (answer, says) in [
        (http("200 OK", "text/html", "<html></html>"), "cannot be used"),
        (http("200 OK", "text/xml", &metadata("okta-without-keys.xml")), "cannot be used"),
        (http("200 OK", "text/xml", &metadata("okta-several.xml")), "cannot be used"),
        (http("404 Not Found", "text/plain", ""), "HTTP status 404"),
        (
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                .to_owned(),
            "redirect",
        ),
        (http("200 OK", "text/xml", &"x".repeat(2 * 1024 * 1024)), "more than 1 MiB"),
        (String::new(), "cannot be reached"),
    ] {
        let provider = Scripted::answers(answer);
        let ran = fetch(&place, &provider.address, &[]).exits(6);
        assert!(ran.stderr.contains(says), "{says}: {}", ran.whole());
    }
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    fetch(&place, &format!("http://{nobody}"), &[]).exits(6);
    assert!(!place.path("policies/orgs/acme/okta.xml").exists());
}

#[test]
fn wrong_use_ends_in_2_before_anything_is_asked() {
    let place = place();
    for from in ["http://idp.example/metadata", "idp.example", "file:///etc/passwd", "https://u@idp.example/"] {
        fetch(&place, from, &[]).exits(2);
    }
    fetch(&place, "https://idp.example", &["--environment", "production"]).exits(2);
    let run = |words: &[&str]| place.run(&[words, &["--workspace", "policies"]].concat());
    run(&["idp", "fetch", "acme", "--from", "https://idp.example"]).exits(2);
    run(&["idp", "fetch", "acme/entra", "--from", "https://idp.example"]).exits(2);
    run(&["idp", "fetch", "acme/okta"]).exits(2);
    run(&["idp", "test", "acme/okta"]).exits(2);
    // Without `dev` plain http is not good enough, even on this machine.
    std::fs::remove_file(place.path("policies/environments/dev.kdl")).unwrap();
    fetch(&place, "http://127.0.0.1:9", &[]).exits(2);
}

#[test]
fn a_test_link_is_asked_for_and_shown() {
    let place = Place::new();
    let answer = r#"{"url":"https://sso.example.com/sso/acme/okta/test?t=gwt_1","expires":"2026-11-24T09:10:00Z"}"#;
    let runtime = Scripted::answers(http("201 Created", "application/json", answer));
    let ran = with_token(&place, &["idp", "test", "acme/okta", "--runtime", &runtime.address]).exits(0);
    assert_eq!(ran.stdout, "https://sso.example.com/sso/acme/okta/test?t=gwt_1\n");
    assert!(ran.stderr.contains("works once, until 2026-11-24T09:10:00Z"), "{}", ran.stderr);
    let asked = runtime.asked();
    assert!(asked.starts_with("POST /v1/orgs/acme/connections/okta/test-links HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_lowercase().contains("authorization: bearer gwt_secret"), "{asked}");
    let empty = Scripted::answers(http("201 Created", "application/json", "{}"));
    with_token(&place, &["idp", "test", "acme/okta", "--runtime", &empty.address]).exits(6);
}
