//! Deploy: `deploy`, `status` and `diff running:ENV` against a scripted listener: what they show, and what they send.

use serde_json::json;

use crate::runtime::{Scripted, http, with_token};
use crate::support::{Place, Ran};

/// What a gate that runs this bundle answers to `GET /v1/bundle`.
pub(crate) fn status(place: &Place, bundle: &str, health: &str) -> Vec<u8> {
    let inspected = place.run(&["inspect", bundle, "--output", "json"]).exits(0).json();
    let running = json!({"digest": inspected["digest"], "sequence": inspected["sequence"], "expires": null,
        "activated": "2026-11-24T09:00:00Z", "stale": false});
    let refused = json!({"code": "GW1402", "reason": "it is older\u{1b}[2J", "at": "2026-11-24T09:30:00Z"});
    let refused = if health == "degraded" { refused } else { json!(null) };
    let document = json!({"schema": "gatewright.bundle-status/1", "environment": "production", "health": health,
        "running": running, "refused": refused, "store": true});
    http("200 OK", "application/json", &document.to_string()).into_bytes()
}

pub(crate) fn content(place: &Place, bundle: &str) -> Vec<u8> {
    let bytes = place.read(bundle);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", bytes.len());
    [head.into_bytes(), bytes].concat()
}

/// `one` runs; `two` has a grant more, and the workspace is as `two`.
pub(crate) fn place() -> Place {
    let place = Place::with_workspace();
    place.run(&["keygen", "--out", "key", "--trust", "trust"]).exits(0);
    sign(&place, "1", "one");
    place.edit("policies/orgs/acme/org.kdl", "    block", "    grant role=\"admin\" group=\"ops\"\n    block");
    sign(&place, "2", "two");
    place
}

fn sign(place: &Place, sequence: &str, name: &str) {
    place.run(&["compile", "--workspace", "policies", "--environment", "production", "--out", "draft"]).exits(0);
    place.run(&["sign", "draft", "--key", "key", "--sequence", sequence, "--out", name]).exits(0);
}

pub(crate) fn reviews(place: &Place) {
    let nothing = json!({"schema": "gatewright.reviews/1", "author": "bob", "reviews": []});
    place.write("reviews.json", nothing.to_string());
}

fn asked(place: &Place, answers: Vec<Vec<u8>>, words: &[&str]) -> (Ran, String) {
    let runtime = Scripted::answers_in_turn(answers);
    let words = [words, &["--workspace", "policies", "--runtime", &runtime.address]].concat();
    (with_token(place, &words), runtime.asked())
}

#[test]
fn a_deployment_says_what_it_replaces() {
    let place = place();
    let answers = vec![status(&place, "one", "ok"), status(&place, "two", "degraded"), status(&place, "two", "ok")];
    let (ran, asked) = asked(&place, answers, &["deploy", "two"]);
    insta::assert_snapshot!("a_deployment", ran.exits(0).whole());
    let one = place.run(&["inspect", "one", "--output", "json"]).exits(0).json();
    let replaces = format!("if-match: \"{}\"", one["digest"].as_str().unwrap());
    assert!(asked.contains("PUT /v1/bundle HTTP/1.1") && asked.to_lowercase().contains(&replaces), "{asked}");
}

#[test]
fn a_change_in_no_review_is_not_pushed() {
    let place = place();
    reviews(&place);
    let answers = vec![status(&place, "one", "ok"), content(&place, "one")];
    let (ran, asked) = asked(&place, answers, &["deploy", "two", "--reviewed", "reviews.json"]);
    insta::assert_snapshot!("a_deployment_is_stopped", ran.exits(4).whole());
    assert!(!asked.contains("PUT "), "{asked}");
}

/// A gate whose content is not what it says that it runs is not believed.
#[test]
fn a_gate_that_gives_another_content_is_not_believed() {
    let place = place();
    reviews(&place);
    for words in [&["deploy", "two", "--reviewed", "reviews.json"][..], &["diff", "running:production"]] {
        let (ran, _) = asked(&place, vec![status(&place, "one", "ok"), content(&place, "two")], words);
        assert!(ran.exits(6).stderr.contains("in the middle of the comparison"));
    }
    let (ran, _) = asked(&place, vec![http("200 OK", "application/json", "{}").into_bytes()], &["status"]);
    assert!(ran.exits(6).stderr.contains("gatewright.bundle-status/1"));
}

#[test]
fn a_gate_that_does_not_get_well_is_exit_6() {
    let place = place();
    let mut answers = vec![status(&place, "one", "ok")];
    answers.extend(vec![status(&place, "two", "no-store"); 9]);
    let runtime = Scripted::answers_in_turn(answers);
    let ran = with_token(&place, &["deploy", "two", "--timeout", "1s", "--runtime", &runtime.address]).exits(6);
    assert!(ran.stderr.contains("the gate is `no-store`"), "{}", ran.stderr);
}

#[test]
fn drift_and_a_refused_bundle_show() {
    let place = place();
    let (ran, _) = asked(&place, vec![status(&place, "one", "ok")], &["status", "./two"]);
    insta::assert_snapshot!("a_status_with_drift", ran.exits(4).whole());
    let (ran, _) = asked(&place, vec![status(&place, "two", "degraded")], &["status", "./two"]);
    insta::assert_snapshot!("a_status_with_a_refused_bundle", ran.exits(5).whole());
}
