//! Pages: what a page calls wrong is refused or warned about with its code alone; what it calls right compiles.

use std::collections::BTreeSet;

use wright::{LOCKOUT, codes, page};
use wright_syntax::diagnostic::{Diagnostic, Severity};

use crate::fixtures::{code, compiled, is_untested, rendered, said};

/// The fenced block below a heading.
fn example<'a>(text: &'a str, heading: &str) -> &'a str {
    let below = text.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no `{heading}`")).1;
    below.split_once("```kdl\n").unwrap().1.split_once("\n```").unwrap().0
}

/// What is said with it, by its nature: a session of more than a day is one of more than twelve hours.
const COMPANIONS: [(&str, &str); 1] = [("GW0704", "GW0604")];

#[test]
fn every_right_example_compiles_without_a_word_and_every_wrong_one_raises_its_code_alone() {
    for known in codes() {
        let page = page(known.number).unwrap_or_else(|| panic!("GW{:04} has no page", known.number));
        let said = |outcome| said(outcome, is_untested(&page.name));
        let right = compiled(example(&page.text, "Right"));
        let of_right = said(&right);
        assert!(of_right.is_empty() && !right.programs.is_empty(), "{}: {}", page.name, rendered(&of_right, &right));
        let wrong = said(&compiled(example(&page.text, "Wrong")));
        // What locks an organisation out may deserve a warning too.
        let counts = |found: &&Diagnostic| known != LOCKOUT || found.code.severity <= Severity::Deny;
        let raised: BTreeSet<String> = wrong.iter().filter(counts).map(code).collect();
        let companions =
            COMPANIONS.iter().filter(|(named, _)| *named == page.name).map(|(_, other)| (*other).to_owned());
        let expected: BTreeSet<String> = companions.chain([page.name.clone()]).collect();
        assert_eq!(raised, expected, "{}", page.name);
    }
}
