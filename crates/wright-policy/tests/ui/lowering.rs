//! Lowering: what the base workspace amounts to, and what does not reach it.

use std::sync::Arc;

use gatewright_bundle::program::{Client, ClientAuth, EmailTrust, Pin, Program, WhenFull};
use gatewright_terms::Slug;
use wright_policy::{Policy, Provenance, Valid, Workspace, block_path, check, grant_path, lower};
use wright_syntax::diagnostic::Sink;

use crate::notation::{all_findings, as_of, base, early, files_below, fixtures, refuses, ui, workspace};

fn valid(workspace: &Workspace) -> Option<Valid<Policy>> {
    let (policy, mut sink) = early(workspace);
    check(policy, as_of(), &mut sink)
}

fn lowered(workspace: &Workspace, environment: &str) -> (Program, Provenance) {
    lower(&valid(workspace).unwrap(), &Slug::parse(environment).unwrap()).unwrap()
}

fn reference_workspace() -> Workspace {
    let files = files_below(&ui().join("../../policies"));
    Workspace::new(files.into_iter().map(|(path, text)| (path, text.into_bytes())), [])
}

#[test]
fn the_reference_workspace_is_silent_and_lowers_in_every_environment() {
    let workspace = reference_workspace();
    let found: Vec<String> = all_findings(&workspace).into_iter().map(|found| found.message).collect();
    assert_eq!(found, Vec::<String>::new());
    let policy = valid(&workspace).unwrap();
    assert!(policy.environments().len() >= 2);
    for environment in policy.environments() {
        let (program, provenance) = lower(&policy, &environment).unwrap();
        assert_eq!(program.orgs.len(), policy.orgs().len());
        for org in &program.orgs {
            let several = org.id.as_str() == "globex";
            assert_eq!(org.connections.len(), if several { 2 } else { 1 }, "{}", org.id);
            for grant in &org.grants {
                let path = grant_path(&program.catalogue, org, grant).unwrap();
                let origin = provenance.of(&path).unwrap_or_else(|| panic!("{path} has no origin"));
                let preset = "presets/startup-google.kdl";
                let file = policy.org_file(&org.id).unwrap();
                assert_eq!(&*origin.file, if org.id.as_str() == "initech" { preset } else { &*file });
            }
            for group in &org.blocked_groups {
                assert!(provenance.of(&block_path(org, group)).is_some_and(|origin| origin.line > 0));
            }
        }
    }
    assert!(lower(&policy, &Slug::parse("nowhere").unwrap()).is_none());
}

/// Neither the order of files nor of lines reaches the program; the places of what moved are all that differs.
#[test]
fn lowering_does_not_depend_on_any_order() {
    let files = files_below(&ui().join("../../policies"));
    let expected = lowered(&reference_workspace(), "production");
    let mut seed: u64 = 0x2545_F491_4F6C_DD1D;
    for _ in 0..20 {
        let mut shuffled: Vec<(String, String)> = files.clone().into_iter().collect();
        for at in (1..shuffled.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, (seed >> 33) as usize % (at + 1));
        }
        let workspace = Workspace::new(shuffled.into_iter().map(|(path, text)| (path, text.into_bytes())), []);
        assert_eq!(lowered(&workspace, "production"), expected);
    }
    let moved = base()["orgs/acme/org.kdl"].lines().collect::<Vec<_>>().join("\n");
    let (head, grants) = moved.split_at(moved.find("    grant").unwrap());
    let mut lines: Vec<&str> = grants.lines().filter(|line| line.contains("grant")).collect();
    lines.reverse();
    let turned = format!("// file: orgs/acme/org.kdl\n{head}{}\n}}\n", lines.join("\n"));
    assert_eq!(lowered(&workspace(&turned), "production").0, lowered(&workspace(""), "production").0);
}

#[test]
fn profiles_are_written_out() {
    let (program, provenance) = lowered(&workspace(""), "production");
    let oidc = program.orgs[0].connections[0].oidc().unwrap();
    assert_eq!(oidc.client, Client::Own { client_id: "0oa1acme".into(), client_auth: ClientAuth::PrivateKeyJwt });
    assert_eq!((oidc.email_trust, oidc.pin.clone()), (EmailTrust::OwnIssuer, None));
    assert_eq!(oidc.scopes, ["openid", "email", "profile", "groups"]);
    assert_eq!(provenance.of("org[acme].connection[okta].oidc.issuer").unwrap().line, 12);
    assert_eq!(&*provenance.of("org[acme].session.idle").unwrap().file, "built-in");
    assert!(provenance.origins.is_sorted_by(|one, two| one.path < two.path));
}

#[test]
fn an_environment_changes_what_it_may_and_nothing_else() {
    let overlay = "// file: environments/staging.kdl\nenvironment \"staging\" {\n    base-url \"https://sso.staging.lumen.example\"\n    org \"acme\" {\n        connection \"okta\" {\n            oidc {\n                issuer \"https://acme.oktapreview.com\"\n            }\n        }\n    }\n}\n";
    let workspace = workspace(overlay);
    let (production, staging) = (lowered(&workspace, "production").0, lowered(&workspace, "staging"));
    let mut org = staging.0.orgs[0].clone();
    assert_eq!(org.connections[0].issuer(), "https://acme.oktapreview.com");
    assert_eq!(&*staging.1.of("org[acme].connection[okta].oidc.issuer").unwrap().file, "environments/staging.kdl");
    org.connections[0].oidc_mut().unwrap().issuer = production.orgs[0].connections[0].issuer().to_owned();
    assert_eq!(org, production.orgs[0]);
}

/// The tenant of an Entra issuer and the Workspace of a Google client become pins.
#[test]
fn pins_are_derived_or_taken() {
    let ok = |name: &str| std::fs::read_to_string(ui().join("ok").join(name)).unwrap();
    let pin = |name: &str, org: usize| {
        lowered(&workspace(&ok(name)), "production").0.orgs[org].connections[0].oidc().unwrap().clone()
    };
    let entra = pin("two-organisations.kdl", 1);
    assert_eq!(entra.pin, Some(Pin::Tenant("8f0d2a6e-1111-4222-8333-944455556666".into())));
    assert_eq!(entra.subject_claim, "oid");
    let google = pin("shared-google.kdl", 0);
    assert!(matches!(&google.pin, Some(Pin::HostedDomain(domain)) if domain.as_str() == "acme.com"));
    assert_eq!((google.issuer.as_str(), &google.client), ("https://accounts.google.com", &Client::Shared(0)));
    let shared = pin("shared-entra-with-tenant.kdl", 0);
    assert_eq!(shared.issuer, "https://login.microsoftonline.com/8f0d2a6e-1111-4222-8333-944455556666/v2.0");
    assert_eq!(shared.email_trust, EmailTrust::OwnIssuer, "pinned, so that it speaks for its own people");
}

/// Only what nothing was said against is valid: errors of any stage count, and denied lints; warnings do not.
#[test]
fn errors_and_denied_lints_prevent_the_proof() {
    let mut seen = [0, 0];
    for (path, text) in fixtures() {
        let workspace = workspace(&text);
        let refused = refuses(&all_findings(&workspace));
        assert_eq!(valid(&workspace).is_none(), refused, "{path}");
        seen[usize::from(refused)] += 1;
    }
    assert!(seen[0] > 5 && seen[1] > 50, "{seen:?}");
}

/// The proof does not depend on which sink the caller hands to which stage.
#[test]
fn a_fresh_sink_does_not_launder_an_error() {
    let (policy, _) = early(&workspace("// into: orgs/acme/org.kdl\n    sesion {\n        idle \"1h\"\n    }\n"));
    assert!(check(policy, as_of(), &mut Sink::default()).is_none());
}

/// ST-LINT-06: how many sessions one person may have, and what happens to one more, is always said.
#[test]
fn st_lint_05_and_06_sessions_are_layered() {
    let rules = |text: &str| {
        let (program, provenance) = lowered(&workspace(text), "production");
        let session = program.orgs[0].session;
        let file = |word: &str| provenance.of(&format!("org[acme].session.{word}")).unwrap().file.clone();
        let files = ["idle", "absolute", "concurrent", "when-full"].map(file);
        ((session.idle.0, session.absolute.0, session.concurrent, session.when_full), files)
    };
    let defaults = "// file: platform/defaults.kdl\ndefaults {\n    session {\n        idle \"10m\"\n        concurrent 3\n        when-full \"refuse\"\n    }\n    step-up \"org.settings\" within=\"15m\"\n}\n";
    let own = "// into: orgs/acme/org.kdl\n    session {\n        idle \"20m\"\n    }\n";
    let built_in = (1_800, 28_800, 5, WhenFull::EndOldest);
    assert_eq!(rules(""), (built_in, ["built-in"; 4].map(Arc::from)));
    let (org, platform) = ("orgs/acme/org.kdl", "platform/defaults.kdl");
    let layered = (1_200, 28_800, 3, WhenFull::Refuse);
    assert_eq!(rules(&format!("{defaults}{own}")), (layered, [org, "built-in", platform, platform].map(Arc::from)));
}
