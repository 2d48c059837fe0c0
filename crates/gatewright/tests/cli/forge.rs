//! Forge: `check` in the formats of forges and their CI; and what a hostile author writes stays data in each.

use crate::support::Place;

/// A workspace with an error, a denied lint and a warning, one of them with what an author may write.
fn wrong() -> Place {
    let place = Place::with_workspace();
    place.edit("policies/orgs/acme/org.kdl", "project=\"research\"", "project=\"reserach::,%<b>`@everyone`\"");
    place.edit("policies/platform/catalog.kdl", "plan \"standard\"", "plan \"unused\"\n\nplan \"standard\"");
    place
}

#[test]
fn check_reports_to_forges() {
    let place = wrong();
    for format in ["sarif", "github", "gitlab", "junit"] {
        let ran = place.run(&["check", "policies", "--as-of", "2026-11-24", "--output", format]).exits(1);
        insta::assert_snapshot!(format!("check_as_{format}"), ran.stdout);
    }
}

#[test]
fn nothing_to_say_is_an_empty_report_and_a_test_that_passes() {
    let place = Place::with_workspace();
    let report = |format| place.run(&["check", "policies", "--output", format]).exits(0).stdout;
    let sarif: serde_json::Value = serde_json::from_str(&report("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
    assert_eq!((report("github"), report("gitlab")), (String::new(), "[]\n".to_owned()));
    assert!(report("junit").contains("tests=\"1\" failures=\"0\""));
}

#[test]
fn a_verb_without_the_format_says_which_have_it() {
    let place = Place::with_workspace();
    for (format, verbs) in [("junit", "`check` and `test`"), ("markdown", "`diff`")] {
        let ran = place.run(&["inspect", "b", "--output", format]).exits(2);
        assert!(ran.stderr.contains(&format!("an output of {verbs} alone")), "{}", ran.whole());
    }
}
