//! Limits: every named limit of the product with its value and its reason, read from the sources.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use gatewright_tests::root;

/// The crates, in the order of what reads strangers' bytes.
const CRATES: &[&str] = &[
    "gate-http",
    "gatewright-oidc",
    "gate-oidc",
    "gate-core",
    "gate-store",
    "gatewrightd",
    "gatewright-bundle",
    "gatewright-audit",
    "wright-syntax",
    "wright-policy",
    "gatewright",
];

pub(crate) fn limits() -> String {
    let mut page = String::from(
        "# Limits\n\nGenerated from the sources: every constant that is named `…_MAX`, with the unit in its name or its \
         reason.\n",
    );
    for package in CRATES {
        let mut rows = String::new();
        for file in sources(&root().join("crates").join(package).join("src")) {
            for (name, value, reason) in named(&std::fs::read_to_string(&file).expect("readable")) {
                let _ = writeln!(rows, "| `{name}` | {value} | {} |", reason.replace('|', "\\|"));
            }
        }
        if !rows.is_empty() {
            let _ = write!(page, "\n## {package}\n\n| Limit | Value | Why |\n|---|---|---|\n{rows}");
        }
    }
    page
}

/// Name, value and the doc comment above of each limit, tests left out.
fn named(text: &str) -> Vec<(String, String, String)> {
    let (mut found, mut above) = (Vec::new(), Vec::new());
    for line in text.lines().map(str::trim).take_while(|line| *line != "#[cfg(test)]") {
        if let Some(comment) = line.strip_prefix("/// ") {
            above.push(comment);
            continue;
        }
        let constant = line
            .strip_suffix(';')
            .and_then(|line| line.split_once("const "))
            .and_then(|(_, rest)| rest.split_once(": "));
        if let Some((name, (_, value))) = constant.and_then(|(name, rest)| Some((name, rest.split_once(" = ")?)))
            && name.ends_with("_MAX")
            && !above.is_empty()
        {
            found.push((name.to_owned(), value.to_owned(), above.join(" ")));
        }
        above.clear();
    }
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
