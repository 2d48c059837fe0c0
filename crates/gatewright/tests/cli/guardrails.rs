//! Guardrails: what a broken one says and stops, and what a change of one needs.

use serde_json::json;

use crate::repository::{commit, git};
use crate::support::Place;

const CAP: &str = "guardrail \"session-cap\" {\n    require \"session.absolute\" at-most=\"8h\"\n    require \"revocation-bound.session\" at-most=\"8h\"\n    why \"SOC 2 CC6.1\"\n    waivable \"never\"\n}\n";

fn with_guardrail(text: &str) -> Place {
    let place = Place::with_workspace();
    place.write("policies/platform/guardrails.kdl", text);
    place
}

const SHOWN: [&str; 6] = ["check", "--workspace", "policies", "--output", "json", "--as-of"];

#[test]
fn a_broken_guardrail_names_the_line_and_the_reason_and_nothing_is_compiled() {
    let place = with_guardrail(CAP);
    let check = |day: &str| place.run(&[&SHOWN[..], &[day]].concat());
    check("2026-11-24").exits(0);
    place.edit("policies/orgs/acme/org.kdl", "    block", "    session { absolute \"9h\"; }\n    block");
    let said = check("2026-11-24").exits(1).json();
    let found = said["diagnostics"].as_array().unwrap();
    let codes: Vec<&str> = found.iter().map(|found| found["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["GW0801", "GW0801"], "{said:#}");
    let of_bound = found.iter().find(|found| found["message"].as_str().unwrap().contains("revocation-bound")).unwrap();
    assert_eq!(
        of_bound["message"],
        "`org[acme].revocation-bound.session` is 9h; guardrail `session-cap` allows 8h at most"
    );
    assert_eq!((&of_bound["file"], &of_bound["severity"]), (&json!("orgs/acme/org.kdl"), &json!("error")));
    assert!(of_bound["help"].as_str().unwrap().starts_with("why: SOC 2 CC6.1"), "{of_bound:#}");
    assert_eq!(of_bound["related"][0]["file"], "platform/guardrails.kdl");
    place.run(&["compile", "--workspace", "policies", "--environment", "production", "--out", "bundle"]).exits(1);
    assert!(!place.path("bundle").exists());
}

/// `--as-of` decides what is said, and not a byte.
#[test]
fn an_announced_guardrail_warns_until_its_day() {
    let day = "    enforce \"report\" active-from=\"2030-01-01\"\n}\n";
    let place = with_guardrail(&CAP.replace("\"8h\"", "\"7h\"").replace("}\n", day));
    let codes = |day: &str, exit: i32| {
        let said = place.run(&[&SHOWN[..], &[day]].concat()).exits(exit).json();
        let found = said["diagnostics"].as_array().unwrap().iter();
        found.map(|found| found["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes("2029-12-31", 0), ["GW0802", "GW0802"]);
    assert_eq!(codes("2030-01-01", 1), ["GW0801", "GW0801"]);
    let compile = |day: &str| {
        let args = ["compile", "--workspace", "policies", "--environment", "production", "--out", "bundle", "--as-of"];
        place.run(&[&args[..], &[day]].concat()).exits(0);
        place.read("bundle")
    };
    assert!(compile("2026-11-24") == compile("2029-12-31"), "the day reaches the bundle");
}

/// A guardrail that gives way is a weakening, with the place of the guardrail, and needs who approves those.
#[test]
fn a_looser_guardrail_needs_the_approval_of_a_weakening() {
    let place = with_guardrail(CAP);
    let manifest = String::from_utf8(place.read("policies/policy.kdl")).unwrap();
    let approval = "\n    approval \"trust-root\" from=\"@lumen/security\"\n    approval \"weakening\" from=\"@lumen/security\"\n}\n";
    place.write("policies/policy.kdl", manifest.trim_end().strip_suffix('}').unwrap().to_owned() + approval);
    git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
    commit(&place, "main");
    place.edit(
        "policies/platform/guardrails.kdl",
        "\"session.absolute\" at-most=\"8h\"",
        "\"session.absolute\" at-most=\"9h\"",
    );
    let diff = ["diff", "refs/heads/main", "--workspace", "policies", "--as-of", "2026-11-24", "--output", "json"];
    let said = place.run(&diff).exits(0).json();
    let changes = said["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{said:#}");
    assert_eq!(changes[0]["path"], "guardrail[session-cap].require[session.absolute].at-most");
    assert_eq!(changes[0]["classes"], json!(["weakening"]));
    assert_eq!((&changes[0]["before"], &changes[0]["after"]), (&json!("8h"), &json!("9h")));
    let review = ["review", "refs/heads/main", "--workspace", "policies", "--as-of", "2026-11-24", "--output", "json"];
    let said = place.run(&review).exits(4).json();
    assert_eq!(said["codes"], json!(["GW1407"]), "{said:#}");
}
