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

/// The first shell block below a heading of the page.
fn commands<'a>(readme: &'a str, heading: &str) -> &'a str {
    let below = readme.split_once(heading).unwrap_or_else(|| panic!("no `{heading}`")).1;
    below.split_once("```sh\n").and_then(|(_, rest)| rest.split_once("```")).expect("commands").0
}

/// A stranger with an empty folder and this page: its commands alone lead to a green workspace with one Okta organisation,
/// its tests and its diff.
#[test]
fn the_commands_of_the_readme_lead_from_an_empty_folder_to_a_reviewed_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let readme = std::fs::read_to_string(root().join("README.md")).expect("readable");
    let script = commands(&readme, "**1. Write.**").to_owned() + commands(&readme, "## In a pull request");
    #[expect(clippy::disallowed_methods, reason = "a shell finds its programs there")]
    let path = format!("{}:{}", programs().display(), std::env::var("PATH").expect("a path"));
    let mut shell = Command::new("sh");
    shell
        .args(["-eu", "-c", &script])
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder.path());
    for (name, value) in [("NAME", "Ada"), ("EMAIL", "ada@acme.example")] {
        shell.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    let said = shell.output().expect("a shell");
    let text = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{text}{}", String::from_utf8_lossy(&said.stderr));
    let org = std::fs::read_to_string(folder.path().join("policies/orgs/acme/org.kdl")).expect("readable");
    assert!(org.contains("provider \"okta\""));
    for shown in ["✓ 3 passed in 1 environment", "anyone@acme.example in {research-guests}: member", "✓ may go through"]
    {
        assert!(text.contains(shown), "no `{shown}` in {text}");
    }
}

/// The command of the section about CI writes what it says, and what it writes passes.
#[test]
fn the_command_of_the_readme_writes_what_a_forge_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let readme = std::fs::read_to_string(root().join("README.md")).expect("readable");
    let script = commands(&readme, "## In CI").to_owned() + "gatewright check policies\n";
    #[expect(clippy::disallowed_methods, reason = "a shell finds its programs there")]
    let path = format!("{}:{}", programs().display(), std::env::var("PATH").expect("a path"));
    let mut shell = Command::new("sh");
    let said = shell.args(["-eu", "-c", &script]).current_dir(folder.path()).env_clear().env("PATH", path).output();
    let said = said.expect("a shell");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    for file in
        [".github/workflows/gatewright.yml", ".gatewright/github/check/action.yml", ".gatewright/scripts/install.sh"]
    {
        assert!(folder.path().join(file).is_file(), "no {file}");
    }
}

/// The example of a pull request, to its end.
#[test]
fn the_example_of_a_pull_request_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    #[expect(clippy::disallowed_methods, reason = "a shell finds its programs there")]
    let path = format!("{}:{}", programs().display(), std::env::var("PATH").expect("a path"));
    let script = root().join("examples/pull-request/run.sh");
    let said = Command::new("sh")
        .arg(script)
        .arg(folder.path())
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder.path())
        .output()
        .expect("a shell");
    let text = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{text}{}", String::from_utf8_lossy(&said.stderr));
    for shown in [
        "Needs @lumen/identity (privileged)",
        "has not approved 1 change GW1407",
        "✓ may go through",
        "2 changes in no review GW1405",
        "in the place of 1",
    ] {
        assert!(text.contains(shown), "no `{shown}` in {text}");
    }
    assert!(folder.path().join("draft").is_file());
}
