//! Owners: CODEOWNERS from the policy, beside lines of others.

use crate::support::Place;

fn place() -> Place {
    let place = Place::with_workspace();
    place.edit("policies/orgs/acme/org.kdl", "    plan", "    team \"@lumen/acme-team\"\n    plan");
    let approvals = "approval \"privileged\" from=\"@lumen/identity\"; approval \"weakening\" from=\"@lumen/security\"; approval \"trust-root\" from=\"@lumen/security\"; orgs ";
    place.edit("policies/policy.kdl", "orgs ", approvals);
    place
}

#[test]
fn an_organisation_belongs_to_its_team_and_the_rest_to_those_who_approve() {
    let place = place();
    insta::assert_snapshot!("owners", place.run(&["owners", "--workspace", "policies"]).exits(0).stdout);
}

#[test]
fn a_file_keeps_its_other_lines_and_is_checked() {
    let place = place();
    place.write("CODEOWNERS", "* @lumen/everybody\n");
    let owners = |words: &[&str]| place.run(&[&["owners", "--workspace", "policies"], words].concat());
    owners(&["--check", "CODEOWNERS"]).exits(1);
    owners(&["--write", "CODEOWNERS"]).exits(0);
    owners(&["--check", "CODEOWNERS"]).exits(0);
    let text = String::from_utf8(place.read("CODEOWNERS")).unwrap();
    assert!(
        text.starts_with("* @lumen/everybody\n# gatewright owners")
            && text.contains("/policies/orgs/acme/ @lumen/acme-team"),
        "{text}"
    );
    place.edit("policies/orgs/acme/org.kdl", "acme-team", "other-team");
    owners(&["--check", "CODEOWNERS"]).exits(1);
    owners(&["--write", "CODEOWNERS"]).exits(0);
    owners(&["--write", "new/CODEOWNERS"]).exits(2);
}
