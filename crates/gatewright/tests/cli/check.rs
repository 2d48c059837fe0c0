//! Check: reports, exits, and where the workspace is looked for.

use crate::support::{Place, ran};

/// Three mistakes in two files and a warning or two.
fn broken() -> Place {
    let place = Place::with_workspace();
    place.edit("policies/orgs/acme/org.kdl", "project=\"research\" group", "project=\"reserach\" group");
    place.edit("policies/orgs/acme/org.kdl", "time-zone", "time-zoen");
    place.edit("policies/platform/defaults.kdl", "\"30m\"", "\"30 min\"");
    place
}

#[test]
fn every_mistake_shows_in_one_run() {
    insta::assert_snapshot!(broken().run(&["check", "policies"]).exits(1).whole());
}

#[test]
fn the_json_report_has_the_documented_shape() {
    let place = broken();
    let ran = place.run(&["check", "policies", "--output", "json"]).exits(1);
    let json = ran.json();
    assert_eq!(json["schema"], "gatewright.diagnostics/1");
    let found = json["diagnostics"].as_array().unwrap();
    assert_eq!(
        json["summary"]["errors"].as_u64().unwrap(),
        found.iter().filter(|it| it["severity"] == "error").count() as u64
    );
    for it in found {
        assert!(
            it["code"].as_str().unwrap().starts_with("GW") && it["range"]["start"]["line"].as_u64().unwrap() > 0,
            "{it}"
        );
        assert!(it["fingerprint"].as_str().unwrap().starts_with(it["code"].as_str().unwrap()), "{it}");
        assert!(!it["file"].as_str().unwrap().starts_with('/'), "{it}");
    }
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn the_day_of_judgement_is_in_the_report_where_it_was_named() {
    let place = Place::with_workspace();
    let json = |arguments: &[&str]| {
        place.run(&[&["check", "policies", "--output", "json"], arguments].concat()).exits(0).json()
    };
    assert_eq!(json(&["--as-of", "2027-01-31"])["as_of"], "2027-01-31T00:00:00Z");
    assert!(json(&[]).get("as_of").is_none(), "a report without it is the same every day");
}

#[test]
fn a_fingerprint_does_not_move_with_the_lines() {
    let place = broken();
    let fingerprints = |place: &Place| {
        let json = place.run(&["check", "policies", "--output", "json"]).json();
        let all = json["diagnostics"].as_array().unwrap().iter();
        all.map(|it| it["fingerprint"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = fingerprints(&place);
    place.edit("policies/orgs/acme/org.kdl", "org \"acme\"", "\n\n// moved\norg \"acme\"");
    assert_eq!(before, fingerprints(&place));
}

#[test]
fn the_workspace_is_the_flag_then_the_path_then_the_variable_then_above() {
    let place = Place::with_workspace();
    let exit = |arguments: &[&str], folder: &str, variable: Option<&str>| {
        let mut command = place.command(arguments);
        command.current_dir(place.path(folder));
        variable.map(|value| command.env("GATEWRIGHT_WORKSPACE", value));
        ran(command)
    };
    exit(&["check"], "policies/orgs/acme", None).exits(0);
    exit(&["check", "policies/orgs/acme/org.kdl"], ".", None).exits(0);
    exit(&["check"], ".", Some("policies")).exits(0);
    exit(&["check", "--workspace", "policies"], ".", Some("nowhere")).exits(0);
    exit(&["check"], ".", Some("nowhere")).exits(2);
    exit(&["check", "policies", "--workspace", "policies"], ".", None).exits(2);
    let none = exit(&["check"], ".", None).exits(2);
    assert!(none.stderr.contains("there is one below: --workspace policies"), "{}", none.stderr);
    let file = exit(&["check", "--workspace", "policies/policy.kdl"], ".", None).exits(2);
    assert!(file.stderr.contains("takes the folder"), "{}", file.stderr);
}

#[test]
fn a_lockout_is_found_by_check_and_stops_compile() {
    let place = Place::with_workspace();
    place.edit("policies/orgs/acme/org.kdl", "    owner \"jane.doe@acme.example\"\n", "");
    place.run(&["check", "policies"]).exits(0);
    place.edit("policies/orgs/acme/org.kdl", "contractors-ended", "gatewright-admins");
    let checked = place.run(&["check", "policies"]).exits(1);
    assert!(checked.stdout.contains("GW1411"), "{}", checked.stdout);
    let compiled =
        place.run(&["compile", "--workspace", "policies", "--environment", "production", "--out", "b"]).exits(1);
    assert!(compiled.stderr.contains("nothing was written") && !place.path("b").exists());
}

#[test]
fn quiet_leaves_the_report_alone() {
    let place = broken();
    let quiet = place.run(&["check", "policies", "--quiet"]).exits(1);
    assert!(quiet.stderr.is_empty() && quiet.stdout.contains("GW"), "{}", quiet.whole());
}

#[test]
fn warnings_end_in_0_unless_they_are_denied() {
    let place = Place::with_workspace();
    place.edit(
        "policies/platform/catalog.kdl",
        "plan \"standard\"",
        "role \"guest\" scope=\"org\" {\n    label   \"Guest\"\n    permits \"org.read\"\n}\n\nplan \"standard\"",
    );
    let json = place.run(&["check", "policies", "--output", "json"]).exits(0).json();
    assert_eq!(json["diagnostics"][0]["code"], "GW0108", "{json}");
    assert_eq!(json["diagnostics"][0]["severity"], "warn");
    for denied in ["W", "GW0108"] {
        let json = place.run(&["check", "policies", "--deny", denied, "--output", "json"]).exits(1).json();
        assert_eq!(json["diagnostics"][0]["severity"], "deny");
    }
    place.run(&["check", "policies", "--deny", "GW0101"]).exits(0);
    place.run(&["check", "policies", "--deny", "GW9999"]).exits(2);
}

#[test]
fn fix_repairs_what_a_machine_can_and_keeps_the_rest() {
    let place = broken();
    place.edit("policies/orgs/acme/org.kdl", "acme.okta.com", "acme okta com");
    let fixed = place.run(&["check", "policies", "--fix"]).exits(1);
    let text = String::from_utf8(place.read("policies/orgs/acme/org.kdl")).unwrap();
    assert!(
        text.contains("project=\"research\" group=\"research-team\"") && text.contains("time-zone \"Europe/Zurich\""),
        "{text}"
    );
    assert!(text.contains("// A block beats every grant"), "comments stay");
    assert!(fixed.stderr.contains("repairs made"), "{}", fixed.whole());
    let left = place.run(&["check", "policies", "--output", "json"]).exits(1).json();
    assert_eq!(left["summary"]["errors"], 1, "{left}");
}

/// ST-LINT-10: neither the drawing nor the JSON, and `--fix` does not write the mask into the file.
#[test]
fn st_lint_10_a_secret_is_in_no_report() {
    let place = Place::with_workspace();
    let secret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    place.edit("policies/orgs/acme/org.kdl", "Acme Corporation, Inc.", secret);
    place.edit("policies/orgs/acme/org.kdl", "time-zone ", "time-zoen ");
    for output in [&["--output", "human"][..], &["--output", "json"], &["--fix"]] {
        let ran = place.run(&[&["check", "policies"], output].concat()).exits(1);
        assert!(
            !ran.whole().contains(secret.trim_start_matches("ghp_")) && ran.stdout.contains("GW0410"),
            "{}",
            ran.whole()
        );
    }
    let text = String::from_utf8(place.read("policies/orgs/acme/org.kdl")).unwrap();
    assert!(text.contains(secret) && text.contains("time-zone "), "{text}");
}

/// Whoever folds findings by their fingerprint loses none.
#[test]
fn no_two_findings_have_one_fingerprint() {
    let place = Place::with_workspace();
    place.edit("policies/orgs/acme/org.kdl", "    plan ", "    wrong 1\n    worse 2\n    plan ");
    for file in ["orgs/acme/org.kdl", "platform/defaults.kdl"] {
        let path = format!("policies/{file}");
        let text = String::from_utf8(place.read(&path)).unwrap();
        place.write(&path, format!("= 1\n{text}"));
    }
    let json = place.run(&["check", "policies", "--output", "json"]).exits(1).json();
    let prints: Vec<&str> =
        json["diagnostics"].as_array().unwrap().iter().map(|it| it["fingerprint"].as_str().unwrap()).collect();
    let distinct: std::collections::BTreeSet<&str> = prints.iter().copied().collect();
    assert!(prints.len() >= 4 && distinct.len() == prints.len(), "{prints:?}");
    assert!(prints.contains(&"GW0101:org[acme]") && prints.contains(&"GW0101:org[acme]#2"), "{prints:?}");
    assert!(prints.contains(&"GW0001:platform/defaults.kdl"), "{prints:?}");
}
