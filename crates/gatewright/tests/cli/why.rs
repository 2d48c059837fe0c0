//! Why: one person, as a gate explains them, with the lines of the workspace that it runs.

use serde_json::{Value, json};

use crate::deploy::{content, status};
use crate::runtime::{Scripted, http, with_token};
use crate::support::{Place, Ran};

const ID: &str = "0123456789abcdef0123456789abcdef";

fn member() -> Value {
    json!({"id": ID, "email": "ada@acme.example", "connection": "okta", "state": "active", "owner": false,
        "joined": "2026-11-01T09:00:00Z", "last_sign_in": "2026-11-24T09:00:00Z"})
}

fn members(all: &[Value]) -> Vec<u8> {
    let document = json!({"schema": "gatewright.members/1", "members": all, "next": null});
    http("200 OK", "application/json", &document.to_string()).into_bytes()
}

/// What the gate says of her by the bundle `signed`.
fn why(place: &Place, person: &Value) -> Vec<u8> {
    let inspected = place.run(&["inspect", "signed", "--output", "json"]).exits(0).json();
    let document = json!({"schema": "gatewright.why/1", "environment": "production", "bundle": inspected["digest"], "org": "acme",
        "at": "2026-11-24T10:00:00Z", "people": [person]});
    http("200 OK", "application/json", &document.to_string()).into_bytes()
}

fn step(stage: &str, text: &str, path: &Value) -> Value {
    json!({"stage": stage, "text": text, "path": path, "file": null, "line": null})
}

fn admitted() -> Value {
    json!({
        "member": member(), "groups": ["gatewright-admins"], "attributes": {}, "outcome": "admit", "reason": null,
        "roles": [{"role": "admin"}, {"role": "viewer", "project": "default"}],
        "permissions": [{"permission": "members.manage"}, {"permission": "project.read", "project": "default"}],
        "steps": [
            step("connection", "through `okta` (okta over OpenID Connect)", &json!("org[acme].connection[okta]")),
            step("role", "`admin` because of group `gatewright-admins`", &json!("org[acme].grant[role=admin,group=gatewright-admins]")),
            step("role", "`viewer` on `default`\u{1b}[2J", &Value::Null),
        ],
        "closest": null,
        "sessions": [
            {"id": "1", "app": null, "created": "2026-11-24T09:00:00Z", "last_seen": "2026-11-24T09:30:00Z", "ends": "2026-11-24T21:00:00Z", "over": null},
            {"id": "2", "app": "console", "created": "2026-11-23T09:00:00Z", "last_seen": "2026-11-23T09:30:00Z", "ends": "2026-11-23T21:00:00Z", "over": "absolute"},
        ],
    })
}

fn refused() -> Value {
    let mut person = admitted();
    for (name, value) in [
        ("outcome", json!("refuse")),
        ("reason", json!("blocked-group")),
        ("roles", json!([])),
        ("permissions", json!([])),
        ("sessions", json!([])),
        (
            "closest",
            json!({"words": "not in `leavers`", "through": null, "without": ["leavers"], "with": null, "with_attribute": null}),
        ),
    ] {
        person[name] = value;
    }
    person
}

fn asked(place: &Place, answers: Vec<Vec<u8>>, more: &[&str]) -> (Ran, String) {
    let runtime = Scripted::answers_in_turn(answers);
    let words = ["why", "ada@acme.example", "--runtime", &runtime.address];
    let ran = with_token(place, &[&words[..], more].concat());
    (Ran { stderr: ran.stderr.replace(&runtime.address, "http://RUNTIME"), ..ran }, runtime.asked())
}

#[test]
fn a_person_is_explained_with_the_lines_that_run() {
    let place = Place::with_bundle();
    let answers = || {
        vec![status(&place, "signed", "ok"), content(&place, "signed"), members(&[member()]), why(&place, &admitted())]
    };
    let (ran, asked_for) = asked(&place, answers(), &["--workspace", "policies", "--at", "2026-11-24T10:00:00Z"]);
    insta::assert_snapshot!(ran.exits(0).whole());
    assert!(asked_for.contains("GET /v1/orgs/acme/members?email=ada%40acme.example HTTP/1.1"), "{asked_for}");
    assert!(asked_for.contains(&format!("GET /v1/orgs/acme/members/{ID}/why?at=1795514400 HTTP/1.1")), "{asked_for}");
    let said = asked(&place, answers(), &["--workspace", "policies", "--output", "json"]).0.exits(0).json();
    let steps = &said["people"][0]["steps"];
    assert_eq!((&steps[1]["file"], &steps[2]["file"]), (&json!("orgs/acme/org.kdl"), &Value::Null));

    // A workspace that is not what runs names no line, and neither does none.
    place.edit("policies/orgs/acme/org.kdl", "    block", "    grant role=\"admin\" group=\"ops\"\n    block");
    for more in [&["--workspace", "policies"][..], &[]] {
        let ran = asked(&place, answers(), more).0.exits(0);
        assert!(!ran.stdout.contains("org.kdl") && ran.stderr.contains("where --workspace is what the gate runs"));
    }
}

/// One address through two connections is two people, and one who gets in is enough.
#[test]
fn whoever_is_kept_out_ends_in_4() {
    let place = Place::with_bundle();
    let of = |people: &[Value]| {
        let mut answers = vec![status(&place, "signed", "ok"), members(&vec![member(); people.len()])];
        answers.extend(people.iter().map(|person| why(&place, person)));
        asked(&place, answers, &["--org", "acme"]).0
    };
    insta::assert_snapshot!(of(&[refused()]).exits(4).whole());
    of(&[refused(), admitted()]).exits(0);
}

#[test]
fn who_is_not_there_is_said() {
    let place = Place::with_bundle();
    let none = asked(&place, vec![status(&place, "signed", "ok"), members(&[])], &["--org", "acme"]).0.exits(4);
    assert!(none.stderr.contains("`acme` has no member with the address `ada@acme.example`"), "{}", none.stderr);
    let runtime = Scripted::answers_in_turn(vec![status(&place, "signed", "ok"), content(&place, "signed")]);
    let ran = with_token(&place, &["why", "ada@other.example", "--runtime", &runtime.address]).exits(4);
    assert!(ran.stderr.contains("no organisation claims `other.example`"), "{}", ran.stderr);
    let (ran, _) = asked(&place, vec![status(&place, "signed", "ok")], &["--environment", "staging"]);
    assert!(ran.exits(2).stderr.contains("the runtime serves `production`, not `staging`"));
    let (ran, _) =
        asked(&place, vec![status(&place, "signed", "ok"), members(&[member()]), members(&[])], &["--org", "acme"]);
    assert!(ran.exits(6).stderr.contains("nothing that is a `gatewright.why/1`"));
    let denied = http("403 Forbidden", "application/problem+json", "{\"title\":\"No scope\"}").into_bytes();
    assert!(asked(&place, vec![denied], &[]).0.exits(6).stderr.contains("lacks the scope"));
    assert!(place.run(&["why", "ada"]).exits(2).stderr.contains("is not an e-mail address"));
    assert!(place.run(&["why", "ada@acme.example", "--org", "../x"]).exits(2).stderr.contains("no runtime is named"));
}
