//! Links: what the pages point to is there.

use std::path::{Path, PathBuf};

use gatewright_tests::root;

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut checked = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("readable");
        for target in targets(&text) {
            let place = page.parent().expect("a folder").join(target.split('#').next().unwrap_or_default());
            assert!(place.exists(), "{} points to `{target}`, which is not there", page.display());
            if let Some(heading) = target.split_once('#').map(|(_, heading)| heading).filter(|_| is_page(&place)) {
                let headings = headings(&std::fs::read_to_string(&place).expect("readable"));
                assert!(
                    headings.iter().any(|known| known == heading),
                    "{}: `{target}` leads to no heading",
                    page.display()
                );
            }
            checked += 1;
        }
    }
    assert!(checked > 30, "{checked} links were found");
}

/// As forges name them: small letters and digits, a dash for each blank, everything else left out.
fn headings(text: &str) -> Vec<String> {
    let heading = |line: &str| {
        let kept = line.trim_start_matches('#').trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
    };
    text.lines().filter(|line| line.starts_with('#')).map(heading).collect()
}

/// The pages of the project that people read.
fn pages() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let folders = [
        "",
        "docs",
        "docs/gallery",
        "examples/nginx",
        "examples/pull-request",
        "examples/quickstart",
        "schemas",
        "tests/gallery",
    ];
    for folder in folders.map(|folder| root().join(folder)) {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        found.extend(entries.filter(|path: &PathBuf| is_page(path)));
    }
    found
}

fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "md")
}

/// What stands in `](…)` and `src="…"`, addresses and places of the same page left out.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let pictures = text.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let all = links.chain(pictures);
    all.filter(|target| !target.contains("://") && !target.starts_with('#') && !target.contains(' '))
}
