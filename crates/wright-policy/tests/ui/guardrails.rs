//! Guardrails: every test of every kind of path at its bound, what is missing, and whom a line binds.

use crate::notation::{all_findings, code, workspace};

/// The base with these sessions, and one line of a guardrail.
fn broken(session: &str, line: &str) -> Vec<String> {
    let text = format!(
        "// into: orgs/acme/org.kdl\nsession {{\n{session}\n}}\n// after: platform/catalog.kdl\nguardrail \"one\" {{\n{line}\nwhy \"w\"\n}}\n"
    );
    let found = all_findings(&workspace(&text));
    assert!(found.iter().all(|found| code(found) == "GW0801"), "{line}: {found:?}");
    found.into_iter().map(|found| found.message).collect()
}

/// The base says `absolute "8h"`: one second more, the same, one second less.
#[test]
fn a_bound_belongs_to_what_it_allows() {
    let eight = "absolute \"8h\"\nidle \"1h\"\nconcurrent 3";
    for (line, is_broken) in [
        ("require \"session.absolute\" at-most=\"8h\"", false),
        ("require \"session.absolute\" at-most=\"28799s\"", true),
        ("require \"session.absolute\" at-least=\"8h\"", false),
        ("require \"session.absolute\" at-least=\"28801s\"", true),
        ("require \"session.absolute\" equals=\"8h\"", false),
        ("require \"session.absolute\" equals=\"480m\"", false),
        ("require \"session.absolute\" equals=\"28801s\"", true),
        ("forbid \"session.absolute\" at-most=\"8h\"", true),
        ("forbid \"session.absolute\" at-most=\"28799s\"", false),
        ("forbid \"session.absolute\" at-least=\"8h\"", true),
        ("forbid \"session.absolute\" at-least=\"28801s\"", false),
        ("forbid \"session.absolute\" equals=\"8h\"", true),
        ("forbid \"session.absolute\" equals=\"28801s\"", false),
        ("require \"session.concurrent\" at-most=3", false),
        ("require \"session.concurrent\" at-most=2", true),
        ("require \"session.concurrent\" at-least=4", true),
        ("require \"session.concurrent\" equals=3", false),
        ("forbid \"session.concurrent\" equals=3", true),
        ("require \"session.when-full\" equals=\"end-oldest\"", false),
        ("require \"session.when-full\" equals=\"refuse\"", true),
        ("require \"session.when-full\" { one-of \"refuse\"; one-of \"end-oldest\"; }", false),
        ("require \"session.when-full\" { one-of \"refuse\"; }", true),
        ("forbid \"session.when-full\" { one-of \"refuse\"; one-of \"end-oldest\"; }", true),
        ("forbid \"session.when-full\" { one-of \"refuse\"; }", false),
        ("require \"owner\" count-at-least=1", false),
        ("require \"owner\" count-at-least=2", true),
        ("forbid \"owner\" count-at-least=1", true),
        ("forbid \"owner\" count-at-least=2", false),
        ("require \"owner\" equals=\"jane.doe@acme.com\"", false),
        ("require \"owner\" { one-of \"joe@acme.com\"; }", true),
    ] {
        assert_eq!(!broken(eight, line).is_empty(), is_broken, "{line}");
    }
}

/// What is not there breaks a `require` and no `forbid`; a `[*]` that finds nothing, a path through the other kind and the
/// members of an empty set break nothing.
#[test]
fn what_is_missing_breaks_what_is_required() {
    let plain = "idle \"1h\"";
    for (line, is_broken) in [
        ("require \"session.max-authentication-age\" at-most=\"8h\"", true),
        ("forbid \"session.max-authentication-age\" at-least=\"8h\"", false),
        ("require \"team\" equals=\"@lumen/acme-team\"", true),
        ("forbid \"team\" equals=\"@lumen/acme-team\"", false),
        ("require \"step-up[org.settings].acr\" equals=\"mfa\"", true),
        ("require \"step-up[*].within\" at-most=\"15m\"", false),
        ("require \"step-up[org.read].within\" at-most=\"15m\"", true),
        ("forbid \"step-up[org.read].within\" at-most=\"15m\"", false),
        ("require \"connection[okta].saml.want-signed\" equals=\"both\"", false),
        ("require \"connection[*].saml.signature\" equals=\"rsa-sha512\"", false),
        ("require \"connection[okta].oidc.tenant\" equals=\"8f0d2a6e-1111-4222-8333-944455556666\"", false),
        ("require \"connection[okta].unsafe\" equals=\"idp-initiated\"", false),
        ("require \"project[research].default-role\" equals=\"editor\"", true),
        ("forbid \"project[*].default-role\" equals=\"editor\"", false),
        ("require \"block\" { one-of \"gone\"; }", false),
        ("require \"block\" count-at-least=1", true),
    ] {
        assert_eq!(!broken(plain, line).is_empty(), is_broken, "{line}");
    }
}

#[test]
fn a_line_binds_whom_it_chooses() {
    let line = |chosen: &str| format!("require \"owner\" count-at-least=2 where=\"{chosen}\"");
    for (chosen, is_broken) in [
        ("org=acme", true),
        ("plan=enterprise", true),
        ("members=sso", true),
        ("stage=required", true),
        ("stage=test", false),
        ("stage=optional", false),
    ] {
        assert_eq!(!broken("idle \"1h\"", &line(chosen)).is_empty(), is_broken, "{chosen}");
    }
}

/// The bound is the shorter of the two, and its own line is the place.
#[test]
fn the_revocation_bound_is_the_shorter_of_two() {
    let line = |bound: &str| format!("require \"revocation-bound.session\" at-most=\"{bound}\"");
    for (session, bound) in [
        ("absolute \"10h\"", 36_000),
        ("absolute \"10h\"\nidle \"2m\"", 36_000),
        ("absolute \"10h\"\nmax-authentication-age \"9h\"", 32_400),
        ("absolute \"9h\"\nmax-authentication-age \"10h\"", 32_400),
        ("absolute \"9h\"\nmax-authentication-age \"9h\"", 32_400),
        ("max-authentication-age \"12h\"", 28_800),
    ] {
        assert_eq!(broken(session, &line(&format!("{bound}s"))), Vec::<String>::new(), "{session}");
        assert_eq!(broken(session, &line(&format!("{}s", bound - 1))).len(), 1, "{session}");
    }
}

/// A value of a file that is broken elsewhere is no second mistake.
#[test]
fn what_could_not_be_read_is_not_missing() {
    let text = "// file: orgs/acme/org.kdl\norg \"acme\" {\n    tema \"@lumen/acme-team\"\n}\n// after: platform/catalog.kdl\nguardrail \"one\" {\n    require \"team\" equals=\"@lumen/acme-team\"\n    require \"owner\" count-at-least=1\n    require \"connection[okta].provider\" equals=\"okta\"\n    why \"w\"\n}\n";
    let found = all_findings(&workspace(text));
    assert!(found.iter().all(|found| code(found) != "GW0801"), "{found:?}");
}
