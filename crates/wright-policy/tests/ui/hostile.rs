//! Hostile: files that strangers send. Every one comes to an end, and what is said about it has a bound.

use std::fmt::Write as _;

use wright_policy::{FILE_BYTES_MAX, Irregular, Oddity, Workspace};
use wright_syntax::diagnostic::Diagnostic;

use crate::notation::{all_findings, base, code, workspace};

/// More than anybody reads, and fewer than would hurt a machine.
const FINDINGS_MAX: usize = 100_000;

/// The base with one file replaced.
fn with_file(path: &str, bytes: Vec<u8>) -> Vec<Diagnostic> {
    let mut files: Vec<(String, Vec<u8>)> = base().into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    files.push((path.to_owned(), bytes));
    all_findings(&Workspace::new(files, []))
}

fn repeated(head: &str, line: impl Fn(usize) -> String, tail: &str) -> String {
    let mut text = head.to_owned();
    let mut at = 0;
    while text.len() + 128 < FILE_BYTES_MAX {
        text.push_str(&line(at));
        text.push('\n');
        at += 1;
    }
    text + tail
}

/// ST-LINT-21: a mebibyte of any one mistake ends, is an error, and says a bounded number of things.
#[test]
fn st_lint_21_a_mebibyte_of_anything_ends() {
    let org = "org \"acme\" {\n";
    let hostile = [
        repeated(org, |_| "x".into(), "}"),
        repeated(org, |at| format!("owner \"a{at}@acme.com\""), "}"),
        repeated(org, |_| "owner \"a@acme.com\"".into(), "}"),
        repeated(org, |_| "time-zone \"Europe/Berln\"".into(), "}"),
        repeated(org, |_| "session {\nidle \"1h\"\n}".into(), "}"),
        repeated(org, |_| "grant role=\"develper\" group=\"x\"".into(), "}"),
        repeated(org, |at| format!("grant role=\"developer\" group=\"g{at}\""), "}"),
        repeated(org, |at| format!("project \"p{at}\" {{ name \"x\"\n}}"), "}"),
        repeated(org, |at| format!("domain \"d{at}.example\" sign-in=\"okat\""), "}"),
        repeated("org \"acme\" ", |at| format!("p{at}=\"x\" \\"), "\n"),
        repeated(org, |_| format!("legal-name \"{}\"", "aA1".repeat(200)), "}"),
        repeated(org, |_| "{".into(), ""),
        repeated("", |at| format!("org \"o{at}\""), ""),
    ];
    for text in &hostile {
        let found = with_file("orgs/acme/org.kdl", text.clone().into_bytes());
        let head: String = text.chars().take(60).collect();
        assert!(found.iter().any(|found| found.code.number != 108), "{head}");
        assert!(found.len() < FINDINGS_MAX, "{head}: {}", found.len());
    }
}

#[test]
fn a_catalogue_has_a_limit() {
    let head = base()["platform/catalog.kdl"].clone();
    let chain = repeated(&head, |at| format!("role \"r{at}\" scope=\"org\" {{\nincludes \"r{}\"\n}}", at + 1), "");
    let found = with_file("platform/catalog.kdl", chain.into_bytes());
    assert!(found.iter().any(|found| code(found) == "GW0010"));
    let permissions = (0..4_200).fold(head, |mut text, at| {
        let _ = writeln!(text, "permission \"p{at}.read\"");
        text
    });
    let found = with_file("platform/catalog.kdl", permissions.into_bytes());
    assert!(found.iter().any(|found| code(found) == "GW0010" && found.message.contains("4204 permissions")));
}

#[test]
fn guardrails_have_512_lines_at_most() {
    let lines = |count: usize| {
        let lines: String =
            (0..count).map(|at| format!("    forbid \"block\" equals=\"g{at}\" where=\"org=acme\"\n")).collect();
        let one = |slug: &str, lines: &str| format!("guardrail \"{slug}\" {{\n{lines}    why \"w\"\n}}\n");
        let cap = one("cap", "    require \"session.idle\" at-most=\"2h\"\n");
        all_findings(&workspace(&format!("// after: platform/catalog.kdl\n{cap}{}", one("many", &lines))))
    };
    // Many values of one path are one `one-of`: what stands twice is said, and the limit too.
    assert!(lines(511).iter().all(|found| code(found) == "GW0104"));
    let found = lines(512);
    let limit: Vec<_> = found.iter().filter(|found| code(found) == "GW0010").collect();
    assert_eq!(limit.len(), 1);
    assert!(limit[0].message.contains("513 lines"), "{}", limit[0].message);
}

#[test]
fn an_organisation_has_4096_grants_at_most() {
    let grants = |count: usize| {
        let lines: String =
            (0..count).map(|at| format!("    grant role=\"editor\" project=\"default\" group=\"g{at}\"\n")).collect();
        all_findings(&workspace(&format!("// into: orgs/acme/org.kdl\n{lines}")))
    };
    assert!(grants(4_093).is_empty());
    let found = grants(4_094);
    assert_eq!(found.iter().map(code).collect::<Vec<_>>(), ["GW0010"]);
    assert!(found[0].message.contains("4097"));
}

#[test]
fn what_cannot_be_read_is_named() {
    assert_eq!(with_file("orgs/acme/org.kdl", vec![b'/'; FILE_BYTES_MAX + 1])[0].code.number, 10);
    assert_eq!(with_file("orgs/acme/org.kdl", vec![0xff, 0xfe])[0].code.number, 11);
    for path in [
        "orgs/acme/.org.kdl.swp",
        "orgs/../etc/passwd",
        "/orgs/acme/org.kdl",
        "orgs//org.kdl",
        ".hidden/orgs/acme/org.kdl",
    ] {
        let found = with_file(path, b"org".to_vec());
        let outside = path.starts_with(".hidden");
        assert_eq!(found.first().map(|found| found.code.number), (!outside).then_some(11), "{path}");
    }
    let files = || base().into_iter().map(|(path, text)| (path, text.into_bytes()));
    for oddity in [Oddity::Symlink, Oddity::Special, Oddity::NameNotUtf8, Oddity::NotUtf8, Oddity::Hidden] {
        let workspace = Workspace::new(files(), [Irregular { path: "orgs/acme/odd".into(), oddity }]);
        assert_eq!(all_findings(&workspace).iter().map(code).collect::<Vec<_>>(), ["GW0011"], "{oddity:?}");
    }
    // What lies outside the named folders is nobody's business.
    assert!(with_file("README.md", b"# Policies".to_vec()).is_empty());
}

#[test]
fn a_workspace_without_a_manifest_says_so() {
    let found = all_findings(&Workspace::new([], []));
    assert_eq!(found.iter().map(code).collect::<Vec<_>>(), ["GW0005", "GW0203"]);
}

/// Ten thousand organisations are one mebibyte a second at the least: nothing looks at every pair.
#[test]
fn many_organisations_are_no_square() {
    let mut files: Vec<(String, Vec<u8>)> = base().into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let text = base()["orgs/acme/org.kdl"].clone();
    for at in 0..2_000 {
        let text = text.replace("acme", &format!("acme-{at}")).replace("0oa1acme", "0oa1");
        files.push((format!("orgs/acme-{at}/org.kdl"), text.into_bytes()));
    }
    assert!(all_findings(&Workspace::new(files, [])).is_empty());
}

/// ST-LINT-21: nothing that an author makes long is repeated for each of many findings.
#[test]
fn st_lint_21_what_is_said_of_long_names_and_long_lists_has_a_bound() {
    let org = base()["orgs/acme/org.kdl"].clone();
    let open = org.trim_end().trim_end_matches('}').to_owned();
    let catalogue = base()["platform/catalog.kdl"].clone();
    let permissions: Vec<String> = (0..3_000).map(|at| format!("p{at}.{}", "x".repeat(60))).collect();
    let mut risky = catalogue.clone();
    for name in &permissions {
        writeln!(risky, "permission \"{name}\" risk=\"credential\"").unwrap();
    }
    let permits: String = permissions.iter().map(|name| format!("permits \"{name}\"\n")).collect();
    writeln!(risky, "role \"big\" scope=\"org\" {{\n{permits}}}").unwrap();
    for at in 0..300 {
        writeln!(risky, "role \"r{at}\" scope=\"org\" {{ includes \"big\"; }}").unwrap();
    }
    let lines = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<Vec<_>>().join("\n");
    let everyone = lines(300, &|at| format!("grant role=\"r{at}\" everyone-in=\"acme.com\""));
    let owners = lines(10_000, &|at| format!("owner \"u{at}@other.example\""));
    let domains = lines(2_000, &|at| format!("domain \"d{at}.example\""));
    let projects = lines(5_000, &|at| format!("project \"p{at}\" {{ zzz \"1\"; }}"));
    let long = open.replace("org \"acme\"", &format!("org \"{}\"", "a".repeat(400_000)));
    for (catalogue, org) in [
        (&risky, format!("{open}{everyone}\n}}\n")),
        (&catalogue, format!("{open}{owners}\n{domains}\n}}\n")),
        (&catalogue, format!("{long}{projects}\n}}\n")),
    ] {
        let mut files = base();
        files.insert("platform/catalog.kdl".into(), catalogue.clone());
        files.insert("orgs/acme/org.kdl".into(), org);
        let found = all_findings(&Workspace::new(files.into_iter().map(|(path, text)| (path, text.into_bytes())), []));
        let longest = found
            .iter()
            .map(|found| found.message.len() + found.path.len() + found.help.as_ref().map_or(0, String::len));
        assert!(found.len() > 200 && longest.max() < Some(5_000), "{}", found.len());
    }
}

/// ST-LINT-21: each is judged with every organisation.
#[test]
fn st_lint_21_environments_have_a_limit() {
    let many = |count: usize| {
        let line = |at| format!("environment \"e{at}\" {{ base-url \"https://e{at}.lumen.example\"; }}\n");
        with_file("environments/many.kdl", (0..count).map(line).collect::<String>().into_bytes())
    };
    assert!(many(31).is_empty());
    let found: Vec<String> = many(9_000).iter().map(code).collect();
    assert_eq!(found, ["GW0010"]);
}
