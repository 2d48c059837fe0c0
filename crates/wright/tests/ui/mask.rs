//! Mask: a secret in a policy is in no report (ST-LINT-10).

use crate::fixtures::{code, compiled, rendered};

const SECRET: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

/// Wherever it stands, and whatever else is wrong there: the report marks it and does not show it.
#[test]
fn st_lint_10_no_report_repeats_a_secret() {
    for line in [
        "secret \"SECRET\"",
        "team \"SECRET\"",
        "client-secret \"SECRET\"",
        "client-secret SECRET",
        "SECRET",
        "// SECRET\nnam \"x\"",
        "nam \"x\" // SECRET",
        "project \"SECRET\" { nam \"x\"; }",
        "domain \"SECRET\" sign-in=\"oktaa\"",
        "grant role=\"SECRET\" group=\"ops\"",
        "grant role=\"admin\" project=\"SECRET\" group=\"SECRET\"",
        "block group=\"\\u{67}hp_16C7e42F292c6912E7710c838347Ae178B4a\" x=\"1\"",
        "name \"SECRET",
        "legal-name \"Acme SECRET\"",
        "legal-name #\"\"\"SECRET\"\"\"#",
    ] {
        let outcome = compiled(&format!("// into: orgs/acme/org.kdl\n{}\n", line.replace("SECRET", SECRET)));
        let shown = rendered(&outcome.diagnostics, &outcome);
        let told = format!("{shown}{:?}", outcome.diagnostics);
        assert!(!told.to_lowercase().contains(&SECRET.to_lowercase()[4..20]), "{line}: {told}");
        assert!(outcome.diagnostics.iter().any(|found| code(found) == "GW0410"), "{line}: {shown}");
        assert!(shown.contains("****"), "{line}: {shown}");
        assert!(outcome.programs.is_empty());
    }
}

/// What is right around it is still judged.
#[test]
fn other_mistakes_are_told_beside_a_secret() {
    let text = format!("// into: orgs/acme/org.kdl\nlegal-name \"{SECRET}\"\nnam \"x\"\n");
    let codes: Vec<String> = compiled(&text).diagnostics.iter().map(code).collect();
    assert_eq!(codes, ["GW0410", "GW0101"]);
}
