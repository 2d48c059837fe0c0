//! Test: policy tests and laws from the command line, and that a broken law compiles to nothing.

use serde_json::{Value, json};

use crate::support::{Place, Ran};

const LAW: &str =
    "law \"nobody administers by way of a group\" {\n    anyone except=\"owners\"\n    never  role=\"admin\"\n}\n";

fn tested(place: &Place, more: &[&str]) -> Ran {
    place.run(&[&["test", "--workspace", "policies"], more].concat())
}

fn results(said: &Value, verdict: &str) -> Vec<String> {
    let rows = said["results"].as_array().unwrap();
    let title = |row: &Value| row["title"].as_str().unwrap().to_owned();
    rows.iter().filter(|row| row["verdict"] == verdict).map(title).collect()
}

#[test]
fn what_init_writes_passes_its_own_tests() {
    let place = Place::with_workspace();
    insta::assert_snapshot!("everything_passes", tested(&place, &[]).exits(0).whole());
    insta::assert_snapshot!("coverage_names_what_no_case_touches", tested(&place, &["--coverage"]).exits(0).whole());
}

#[test]
fn a_case_that_fails_ends_in_3_and_still_compiles() {
    let place = Place::with_workspace();
    place.edit("policies/orgs/acme/org.kdl", "    block group=\"contractors-ended\"\n", "");
    insta::assert_snapshot!("a_case_fails", tested(&place, &[]).exits(3).whole());
    let said = tested(&place, &["--output", "json"]).exits(3).json();
    assert_eq!(results(&said, "failed"), ["a block beats an admin grant"]);
    assert_eq!(said["diagnostics"][0]["code"], "GW1301");
    place.run(&["compile", "--workspace", "policies", "--environment", "production", "--out", "b"]).exits(0);
}

#[test]
fn a_broken_law_shows_its_witness_and_nothing_is_compiled() {
    let place = Place::with_workspace();
    place.write("policies/platform/laws.kdl", LAW);
    place.run(&["check", "policies"]).exits(0);
    let said = tested(&place, &["--output", "json"]).exits(3).json();
    let row = said["results"].as_array().unwrap().iter().find(|row| row["verdict"] == "failed").unwrap();
    assert_eq!((&row["kind"], &row["code"], &row["suite"]), (&json!("law"), &json!("GW1412"), &Value::Null));
    let witness = &row["witness"];
    assert_eq!((&witness["email"], &witness["groups"]), (&json!("anyone@acme.example"), &json!(["gatewright-admins"])));
    let compile = ["compile", "--workspace", "policies", "--environment", "production", "--out", "b"];
    insta::assert_snapshot!("a_broken_law_compiles_to_nothing", place.run(&compile).exits(3).whole());
    assert!(!place.path("b").exists());
    // The witness is no claim: `try` is asked about it.
    let who = ["try", "--workspace", "policies", "--org", "acme", "--email", "anyone@acme.example"];
    let tried = place.run(&[&who[..], &["--group", "gatewright-admins", "--output", "json"]].concat()).exits(0).json();
    assert!(tried["roles"].as_array().unwrap().contains(&json!({"role": "admin"})), "{tried:#}");
}

#[test]
fn a_vacuous_law_is_a_warning() {
    let place = Place::with_workspace();
    place.write("policies/platform/laws.kdl", LAW.replace("except=\"owners\"", "outside=\"org-domains\""));
    let said = tested(&place, &["--output", "json"]).exits(0).json();
    assert_eq!(results(&said, "vacuous"), ["nobody administers by way of a group"]);
    assert_eq!(said["diagnostics"][0]["code"], "GW1413");
    tested(&place, &["--deny", "GW1413"]).exits(3);
    place.run(&["compile", "--workspace", "policies", "--environment", "production", "--out", "b"]).exits(0);
}

#[test]
fn a_filter_chooses_and_says_when_it_chose_nothing() {
    let place = Place::with_workspace();
    let said = tested(&place, &["--filter", "block beats", "--output", "json"]).exits(0).json();
    assert_eq!(results(&said, "passed"), ["a block beats an admin grant"]);
    let nothing = tested(&place, &["--filter", "no such title"]).exits(2);
    assert!(nothing.stderr.contains("nothing has that text"), "{}", nothing.whole());
}

#[test]
fn a_policy_that_is_wrong_is_not_tested() {
    let place = Place::with_workspace();
    place.edit("policies/orgs/acme/org.test.kdl", "who \"ada\"", "who \"adda\"");
    let said = tested(&place, &["--output", "json"]).exits(1).json();
    assert_eq!(said["diagnostics"][0]["code"], "GW0102");
}

#[test]
fn forges_read_it() {
    let place = Place::with_workspace();
    place.edit("policies/orgs/acme/org.kdl", "    block group=\"contractors-ended\"\n", "");
    place.edit("policies/orgs/acme/org.test.kdl", "a block beats", "</testcase>\\\"%0A& a block beats");
    insta::assert_snapshot!("as_junit", tested(&place, &["--output", "junit"]).exits(3).stdout);
    insta::assert_snapshot!("as_github", tested(&place, &["--output", "github"]).exits(3).stdout);
    let refused = tested(&place, &["--output", "sarif"]).exits(2);
    assert!(refused.stderr.contains("an output of `check` alone"), "{}", refused.whole());
}
