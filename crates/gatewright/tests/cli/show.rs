//! Show and who: what an organisation comes to, and who can do something.

use serde_json::json;

use crate::support::Place;

#[test]
fn every_line_of_an_organisation_with_its_origin() {
    let place = Place::with_workspace();
    let shown = place.run(&["show", "org", "acme", "--workspace", "policies", "--origins"]).exits(0);
    insta::assert_snapshot!("an_organisation_with_its_origins", shown.stdout);
    let without = place.run(&["show", "org", "acme", "--workspace", "policies"]).exits(0).stdout;
    assert!(!without.contains("org.kdl"), "{without}");
}

#[test]
fn layers_are_laid_over_each_other_and_say_where_they_come_from() {
    let place = Place::with_workspace();
    place.edit("policies/orgs/acme/org.kdl", "    block", "    session { idle \"10m\"; }\n    block");
    let said = place.run(&["show", "org", "acme", "--workspace", "policies", "--output", "json"]).exits(0).json();
    let line = |path: &str| {
        let lines = said["lines"].as_array().unwrap();
        lines.iter().find(|line| line["path"] == path).unwrap_or_else(|| panic!("no {path} in {said:#}")).clone()
    };
    let idle = line("org[acme].session.idle");
    assert_eq!((&idle["value"], &idle["file"]), (&json!("10m"), &json!("orgs/acme/org.kdl")));
    assert_eq!(line("org[acme].session.absolute")["file"], "platform/defaults.kdl");
}

/// Every step of the bound with its place; a shorter age decides in the place of the session.
#[test]
fn how_long_leavers_keep_access_is_told_step_by_step() {
    let place = Place::with_workspace();
    let bound = |place: &Place| {
        let said = place.run(&["show", "org", "acme", "--workspace", "policies", "--output", "json"]).exits(0).json();
        said["revocation_bound"]["session"].clone()
    };
    let decides = |bound: &serde_json::Value| {
        let steps = bound["steps"].as_array().unwrap().iter();
        let all: Vec<_> = steps.filter(|step| step["part"] == "decides").cloned().collect();
        assert_eq!(all.len(), 1, "{bound:#}");
        assert_eq!(all[0]["seconds"], bound["seconds"]);
        (all[0]["step"].clone(), all[0]["file"].clone())
    };
    let by_default = bound(&place);
    assert_eq!(by_default["seconds"], 8 * 3600);
    assert_eq!(decides(&by_default), (json!("session.absolute"), json!("platform/defaults.kdl")));
    let session = "    session { absolute \"12h\"; max-authentication-age \"9h\"; }\n    block";
    place.edit("policies/orgs/acme/org.kdl", "    block", session);
    let shorter = bound(&place);
    assert_eq!(shorter["seconds"], 9 * 3600);
    assert_eq!(decides(&shorter), (json!("session.max-authentication-age"), json!("orgs/acme/org.kdl")));
    let shown = place.run(&["show", "org", "acme", "--workspace", "policies", "--origins"]).exits(0).stdout;
    insta::assert_snapshot!("leavers", shown.split_once("\n\n").unwrap().1);
}

#[test]
fn who_names_every_line_that_lets_somebody() {
    let place = Place::with_workspace();
    let who = |words: &[&str]| place.run(&[&["who", "--workspace", "policies"], words].concat());
    insta::assert_snapshot!("who_manages_members", who(&["members.manage"]).exits(0).stdout);
    insta::assert_snapshot!("who_reads_projects", who(&["project.read"]).exits(0).stdout);
    let said = who(&["members.manage", "--output", "json"]).exits(0).json();
    let ways = said["orgs"][0]["ways"].as_array().unwrap();
    assert_eq!(ways.iter().map(|way| way["through"].as_str().unwrap()).collect::<Vec<_>>(), ["owner", "group"]);
    assert_eq!(said["orgs"][0]["blocked"], json!(["contractors-ended"]));
    // A group that is blocked gives nothing.
    place.edit("policies/orgs/acme/org.kdl", "contractors-ended", "gatewright-admins");
    let said = who(&["members.manage", "--output", "json"]).exits(0).json();
    assert_eq!(said["orgs"][0]["ways"].as_array().unwrap().len(), 1, "{said:#}");
}

#[test]
fn what_does_not_exist_is_wrong_use() {
    let place = Place::with_workspace();
    let near = place.run(&["who", "members.mange", "--workspace", "policies"]).exits(2);
    assert!(near.stderr.contains("did you mean `members.manage`?"), "{}", near.whole());
    place.run(&["who", "members.manage", "--org", "nobody", "--workspace", "policies"]).exits(2);
    place.run(&["show", "org", "nobody", "--workspace", "policies"]).exits(2);
    place.run(&["show", "org", "acme", "--workspace", "policies", "--environment", "staging"]).exits(2);
    place.edit("policies/orgs/acme/org.kdl", "role=\"admin\"", "role=\"admn\"");
    place.run(&["show", "org", "acme", "--workspace", "policies"]).exits(1);
    place.run(&["who", "members.manage", "--workspace", "policies"]).exits(1);
}
