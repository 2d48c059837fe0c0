//! Deploy: the command line, a repository and a gate that runs: what is taken, what is refused, and what was reviewed.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::process::Command;

use gatewright_tests::{House, programs};
use serde_json::{Value, json};

struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    #[track_caller]
    fn exits(self, code: i32, with: &str) -> Self {
        let words = format!("{}{}", self.out, self.err);
        assert!(self.code == code && words.contains(with), "exit {} and no {code} with `{with}`: {words}", self.code);
        self
    }
}

fn ask(house: &House, words: &[&str]) -> Said {
    let mut command = Command::new(programs().join("gatewright"));
    command.args(words).args(["--workspace", &house.at("workspace")]);
    command.env("GATEWRIGHT_TOKEN_FILE", house.at("token")).env("GATEWRIGHT_RUNTIME", house.admin_url());
    let output = command.output().expect("built");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

fn deploy(house: &House, more: &[&str]) -> Said {
    ask(house, &[&["deploy", house.at("next").as_str()], more].concat())
}

fn git(house: &House, words: &[&str]) {
    let folder = house.at("workspace");
    let who = ["-C", &folder, "-c", "user.name=ada", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"];
    assert!(Command::new("git").args(who).args(words).output().expect("git").status.success(), "{words:?}");
}

fn commit(house: &House, tag: &str) {
    git(house, &["add", "--all"]);
    git(house, &["commit", "--quiet", "--message", tag]);
    git(house, &["tag", "--force", tag]);
}

fn edit(house: &House, file: &str, from: &str, to: &str) {
    let path = house.at(&format!("workspace/{file}"));
    let text = std::fs::read_to_string(&path).expect("readable");
    assert!(text.contains(from), "no {from} in {text}");
    std::fs::write(path, text.replacen(from, to, 1)).expect("writable");
}

/// Compiles and signs the workspace beside the bundle of the gate.
fn sign(house: &House, sequence: u64) {
    let (key, draft, next) = (house.at("signing.pem"), house.at("draft"), house.at("next"));
    let (workspace, sequence) = (house.at("workspace"), sequence.to_string());
    house.run("gatewright", &["compile", "--workspace", &workspace, "--environment", "dev", "--out", &draft]);
    house.run("gatewright", &["sign", &draft, "--key", &key, "--sequence", &sequence, "--out", &next]);
}

/// A gate on sequence 1 of a manifest with an approval; the commit `deployed`.
async fn house() -> House {
    let mut house = House::build(2).await;
    let rules = "approval \"privileged\" from=\"@lumen/identity\"; approval \"trust-root\" from=\"@lumen/security\"; \
        approval \"weakening\" from=\"@lumen/security\"; brake \"orgs-changed\" at-most=\"25\"; orgs ";
    edit(&house, "policy.kdl", "orgs ", rules);
    git(&house, &["init", "--quiet", "--initial-branch=main"]);
    commit(&house, "deployed");
    house.publish(1);
    house.start();
    house
}

fn grant(house: &House, org: &str, role: &str, group: &str) {
    let line = format!("grant role=\"{role}\" group=\"{group}\"\n    grant role=\"admin\"     group=\"admins\"");
    edit(house, &format!("orgs/{org}/org.kdl"), "grant role=\"admin\"     group=\"admins\"", &line);
}

/// The ids from one revision to the next, in a file of reviews.
fn review(house: &House, name: &str, revisions: [&str; 2], (author, by, team): (&str, &str, &str)) -> String {
    let said = ask(house, &["diff", revisions[0], revisions[1], "--output", "json"]).exits(0, "").json();
    let ids: Vec<&Value> = said["changes"].as_array().unwrap().iter().map(|change| &change["id"]).collect();
    let reviews = json!([{"by": by, "teams": [team], "changes": ids}]);
    let file = house.at(name);
    let document = json!({"schema": "gatewright.reviews/1", "author": author, "reviews": reviews});
    std::fs::write(&file, document.to_string()).expect("writable");
    file
}

const ADA: (&str, &str, &str) = ("bob", "ada", "@lumen/identity");

#[tokio::test]
async fn a_deployment_is_taken_or_says_why_not() {
    let house = house().await;
    let unsigned = house.at("draft");
    ask(&house, &["deploy", &unsigned]).exits(5, "GW1401");
    grant(&house, "w0", "developer", "ops");
    sign(&house, 7);
    deploy(&house, &["--environment", "production"]).exits(5, "GW1409");
    deploy(&house, &["--environment", "dev"]).exits(0, "runs sequence 7, in the place of 1");
    deploy(&house, &[]).exits(0, "runs it already");
    ask(&house, &["status", &house.at("next")]).exits(0, "✓");
    ask(&house, &["status", "deployed"]).exits(4, "GW1408");
    sign(&house, 6);
    deploy(&house, &[]).exits(5, "GW1402");
    grant(&house, "w0", "developer", "more");
    sign(&house, 7);
    deploy(&house, &[]).exits(5, "GW1402");
    // A key that the gate does not trust: only the gate can say so, and nothing has changed.
    let (key, trust, next) = (house.at("other.pem"), house.at("other"), house.at("next"));
    house.run("gatewright", &["keygen", "--out", &key, "--trust", &trust]);
    house.run("gatewright", &["sign", &unsigned, "--key", &key, "--sequence", "9", "--out", &next]);
    let said = deploy(&house, &["--output", "json"]).exits(5, "GW1401").json();
    assert_eq!((&said["schema"], &said["topic"]), (&json!("gatewright.failure/1"), &json!("GW1401")), "{said:#}");
    let status = ask(&house, &["status", "--output", "json"]).exits(5, "degraded").json();
    assert_eq!(status["running"]["sequence"], 7);
    assert!(house.admin("/v1/audit").await.contains("\"operator\":\"tests\""));
    // A token without the scope, and nobody there.
    let printed = house.run(
        "gatewrightd",
        &["token", "create", "reader", "--scope", "read", "--store", &format!("sqlite:{}", house.at("store.db"))],
    );
    std::fs::write(house.at("token"), printed.trim().lines().last().unwrap()).unwrap();
    sign(&house, 8);
    deploy(&house, &[]).exits(6, "scope");
    deploy(&house, &["--runtime", "http://127.0.0.1:1"]).exits(6, "cannot be reached");
}

#[tokio::test]
async fn what_was_not_reviewed_is_not_deployed_and_reviews_add_up() {
    let house = house().await;
    grant(&house, "w0", "admin", "ops");
    commit(&house, "one");
    let one = review(&house, "one.json", ["deployed", "one"], ADA);
    grant(&house, "w1", "developer", "ops");
    commit(&house, "two");
    let two = review(&house, "two.json", ["one", "two"], ("carol", "dan", "@lumen/w1"));
    sign(&house, 2);
    let base = ["--base", "deployed"];
    let reviewed = |files: &[&str]| {
        let files: Vec<&str> = files.iter().flat_map(|file| ["--reviewed", file]).collect();
        deploy(&house, &[&files[..], &base].concat())
    };
    reviewed(&[&one]).exits(4, "GW1405");
    reviewed(&[&two]).exits(4, "GW1405 and GW1407");
    // The author's own approval, and that of another team.
    for by in [("ada", "ada", "@lumen/identity"), ("bob", "ada", "@lumen/w0")] {
        let other = review(&house, "other.json", ["deployed", "two"], by);
        reviewed(&[&other]).exits(4, "GW1407");
    }
    let said = ask(&house, &["status", "--output", "json"]).exits(0, "").json();
    assert_eq!(said["running"]["sequence"], 1, "nothing was deployed");
    reviewed(&[&one, &two]).exits(0, "in the place of 1");
    ask(&house, &["diff", "running:dev", "two", "--output", "json"]).exits(0, "\"same_as_base\": true");
    ask(&house, &["diff", "running:production", "two"]).exits(2, "the runtime serves `dev`");
    // What was deployed since is no base any more.
    sign(&house, 3);
    reviewed(&[&one, &two]).exits(4, "GW1408");
}

/// The manifest of what runs counts: the change that asks nobody any more does not let itself in.
#[tokio::test]
async fn a_change_cannot_take_its_own_approval_away() {
    let house = house().await;
    grant(&house, "w0", "admin", "ops");
    edit(&house, "policy.kdl", "approval \"privileged\" from=\"@lumen/identity\"; ", "");
    commit(&house, "one");
    let one = review(&house, "one.json", ["deployed", "one"], ("bob", "eve", "@lumen/nobody"));
    sign(&house, 2);
    deploy(&house, &["--reviewed", &one, "--base", "deployed"]).exits(4, "GW1407");
    deploy(&house, &["--reviewed", &one, "--base", "one"]).exits(4, "GW1408");
    deploy(&house, &["--base", "deployed"]).exits(2, "--reviewed");
    // What came and went again between two deployments is no change, and needs no review.
    edit(&house, "orgs/w0/org.kdl", "group=\"ops\"", "group=\"devs\"");
    commit(&house, "two");
    let two = review(&house, "two.json", ["one", "two"], ADA);
    sign(&house, 3);
    let said = deploy(&house, &["--reviewed", &one, "--reviewed", &two, "--base", "deployed", "--output", "json"]);
    assert_eq!(said.exits(0, "").json()["reviewed"], true);
}

/// Two reviewed changes of one line are a third, from what runs to what is deployed, that nobody has seen.
#[tokio::test]
async fn two_changes_of_one_line_are_a_third() {
    let house = house().await;
    let session = |from: &str, to: &str| edit(&house, "orgs/w0/org.kdl", from, to);
    session("    members", "    session { idle \"20m\"; }\n    members");
    commit(&house, "zero");
    sign(&house, 2);
    deploy(&house, &[]).exits(0, "in the place of 1");
    session("20m", "15m");
    commit(&house, "one");
    session("15m", "10m");
    commit(&house, "two");
    let one = review(&house, "one.json", ["zero", "one"], ADA);
    let two = review(&house, "two.json", ["one", "two"], ADA);
    sign(&house, 3);
    let files = ["--reviewed", &one, "--reviewed", &two, "--base", "zero"];
    deploy(&house, &files).exits(4, "1 change in no review");
}
