//! Fmt: what is written, what is left alone, what is said about it.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::support::{Place, Ran};

const ORG: &str = "policies/orgs/acme/org.kdl";

/// The workspace of `init`, with an organisation that nobody has tidied.
fn untidy() -> Place {
    let place = Place::with_workspace();
    place.edit(
        ORG,
        "    // A block",
        "    grant   group=\"z\"\trole=\"member\"\n    // Only they.\n    // Nobody else.\n    grant role=\"admin\" group=\"a\"  // for now\n    // A block",
    );
    place
}

fn text(place: &Place, name: &str) -> String {
    String::from_utf8(place.read(name)).unwrap()
}

fn with_input(place: &Place, arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = place.command(&[&["fmt", "--stdin"], arguments].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("built");
    // What is too long is not read to its end.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Ran {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn what_init_writes_is_canonical() {
    let place = Place::with_workspace();
    insta::assert_snapshot!(place.run(&["fmt", "policies", "--check"]).exits(0).whole());
    assert_eq!(place.run(&["fmt", "policies", "--quiet"]).exits(0).whole(), "exit 0\n── stdout\n── stderr\n");
}

/// The workspaces that people copy from, and the policy that they see first.
#[test]
fn our_own_files_are_canonical() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let place = Place::new();
    for workspace in ["policies", "examples/quickstart"] {
        let folder = root.join(workspace);
        let ran = place.run(&["fmt".as_ref(), "--check".as_ref(), folder.as_os_str()]).exits(0);
        assert_eq!(ran.stdout, "", "{workspace}");
    }
    for page in ["README.md", "docs/format.md"] {
        let text = fs::read_to_string(root.join(page)).unwrap();
        for policy in text.split("```kdl\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            assert_eq!(with_input(&place, &[], policy.as_bytes()).exits(0).stdout, policy, "{page}");
        }
    }
}

#[test]
fn files_are_written_in_place_and_comments_move_with_their_grant() {
    let place = untidy();
    insta::assert_snapshot!(place.run(&["fmt", "policies"]).exits(0).whole());
    let text = text(&place, ORG);
    let (_, grants) = text.split_once("    // Who may do what").unwrap();
    insta::assert_snapshot!(grants);
    place.run(&["fmt", "policies", "--check"]).exits(0);
    place.run(&["check", "policies"]).exits(0);
}

#[test]
fn check_lists_what_would_change_and_writes_nothing() {
    let place = untidy();
    let before = place.read(ORG);
    insta::assert_snapshot!(place.run(&["fmt", "policies", "--check"]).exits(1).whole());
    assert_eq!(place.read(ORG), before);
}

#[test]
fn a_path_chooses_the_files_below_it() {
    let place = untidy();
    place.edit("policies/platform/catalog.kdl", "plan \"standard\"", "plan    \"standard\"");
    let changed = |arguments: &[&str]| {
        let json = place.run(&[&["fmt", "--check", "--output", "json"], arguments].concat()).json();
        (json["files"].as_u64().unwrap(), json["changed"].to_string())
    };
    let both = r#"["orgs/acme/org.kdl","platform/catalog.kdl"]"#;
    assert_eq!(changed(&["policies"]), (6, both.to_owned()));
    assert_eq!(changed(&["--workspace", "policies"]), (6, both.to_owned()));
    assert_eq!(changed(&["policies/orgs/acme/../../platform"]), (2, r#"["platform/catalog.kdl"]"#.to_owned()));
    assert_eq!(changed(&[ORG]), (1, r#"["orgs/acme/org.kdl"]"#.to_owned()));
    assert_eq!(changed(&["policies/environments/"]), (1, "[]".to_owned()));
    for nothing in ["policies/orgs/nobody", "policies/orgs/..", "policies/orgs/../.."] {
        let found = place.run(&["fmt", "--check", nothing]);
        assert!(matches!((nothing, found.exit), ("policies/orgs/..", 1) | (_, 2)), "{}", found.whole());
    }
    place.run(&["fmt", "policies/orgs"]).exits(0);
    assert_eq!(changed(&["policies"]), (6, r#"["platform/catalog.kdl"]"#.to_owned()));
}

#[test]
fn a_file_with_a_mistake_is_left_alone_and_the_others_are_written() {
    let place = untidy();
    place.edit("policies/platform/defaults.kdl", "concurrent 5", "concurrent   5 five");
    let before = place.read("policies/platform/defaults.kdl");
    insta::assert_snapshot!(place.run(&["fmt", "policies"]).exits(1).whole());
    assert_eq!(place.read("policies/platform/defaults.kdl"), before);
    place.run(&["fmt", ORG, "--check"]).exits(0);
}

#[test]
fn the_json_report_has_the_documented_shape() {
    let place = untidy();
    insta::assert_snapshot!(place.run(&["fmt", "policies", "--check", "--output", "json"]).exits(1).stdout);
    place.edit("policies/platform/defaults.kdl", "concurrent 5", "concurrent 5 five");
    let json = place.run(&["fmt", "policies", "--output", "json"]).exits(1).json();
    assert_eq!(json["diagnostics"][0]["code"], "GW0002", "{json}");
    let checked = place.run(&["check", "policies", "--output", "json"]).exits(1).json();
    let of_check = checked["diagnostics"].as_array().unwrap();
    assert!(of_check.contains(&json["diagnostics"][0]), "{checked}");
    assert_eq!(json["changed"], serde_json::json!(["orgs/acme/org.kdl"]));
}

#[test]
fn tests_and_what_stands_in_the_wrong_place_are_formatted_too() {
    let place = Place::with_workspace();
    place.write("policies/orgs/acme/sign-in.test.kdl", "test   \"a\"");
    place.write("policies/orgs/acme/README.md", "test   \"a\"");
    place.run(&["fmt", "policies"]).exits(0);
    assert_eq!(text(&place, "policies/orgs/acme/sign-in.test.kdl"), "test \"a\"\n");
    assert_eq!(text(&place, "policies/orgs/acme/README.md"), "test   \"a\"");
}

/// The name of a file cannot write to the terminal.
#[test]
fn no_name_of_a_file_is_printed_with_a_control_character() {
    let place = Place::with_workspace();
    place.write("policies/platform/a\u{1b}[2J\n.kdl", "plan   \"a\"");
    let ran = place.run(&["fmt", "policies", "--check"]).exits(1);
    assert_eq!(ran.stdout, "platform/a\u{fffd}[2J\u{fffd}.kdl\n");
}

#[test]
fn what_is_taken_out_is_a_mistake_outside_of_organisations() {
    let place = Place::with_workspace();
    place.edit(ORG, "    block group", "    /-block   group");
    place.run(&["fmt", "policies"]).exits(0);
    assert!(text(&place, ORG).contains("    /- block group=\"contractors-ended\"\n"));
    place.write("policies/environments/dev.kdl", "/- environment \"dev\" {}");
    let ran = place.run(&["fmt", "policies"]).exits(1);
    assert!(ran.stdout.contains("GW0007"), "{}", ran.whole());
}

#[test]
fn stdin_becomes_stdout() {
    let place = Place::new();
    let untidy = b"org \"a\" {\r\n\tgrant group=\"b\" role=\"a\"; /- x\r\n}";
    let ran = with_input(&place, &[], untidy).exits(0);
    assert_eq!(
        ran.whole(),
        "exit 0\n── stdout\norg \"a\" {\n    grant role=\"a\" group=\"b\"\n    /- x\n}\n── stderr\n"
    );
    assert_eq!(with_input(&place, &["--check"], untidy).exits(1).stdout, "stdin.kdl\n");
    assert_eq!(with_input(&place, &["--check"], ran.stdout.as_bytes()).exits(0).stdout, "");
    insta::assert_snapshot!(with_input(&place, &[], b"grant role=admin\n").exits(1).whole());
    for (input, code) in [(&b"\xff"[..], "GW0011"), (b"\xef\xbb\xbfa 1", "GW0006"), (&vec![b'\n'; 1 << 21], "GW0010")] {
        let ran = with_input(&place, &[], input).exits(1);
        assert!(ran.stdout.contains(code), "{}", ran.whole());
    }
    assert_eq!(with_input(&place, &[], b"").exits(0).stdout, "");
    with_input(&place, &["policies"], b"").exits(2);
    with_input(&place, &["--output", "json"], b"").exits(2);
}

/// ST-LINT-10: a mistake beside a secret is a mistake, and the secret is not repeated.
#[test]
fn st_lint_10_a_secret_is_in_no_report() {
    let place = Place::with_workspace();
    let secret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    for (from, to) in [("time-zone ", "time-zone x "), ("name \"Acme Corp\"", secret)] {
        place.edit(ORG, "Acme Corporation, Inc.", secret);
        place.edit(ORG, from, to);
        for output in ["human", "json"] {
            let ran = place.run(&["fmt", "policies", "--output", output]).exits(1);
            assert!(!ran.whole().contains(secret.trim_start_matches("ghp_")), "{}", ran.whole());
            assert!(ran.stdout.contains("GW0"), "{}", ran.whole());
        }
        place.edit(ORG, secret, "Acme Corporation, Inc.");
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_reported_and_neither_followed_nor_written() {
    let place = untidy();
    fs::rename(place.path(ORG), place.path("elsewhere.kdl")).unwrap();
    std::os::unix::fs::symlink(place.path("elsewhere.kdl"), place.path(ORG)).unwrap();
    let before = place.read("elsewhere.kdl");
    insta::assert_snapshot!(place.run(&["fmt", "policies"]).exits(1).whole());
    assert!(place.run(&["fmt", ORG]).exits(1).stdout.contains("GW0011"));
    assert!(place.path(ORG).is_symlink());
    assert_eq!(place.read("elsewhere.kdl"), before);
    place.run(&["fmt", "policies/platform", "--check"]).exits(0);
}

#[cfg(unix)]
#[test]
fn the_mode_of_a_file_stays() {
    use std::os::unix::fs::PermissionsExt;
    let place = untidy();
    fs::set_permissions(place.path(ORG), fs::Permissions::from_mode(0o640)).unwrap();
    let untouched = fs::metadata(place.path("policies/policy.kdl")).unwrap().modified().unwrap();
    place.run(&["fmt", "policies"]).exits(0);
    assert_eq!(fs::metadata(place.path(ORG)).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::metadata(place.path("policies/policy.kdl")).unwrap().modified().unwrap(), untouched);
    let left: Vec<_> = fs::read_dir(place.path("policies/orgs/acme")).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let place = untidy();
    let folder = place.path("policies/orgs/acme");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(folder.join("probe"), "").is_ok() {
        // The superuser may write anywhere; the next test has something to see.
        return;
    }
    let before = place.read(ORG);
    let ran = place.run(&["fmt", "policies"]).exits(2);
    assert!(ran.stderr.contains("cannot write the file") && ran.stderr.contains("permission denied"), "{}", ran.stderr);
    assert_eq!(place.read(ORG), before);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
}

/// A name so long that no neighbour of it can be made, whoever asks.
#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_said_and_the_others_are_written() {
    let place = untidy();
    let long = format!("policies/platform/{}.kdl", "a".repeat(245));
    place.write(&long, "plan   \"long\"");
    let ran = place.run(&["fmt", "policies"]).exits(2);
    assert!(ran.stderr.contains("cannot write the file"), "{}", ran.stderr);
    assert_eq!(text(&place, &long), "plan   \"long\"");
    place.run(&["fmt", ORG, "--check"]).exits(0);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_said() {
    let place = untidy();
    fs::remove_file(place.path("policies/policy.kdl")).unwrap();
    fs::create_dir(place.path("policies/policy.kdl")).unwrap();
    let before = place.read(ORG);
    let ran = place.run(&["fmt", "policies"]).exits(2);
    assert!(ran.stderr.contains("cannot read"), "{}", ran.stderr);
    assert_eq!(place.read(ORG), before);
}

/// Whatever moment it is killed in: every file is whole, and nothing that is left stands in the way of the next run.
#[test]
fn killed_at_any_moment_it_leaves_a_workspace_that_passes() {
    let place = Place::with_workspace();
    for round in 0_u64..30 {
        place.edit(ORG, "    grant role=\"admin\"", "        grant role=\"admin\"");
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_gatewright"));
        let mut running = program.args(["fmt", "policies", "--quiet"]).current_dir(place.path("")).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_micros(round * 400));
        let _ = running.kill();
        running.wait().unwrap();
        place.run(&["check", "policies"]).exits(0);
        place.run(&["fmt", "policies"]).exits(0);
    }
}
