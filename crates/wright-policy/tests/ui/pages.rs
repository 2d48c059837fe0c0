//! Pages: every code has one of the same form, whose wrong example is wrong in that way and whose right one is silent.

use std::collections::BTreeSet;

use wright_policy::{codes, page, reference, word_pages};

use crate::notation::{all_findings, code, workspace};

/// The fenced block below a heading.
fn example<'a>(text: &'a str, heading: &str) -> &'a str {
    let below = text.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no `{heading}`")).1;
    below.split_once("```kdl\n").unwrap().1.split_once("\n```").unwrap().0
}

fn raised(text: &str) -> BTreeSet<String> {
    all_findings(&workspace(text)).iter().map(code).collect()
}

#[test]
fn every_code_has_a_page_of_one_form() {
    for code in codes() {
        let page = page(code.number).unwrap_or_else(|| panic!("GW{:04} has no page", code.number));
        assert!(page.text.starts_with(&format!("# {} {}: ", page.name, code.slug)), "{}", page.name);
        let headings: Vec<&str> = page.text.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(headings, ["## Why", "## Wrong", "## Right", "## Fix"], "{}", page.name);
    }
    assert_eq!(page(9999), None);
}

/// What is said with it, by its nature: a session of more than a day is one of more than twelve hours.
const COMPANIONS: [(&str, &str); 1] = [("GW0704", "GW0604")];

#[test]
fn every_wrong_example_raises_its_code_alone() {
    for code in codes() {
        let page = page(code.number).unwrap();
        let companions =
            COMPANIONS.iter().filter(|(named, _)| *named == page.name).map(|(_, other)| (*other).to_owned());
        let expected: BTreeSet<String> = companions.chain([page.name.clone()]).collect();
        assert_eq!(raised(example(&page.text, "Wrong")), expected, "{}", page.name);
    }
}

#[test]
fn every_right_example_is_silent() {
    for code in codes() {
        let page = page(code.number).unwrap();
        assert_eq!(raised(example(&page.text, "Right")), BTreeSet::new(), "{}", page.name);
    }
}

#[test]
fn every_word_has_a_page_and_stands_in_the_reference() {
    let (pages, reference) = (word_pages(), reference());
    for name in
        ["org", "grant", "session.idle", "environment.base-url", "policy-version", "oidc.hosted-domain", "app.origin"]
    {
        let page = pages.iter().find(|page| page.name == name).unwrap_or_else(|| panic!("{name} has no page"));
        assert!(page.text.contains("```kdl"), "{name} has no example");
        let word = name.rsplit('.').next().unwrap();
        assert!(reference.contains(&format!("`{word}`")), "{name}");
    }
    assert!(pages.windows(2).all(|pair| pair[0].name < pair[1].name), "sorted, and no name twice");
    for profile in ["okta", "entra", "google", "jumpcloud", "generic"] {
        assert!(reference.contains(&format!("### `{profile}`")));
    }
}

/// The set of codes is public: others script against it. A new one is added here, none is ever renumbered.
#[test]
fn the_codes_are_these() {
    let all: Vec<String> =
        codes().iter().map(|code| format!("GW{:04} {} {:?}", code.number, code.slug, code.severity)).collect();
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "."}, {
        insta::assert_snapshot!("codes", all.join("\n"));
    });
}
