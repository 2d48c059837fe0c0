//! Readme: the policy that a newcomer sees first passes as it stands.

use std::process::{Command, Output};

use gatewright_tests::{programs, root};

fn gatewright(words: &[&str]) -> Output {
    Command::new(programs().join("gatewright")).args(words).output().expect("gatewright is built")
}

#[test]
fn the_organisation_of_the_readme_passes_in_a_new_workspace() {
    let folder = tempfile::tempdir().expect("a folder");
    let policies = folder.path().join("policies");
    let shown = policies.to_string_lossy();
    assert!(gatewright(&["init", &shown]).status.success());
    let readme = std::fs::read_to_string(root().join("README.md")).expect("readable");
    let org = readme.split("```kdl\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a policy");
    std::fs::write(policies.join("orgs/acme/org.kdl"), org).expect("writable");
    let said = gatewright(&["check", &shown]);
    assert_eq!(String::from_utf8_lossy(&said.stdout), "✓ nothing to say about 1 organisation in 1 environment\n");
}
