//! Focus: what is said where only what differs is judged is what is said where everything is.

use serde_json::{Value, json};

use crate::repository::{commit, git};
use crate::support::Place;

/// More than the comparison of a small workspace, which judges everything.
const ORGS: usize = 260;
const ROUNDS: usize = 12;

fn platform() -> Place {
    let place = Place::with_workspace();
    for n in 0..ORGS {
        place.write(&path(n), org(n));
    }
    git(&place, &["init", "--quiet", "--initial-branch=main", "."]);
    commit(&place, "main");
    place
}

fn path(n: usize) -> String {
    format!("policies/orgs/customer-{n}/org.kdl")
}

fn org(n: usize) -> String {
    format!(
        "org \"customer-{n}\" {{
    name \"Customer {n}\"
    plan \"standard\"
    time-zone \"UTC\"
    domain \"customer-{n}.example\"
    owner \"ada@customer-{n}.example\"
    connection \"okta\" {{
        provider \"okta\"
        oidc {{
            issuer \"https://okta.customer-{n}.example\"
            client-id \"client-{n}\"
        }}
    }}
    members \"sso\" {{
        join \"jit\"
    }}
    project \"default\" {{
        name \"Default\"
    }}
    default-project \"default\"
    grant role=\"member\" everyone-in=\"customer-{n}.example\"
    grant role=\"admin\" group=\"admins-{n}\"
    block group=\"former-staff\"
}}
"
    )
}

/// Splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(most).unwrap()).unwrap()
    }
}

/// Something that an author may do to organisation `n`, good or bad, and `other` for what is not its own.
fn edit(place: &Place, what: usize, n: usize, other: usize) {
    let (path, other_issuer) = (path(n), format!("https://okta.customer-{other}.example"));
    let line = |line: &str| {
        place.edit(&path, "    block group=\"former-staff\"", &format!("    {line}\n    block group=\"former-staff\""));
    };
    match what {
        0 => line("grant role=\"admin\" group=\"others\""),
        1 => place.edit(&path, "former-staff", "everybody-who-left"),
        2 => line("session { idle \"2h\"; }"),
        3 => std::fs::remove_dir_all(place.path(&path).parent().unwrap()).unwrap(),
        4 => drop(place.write(&self::path(n + 1_000), org(n + 1_000))),
        5 => place.edit(&path, "role=\"member\"", "role=\"membre\""),
        6 => line(&format!("domain \"customer-{other}.example\"")),
        7 => line(&format!("domain \"eu.customer-{other}.example\"")),
        8 => {
            place.edit(&path, &format!("https://okta.customer-{n}.example"), &other_issuer);
            place.edit(&path, &format!("client-{n}\""), &format!("client-{other}\""));
        }
        9 => place.edit(&path, &format!("org \"customer-{n}\""), &format!("org \"customer-{other}\"")),
        10 => drop(place.write(&format!("policies/orgs/more/customer-{n}/org.kdl"), org(n))),
        11 => place.edit(&path, &format!("owner \"ada@customer-{n}.example\""), "owner \"ada@elsewhere.example\""),
        12 => drop(place.write(&path.replace("org.kdl", "stray.xml"), "<a/>")),
        _ => place.edit(&path, &format!("client-id \"client-{n}\""), "client-id \"client-\\u{61}\""),
    }
}

/// Those after which a policy still compiles.
const GOOD: usize = 5;
const ALL: usize = 14;

fn diagnostics(place: &Place, more: &[&str]) -> Value {
    let arguments = ["check", "--workspace", "policies", "--as-of", "2026-11-24", "--output", "json"];
    place.run(&[&arguments[..], more].concat()).json()["diagnostics"].clone()
}

fn changes(place: &Place, base: &str, head: &str) -> (Value, Value) {
    let arguments = ["diff", base, head, "--workspace", "policies", "--as-of", "2026-11-24", "--output", "json"];
    let said = place.run(&arguments).exits(0).json();
    let summary = said["summary"].clone();
    (json!([said["changes"], summary]), said["head"]["bundles"].clone())
}

#[test]
fn check_changed_finds_what_check_finds() {
    let place = platform();
    let mut dice = Dice(20_261_125);
    let (mut found, before) = (0, diagnostics(&place, &[]));
    for what in 0..ALL {
        let n = dice.below(ORGS);
        edit(&place, what, n, (n + 1 + dice.below(ORGS - 1)) % ORGS);
        let whole = diagnostics(&place, &[]);
        // What no organisation of the part is part of is not said again.
        let old: Vec<&Value> = before.as_array().unwrap().iter().map(|found| &found["fingerprint"]).collect();
        let new = |said: &Value| {
            let all = said.as_array().unwrap().iter();
            json!(all.filter(|found| !old.contains(&&found["fingerprint"])).collect::<Vec<_>>())
        };
        assert_eq!(new(&diagnostics(&place, &["--changed"])), new(&whole), "edit {what} of {n}");
        found += new(&whole).as_array().unwrap().len();
        git(&place, &["checkout", "--quiet", "."]);
        git(&place, &["clean", "--quiet", "--force", "-d"]);
    }
    assert!(found >= 9, "the edits that are mistakes are found: {found}");
}

#[test]
fn a_comparison_of_what_differs_is_the_comparison_of_everything() {
    let place = platform();
    let mut dice = Dice(20_261_126);
    for round in 0..ROUNDS {
        git(&place, &["checkout", "--quiet", "-b", &format!("part-{round}"), "main"]);
        let mut taken = Vec::new();
        for _ in 0..=dice.below(6) {
            let (what, n) = (dice.below(GOOD), dice.below(ORGS));
            if !taken.contains(&n) {
                edit(&place, what, n, 0);
                taken.push(n);
            }
        }
        commit(&place, "part");
        let (part, bundles) = changes(&place, "main", &format!("part-{round}"));
        assert_eq!(bundles, json!({}), "what differs was compiled, and no more");
        // A comment that all share: nothing changes by it, and everything is judged.
        place.edit("policies/policy.kdl", "policy-version 1\n", "policy-version 1\n// Everybody reads this.\n");
        commit(&place, "whole");
        let (whole, bundles) = changes(&place, "main", &format!("part-{round}"));
        assert_ne!(bundles, json!({}), "everything was compiled");
        assert_eq!(part, whole, "round {round}");
    }
}

const GUARDRAIL: &str = "guardrail \"cap\" {
    require \"session.absolute\" at-most=\"12h\"
    forbid \"project[research].visibility\" equals=\"private\"
    why \"SOC 2 CC6.1\"
}
";

fn google(n: usize, client: &str) -> String {
    let own = format!("issuer \"https://okta.customer-{n}.example\"\n            client-id \"client-{n}\"");
    let shared = format!("shared-client \"{client}\"\n            hosted-domain \"customer-{n}.example\"");
    let text = org(n).replace("\"okta\"", "\"google\"").replace(&own, &shared);
    // Google sends no groups.
    text.lines().filter(|line| !line.contains(" group=")).map(|line| format!("{line}\n")).collect()
}

/// A guardrail that names a project of another organisation, two shared clients that are one at the provider, a suite that
/// belongs elsewhere: what no changed organisation has is not taken for nothing.
#[test]
fn what_leads_through_the_platform_is_found() {
    let place = platform();
    place.write("policies/platform/guardrails.kdl", GUARDRAIL);
    let clients = ["g1", "g2"].map(|slug| {
        format!("    shared-client \"{slug}\" {{\n        provider \"google\"\n        client-id \"one\"\n        secret \"platform/google\"\n    }}\n")
    });
    let production = "policies/environments/production.kdl";
    let text = String::from_utf8(place.read(production)).unwrap();
    place.write(production, text.trim_end().trim_end_matches('}').to_owned() + &clients.concat() + "}\n");
    place.write(&path(5), google(5, "g2"));
    commit(&place, "base");
    let before = diagnostics(&place, &[]);
    assert!(!before.to_string().contains("\"error\""), "{before:#}");
    let suite = |org: &str| format!("suite \"strange\" {{\n    org \"{org}\"\n}}\n");
    let beside = path(3).replace("org.kdl", "org.test.kdl");
    let long = org(3).replace("    block", "    session { absolute \"48h\"; idle \"1h\"; }\n    block");
    for (file, text, code) in [
        (path(3), long, "GW0801"),
        (path(3), google(3, "g1"), "GW0402"),
        (beside.clone(), suite("customer-5"), "GW0106"),
        (beside, suite("nobody"), "GW0106"),
    ] {
        place.write(&file, text);
        let said = diagnostics(&place, &["--changed"]).to_string();
        assert!(said.contains(code), "{file}: {said}");
        place.run(&["check", "--workspace", "policies"]).exits(1);
        place.run(&["diff", "HEAD", "--workspace", "policies"]).exits(1);
        git(&place, &["checkout", "--quiet", "."]);
        git(&place, &["clean", "--quiet", "--force", "-d"]);
    }
    // Nobody changed the guardrail, whoever has a project of that name.
    place.edit(
        &path(3),
        "    project \"default\"",
        "    project \"research\" { name \"Research\"; }\n    project \"default\"",
    );
    let said = place.run(&["diff", "HEAD", "--workspace", "policies", "--output", "json"]).exits(0).json();
    let paths: Vec<&str> =
        said["changes"].as_array().unwrap().iter().map(|change| change["path"].as_str().unwrap()).collect();
    assert!(!paths.is_empty() && paths.iter().all(|path| path.starts_with("org[customer-3]")), "{paths:?}");
}

#[test]
fn the_last_organisation_is_missed() {
    let place = Place::with_workspace();
    git(&place, &["init", "--quiet", "."]);
    commit(&place, "main");
    std::fs::remove_dir_all(place.path("policies/orgs/acme")).unwrap();
    assert!(diagnostics(&place, &["--changed"]).to_string().contains("GW0203"));
}

#[test]
fn before_the_first_commit_everything_is_checked() {
    let place = Place::with_workspace();
    let check = || place.run(&["check", "--workspace", "policies", "--changed"]);
    assert!(check().exits(2).stderr.contains("lies in no git repository"));
    git(&place, &["init", "--quiet", "."]);
    assert!(check().exits(0).stderr.contains("there is no commit yet"));
}

#[test]
fn check_changed_says_how_much_it_checked() {
    let place = platform();
    let check = |more: &str| place.run(&["check", "--workspace", "policies", more]).exits(0);
    place.edit(&path(7), "former-staff", "left");
    let said = check("--changed");
    assert!(said.stderr.contains("1 organisation of 261 checked; 1 differ from `HEAD`"), "{}", said.stderr);
    place.edit("policies/policy.kdl", "policy-version 1\n", "policy-version 1\n\n");
    let said = check("--changed=main");
    assert!(said.stderr.contains("everything was checked: `policy.kdl` differs from `main`"), "{}", said.stderr);
    let failed = place.run(&["check", "--workspace", "policies", "--changed=nothing"]).exits(2);
    assert!(failed.stderr.contains("`nothing` is neither a file nor a git revision"), "{}", failed.stderr);
}
