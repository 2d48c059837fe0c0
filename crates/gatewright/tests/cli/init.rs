//! Init: the first workspace somebody sees.

use std::collections::BTreeSet;
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

#[test]
fn what_a_forge_runs_is_written_beside_the_workspace_and_names_it() {
    let place = Place::new();
    insta::assert_snapshot!(place.run(&["init", "sso/policies", "--forge", "github"]).exits(0).whole());
    for workflow in ["gatewright.yml", "gatewright-verdict.yml"] {
        let text = String::from_utf8(place.read(&format!(".github/workflows/{workflow}"))).unwrap();
        assert!(!text.contains("workspace: policies\n"), "{text}");
    }
    let checks = String::from_utf8(place.read(".github/workflows/gatewright.yml")).unwrap();
    assert!(checks.contains("\n          workspace: sso/policies\n"), "{checks}");
    place.run(&["check", "sso/policies"]).exits(0);

    let place = Place::new();
    let json = place.run(&["init", "policies", "--forge", "gitlab", "--output", "json"]).exits(0).json();
    let files: Vec<&str> = json["forge_files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert_eq!(files.first(), Some(&".gitlab-ci.yml"));
    for file in files {
        assert!(!place.read(file).is_empty(), "{file}");
    }
}

#[test]
fn the_scripts_that_are_written_are_those_that_are_called() {
    for forge in ["github", "gitlab"] {
        let place = Place::new();
        let json = place.run(&["init", "policies", "--forge", forge, "--output", "json"]).exits(0).json();
        let files: Vec<String> = serde_json::from_value(json["forge_files"].clone()).unwrap();
        let all: String = files.iter().map(|file| String::from_utf8(place.read(file)).unwrap()).collect();
        let words = all.split(|letter: char| letter.is_whitespace() || "\"'".contains(letter));
        let calls = words.filter(|word| word.contains("/scripts/") || word.starts_with("$here/"));
        let called: BTreeSet<&str> = calls.filter_map(|word| word.rsplit('/').next()).collect();
        let written = files.iter().filter_map(|file| file.strip_prefix(".gatewright/scripts/"));
        assert_eq!(called, written.collect(), "{forge}");
    }
}

#[test]
fn a_forge_touches_nothing_that_is_there_and_takes_no_folder_that_needs_quotes() {
    let place = Place::new();
    place.write(".gitlab-ci.yml", "mine");
    place.run(&["init", "policies", "--forge", "gitlab"]).exits(2);
    assert_eq!(place.read(".gitlab-ci.yml"), b"mine");
    assert!(fs::metadata(place.path("policies")).is_err(), "not even a part is written");
    let elsewhere = place.path("policies").to_string_lossy().into_owned();
    for folder in [elsewhere.as_str(), "../policies", ".", "a b", "a: b", "-a", "$(id)", "a\nb", "\u{e9}"] {
        let refused = place.run(&["init", "--forge", "github", "--", folder]).exits(2);
        assert!(refused.stderr.contains("cannot be named in the files of a forge"), "{}", refused.stderr);
    }
    assert!(fs::metadata(place.path(".github")).is_err());
}
