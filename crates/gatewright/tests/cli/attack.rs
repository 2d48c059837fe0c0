//! Attack: garbage, hostile paths and wrong kinds of files. Each run ends in words and the right exit, never in a panic.

use std::fs;

use crate::support::{Place, ran};

/// Every way in which a bundle file can be none.
#[test]
fn garbage_in_inspect_verify_and_sign_ends_in_5() {
    let place = Place::with_bundle();
    let good = place.read("signed");
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let garbage: Vec<(&str, Vec<u8>)> = vec![
        ("empty", vec![]),
        ("text", b"hello".to_vec()),
        ("json", b"{}".to_vec()),
        ("zeros", vec![0; 4096]),
        ("ones", vec![0xff; 4096]),
        ("deep", vec![0x9f; 65536]),
        ("head", good[..10].to_vec()),
        ("cut", good[..good.len() - 1].to_vec()),
        ("more", [good.clone(), vec![0]].concat()),
        ("twice", [good.clone(), good.clone()].concat()),
        ("flipped", flipped),
    ];
    for (name, bytes) in garbage {
        place.write("bad", bytes);
        let inspected = place.run(&["inspect", "bad"]).exits(5);
        assert!(
            inspected.stderr.starts_with("error") && !inspected.stderr.contains("panicked"),
            "{name}: {}",
            inspected.stderr
        );
        place.run(&["verify", "bad", "--trust", "trust", "--environment", "production"]).exits(5);
        place.run(&["sign", "bad", "--key", "ada.key", "--sequence", "9", "--out", "x"]).exits(5);
        assert!(!place.path("x").exists(), "{name}");
    }
}

#[test]
fn files_that_are_not_there_or_of_another_kind_end_in_2() {
    let place = Place::with_bundle();
    for wrong in [
        &["inspect", "nothing"][..],
        &["inspect", "policies"],
        &["verify", "signed", "--trust", "nothing", "--environment", "production"],
        &["verify", "signed", "--trust", "policies", "--environment", "production"],
        &["verify", "signed", "--trust", "trust", "--environment", "Not A Slug"],
        &["sign", "b", "--key", "nothing", "--sequence", "8", "--out", "x"],
        &["sign", "b", "--key", "policies", "--sequence", "8", "--out", "x"],
        &["sign", "b", "--key", "ada.key", "--sequence", "8", "--out", "no/such/folder/x"],
        &["sign", "b", "--key", "ada.key", "--sequence", "8", "--out", "policies"],
        &["compile", "--workspace", "policies", "--environment", "production", "--out", "policies"],
        &["keygen", "--out", "no/such/folder/key", "--trust", "trust"],
        &["keygen", "--out", "new.key", "--trust", "signed"],
        &["keygen", "--out", "new.key", "--trust", "policies"],
        &["audit", "verify", "nothing", "--checkpoint", "nothing"],
    ] {
        let ran = place.run(wrong).exits(2);
        assert!(ran.stderr.starts_with("error"), "{wrong:?}: {}", ran.stderr);
    }
    assert!(!place.path("new.key").exists() && !place.path("x").exists());
}

#[test]
fn a_key_that_is_none_is_named() {
    let place = Place::with_bundle();
    let sign =
        |place: &Place| place.run(&["sign", "b", "--key", "bad.key", "--sequence", "8", "--out", "x"]).exits(2).stderr;
    for (text, says) in [
        ("", "no Ed25519 key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no Ed25519 key"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "decrypt it first"),
        ("gatewright-trust 1\n", "this is a trust file"),
    ] {
        let path = place.write("bad.key", text);
        #[cfg(unix)]
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let said = sign(&place);
        assert!(said.contains(says), "{text}: {said}");
    }
    assert!(!place.path("x").exists());
}

#[test]
fn a_trust_file_that_is_none_is_a_matter_of_trust() {
    let place = Place::with_bundle();
    for text in [
        "",
        "nonsense",
        "gatewright-trust 1\n",
        "gatewright-trust 1\nthreshold 0\n",
        "gatewright-trust 2\nthreshold 1\n",
    ] {
        place.write("bad", text);
        place.run(&["verify", "signed", "--trust", "bad", "--environment", "production"]).exits(5);
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_written_through_and_never_read_in_a_workspace() {
    use std::os::unix::fs::symlink;
    let place = Place::with_bundle();
    place.write("real/target", "old");
    symlink("real/target", place.path("link")).unwrap();
    place.run(&["sign", "b", "--key", "ada.key", "--sequence", "8", "--out", "link"]).exits(0);
    assert!(fs::symlink_metadata(place.path("link")).unwrap().is_symlink());
    assert_ne!(place.read("real/target"), b"old");
    symlink("nowhere", place.path("dangling")).unwrap();
    place.run(&["sign", "b", "--key", "ada.key", "--sequence", "8", "--out", "dangling"]).exits(2);
    symlink("nowhere", place.path("dangling.key")).unwrap();
    place.run(&["keygen", "--out", "dangling.key", "--trust", "trust"]).exits(2);

    place.write("outside.kdl", "org \"evil\" {\n}\n");
    symlink(place.path("outside.kdl"), place.path("policies/orgs/link.kdl")).unwrap();
    let found = place.run(&["check", "policies", "--output", "json"]).exits(1).json();
    assert_eq!(found["diagnostics"][0]["code"], "GW0011", "{found}");
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_strange_names_in_a_workspace_are_findings() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let place = Place::with_workspace();
    let fifo = std::process::Command::new("mkfifo").arg(place.path("policies/orgs/pipe.kdl")).status();
    if fifo.is_ok_and(|status| status.success()) {
        // Reading it would wait for ever.
        place.run(&["check", "policies"]).exits(1);
        fs::remove_file(place.path("policies/orgs/pipe.kdl")).unwrap();
    }
    let strange = place.path("policies/orgs").join(OsStr::from_bytes(b"\xff.kdl"));
    if fs::write(&strange, "x").is_ok() {
        place.run(&["check", "policies"]).exits(1);
        fs::remove_file(strange).unwrap();
    }
    place.write("policies/orgs/acme/.hidden.kdl", "x");
    place.run(&["check", "policies"]).exits(1);
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_utf_8_are_paths_or_wrong_use() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let strange = OsStr::from_bytes(b"\xff\xfe");
    place.run(&[OsStr::new("inspect"), strange]).exits(2);
    place.run(&[OsStr::new("explain"), strange]).exits(2);
    place.run(&[strange]).exits(2);
    place.run(&[OsStr::new("init"), strange]).exits(0);
}

#[test]
fn a_policy_file_that_is_huge_or_no_text_is_a_finding() {
    let place = Place::with_workspace();
    place.write("policies/orgs/acme/org.kdl", vec![b'/'; 3 * 1024 * 1024]);
    let huge = place.run(&["check", "policies", "--output", "json"]).exits(1).json();
    assert_eq!(huge["diagnostics"][0]["code"], "GW0010", "{huge}");
    place.write("policies/orgs/acme/org.kdl", b"org \"acme\" \xff");
    place.run(&["check", "policies"]).exits(1);
    place.write("policies/policy.kdl", b"\xff\xfe");
    place.run(&["check", "policies"]).exits(1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_a_closed_pipe_are_no_bugs() {
    let place = Place::with_bundle();
    let mut command = place.command(&["inspect", "signed"]);
    command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let full = ran_with_stdout(command);
    assert_eq!(full.0, 2, "{}", full.1);
    assert!(full.1.contains("cannot write the report"), "{}", full.1);
    // Devices are written, not replaced.
    let out = place.run(&["sign", "b", "--key", "ada.key", "--sequence", "8", "--out", "/dev/full"]);
    assert_eq!(out.exit, 2, "{}", out.whole());
    assert!(fs::metadata("/dev/full").is_ok());
    let shell = format!("{} explain --all | head -n 1; exit ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_gatewright"));
    let mut command = std::process::Command::new("bash");
    command.args(["-c", &shell]);
    let closed = ran(command);
    assert!(closed.stderr.is_empty() && closed.exit == 0, "{}", closed.whole());
}

#[cfg(target_os = "linux")]
fn ran_with_stdout(mut command: std::process::Command) -> (i32, String) {
    let output = command.stderr(std::process::Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[cfg(unix)]
#[test]
fn what_may_not_be_written_or_read_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with_bundle();
    fs::create_dir(place.path("closed")).unwrap();
    fs::set_permissions(place.path("closed"), fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(place.path("closed/probe"), "").is_ok() {
        // The superuser may write anywhere; there is nothing to see.
        return;
    }
    place.run(&["sign", "b", "--key", "ada.key", "--sequence", "8", "--out", "closed/x"]).exits(2);
    place.run(&["keygen", "--out", "closed/key", "--trust", "trust"]).exits(2);
    fs::set_permissions(place.path("policies/orgs/acme/org.kdl"), fs::Permissions::from_mode(0o000)).unwrap();
    place.run(&["check", "policies"]).exits(2);
}

/// A link in the place of a folder that the manifest names would leave out all that lies below it.
#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_folder_is_refused() {
    let place = Place::with_workspace();
    fs::rename(place.path("policies/orgs"), place.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(place.path("elsewhere"), place.path("policies/orgs")).unwrap();
    let ran = place.run(&["check", "policies"]).exits(1);
    assert!(ran.stdout.contains("GW0011") && ran.stdout.contains("`orgs` is a symbolic link"), "{}", ran.whole());
    fs::remove_file(place.path("policies/orgs")).unwrap();
    let empty = ["compile", "--workspace", "policies", "--environment", "production", "--out", "none"];
    assert!(place.run(&empty).exits(1).stdout.contains("the workspace has no organisation"));
    assert!(!place.path("none").exists());
}

/// The name of a file cannot write to the terminal, or forge a line of a CI log.
#[test]
fn no_name_of_a_file_reaches_the_terminal_with_a_control_character() {
    let place = Place::with_workspace();
    let name = "a\u{1b}[2J\n::error::forged";
    for arguments in [
        &["inspect", name][..],
        &["check", name],
        &["check", "--workspace", name],
        &["sign", name, "--key", name, "--sequence", "1", "--out", name],
        &["audit", "verify", name, "--checkpoint", name],
    ] {
        let ran = place.run(arguments).exits(2);
        assert!(!ran.stderr.contains('\u{1b}') && !ran.stderr.contains("\n::"), "{:?}", ran.stderr);
    }
    place.write(&format!("policies/orgs/{name}"), "x");
    let ran = place.run(&["check", "policies"]).exits(1);
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stdout.contains("\n::"), "{:?}", ran.stdout);
}
