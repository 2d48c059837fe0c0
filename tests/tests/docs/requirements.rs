//! Requirements: the rows of `tests/requirements.tsv`, each with the tests that name it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use gatewright_tests::root;

/// Rows that a later decision of the design replaced, and by what.
const REPLACED: &[(&str, &str)] = &[
    ("ST-LINT-02", "the proof of a domain is state of the runtime, dated and audited there"),
    (
        "ST-LINT-05",
        "the policy's own limits; guardrails hold the platform's numbers (`session.idle`, `session.absolute`)",
    ),
    ("ST-LINT-13", "the landing app stands on `unsafe`"),
    ("ST-LINT-19", "an ended exception is enforced by the runtime and fails no unrelated change"),
    ("ST-SAML-14", "the skew is policy, 60 s by default"),
    ("ST-SAML-24", "POST out too"),
    ("ST-SAML-28", "metadata is never fetched at run time"),
    ("ST-OPS-08", "TLS ends at the proxy; outbound TLS always verifies"),
    ("ST-OPS-17", "no advisory database is reachable in CI"),
];

/// The table of requirements, each with the tests that name it.
pub(crate) fn requirements() -> String {
    let tests = tests_by_requirement();
    let rows = std::fs::read_to_string(root().join("tests/requirements.tsv")).expect("the rows");
    let mut page = String::from(
        "# Requirements\n\n\
         What the standards and the incidents of the field ask of a system like this. A row is met when a test names it: \
         the table is generated from the tests, by `cargo xtask docs`. Rows without a test are open: most belong to parts \
         that do not exist yet (SCIM, laws, the review).\n\n",
    );
    let mut met = 0;
    let mut table = String::from("| id | level | what must hold | source | held by |\n|---|---|---|---|---|\n");
    let mut known = BTreeSet::new();
    for row in rows.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [id, level, what, source] = cells[..] else { panic!("a row of four cells: {row}") };
        known.insert(id.to_owned());
        let replaced = REPLACED.iter().find(|(replaced, _)| *replaced == id).map(|(_, by)| format!("*replaced*: {by}"));
        let held =
            tests.get(id).map(|files| files.iter().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(" "));
        met += usize::from(held.is_some());
        let note: Vec<String> = replaced.into_iter().chain(held).collect();
        writeln!(table, "| {id} | {level} | {what} | {source} | {} |", note.join("; ")).unwrap();
    }
    let unknown: Vec<_> = tests.keys().filter(|id| !known.contains(*id)).collect();
    assert!(unknown.is_empty(), "tests name rows that do not exist: {unknown:?}");
    writeln!(page, "{met} of {} rows are named by tests.\n\n{table}", known.len()).unwrap();
    page
}

/// Which files of tests name which rows, as `ST-OIDC-03` or `st_oidc_03`.
fn tests_by_requirement() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in ["crates", "tests"] {
        for file in files_below(&root().join(folder)) {
            let shown = file.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
            if shown.ends_with("docs/requirements.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            for id in identifiers(&text) {
                found.entry(id).or_default().insert(shown.clone());
            }
        }
    }
    found
}

/// Row ids in the names of tests and in the comments that stand directly above them.
fn identifiers(text: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut above = BTreeSet::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        let starts_test = line.contains("#[test]") || line.contains("::test]") || line.contains("::test(");
        is_test |= starts_test || line.starts_with("test(");
        if line.starts_with("//") || line.starts_with('*') || line.starts_with("/*") {
            above.extend(rows_named_in(line));
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        if is_test {
            ids.append(&mut above);
            ids.extend(rows_named_in(line));
        }
        above.clear();
        is_test = false;
    }
    ids
}

fn rows_named_in(line: &str) -> Vec<String> {
    const KINDS: [&str; 9] = ["LINT", "BUN", "SAML", "OIDC", "SCIM", "SESS", "DEC", "AUD", "OPS"];
    let upper = line.to_ascii_uppercase().replace('_', "-");
    let mut ids = Vec::new();
    for kind in KINDS {
        let prefix = format!("ST-{kind}-");
        for (at, _) in upper.match_indices(&prefix) {
            let number: String = upper[at + prefix.len()..].chars().take(2).collect();
            if number.len() == 2 && number.chars().all(|digit| digit.is_ascii_digit()) {
                ids.push(format!("{prefix}{number}"));
            }
        }
    }
    ids
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("node_modules") {
            files.extend(files_below(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "mjs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
