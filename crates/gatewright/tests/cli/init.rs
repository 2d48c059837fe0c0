//! Init: the first workspace somebody sees.

use std::fs;

use crate::support::Place;

#[test]
fn what_init_writes_passes_check_without_a_word() {
    let place = Place::new();
    insta::assert_snapshot!(place.run(&["init", "policies"]).exits(0).whole());
    let checked = place.run(&["check", "policies", "--output", "json"]).exits(0).json();
    assert_eq!(checked["diagnostics"], serde_json::json!([]));
    assert_eq!(checked["summary"]["orgs"], 1);
}

#[test]
fn nothing_that_is_there_is_touched() {
    let place = Place::with_workspace();
    place.write("policies/policy.kdl", "mine");
    let again = place.run(&["init", "policies"]).exits(2);
    assert!(again.stderr.contains("exists already; nothing was written"), "{}", again.stderr);
    assert_eq!(place.read("policies/policy.kdl"), b"mine");

    let place = Place::new();
    place.write("policies/orgs/acme/org.kdl", "mine");
    place.run(&["init", "policies"]).exits(2);
    assert!(fs::metadata(place.path("policies/policy.kdl")).is_err(), "not even a part is written");
}

#[test]
fn init_is_json_when_asked() {
    let json = Place::new().run(&["init", "here", "--output", "json"]).exits(0).json();
    assert_eq!(json["schema"], "gatewright.init/1");
    assert_eq!(json["workspace"], "here");
}

#[test]
fn a_file_in_place_of_the_folder_is_said() {
    let place = Place::new();
    place.write("policies", "a file");
    place.run(&["init", "policies"]).exits(2);
}
