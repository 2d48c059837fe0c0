//! Floors: a crate imports only from floors below its own, and neither half imports the other (invariant 1).

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

use gatewright_tests::{cargo, imports};

/// From the ground up. What is not on a floor may import anything and is imported by nobody.
const FLOORS: &[&[&str]] = &[
    &["gatewright-terms"],
    &["wright-syntax", "gatewright-bundle", "gatewright-audit"],
    &["gatewright-decide", "gatewright-oidc", "gatewright-saml"],
    &["gatewright-second-opinion"],
    &["wright-policy", "gate-oidc", "gate-saml", "gate-store"],
    &["wright", "gate-core"],
    &["gate-http"],
    &["gatewright", "gatewrightd"],
];

/// Where both halves meet, or neither.
const BESIDE: &[&str] = &["gatewright-dev", "gatewright-tests", "gatewright-bench", "testkit", "xtask"];

fn floor(package: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&package))
}

#[test]
fn a_crate_imports_only_from_floors_below_its_own() {
    for (package, imported) in imports().expect("cargo metadata") {
        let Some(own) = floor(&package) else {
            assert!(
                BESIDE.contains(&package.as_str()),
                "`{package}` stands on no floor: give it one in ARCHITECTURE.md and here"
            );
            continue;
        };
        for import in imported {
            assert!(
                !BESIDE.contains(&import.as_str()),
                "`{package}` imports `{import}`, which is not part of the product"
            );
            if let Some(below) = floor(&import) {
                assert!(below < own, "`{package}` on floor {own} imports `{import}` on floor {below}");
            }
        }
    }
}

#[test]
fn the_halves_never_import_each_other() {
    for (package, imported) in imports().expect("cargo metadata") {
        let other = match package.as_str() {
            "gatewright" => "gate-",
            "gatewrightd" => "wright",
            name if name.starts_with("wright") => "gate-",
            name if name.starts_with("gate-") => "wright",
            _ => continue,
        };
        let crossing = imported.iter().find(|import| import.starts_with(other));
        assert_eq!(crossing, None, "`{package}` imports the other half");
    }
}

/// The names of everything that a program is linked with.
fn linked(package: &str) -> Vec<String> {
    let tree = cargo(&["tree", "-p", package, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let tree = tree.expect("cargo tree");
    tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn the_command_line_holds_no_server_and_no_c_cryptography() {
    let linked = linked("gatewright");
    for part in ["openssl", "libxml", "axum", "hyper", "sqlx", "libsqlite3", "aws-lc", "tokio", "samael"] {
        assert!(!linked.iter().any(|name| name.starts_with(part)), "gatewright is linked with `{part}`");
    }
}

#[test]
fn the_daemon_holds_no_compiler() {
    let linked = linked("gatewrightd");
    for part in ["kdl", "wright", "miette"] {
        assert!(!linked.iter().any(|name| name.starts_with(part)), "gatewrightd is linked with `{part}`");
    }
}

/// What a breaking release or an advisory would touch stays in one crate.
#[test]
fn foreign_parts_have_one_home_each() {
    for (part, home) in [
        ("openidconnect", "gate-oidc"),
        ("samael", "gate-saml"),
        ("sqlx", "gate-store"),
        ("toml", "gatewrightd"),
        ("axum", "gate-http"),
    ] {
        for (package, imported) in imports().expect("cargo metadata") {
            let elsewhere =
                floor(&package).is_some() && package != home && imported.iter().any(|import| import == part);
            assert!(!elsewhere, "`{package}` imports `{part}`, whose home is `{home}`");
        }
    }
}
