//! Diff: two revisions of a repository that the tests make, bundles, and what the report says to people and programs.

use serde_json::{Value, json};

use crate::repository::{commit, git};
use crate::support::{Place, Ran};

/// `policies` as `init` writes it, committed as `main`.
fn repository() -> Place {
    let place = Place::with_workspace();
    git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
    commit(&place, "main");
    place
}

fn compared(place: &Place, more: &[&str]) -> Ran {
    place.run(&[&["diff", "--workspace", "policies", "--as-of", "2026-11-24"], more].concat())
}

fn json_of(place: &Place, more: &[&str]) -> Value {
    compared(place, &[more, &["--output", "json"]].concat()).exits(0).json()
}

/// One more admin group, one group blocked, sessions that last longer.
fn change(place: &Place) {
    place.edit(
        "policies/orgs/acme/org.kdl",
        "    block",
        "    grant role=\"admin\" group=\"ml-platform\"\n    block group=\"interns\"\n    session { idle \"8h\"; }\n    block",
    );
}

#[test]
fn equal_states_have_no_changes() {
    let place = repository();
    for more in [&["main"][..], &["main", "HEAD"]] {
        let said = json_of(&place, more);
        assert_eq!((&said["changes"], &said["schema"]), (&json!([]), &json!("gatewright.diff/1")));
    }
    assert!(compared(&place, &["main"]).exits(0).stdout.contains("nothing changes for anybody"));
}

#[test]
fn a_change_says_who_gains_who_loses_and_where() {
    let place = repository();
    change(&place);
    let said = json_of(&place, &["main"]);
    let changes = said["changes"].as_array().unwrap();
    let told: Vec<(&str, &Value)> =
        changes.iter().map(|change| (change["path"].as_str().unwrap(), &change["classes"])).collect();
    assert_eq!(
        told,
        [
            ("org[acme].grant[role=admin,group=ml-platform]", &json!(["privileged", "widening"])),
            ("org[acme].session.idle", &json!(["weakening"])),
            ("org[acme].block[group=interns]", &json!(["shut-out"])),
        ]
    );
    let grant = &changes[0];
    assert_eq!(grant["witness"]["groups"], json!(["ml-platform"]));
    let permissions = |side: &str| grant[side]["permissions"].as_array().unwrap().clone();
    let beyond: Vec<Value> =
        permissions("after").into_iter().filter(|held| !permissions("before").contains(held)).collect();
    assert_eq!(grant["gained"], json!(beyond));
    assert_eq!(grant["where"]["head"]["file"], "orgs/acme/org.kdl");
    assert_eq!(grant["where"]["base"], Value::Null, "{grant:#}");
    assert_eq!((&said["head"]["ref"], &said["summary"]["privileged"]), (&json!("working tree"), &json!(1)));
}

/// What was reported of the working tree is reported of the commit, under the same ids.
#[test]
fn revisions_are_read_without_a_checkout() {
    let place = repository();
    change(&place);
    let (tree, ids) = (json_of(&place, &["main"]), |said: &Value| {
        said["changes"].as_array().unwrap().iter().map(|change| change["id"].clone()).collect::<Vec<_>>()
    });
    git(&place, &["checkout", "--quiet", "-b", "topic"]);
    commit(&place, "topic");
    git(&place, &["checkout", "--quiet", "main"]);
    place.write("policies/orgs/acme/org.kdl", "nonsense");
    let said = json_of(&place, &["main", "topic"]);
    assert_eq!(ids(&said), ids(&tree));
    assert_eq!(place.read("policies/orgs/acme/org.kdl"), b"nonsense");
    let back = json_of(&place, &["topic", "main"]);
    assert_eq!(back["changes"].as_array().unwrap().len(), 3);
    assert_eq!(compared(&place, &["main"]).exits(1).stdout, "");
}

#[test]
fn bundles_compare_their_one_environment() {
    let place = Place::with_bundle();
    assert_eq!(json_of(&place, &["signed"])["changes"], json!([]));
    change(&place);
    let said = json_of(&place, &["b"]);
    assert_eq!((&said["environments"], said["changes"].as_array().unwrap().len()), (&json!(["production"]), 3));
    assert!(said["changes"][0]["where"]["head"]["line"].is_u64());
}

#[test]
fn a_class_can_stop_the_pipeline() {
    let place = repository();
    change(&place);
    compared(&place, &["main", "--fail-on", "trust-root"]).exits(0);
    compared(&place, &["main", "--fail-on", "trust-root", "--fail-on", "privileged"]).exits(4);
    compared(&place, &["main", "--fail-on", "everything"]).exits(2);
}

#[test]
fn people_read_it_worst_first() {
    let place = repository();
    change(&place);
    let said = compared(&place, &["main"]).exits(0).stdout;
    let (first, rest) = said.split_once('\n').unwrap();
    assert!(first.starts_with("main@") && first.ends_with(" → working tree"), "{first}");
    insta::assert_snapshot!("a_change_for_people", rest);
    let said = compared(&place, &["main", "--output", "markdown"]).exits(0).stdout;
    let rest = said.split_once("→").unwrap().1;
    insta::assert_snapshot!("a_change_as_a_comment", rest);
}

/// An author's words cannot leave their code span, and the comment stays below what a forge takes.
#[test]
fn a_hostile_author_writes_no_markdown() {
    let place = repository();
    let name = "`@everyone` <img src=x> | [a](b)";
    place.edit(
        "policies/orgs/acme/org.kdl",
        "    block",
        &format!("    grant role=\"admin\" group=#\"{name}\"#\n    block"),
    );
    let said = compared(&place, &["main", "--output", "markdown"]).exits(0).stdout;
    assert!(!said.contains("`@everyone") && !said.contains(" @") && said.contains("<img"), "{said}");
    for line in said.lines().filter(|line| line.contains("<img")) {
        let inside = line.split('`').enumerate().filter(|(at, _)| at % 2 == 1).any(|(_, span)| span.contains("<img"));
        let outside = line.split('`').enumerate().filter(|(at, _)| at % 2 == 0).any(|(_, text)| text.contains("<img"));
        assert!(inside && !outside, "{line}");
    }
    let many: String =
        (0..2_000).map(|at| format!("    grant role=\"admin\" group=\"group {at} {}\"\n", "x".repeat(60))).collect();
    place.edit("policies/orgs/acme/org.kdl", "    block", &format!("{many}    block"));
    let said = compared(&place, &["main", "--output", "markdown"]).exits(0).stdout;
    assert!(said.chars().count() <= 60_200 && said.contains("more, which `gatewright diff` shows"));
}

#[test]
fn what_cannot_be_compared_is_said() {
    let place = Place::with_workspace();
    let outside = compared(&place, &["main"]).exits(2);
    assert!(outside.stderr.contains("lies in no git repository"), "{}", outside.stderr);
    let place = repository();
    let unknown = compared(&place, &["nowhere"]).exits(2);
    assert!(unknown.stderr.contains("neither a file nor a git revision"), "{}", unknown.stderr);
    for hostile in ["--upload-pack=touch x", "main;touch x", "$(touch x)", "main\u{1b}[2J", "../main", ":/"] {
        compared(&place, &["--", hostile]).exits(2);
    }
    assert!(!place.path("x").exists());
    assert_eq!(place.run(&["check", "--workspace", "policies", "--output", "markdown"]).exits(2).stdout, "");
}

/// A link in the repository is refused as one on disk is, and so is a file that nobody should find there.
#[cfg(unix)]
#[test]
fn a_link_in_a_revision_is_not_followed() {
    let place = repository();
    std::os::unix::fs::symlink("/etc/passwd", place.path("policies/orgs/acme/passwd.kdl")).unwrap();
    commit(&place, "a link");
    let said = compared(&place, &["main"]).exits(1);
    assert!(said.stderr.contains("does not compile"), "{}", said.stderr);
}

/// Two organisations that share a preset, and one that does not.
fn sharing() -> Place {
    let place = repository();
    place.write(
        "policies/presets/usual.kdl",
        "preset \"usual\" {\n    about \"What they share\"\n    grant role=\"editor\" project=\"research\" group=\"guests\"\n    session {\n        idle \"10m\"\n        absolute \"9h\"\n    }\n}\n",
    );
    let org = String::from_utf8(place.read("policies/orgs/acme/org.kdl")).unwrap();
    for (id, client) in [("globex", "0oa2"), ("hooli", "0oa3"), ("initech", "0oa4")] {
        let mut text = org.replace("acme", id).replace("0oa1", client);
        if id != "initech" {
            text = text.replace("    plan ", "    use \"usual\"\n    plan ");
        }
        if id == "hooli" {
            text = text.replace(
                "    project \"default\"",
                "    session {\n        idle \"20m\"\n    }\n\n    project \"default\"",
            );
        }
        place.write(&format!("policies/orgs/{id}/org.kdl"), text);
    }
    commit(&place, "Globex and Hooli share a preset");
    place
}

/// A line of a preset is one change, whoever uses it; an organisation that begins to use it is a change of its own.
#[test]
fn a_line_of_a_preset_is_one_change() {
    let place = sharing();
    let preset = "policies/presets/usual.kdl";
    place.edit(preset, "idle \"10m\"", "idle \"15m\"");
    place.edit(preset, "absolute \"9h\"", "absolute \"10h\"");
    place.edit(preset, "group=\"guests\"", "group=\"visitors\"");
    let said = json_of(&place, &["HEAD"]);
    let rows: Vec<(&str, &str, u64, u64)> = said["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let through = &row["through"];
            let count = |name: &str| through[name].as_u64().unwrap();
            (
                row["path"].as_str().unwrap(),
                row["classes"][0].as_str().unwrap(),
                count("orgs"),
                count("orgs_overriding"),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("preset[usual].session.absolute", "weakening", 2, 0),
            ("preset[usual].session.idle", "weakening", 1, 1),
            ("preset[usual].grant[role=editor,project=research,group=visitors]", "widening", 2, 0),
            ("preset[usual].grant[role=editor,project=research,group=guests]", "narrowing", 2, 0),
        ]
    );
    let absolute = &said["changes"][0];
    assert_eq!((&absolute["before"], &absolute["after"]), (&json!("9h"), &json!("10h")));
    assert_eq!(absolute["where"]["head"]["file"], "presets/usual.kdl");
    assert_eq!(absolute["through"]["ids"].as_array().unwrap().len(), 2);
    let shown = compared(&place, &["HEAD"]).exits(0).stdout;
    insta::assert_snapshot!("a_preset", shown.split_once('\n').unwrap().1);

    // The id binds whom it reaches: who else comes into reach was reviewed by nobody.
    let id = absolute["id"].clone();
    place.edit("policies/orgs/hooli/org.kdl", "    use \"usual\"\n", "");
    place.edit("policies/orgs/initech/org.kdl", "    plan ", "    use \"usual\"\n    plan ");
    let said = json_of(&place, &["HEAD"]);
    let rows = said["changes"].as_array().unwrap();
    let of = |path: &str| rows.iter().find(|row| row["path"] == path).unwrap_or_else(|| panic!("{path}: {said:#}"));
    assert_ne!(of("preset[usual].session.absolute")["id"], id);
    assert_eq!(of("preset[usual].session.absolute")["through"]["orgs"], 1);
    assert!(of("org[initech].session.absolute")["through"].is_null(), "it begins to use the preset");
    assert!(of("org[hooli].session.absolute")["through"].is_null(), "it ends to use the preset");
}

/// Bundles know no presets: an approval of a line of one approves what a comparison of bundles will show.
#[test]
fn an_approval_of_a_line_of_a_preset_holds_for_bundles_too() {
    let place = sharing();
    place.edit("policies/presets/usual.kdl", "absolute \"9h\"", "absolute \"10h\"");
    place.run(&["keygen", "--out", "ada.key", "--trust", "ada.trust"]).exits(0);
    let sign = [
        "review",
        "HEAD",
        "--workspace",
        "policies",
        "--as-of",
        "2026-11-24",
        "--sign",
        "ada.key",
        "--out",
        "ada.json",
    ];
    place.run(&sign);
    let envelope: Value = serde_json::from_slice(&place.read("ada.json")).unwrap();
    let payload =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, envelope["payload"].as_str().unwrap());
    let signed: Value = serde_json::from_slice(&payload.unwrap()).unwrap();
    let compile = |out: &str, revision: bool| {
        if revision {
            git(&place, &["stash", "--quiet"]);
        }
        place.run(&["compile", "--workspace", "policies", "--environment", "production", "--out", out]).exits(0);
        if revision {
            git(&place, &["stash", "pop", "--quiet"]);
        }
    };
    compile("after", false);
    compile("before", true);
    let said = place.run(&["diff", "./before", "./after", "--output", "json"]).exits(0).json();
    let rows = said["changes"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{said:#}");
    assert!(rows.iter().all(|row| signed["changes"].as_array().unwrap().contains(&row["id"])), "{signed:#}\n{said:#}");
}

/// A key that a param gives is not in the way; who changes what it gives shows it.
#[test]
fn a_line_with_a_param_in_its_key_is_one_change() {
    let place = sharing();
    let preset = "policies/presets/usual.kdl";
    place.edit(preset, "    grant ", "    param \"guests\" type=\"group\" default=\"guests\"\n    grant ");
    place.edit(preset, "group=\"guests\"", "group=\"$guests\"");
    for org in ["globex", "hooli"] {
        let given = format!("use \"usual\" guests=\"guests-of-{org}\"");
        place.edit(&format!("policies/orgs/{org}/org.kdl"), "use \"usual\"", &given);
    }
    commit(&place, "Each has guests of its own");
    place.edit(preset, "project=\"research\" group=\"$guests\"", "project=\"default\" group=\"$guests\"");
    let paths = |said: &Value| -> Vec<(String, u64)> {
        let rows = said["changes"].as_array().unwrap().iter();
        rows.map(|row| (row["path"].as_str().unwrap().to_owned(), row["through"]["orgs"].as_u64().unwrap_or(0)))
            .collect()
    };
    let of_preset = |orgs| {
        ["default", "research"]
            .map(|project| (format!("preset[usual].grant[role=editor,project={project},group=…]"), orgs))
    };
    assert_eq!(paths(&json_of(&place, &["HEAD"])), of_preset(2));
    // What the preset gives by default stays to be seen.
    place.edit("policies/orgs/hooli/org.kdl", " guests=\"guests-of-hooli\"", "");
    git(&place, &["commit", "--quiet", "--message", "Hooli takes the default", "policies/orgs"]);
    place.edit(preset, "default=\"guests\"", "default=\"strangers\"");
    let said = paths(&json_of(&place, &["HEAD"]));
    let shown = |group: &str| format!("preset[usual].grant[role=editor,project=default,group={group}]");
    for group in ["…", "strangers"] {
        assert!(said.contains(&(shown(group), 1)), "{group}: {said:?}");
    }
    place.edit(preset, "default=\"strangers\"", "default=\"guests\"");
    place.edit("policies/orgs/hooli/org.kdl", "use \"usual\"", "use \"usual\" guests=\"everybody\"");
    let said = paths(&json_of(&place, &["HEAD"]));
    assert!(
        said.contains(&("org[hooli].grant[role=editor,project=default,group=everybody]".to_owned(), 0)),
        "{said:?}"
    );
    assert_eq!(said.iter().filter(|(_, orgs)| *orgs == 1).count(), 2, "{said:?}");
}

/// An organisation that gives a param another value, or takes back what it took away, changes itself: no approval of the same
/// change of another organisation holds for it.
#[test]
fn what_an_organisation_makes_of_a_preset_is_its_own_change() {
    let place = sharing();
    let preset = "policies/presets/usual.kdl";
    place.edit(preset, "    grant ", "    param \"guests\" type=\"group\" default=\"guests\"\n    grant ");
    place.edit(preset, "group=\"guests\"", "group=\"$guests\"");
    place.edit(
        "policies/orgs/hooli/org.kdl",
        "    use ",
        "    without \"grant\" role=\"editor\" project=\"research\" group=\"guests\"\n    use ",
    );
    commit(&place, "A param, and an organisation without the grant");
    let ids = |edit: &dyn Fn()| -> Vec<String> {
        edit();
        let said = json_of(&place, &["HEAD"]);
        git(&place, &["checkout", "--quiet", "."]);
        let rows = said["changes"].as_array().unwrap().clone();
        assert!(
            !rows.is_empty() && rows.iter().all(|row| row["through"].is_null() && row["org"].is_string()),
            "{said:#}"
        );
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    let given = |org: &'static str| {
        let place = &place;
        move || {
            place.edit(&format!("policies/orgs/{org}/org.kdl"), "use \"usual\"", "use \"usual\" guests=\"everyone\"");
        }
    };
    let globex = ids(&given("globex"));
    let taken_back = ids(&|| {
        place.edit(
            "policies/orgs/hooli/org.kdl",
            "    without \"grant\" role=\"editor\" project=\"research\" group=\"guests\"\n",
            "",
        );
    });
    assert!(globex.iter().all(|id| !taken_back.contains(id)));
}
