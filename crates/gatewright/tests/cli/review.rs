//! Review: approvals bind change ids, brakes and approvals are the base's, and nobody leaves without a word.

use serde_json::{Value, json};

use crate::repository::{commit, git};
use crate::support::{Place, Ran};

const RULES: &str = "
    approval \"privileged\" from=\"@lumen/identity\"
    approval \"weakening\"  from=\"@lumen/security\"
    approval \"trust-root\" from=\"@lumen/security\"

    brake \"orgs-changed\" at-most=\"1\"
}
";

/// Two organisations, and a manifest that asks for approvals.
fn repository() -> Place {
    let place = Place::with_workspace();
    let manifest = String::from_utf8(place.read("policies/policy.kdl")).unwrap();
    place.write("policies/policy.kdl", manifest.trim_end().strip_suffix('}').unwrap().to_owned() + RULES);
    let acme = String::from_utf8(place.read("policies/orgs/acme/org.kdl")).unwrap();
    place.write("policies/orgs/globex/org.kdl", acme.replace("acme", "globex").replace("0oa1", "0oa2"));
    git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
    commit(&place, "main");
    place
}

fn reviewed(place: &Place, more: &[&str]) -> Ran {
    place.run(&[&["review", "refs/heads/main", "--workspace", "policies", "--as-of", "2026-11-24"], more].concat())
}

/// What it says, without the commit, which hangs on the clock.
fn shown(ran: &Ran) -> String {
    let whole = ran.whole();
    let (before, rest) = whole.split_once("refs/heads/main@").unwrap();
    format!("{before}main@COMMIT{}", rest.get(7..).unwrap())
}

fn grant(place: &Place, org: &str, group: &str) {
    let line = format!("    grant role=\"admin\" group=\"{group}\"\n    block");
    place.edit(&format!("policies/orgs/{org}/org.kdl"), "    block", &line);
}

/// The ids of the changes of a class, from the verdict.
fn ids(said: &Value, class: &str) -> Vec<String> {
    let needs = said["needs"].as_array().unwrap();
    let need = needs.iter().find(|need| need["class"] == class).unwrap_or_else(|| panic!("no {class} in {said:#}"));
    need["changes"].as_array().unwrap().iter().map(|change| change["id"].as_str().unwrap().to_owned()).collect()
}

fn approve(place: &Place, by: &str, team: &str, changes: &[String]) {
    let review = json!({"by": by, "teams": [team], "changes": changes});
    let file = json!({"schema": "gatewright.reviews/1", "author": "bob", "reviews": [review]});
    place.write("reviews.json", file.to_string());
}

const WITH: [&str; 2] = ["--reviews", "reviews.json"];

#[test]
fn a_change_is_stopped_until_the_team_has_approved_it() {
    let place = repository();
    grant(&place, "acme", "ml-platform");
    insta::assert_snapshot!("a_review_is_stopped", shown(&reviewed(&place, &[]).exits(4)));
    let said = reviewed(&place, &["--output", "json"]).exits(4).json();
    assert_eq!((&said["open"], &said["codes"]), (&json!(false), &json!(["GW1407"])));
    let privileged = ids(&said, "privileged");
    approve(&place, "ada", "@lumen/identity", &privileged);
    insta::assert_snapshot!("a_review_is_open", shown(&reviewed(&place, &WITH).exits(0)));
    for (by, team) in [("bob", "@lumen/identity"), ("ada", "@lumen/security")] {
        approve(&place, by, team, &privileged);
        reviewed(&place, &WITH).exits(4);
    }
}

/// What the branch says of its own teams is no mention.
#[test]
fn the_comment_mentions_the_teams_of_the_base_alone() {
    let place = repository();
    place.edit("policies/policy.kdl", "from=\"@lumen/identity\"", "from=\"@everybody/at-once\"");
    grant(&place, "acme", "@everybody/in-a-group");
    let words = ["diff", "main", "--workspace", "policies", "--output", "markdown"];
    let comment = place.run(&words).exits(0).stdout;
    assert!(comment.contains("\nNeeds @lumen/identity (privileged) · @lumen/security (trust-root)\n"), "{comment}");
    assert!(!comment.contains("@everybody"), "{comment}");
    let human = place.run(&["diff", "main", "--workspace", "policies"]).exits(0).stdout;
    assert!(human.ends_with("needs @lumen/identity   @lumen/security\n"), "{human}");
}

#[test]
fn an_approval_survives_a_merge_and_not_a_change_of_what_it_approved() {
    let place = repository();
    git(&place, &["switch", "--quiet", "--create", "branch"]);
    grant(&place, "acme", "ml-platform");
    commit(&place, "a grant");
    let said = reviewed(&place, &["--output", "json"]).exits(4).json();
    approve(&place, "ada", "@lumen/identity", &ids(&said, "privileged"));
    reviewed(&place, &WITH).exits(0);
    // Something else is merged in between.
    git(&place, &["switch", "--quiet", "main"]);
    grant(&place, "globex", "operators");
    commit(&place, "another grant");
    git(&place, &["switch", "--quiet", "branch"]);
    git(&place, &["rebase", "--quiet", "main"]);
    reviewed(&place, &WITH).exits(0);
    // The branch changes what was approved.
    place.edit("policies/orgs/acme/org.kdl", "group=\"ml-platform\"", "group=\"everybody\"");
    reviewed(&place, &WITH).exits(4);
}

#[test]
fn a_change_cannot_approve_itself() {
    let place = repository();
    place.edit(
        "policies/policy.kdl",
        "\"privileged\" from=\"@lumen/identity\"",
        "\"privileged\" from=\"@lumen/anybody\"",
    );
    place.edit("policies/policy.kdl", "at-most=\"1\"", "at-most=\"900\"");
    grant(&place, "acme", "ml-platform");
    let said = reviewed(&place, &["--output", "json"]).exits(4).json();
    let teams: Vec<&str> =
        said["needs"].as_array().unwrap().iter().map(|need| need["team"].as_str().unwrap()).collect();
    assert_eq!(teams, ["@lumen/identity", "@lumen/security", "@lumen/security"], "{said:#}");
    let paths = |class: &str| {
        let needs = said["needs"].as_array().unwrap();
        let need = needs.iter().find(|need| need["class"] == class).unwrap();
        need["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["path"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(paths("trust-root"), ["approval[privileged].from"]);
    assert_eq!(paths("weakening"), ["brake[orgs-changed].at-most"]);
}

#[test]
fn a_law_that_goes_is_a_weakening() {
    let place = repository();
    let test = String::from_utf8(place.read("policies/orgs/acme/org.test.kdl")).unwrap();
    let (before, _) = test.split_once("    // A law is no example").unwrap();
    place.write("policies/orgs/acme/org.test.kdl", format!("{}}}\n", before.trim_end().to_owned() + "\n"));
    let said = reviewed(&place, &["--output", "json"]).exits(4).json();
    assert_eq!(ids(&said, "weakening").len(), 1, "{said:#}");
}

/// The row of an organisation or an environment that came names all that it holds.
#[test]
fn an_approval_of_something_new_lapses_where_it_changes() {
    let place = repository();
    let acme = String::from_utf8(place.read("policies/orgs/acme/org.kdl")).unwrap();
    place.write("policies/orgs/initech/org.kdl", acme.replace("acme", "initech").replace("0oa1", "0oa3"));
    let production = String::from_utf8(place.read("policies/environments/production.kdl")).unwrap();
    place.write("policies/environments/staging.kdl", production.replace("production", "staging"));
    place.edit("policies/policy.kdl", "at-most=\"1\"", "at-most=\"1\" // one organisation at a time");
    let approve_all = || {
        let said = reviewed(&place, &["--output", "json"]).exits(4).json();
        let of_class = |class, team| (team, ids(&said, class));
        let all = [of_class("trust-root", "@lumen/security"), of_class("privileged", "@lumen/identity")];
        let reviews: Vec<Value> =
            all.iter().map(|(team, changes)| json!({"by": "ada", "teams": [team], "changes": changes})).collect();
        let file = json!({"schema": "gatewright.reviews/1", "author": "bob", "reviews": reviews});
        place.write("reviews.json", file.to_string());
    };
    let missing = || {
        let said = reviewed(&place, &[&WITH[..], &["--output", "json"]].concat()).json();
        let needs = said["needs"].as_array().unwrap();
        let changes = needs.iter().flat_map(|need| need["changes"].as_array().unwrap());
        let open = changes.filter(|change| change["approved_by"] == json!([]));
        let mut paths: Vec<String> = open.map(|change| change["path"].as_str().unwrap().to_owned()).collect();
        paths.sort();
        paths.dedup();
        paths
    };
    approve_all();
    assert_eq!(missing(), [""; 0]);
    place.edit("policies/orgs/initech/org.kdl", "https://initech.okta.com", "https://evil.okta.com");
    // What is new in the environment are all organisations as it sees them.
    assert_eq!(missing(), ["environment[staging]", "org[initech]"]);
    approve_all();
    place.edit("policies/environments/staging.kdl", "base-url \"https://", "base-url \"https://evil.");
    assert_eq!(missing(), ["environment[staging]"]);
}

#[test]
fn to_close_an_organisation_and_to_leave_a_law_are_no_labels() {
    let place = repository();
    place.edit("policies/orgs/acme/org.kdl", "join \"jit\"", "join \"jit\"\n        stage \"test\"");
    let classes = |said: &Value| {
        let needs = said["needs"].as_array().unwrap().iter().map(|need| need["class"].as_str().unwrap().to_owned());
        let free = said["free"].as_array().unwrap().iter().map(|class| class.as_str().unwrap().to_owned());
        needs.chain(free).collect::<Vec<_>>()
    };
    assert_eq!(classes(&reviewed(&place, &["--output", "json"]).json()), ["shut-out"]);
    commit(&place, "closed");
    place.edit("policies/orgs/acme/org.kdl", "\n        stage \"test\"", "");
    assert_eq!(classes(&reviewed(&place, &["--output", "json"]).json()), ["privileged", "widening"]);
    commit(&place, "open");
    place.edit(
        "policies/platform/catalog.kdl",
        "plan \"standard\"",
        "plan \"large\" {\n    includes \"sso\"\n}\n\nplan \"standard\"",
    );
    place.edit("policies/orgs/acme/org.kdl", "plan \"standard\"", "plan \"large\"");
    assert_eq!(classes(&reviewed(&place, &["--output", "json"]).json()), ["weakening"]);
}

#[test]
fn a_file_does_not_stand_for_a_revision() {
    let place = repository();
    grant(&place, "acme", "ml-platform");
    place.run(&["compile", "--workspace", "policies", "--environment", "production", "--out", "main"]).exits(0);
    let diff = |base: &str| place.run(&["diff", base, "--workspace", "policies", "--fail-on", "privileged"]);
    assert!(diff("main").exits(2).stderr.contains("is a file and a revision"));
    diff("refs/heads/main").exits(4);
    diff("./main").exits(0);
}

#[test]
fn a_setting_of_the_platform_reaches_every_organisation() {
    let place = repository();
    place.edit("policies/environments/production.kdl", "base-url \"https://", "base-url \"https://other.");
    let said = reviewed(&place, &["--output", "json"]).exits(4).json();
    assert_eq!(said["brakes"][0]["found"], json!(2), "{said:#}");
}

#[test]
fn an_id_that_the_base_retired_is_not_used_again() {
    let place = repository();
    std::fs::remove_dir_all(place.path("policies/orgs/globex")).unwrap();
    place.write("policies/platform/retired.kdl", "retired-org \"globex\" on=\"2026-11-24\" data=\"delete\"\n");
    commit(&place, "globex leaves");
    let acme = String::from_utf8(place.read("policies/orgs/acme/org.kdl")).unwrap();
    place.write("policies/orgs/globex/org.kdl", acme.replace("acme", "globex").replace("0oa1", "0oa2"));
    std::fs::remove_file(place.path("policies/platform/retired.kdl")).unwrap();
    let said = reviewed(&place, &["--output", "json"]).exits(4).json();
    assert_eq!(said["reused"], json!(["globex"]), "{said:#}");
}

#[test]
fn a_change_that_reaches_too_many_meets_the_brake() {
    let place = repository();
    for org in ["acme", "globex"] {
        grant(&place, org, "ml-platform");
    }
    let said = reviewed(&place, &["--output", "json"]).exits(4).json();
    assert_eq!(said["brakes"], json!([{"name": "orgs-changed", "at_most": 1, "found": 2, "holds": false}]));
    approve(&place, "ada", "@lumen/identity", &ids(&said, "privileged"));
    insta::assert_snapshot!("a_review_meets_the_brake", shown(&reviewed(&place, &WITH).exits(4)));
}

#[test]
fn an_organisation_leaves_with_a_word_or_not_at_all() {
    let place = repository();
    std::fs::remove_dir_all(place.path("policies/orgs/globex")).unwrap();
    let said = reviewed(&place, &["--output", "json"]).exits(4).json();
    assert_eq!((&said["vanished"], &said["codes"]), (&json!(["globex"]), &json!(["GW1410"])), "{said:#}");
    insta::assert_snapshot!("an_organisation_is_gone_without_a_word", shown(&reviewed(&place, &[]).exits(4)));
    let retired = "retired-org \"globex\" on=\"2026-11-24\" data=\"keep-90d\"\n";
    place.write("policies/platform/retired.kdl", retired);
    let said = reviewed(&place, &["--output", "json"]).exits(0).json();
    assert_eq!(said["free"], json!(["shut-out", "org-retired"]), "{said:#}");
}

#[test]
fn reviews_that_are_not_understood_are_refused() {
    let place = repository();
    let good = json!({"schema": "gatewright.reviews/1", "author": "bob", "reviews": []});
    let mut unknown = good.clone();
    unknown["state"] = json!("approved");
    let mut other = good.clone();
    other["schema"] = json!("gatewright.reviews/2");
    let mut nameless = good.clone();
    nameless.as_object_mut().unwrap().remove("author");
    for wrong in [unknown.to_string(), other.to_string(), nameless.to_string(), "{".into(), String::new()] {
        place.write("reviews.json", &wrong);
        let ran = reviewed(&place, &WITH).exits(2);
        assert!(ran.stderr.contains("gatewright.reviews/1"), "{wrong}: {}", ran.whole());
    }
    place.write("reviews.json", good.to_string());
    reviewed(&place, &WITH).exits(0);
    place.run(&["review", "reviews.json", "--workspace", "policies"]).exits(5);
}

/// A key, and its line for the approvers.
fn approver(place: &Place, by: &str, team: &str) -> Value {
    let (key, trust) = (format!("{by}.key"), format!("{by}.trust"));
    place.run(&["keygen", "--out", &key, "--trust", &trust]).exits(0);
    let trust = String::from_utf8(place.read(&trust)).unwrap();
    let public = trust.split_whitespace().find(|word| word.starts_with("ed25519:")).unwrap().to_owned();
    json!({"by": by, "teams": [team], "key": public})
}

fn signed(place: &Place, by: &str) -> Value {
    let out = format!("{by}.json");
    reviewed(place, &["--sign", &format!("{by}.key"), "--out", &out]).exits(0);
    serde_json::from_slice(&place.read(&out)).unwrap()
}

/// A verdict by signatures.
fn judged(place: &Place, approvers: &[&Value], author: &str, signed: &[&Value]) -> Ran {
    let approvers = json!({"schema": "gatewright.approvers/1", "approvers": approvers});
    place.write("approvers.json", approvers.to_string());
    let unsigned = json!({"by": "eve", "teams": ["@lumen/identity"], "changes": []});
    let reviews = json!({"schema": "gatewright.reviews/1", "author": author, "reviews": [unsigned], "signed": signed});
    place.write("reviews.json", reviews.to_string());
    reviewed(place, &[&WITH[..], &["--approvers", "approvers.json"]].concat())
}

#[test]
fn a_signature_approves_what_it_is_over_and_nothing_else() {
    let place = repository();
    let ada = approver(&place, "ada", "@lumen/identity");
    let eve = approver(&place, "eve", "@lumen/security");
    grant(&place, "acme", "ml-platform");
    let approval = signed(&place, "ada");
    judged(&place, &[&ada, &eve], "bob", &[&approval]).exits(0);
    // The author's, nobody's, that of another team, and none.
    judged(&place, &[&ada, &eve], "Ada", &[&approval]).exits(4);
    judged(&place, &[&eve], "bob", &[&approval]).exits(4);
    judged(&place, &[&ada, &eve], "bob", &[&signed(&place, "eve")]).exits(4);
    judged(&place, &[&ada], "bob", &[]).exits(4);
    // Whose own counts for nothing has to be known.
    judged(&place, &[&ada], " ", &[&approval]).exits(2);
    // What is not signed counts for nothing any more.
    let privileged = ids(&reviewed(&place, &["--output", "json"]).exits(4).json(), "privileged");
    approve(&place, "ada", "@lumen/identity", &privileged);
    reviewed(&place, &WITH).exits(0);
    reviewed(&place, &[&WITH[..], &["--approvers", "approvers.json"]].concat()).exits(4);
    // Another change is another id.
    place.edit("policies/orgs/acme/org.kdl", "group=\"ml-platform\"", "group=\"everybody\"");
    judged(&place, &[&ada], "bob", &[&approval]).exits(4);
}

#[test]
fn a_forged_approval_is_refused_loudly() {
    let place = repository();
    let ada = approver(&place, "ada", "@lumen/identity");
    approver(&place, "eve", "@lumen/security");
    grant(&place, "acme", "ml-platform");
    let (good, eves) = (signed(&place, "ada"), signed(&place, "eve"));
    grant(&place, "globex", "operators");
    let over_more = signed(&place, "ada");
    let with = |at: &str, value: &Value| {
        let mut bent = good.clone();
        *bent.pointer_mut(at).unwrap() = value.clone();
        bent
    };
    for (what, bent) in [
        ("other ids under an old signature", with("/payload", &over_more["payload"])),
        ("another signature", with("/signatures/0/sig", &eves["signatures"][0]["sig"])),
        ("no base64", with("/signatures/0/sig", &json!("*"))),
        ("two signatures", with("/signatures", &json!([good["signatures"][0], good["signatures"][0]]))),
        ("none", with("/signatures", &json!([]))),
        ("a bundle's type", with("/payloadType", &json!("application/vnd.gatewright.bundle+cbor"))),
        ("eve's under ada's name", {
            let mut bent = eves.clone();
            bent["signatures"][0]["keyid"] = good["signatures"][0]["keyid"].clone();
            bent
        }),
    ] {
        let ran = judged(&place, &[&ada], "bob", &[&bent]);
        assert!(ran.whole().starts_with("exit 5"), "{what}: {}", ran.whole());
    }
    // The same ids in another workspace.
    let manifest = String::from_utf8(place.read("policies/policy.kdl")).unwrap();
    let name = manifest.split('"').nth(1).unwrap();
    place.edit("policies/policy.kdl", &format!("workspace \"{name}\""), "workspace \"elsewhere\"");
    commit(&place, "another workspace");
    grant(&place, "acme", "more");
    let elsewhere = judged(&place, &[&ada], "bob", &[&good]).exits(5);
    assert!(elsewhere.stderr.contains("not `elsewhere`"), "{}", elsewhere.stderr);
    // Nothing says whose the signatures are; a key for two; a person with two.
    reviewed(&place, &WITH).exits(2);
    let again = json!({"by": "eve", "teams": [], "key": ada["key"]});
    judged(&place, &[&ada, &again], "bob", &[]).exits(5);
    judged(&place, &[&json!({"by": "eve", "teams": [], "key": "ed25519:00"})], "bob", &[]).exits(5);
    let weak = json!({"by": "eve", "teams": [], "key": format!("ed25519:01{}", "00".repeat(31))});
    judged(&place, &[&weak], "bob", &[]).exits(5);
}
