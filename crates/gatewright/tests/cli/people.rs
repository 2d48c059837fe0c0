//! People: members that a runtime tells of, without who they are.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::runtime::{Scripted, http, with_token};
use crate::support::{Place, Ran};

/// A member of `acme` in these groups; `null`: not known.
pub(crate) fn member(n: usize, groups: &Value) -> Value {
    json!({"pseudonym": format!("{n:032x}"), "connection": "okta", "domain": "acme.example", "owner": false, "groups": groups, "attributes": []})
}

pub(crate) fn snapshot(environment: &str, org: &str, members: &[Value]) -> Value {
    json!({
        "schema": "gatewright.members-snapshot/1", "environment": environment, "bundle": format!("sha256:{}", "0".repeat(64)),
        "taken": "2026-11-24T09:00:00Z", "orgs": [{"org": org, "unrecorded": 0, "members": members}],
    })
}

fn take(place: &Place, answer: impl Into<Vec<u8>>, more: &[&str]) -> (Ran, String) {
    let runtime = Scripted::answers(answer);
    let ran = with_token(place, &[&["snapshot", "--out", "members.json", "--runtime", &runtime.address], more].concat());
    let hidden = Ran { stderr: ran.stderr.replace(&runtime.address, "http://RUNTIME"), ..ran };
    (hidden, runtime.asked())
}

fn good(document: &Value) -> String {
    http("200 OK", "application/json", &document.to_string())
}

#[test]
fn a_snapshot_is_written_for_its_owner_alone() {
    let place = Place::new();
    let mut document = snapshot("production", "acme", &[member(1, &json!(["staff"])), member(2, &Value::Null)]);
    document["orgs"][0]["unrecorded"] = json!(3);
    let (ran, asked) = take(&place, good(&document), &[]);
    insta::assert_snapshot!(ran.exits(0).whole());
    assert!(asked.starts_with("GET /v1/members-snapshot HTTP/1.1\r\n"), "{asked}");
    assert_eq!(place.read("members.json"), document.to_string().into_bytes());
    let mode = std::fs::metadata(place.path("members.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let (ran, _) = take(&place, good(&document), &["--output", "json"]);
    let said = ran.exits(0).json();
    assert_eq!((&said["members"], &said["orgs"], &said["unrecorded"]), (&json!(2), &json!(1), &json!(3)));
}

/// What is no snapshot is not written, and what was there stays.
#[test]
fn what_a_runtime_gives_is_a_snapshot_or_nothing() {
    let place = Place::new();
    place.write("members.json", "before");
    let whole = good(&snapshot("production", "acme", &[member(1, &json!(["staff"]))]));
    let torn = whole.strip_suffix("]}]}").unwrap_or(&whole[..whole.len() - 4]).to_owned();
    let body = snapshot("production", "acme", &[]).to_string().replace("snapshot/1", "snapshot/2");
    for (answer, says) in [
        (torn, "breaks off"),
        (http("200 OK", "application/json", "{}"), "missing field `schema`"),
        (http("200 OK", "application/json", &body), "this version does not know"),
        (http("200 OK", "text/html", "<html>"), "a members snapshot that is none"),
        (http("401 Unauthorized", "application/problem+json", "{\"title\":\"No token\"}"), "has ended"),
        (http("403 Forbidden", "application/problem+json", "{\"title\":\"No scope\"}"), "lacks the scope"),
        (http("404 Not Found", "application/problem+json", "{\"title\":\"Nothing\"}"), "refuses: Nothing"),
    ] {
        let (ran, _) = take(&place, answer, &[]);
        let ran = ran.exits(6);
        assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
        assert_eq!(place.read("members.json"), b"before");
    }
}
