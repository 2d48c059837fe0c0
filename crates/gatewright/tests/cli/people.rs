//! People: members that a runtime tells of, without who they are.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::deploy::{content, place as deployed, reviews, status};
use crate::repository::{commit, git};
use crate::runtime::{Scripted, http, with_token};
use crate::support::{Place, Ran};

/// A member of `acme` in these groups; `null`: not known.
pub(crate) fn member(n: usize, groups: &Value) -> Value {
    json!({"pseudonym": format!("{:032x}", 0xabcd_ef00 + n), "connection": "okta", "domain": "acme.example", "owner": false, "groups": groups, "attributes": []})
}

pub(crate) fn snapshot(environment: &str, org: &str, members: &[Value]) -> Value {
    json!({
        "schema": "gatewright.members-snapshot/1", "environment": environment, "bundle": format!("sha256:{}", "0".repeat(64)),
        "taken": "2026-11-24T09:00:00Z", "orgs": [{"org": org, "unrecorded": 0, "members": members}],
    })
}

fn take(place: &Place, answer: impl Into<Vec<u8>>, more: &[&str]) -> (Ran, String) {
    let runtime = Scripted::answers(answer);
    let ran =
        with_token(place, &[&["snapshot", "--out", "members.json", "--runtime", &runtime.address], more].concat());
    let hidden = Ran { stderr: ran.stderr.replace(&runtime.address, "http://RUNTIME"), ..ran };
    (hidden, runtime.asked())
}

fn good(document: &Value) -> String {
    http("200 OK", "application/json", &document.to_string())
}

#[test]
fn a_snapshot_is_written_for_its_owner_alone() {
    let place = Place::new();
    let mut document = snapshot("production", "acme", &[member(1, &json!(["staff"])), member(2, &Value::Null)]);
    document["orgs"][0]["unrecorded"] = json!(3);
    let (ran, asked) = take(&place, good(&document), &[]);
    insta::assert_snapshot!(ran.exits(0).whole());
    assert!(asked.starts_with("GET /v1/members-snapshot HTTP/1.1\r\n"), "{asked}");
    assert_eq!(place.read("members.json"), document.to_string().into_bytes());
    let mode = std::fs::metadata(place.path("members.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // Whatever others could read before.
    std::fs::set_permissions(place.path("members.json"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let (ran, _) = take(&place, good(&document), &["--output", "json"]);
    let mode = std::fs::metadata(place.path("members.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let said = ran.exits(0).json();
    assert_eq!((&said["members"], &said["orgs"], &said["unrecorded"]), (&json!(2), &json!(1), &json!(3)));
}

/// What is no snapshot is not written, and what was there stays.
#[test]
fn what_a_runtime_gives_is_a_snapshot_or_nothing() {
    let place = Place::new();
    place.write("members.json", "before");
    let whole = good(&snapshot("production", "acme", &[member(1, &json!(["staff"]))]));
    let torn = whole.get(..whole.len() - 4).unwrap().to_owned();
    let body = snapshot("production", "acme", &[]).to_string().replace("snapshot/1", "snapshot/2");
    for (answer, says) in [
        (torn, "breaks off"),
        (http("200 OK", "application/json", "{}"), "missing field `schema`"),
        (http("200 OK", "application/json", &body), "this version does not know"),
        (http("200 OK", "text/html", "<html>"), "a members snapshot that is none"),
        (http("401 Unauthorized", "application/problem+json", "{\"title\":\"No token\"}"), "has ended"),
        (http("403 Forbidden", "application/problem+json", "{\"title\":\"No scope\"}"), "lacks the scope"),
        (http("404 Not Found", "application/problem+json", "{\"title\":\"Nothing\"}"), "refuses: Nothing"),
    ] {
        let (ran, _) = take(&place, answer, &[]);
        let ran = ran.exits(6);
        assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
        assert_eq!(place.read("members.json"), b"before");
    }
}

const EDITORS: &str = "    grant role=\"editor\" project=\"research\" group=\"research-team\"\n";

/// Editors through two groups at `main`; one of the lines is gone since, another group administers, a third is blocked.
fn changed(rules: &str) -> Place {
    let place = Place::with_workspace();
    place.edit("policies/orgs/acme/org.kdl", EDITORS, &format!("{EDITORS}{}", EDITORS.replace("research-team", "lab")));
    place.edit("policies/policy.kdl", "    orgs ", &format!("{rules}    orgs "));
    git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
    commit(&place, "main");
    place.edit("policies/orgs/acme/org.kdl", EDITORS, "");
    let more = "    grant role=\"admin\" group=\"ml-platform\"\n    block group=\"interns\"\n    block";
    place.edit("policies/orgs/acme/org.kdl", "    block", more);
    place
}

/// Twelve people; of the five of the research team two are in the lab as well, and one is an intern.
fn twelve() -> Vec<Value> {
    let groups = [
        json!(["research-team"]),
        json!(["research-team", "x`|@team\u{202e}"]),
        json!(["lab", "research-team"]),
        json!(["lab", "research-team"]),
        json!(["interns", "research-team"]),
        json!(["lab"]),
        json!(["ml-platform"]),
        json!(["gatewright-admins", "ml-platform"]),
        json!(["interns"]),
        json!([]),
        json!(["interns", "contractors-ended"]),
        json!(["ml-platform"]),
    ];
    groups.iter().enumerate().map(|(n, groups)| member(n, groups)).collect()
}

fn kept_in(place: &Place, document: &Value) {
    place.write("members.json", document.to_string());
}

fn asked(place: &Place, words: &[&str]) -> Ran {
    let more = ["--members", "members.json", "--workspace", "policies", "--as-of", "2026-11-24"];
    place.run(&[words, &more].concat())
}

/// Without the commit, which hangs on the clock.
fn without_commit(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("main@") && !line.starts_with("`main`"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn people_are_counted_for_each_line() {
    let place = changed("");
    kept_in(&place, &snapshot("production", "acme", &twelve()));
    let said = asked(&place, &["diff", "main", "--output", "json"]).exits(0).json();
    let rows = said["changes"].as_array().unwrap();
    let of = |path: &str| rows.iter().find(|row| row["path"] == format!("org[acme].{path}")).unwrap();
    let people = |path: &str| (of(path)["people"].clone(), of(path)["kept"].clone());
    let editors = "grant[role=editor,project=research,group=research-team]";
    assert_eq!(people(editors), (json!(3), json!({"people": 2, "through": ["group lab"]})));
    assert_eq!(people("grant[role=admin,group=ml-platform]"), (json!(2), Value::Null));
    assert_eq!(people("block[group=interns]"), (json!(2), Value::Null));
    let members = json!({"source": "members.json", "environment": "production", "bundle": format!("sha256:{}", "0".repeat(64)),
        "taken": "2026-11-24T09:00:00Z", "people": 12, "unrecorded": 0});
    assert_eq!(said["members"], members);
    // Numbers alone: neither a pseudonym nor a group that no line names.
    for output in ["json", "human", "markdown"] {
        let ran = asked(&place, &["diff", "main", "--output", output]).exits(0);
        assert!(!ran.whole().contains("team\u{202e}") && !ran.whole().contains("abcdef"), "{}", ran.whole());
        if output != "json" {
            insta::assert_snapshot!(format!("people_counted_{output}"), without_commit(&ran.stdout));
        }
    }
    let without = place.run(&["diff", "main", "--workspace", "policies", "--output", "json"]).exits(0).json();
    assert_eq!((&without["members"], &without["changes"][0]["people"]), (&Value::Null, &Value::Null));
}

/// Two owners of one domain: which of them somebody is stands in no snapshot.
#[test]
fn what_hangs_on_which_owner_is_a_range() {
    let place = Place::with_workspace();
    let (jane, both) = ("    owner \"jane.doe@acme.example\"\n", "    owner \"joe@acme.example\"\n");
    place.edit("policies/orgs/acme/org.kdl", jane, &format!("{jane}{both}"));
    git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
    commit(&place, "main");
    place.edit("policies/orgs/acme/org.kdl", both, "");
    place.edit("policies/orgs/acme/org.kdl", "    block", "    block group=\"interns\"\n    block");
    let mut owner = member(1, &json!(["interns"]));
    owner["owner"] = json!(true);
    kept_in(&place, &snapshot("production", "acme", &[owner, member(2, &json!(["interns"])), member(3, &json!([]))]));
    let said = asked(&place, &["diff", "main", "--output", "json"]).exits(0).json();
    let rows = said["changes"].as_array().unwrap();
    let of = |path: &str| &rows.iter().find(|row| row["path"] == format!("org[acme].{path}")).unwrap()["people"];
    assert_eq!((of("block[group=interns]"), of("owner[joe@acme.example]")), (&json!(2), &Value::Null), "{said:#}");
    let shown = asked(&place, &["diff", "main"]).exits(0).stdout;
    assert!(shown.contains("   0 to 1 people\n") && shown.contains("   2 people\n"), "{shown}");
}

#[test]
fn a_snapshot_of_something_else_is_refused() {
    let place = changed("");
    let good = snapshot("production", "acme", &twelve());
    let mut newer = good.clone();
    newer["schema"] = json!("gatewright.members-snapshot/2");
    for (text, says) in [
        (snapshot("staging", "acme", &[]).to_string(), "has the members of `staging`, and `production` is compared"),
        (snapshot("production", "globex", &[]).to_string(), "has members of `globex`, which neither side knows"),
        (newer.to_string(), "which this version does not know"),
        (good.to_string().get(..700).unwrap().to_owned(), "it breaks off"),
        (snapshot("production", "acme", &[member(1, &json!([])), member(1, &json!([]))]).to_string(), "stands twice"),
        (String::new(), "it breaks off"),
    ] {
        place.write("members.json", text);
        for verb in ["diff", "review"] {
            let ran = asked(&place, &[verb, "main"]).exits(2);
            assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
        }
    }
    std::fs::File::create(place.path("members.json")).unwrap().set_len(300 * 1024 * 1024).unwrap();
    assert!(asked(&place, &["diff", "main"]).exits(2).stderr.contains("it has more than"));
    std::fs::remove_file(place.path("members.json")).unwrap();
    assert!(asked(&place, &["diff", "main"]).exits(2).stderr.contains("cannot read the members snapshot"));
}

/// Whoever left is in the snapshot of a gate that does not know it yet.
#[test]
fn a_retired_organisation_may_be_in_a_snapshot() {
    let place = changed("");
    let platform = String::from_utf8(place.read("policies/platform/catalog.kdl")).unwrap();
    place.write(
        "policies/platform/catalog.kdl",
        platform + "\nretired-org \"globex\" on=\"2026-11-01\" data=\"delete\"\n",
    );
    kept_in(&place, &snapshot("production", "globex", &[member(1, &json!([]))]));
    asked(&place, &["diff", "main"]).exits(0);
}

/// The member of two connections is two members: two identities that a provider of their own speaks for.
#[test]
fn a_member_of_another_connection_is_not_reached() {
    let place = changed("");
    let mut elsewhere = member(2, &json!(["ml-platform"]));
    elsewhere["connection"] = json!("entra");
    let mut unknown = member(3, &Value::Null);
    unknown["domain"] = json!("elsewhere.example");
    kept_in(&place, &snapshot("production", "acme", &[member(1, &json!(["ml-platform"])), elsewhere, unknown]));
    let said = asked(&place, &["diff", "main", "--output", "json"]).exits(0).json();
    assert_eq!(said["changes"][0]["path"], "org[acme].grant[role=admin,group=ml-platform]");
    assert_eq!(said["changes"][0]["people"], 1);
}

#[test]
fn a_running_gate_gives_the_members_itself() {
    let place = changed("");
    let answer = good(&snapshot("production", "acme", &twelve()));
    let ask = |named: &str| {
        let runtime = Scripted::answers(answer.clone());
        let words = ["diff", "main", "--members", named, "--workspace", "policies", "--runtime", &runtime.address];
        (with_token(&place, &words), runtime)
    };
    let (ran, runtime) = ask("running:production");
    assert!(ran.exits(0).stdout.contains("people of 12 members of production"));
    assert!(runtime.asked().starts_with("GET /v1/members-snapshot "));
    let (ran, _runtime) = ask("running:staging");
    assert!(ran.exits(2).stderr.contains("the runtime serves `production`, not `staging`"));
    assert!(ask("members.json").0.exits(2).stderr.contains("members.json"));
}

/// Nothing of the change needs these approvals.
const BRAKE: &str = "    approval \"trust-root\" from=\"@lumen/a\"\n    approval \"weakening\" from=\"@lumen/a\"\n    brake \"people-losing\" at-most=\"4\"\n";

/// Without members a brake on people stops: nobody knows that it holds.
#[test]
fn a_brake_on_people_needs_the_members() {
    let place = changed(BRAKE);
    let review = ["review", "main", "--workspace", "policies", "--as-of", "2026-11-24"];
    let ran = place.run(&review).exits(4);
    insta::assert_snapshot!("a_brake_without_members", without_commit(&ran.stdout));
    let said = place.run(&[&review[..], &["--output", "json"]].concat()).exits(4).json();
    let brake =
        |found: Value, holds: bool| json!([{"name": "people-losing", "at_most": 4, "found": found, "holds": holds}]);
    assert_eq!((&said["brakes"], &said["codes"]), (&brake(Value::Null, false), &json!(["GW1406"])));

    // Three lose what editors do, and two interns everything, one of them both.
    kept_in(&place, &snapshot("production", "acme", &twelve()));
    let said = asked(&place, &["review", "main", "--output", "json"]).exits(0).json();
    assert_eq!(said["brakes"], brake(json!(4), true));
    let mut document = snapshot("production", "acme", &twelve());
    document["orgs"][0]["unrecorded"] = json!(1);
    kept_in(&place, &document);
    let ran = asked(&place, &["review", "main"]).exits(4);
    insta::assert_snapshot!("a_brake_that_does_not_hold", without_commit(&ran.stdout));
}

/// Whoever cannot get in, or might not, because of how people come, counts too.
#[test]
fn a_brake_on_people_knows_how_they_come() {
    let org = "policies/orgs/acme/org.kdl";
    for (from, to, reached) in [
        ("join \"jit\"", "join \"jit\"\n        stage \"test\"", 11),
        ("https://acme.okta.com", "https://other.okta.com", 12),
        ("0oa1exampleclient", "0oa2exampleclient", 12),
        ("name \"", "name \"The ", 0),
    ] {
        let place = Place::with_workspace();
        place.edit("policies/policy.kdl", "    orgs ", &format!("{BRAKE}    orgs "));
        git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
        commit(&place, "main");
        kept_in(&place, &snapshot("production", "acme", &twelve()));
        place.edit(org, from, to);
        let said = asked(&place, &["review", "main", "--output", "json"]).json();
        assert_eq!(said["brakes"][0]["found"], json!(reached), "{to}: {said:#}");
        assert_eq!((&said["members"]["environment"], &said["members"]["people"]), (&json!("production"), &json!(12)));
    }
}

/// Members of one environment say nothing of a change of another.
#[test]
fn a_brake_on_people_wants_every_environment_counted() {
    let place = Place::with_workspace();
    place.edit("policies/policy.kdl", "    orgs ", &format!("{BRAKE}    orgs "));
    let staging = String::from_utf8(place.read("policies/environments/production.kdl")).unwrap();
    let staging = staging.replace("\"production\"", "\"staging\"").replace("example.com", "staging.example.com");
    place.write("policies/environments/staging.kdl", staging);
    git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
    commit(&place, "main");
    kept_in(&place, &snapshot("production", "acme", &twelve()));
    place.edit(
        "policies/environments/staging.kdl",
        "    app ",
        "    org \"acme\" { connection \"okta\" { oidc { client-id \"0oa9\"; }; }; }\n    app ",
    );
    let said = asked(&place, &["review", "main", "--output", "json"]).exits(4).json();
    assert_eq!((&said["brakes"][0]["found"], &said["brakes"][0]["holds"]), (&Value::Null, &json!(false)));
}

/// A deployment asks the gate for the members where the manifest has such a brake.
#[test]
fn a_deployment_counts_the_people_of_the_gate() {
    let place = deployed();
    reviews(&place);
    place.edit("policies/policy.kdl", "    orgs ", &format!("{BRAKE}    orgs "));
    let mut document = snapshot("production", "acme", &[member(1, &json!(["staff"]))]);
    document["orgs"][0]["unrecorded"] = json!(7);
    let answers = vec![status(&place, "one", "ok"), content(&place, "one"), good(&document).into_bytes()];
    let runtime = Scripted::answers_in_turn(answers);
    let words = ["deploy", "two", "--reviewed", "reviews.json", "--workspace", "policies", "--output", "json"];
    let said = with_token(&place, &[&words[..], &["--runtime", &runtime.address]].concat()).exits(4).json();
    assert_eq!((&said["brakes"][0]["found"], &said["brakes"][0]["holds"]), (&json!(7), &json!(false)));
    assert!(runtime.asked().contains("GET /v1/members-snapshot "));
}

/// A line of a preset counts in every organisation that it reaches, and who keeps it in each.
#[test]
fn people_of_a_preset_are_counted_in_all_organisations() {
    let place = Place::with_workspace();
    let preset = |lines: &str| {
        let more = EDITORS.replace("research-team", "staff");
        place.write("policies/presets/lab.kdl", format!("preset \"lab\" {{\n    about \"Labs\"\n{lines}{more}}}\n"))
    };
    preset(EDITORS);
    place.edit(
        "policies/orgs/acme/org.kdl",
        EDITORS,
        &format!("    use \"lab\"\n{}", EDITORS.replace("research-team", "own")),
    );
    let acme = String::from_utf8(place.read("policies/orgs/acme/org.kdl")).unwrap();
    place.write("policies/orgs/globex/org.kdl", acme.replace("acme", "globex").replace("0oa1", "0oa2"));
    git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
    commit(&place, "main");
    preset("");
    let mut document = snapshot(
        "production",
        "acme",
        &[member(1, &json!(["research-team"])), member(2, &json!(["own", "research-team"]))],
    );
    let mut other = member(3, &json!(["research-team"]));
    other["domain"] = json!("globex.example");
    let orgs = document["orgs"].as_array_mut().unwrap();
    orgs.push(json!({"org": "globex", "unrecorded": 0, "members": [other]}));
    kept_in(&place, &document);
    let said = asked(&place, &["diff", "main", "--output", "json"]).exits(0).json();
    let row = &said["changes"][0];
    assert!(row["path"].as_str().unwrap().starts_with("preset[lab].grant["), "{said:#}");
    assert_eq!((&row["people"], &row["kept"]), (&json!(2), &json!({"people": 1, "through": ["group own"]})), "{row:#}");
}

/// Whoever is in an organisation that leaves is counted with it.
#[test]
fn everybody_of_an_organisation_that_leaves_is_counted() {
    let place = Place::with_workspace();
    let acme = String::from_utf8(place.read("policies/orgs/acme/org.kdl")).unwrap();
    place.write("policies/orgs/globex/org.kdl", acme.replace("acme", "globex").replace("0oa1", "0oa2"));
    git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
    commit(&place, "main");
    std::fs::remove_dir_all(place.path("policies/orgs/acme")).unwrap();
    kept_in(
        &place,
        &snapshot("production", "acme", &[member(1, &json!([])), member(2, &json!(["contractors-ended"]))]),
    );
    let said = asked(&place, &["diff", "main", "--output", "json"]).exits(0).json();
    let people: Vec<_> = said["changes"].as_array().unwrap().iter().map(|row| (&row["path"], &row["people"])).collect();
    assert_eq!(people, [(&json!("org[acme]"), &json!(2))], "{said:#}");
}

/// Of many organisations those alone are compiled that differ; members of the others are known all the same.
#[test]
fn members_of_organisations_that_nobody_compiled_are_known() {
    let place = Place::with_workspace();
    let acme = String::from_utf8(place.read("policies/orgs/acme/org.kdl")).unwrap();
    for n in 0..260 {
        let other = acme.replace("acme", &format!("org-{n}")).replace("0oa1", &format!("0oa{n}x"));
        place.write(&format!("policies/orgs/org-{n}/org.kdl"), other);
    }
    git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
    commit(&place, "main");
    place.edit("policies/orgs/acme/org.kdl", "    block", "    block group=\"interns\"\n    block");
    let mut document = snapshot("production", "acme", &[member(1, &json!(["interns"]))]);
    let mut far = member(2, &json!(["interns"]));
    far["domain"] = json!("org-7.example");
    let orgs = document["orgs"].as_array_mut().unwrap();
    orgs.push(json!({"org": "org-7", "unrecorded": 0, "members": [far]}));
    kept_in(&place, &document);
    let ran = asked(&place, &["diff", "main", "--output", "json"]).exits(0);
    let said = ran.json();
    assert_eq!(said["base"]["bundle"], Value::Null, "a part was compiled");
    assert_eq!((&said["changes"][0]["people"], said["changes"].as_array().unwrap().len()), (&json!(1), 1), "{said:#}");
    document["orgs"][1]["org"] = json!("org-999");
    kept_in(&place, &document);
    assert!(asked(&place, &["diff", "main"]).exits(2).stderr.contains("`org-999`, which neither side knows"));
}
