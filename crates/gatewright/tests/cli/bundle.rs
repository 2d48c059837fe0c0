//! Bundle: keygen, compile, sign, verify and inspect, one after the other, as a release does it.

use std::process::Command;

use crate::support::{Place, Ran};

fn verify(place: &Place, file: &str) -> Ran {
    place.run(&["verify", file, "--trust", "trust", "--environment", "production"])
}

#[test]
fn a_release_goes_through() {
    let place = Place::with_workspace();
    let key = place.run(&["keygen", "--out", "ada.key", "--trust", "trust", "--output", "json"]).exits(0).json();
    assert_eq!((key["name"].as_str(), key["threshold"].as_u64()), (Some("ada"), Some(1)));

    let compiled = place
        .run(&["compile", "--workspace", "policies", "--environment", "production", "--out", "b", "--output", "json"])
        .exits(0)
        .json();
    assert_eq!(compiled["schema"], "gatewright.compile/1");
    assert_eq!(compiled["orgs"], serde_json::json!(["acme"]));
    assert_eq!(compiled["provenance"], "b.provenance.json");
    let provenance: serde_json::Value = serde_json::from_slice(&place.read("b.provenance.json")).unwrap();
    assert_eq!(provenance["schema"], "gatewright.provenance/1");
    assert!(provenance["origins"].as_array().unwrap().iter().any(|it| it["file"] == "orgs/acme/org.kdl"));

    let before = place.run(&["inspect", "b", "--output", "json"]).exits(0).json();
    assert_eq!(before["digest"], compiled["digest"]);
    assert!(before["sequence"].is_null() && before["signatures"].as_array().unwrap().is_empty());
    let unsigned = verify(&place, "b").exits(5);
    assert!(unsigned.stderr.contains("not signed") && unsigned.stderr.contains("GW1401"), "{}", unsigned.stderr);

    let signed = place
        .run(&[
            "sign",
            "b",
            "--key",
            "ada.key",
            "--sequence",
            "7",
            "--expires",
            "90d",
            "--out",
            "signed",
            "--output",
            "json",
        ])
        .exits(0)
        .json();
    assert_eq!((signed["sequence"].as_u64(), &signed["digest"]), (Some(7), &compiled["digest"]));
    let verified = place
        .run(&["verify", "signed", "--trust", "trust", "--environment", "production", "--output", "json"])
        .exits(0)
        .json();
    assert_eq!(verified["signed_by"], serde_json::json!(["ada"]));
    let after = place.run(&["inspect", "signed", "--output", "json"]).exits(0).json();
    assert_eq!(
        (&after["digest"], &after["sequence"], &after["environment"], &after["orgs"]),
        (&compiled["digest"], &7.into(), &"production".into(), &compiled["orgs"])
    );
}

#[test]
fn the_human_reports_of_a_release() {
    let place = Place::with_bundle();
    let inspected = place.run(&["inspect", "signed"]).exits(0).stdout;
    let org = place.run(&["inspect", "signed", "--org", "acme"]).exits(0).stdout;
    let key = place.run(&["verify", "signed", "--trust", "trust", "--environment", "production"]).exits(0).stdout;
    let varies = |text: &str| {
        let is_hex = |word: &str| word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let word =
            |word: &str| if is_hex(word.trim_start_matches("sha256:")) { "…".to_owned() } else { word.to_owned() };
        text.split('\n')
            .map(|line| line.split(' ').map(word).collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(varies(&format!("{inspected}\n{org}\n{key}")));
    place.run(&["inspect", "signed", "--org", "acmee"]).exits(2);
}

#[test]
fn an_expired_bundle_is_refused_as_of_its_end() {
    let place = Place::with_bundle();
    place.run(&["sign", "b", "--key", "ada.key", "--sequence", "8", "--expires", "1h", "--out", "short"]).exits(0);
    verify(&place, "short").exits(0);
    let later = ["verify", "short", "--trust", "trust", "--environment", "production", "--as-of", "2999-01-01"];
    let refused = place.run(&later).exits(5);
    assert!(refused.stderr.contains("expired"), "{}", refused.stderr);
}

#[test]
fn two_signers_sign_one_statement() {
    let place = Place::with_bundle();
    place.run(&["keygen", "--out", "bob.key", "--trust", "trust", "--threshold", "2"]).exits(0);
    let one = verify(&place, "signed").exits(5);
    assert!(one.stderr.contains("1 of 2 required signatures"), "{}", one.stderr);
    // The same key again does not count twice.
    place.run(&["sign", "signed", "--key", "ada.key", "--out", "signed"]).exits(0);
    verify(&place, "signed").exits(5);
    place.run(&["sign", "signed", "--key", "bob.key", "--sequence", "7", "--out", "signed"]).exits(0);
    verify(&place, "signed").exits(0);
    let both = place.run(&["inspect", "signed", "--output", "json"]).json();
    assert_eq!(both["signatures"].as_array().unwrap().len(), 2);

    let anew = place.run(&["sign", "signed", "--key", "bob.key", "--sequence", "8", "--out", "anew"]).exits(0);
    assert!(anew.stderr.contains("earlier signatures"), "{}", anew.stderr);
    verify(&place, "anew").exits(5);
    place.run(&["sign", "b", "--key", "ada.key", "--key", "bob.key", "--sequence", "9", "--out", "at-once"]).exits(0);
    verify(&place, "at-once").exits(0);
}

#[test]
fn a_threshold_can_stand_before_its_keys_and_nobody_believes_the_file_until_then() {
    let place = Place::with_bundle();
    let keygen =
        |key: &str, more: &[&str]| place.run(&[&["keygen", "--out", key, "--trust", "two"], more].concat()).exits(0);
    let first = keygen("one.key", &["--threshold", "2"]);
    assert!(first.stderr.contains("one more key is needed"), "{}", first.whole());
    place.run(&["sign", "b", "--key", "one.key", "--sequence", "8", "--out", "x"]).exits(0);
    let verify = || place.run(&["verify", "x", "--trust", "two", "--environment", "production"]);
    assert!(verify().exits(5).stderr.contains("cannot be met"));
    keygen("two.key", &["--threshold", "2"]);
    assert!(verify().exits(5).stderr.contains("1 of 2"));
    place.run(&["sign", "x", "--key", "two.key", "--out", "x"]).exits(0);
    verify().exits(0);
}

#[test]
fn a_second_signer_cannot_change_the_expiry() {
    let place = Place::with_bundle();
    place.run(&["sign", "signed", "--key", "ada.key", "--expires", "90d", "--out", "x"]).exits(2);
    place.run(&["sign", "b", "--key", "ada.key", "--sequence", "8", "--expires", "90d", "--out", "x"]).exits(0);
    let first = place.run(&["inspect", "x", "--output", "json"]).json()["expires"].clone();
    place.run(&["keygen", "--out", "bob.key", "--trust", "trust"]).exits(0);
    let second =
        place.run(&["sign", "x", "--key", "bob.key", "--sequence", "8", "--expires", "30d", "--out", "x"]).exits(0);
    assert!(second.stderr.contains("stays as it is"), "{}", second.stderr);
    let both = place.run(&["inspect", "x", "--output", "json"]).json();
    assert_eq!((&both["expires"], both["signatures"].as_array().unwrap().len()), (&first, 2));
}

#[test]
fn an_unsigned_bundle_needs_a_sequence() {
    let place = Place::with_bundle();
    let missing = place.run(&["sign", "b", "--key", "ada.key", "--out", "x"]).exits(2);
    assert!(missing.stderr.contains("--sequence"), "{}", missing.stderr);
    for bad in ["0", "-1", "1.5", "x"] {
        place.run(&["sign", "b", "--key", "ada.key", "--sequence", bad, "--out", "x"]).exits(2);
    }
    place.run(&["sign", "b", "--key", "ada.key", "--sequence", "8", "--expires", "90", "--out", "x"]).exits(2);
}

#[test]
fn other_environments_and_strangers_keys_are_refused() {
    let place = Place::with_bundle();
    let other = place.run(&["verify", "signed", "--trust", "trust", "--environment", "staging"]).exits(5);
    assert!(other.stderr.contains("GW1409"), "{}", other.stderr);
    place.run(&["keygen", "--out", "eve.key", "--trust", "hers"]).exits(0);
    place.run(&["verify", "signed", "--trust", "hers", "--environment", "production"]).exits(5);
    place.run(&["sign", "b", "--key", "eve.key", "--sequence", "99", "--out", "forged"]).exits(0);
    verify(&place, "forged").exits(5);
}

/// GW1401, GW1403 and GW1409, each with the text that people read.
#[test]
fn every_refusal_of_a_bundle_says_what_is_wrong_and_where_to_read_on() {
    let place = Place::with_bundle();
    let good = place.read("signed");
    let changed = |from: &[u8], to: &[u8]| {
        let at = good.windows(from.len()).position(|window| window == from).expect("it stands in the file");
        let mut bytes = good.clone();
        bytes[at..at + to.len()].copy_from_slice(to);
        bytes
    };
    place.write("newer", changed(b"gatewright.bundle\x01\x03", b"gatewright.bundle\x01\x04"));
    place.write("content", changed(b"Acme Corp", b"Evil Corp"));
    let mut signature = good.clone();
    *signature.last_mut().unwrap() ^= 1;
    place.write("signature", signature);
    place.run(&["sign", "b", "--key", "ada.key", "--sequence", "6", "--out", "older"]).exits(0);
    place.edit("policies/orgs/acme/org.kdl", "Acme Corp\"", "Acme\"");
    place.run(&["compile", "--workspace", "policies", "--environment", "production", "--out", "c"]).exits(0);
    place.run(&["sign", "c", "--key", "ada.key", "--sequence", "7", "--out", "other"]).exits(0);
    let mut said = String::new();
    for (file, environment, more) in [
        ("b", "production", &[][..]),
        ("newer", "production", &[]),
        ("content", "production", &[]),
        ("signature", "production", &[]),
        ("signed", "staging", &[]),
        ("older", "production", &["--after", "signed"]),
        ("other", "production", &["--after", "signed"]),
    ] {
        let verify = ["verify", file, "--trust", "trust", "--environment", environment];
        let ran = place.run(&[&verify[..], more].concat()).exits(5);
        let words = ran.stderr.split('`').map(|word| if word.len() == 32 { "KEY" } else { word });
        said.push_str(&words.collect::<Vec<_>>().join("`"));
    }
    insta::assert_snapshot!(said);
    let after = |file: &str| {
        place.run(&["verify", "signed", "--trust", "trust", "--environment", "production", "--after", file])
    };
    after("signed").exits(0);
    after("older").exits(0);
    after("b").exits(2);
}

#[test]
fn an_unknown_environment_ends_in_2_and_says_which_there_are() {
    let place = Place::with_workspace();
    let compile = |environment: &str| {
        place.run(&["compile", "--workspace", "policies", "--environment", environment, "--out", "b"])
    };
    let unknown = compile("prodution").exits(2);
    insta::assert_snapshot!(unknown.stderr);
    assert!(!place.path("b").exists() && !place.path("b.provenance.json").exists());
    compile("\u{1b}[2J").exits(2);
    place.edit("policies/orgs/acme/org.kdl", "time-zone", "time-zoen");
    compile("production").exits(1);
    // Several at once: 2 before 1.
    compile("prodution").exits(2);
}

#[test]
fn failures_are_json_too() {
    let place = Place::with_workspace();
    let json = place
        .run(&["compile", "--workspace", "policies", "--environment", "x", "--out", "b", "--output", "json"])
        .exits(2)
        .json();
    assert_eq!((&json["schema"], &json["exit"]), (&"gatewright.failure/1".into(), &2.into()));
    place.edit("policies/orgs/acme/org.kdl", "time-zone", "time-zoen");
    let json = place
        .run(&["compile", "--workspace", "policies", "--environment", "production", "--out", "b", "--output", "json"])
        .exits(1)
        .json();
    assert_eq!(json["schema"], "gatewright.diagnostics/1");
}

#[test]
fn keys_get_names_and_a_trust_file_keeps_what_people_wrote() {
    let place = Place::new();
    place.run(&["keygen", "--out", "release key.pem", "--trust", "trust"]).exits(0);
    let text = String::from_utf8(place.read("trust")).unwrap();
    place.write("trust", format!("{text}# Ada, hardware key in the safe\n"));
    place.write("a/readme", "");
    place.run(&["keygen", "--out", "a/release key.pem", "--trust", "trust"]).exits(0);
    let text = String::from_utf8(place.read("trust")).unwrap();
    assert!(text.contains("key release-key ed25519:") && text.contains("key release-key-2 ed25519:"), "{text}");
    assert!(text.contains("# Ada, hardware key in the safe"), "{text}");
    place.run(&["keygen", "--out", "c", "--trust", "trust", "--name", "release-key"]).exits(2);
    place.run(&["keygen", "--out", "c", "--trust", "trust", "--name", "Not a slug"]).exits(2);
    place.run(&["keygen", "--out", "c", "--trust", "trust", "--threshold", "0"]).exits(2);
    assert!(!place.path("c").exists(), "no key without its public half");
    // A threshold that stands is not lowered by adding a key.
    place.run(&["keygen", "--out", "c", "--trust", "trust", "--threshold", "3"]).exits(0);
    place.run(&["keygen", "--out", "d", "--trust", "trust"]).exits(0);
    assert!(String::from_utf8(place.read("trust")).unwrap().contains("threshold 3"));
}

#[cfg(unix)]
#[test]
fn a_key_is_for_its_owner_alone_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with_bundle();
    let mode = |name: &str| std::fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("ada.key"), 0o600);
    let before = place.read("ada.key");
    let again = place.run(&["keygen", "--out", "ada.key", "--trust", "trust"]).exits(2);
    assert!(again.stderr.contains("not overwritten"), "{}", again.stderr);
    assert_eq!(place.read("ada.key"), before);
    for open in [0o640, 0o604, 0o660] {
        std::fs::set_permissions(place.path("ada.key"), std::fs::Permissions::from_mode(open)).unwrap();
        let refused = place.run(&["sign", "b", "--key", "ada.key", "--sequence", "8", "--out", "x"]).exits(2);
        assert!(
            refused.stderr.contains("can be read by others") && refused.stderr.contains("chmod 600"),
            "{}",
            refused.stderr
        );
    }
}

#[test]
fn openssl_reads_our_keys_and_we_read_its_keys() {
    let place = Place::with_bundle();
    let openssl = |arguments: &[&str]| Command::new("openssl").args(arguments).current_dir(place.path("")).output();
    let Ok(read) = openssl(&["pkey", "-in", "ada.key", "-noout", "-text"]) else {
        // Not every machine has it; the form itself is RFC 8410's.
        return;
    };
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "theirs.key"]).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(place.path("theirs.key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    place.run(&["sign", "b", "--key", "theirs.key", "--sequence", "8", "--out", "x"]).exits(0);
}
