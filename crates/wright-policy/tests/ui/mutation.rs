//! Mutation: every reference of the corpus, one character wrong.

use std::collections::{BTreeMap, BTreeSet};

use wright_policy::Workspace;

use crate::notation::{all_findings, base, files_below, refuses, ui};

/// Words whose values refer to something that is defined: by word, and the property or fact that it is.
const REFERENCES: &[&str] = &[
    "role=",
    "project=",
    "everyone-in=",
    "sign-in=",
    "org=",
    "plan ",
    "includes ",
    "permits ",
    "default-project ",
    "default-role ",
    "provider ",
    "shared-client ",
];

fn workspace(files: &BTreeMap<String, String>) -> Workspace {
    Workspace::new(files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())), [])
}

/// The quoted text that follows one of the words, on every line: path, start and end of the text in the file.
fn references(files: &BTreeMap<String, String>) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (path, text) in files {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let code = line.split("//").next().unwrap();
            for word in REFERENCES {
                let at = if word.ends_with('=') {
                    code.find(&format!(" {word}\""))
                } else {
                    code.trim_start().starts_with(word).then_some(0)
                };
                // A definition has the word too: `shared-client "google" {`, `plan "free"`.
                let defines = code.contains('{') || *word == "plan " && path.starts_with("platform/");
                let Some(at) = at.filter(|_| word.ends_with('=') || !defines) else { continue };
                let open = at + code[at..].find('"').unwrap() + 1;
                let close = open + code[open..].find('"').unwrap();
                found.push((path.clone(), start + open, start + close));
            }
            start += line.len();
        }
    }
    found
}

/// One letter changed, left out, doubled or swapped with the next, never giving another name that exists.
fn mutations(name: &str) -> BTreeSet<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut all = BTreeSet::new();
    for at in 0..letters.len() {
        let with = |part: &[char]| letters[..at].iter().chain(part).chain(&letters[at + 1..]).collect::<String>();
        all.insert(with(&[if letters[at] == 'x' { 'y' } else { 'x' }]));
        all.insert(with(&[]));
        all.insert(with(&[letters[at], letters[at]]));
        if let Some(next) = letters.get(at + 1) {
            let mut swapped = letters.clone();
            (swapped[at], swapped[at + 1]) = (*next, letters[at]);
            all.insert(swapped.into_iter().collect());
        }
    }
    all.retain(|mutation| mutation != name && !mutation.is_empty());
    all
}

/// ST-LINT-16: an unknown name is an error with a suggestion and is never dropped.
#[test]
fn st_lint_16_a_misspelt_reference_is_an_error_that_suggests_the_right_name() {
    let corpora = [base(), files_below(&ui().join("../../policies"))];
    let (mut tried, mut suggested) = (0_u32, 0_u32);
    let mut words = BTreeSet::new();
    for files in corpora {
        for (path, start, end) in references(&files) {
            let name = files[&path][start..end].to_owned();
            words.insert(name.clone());
            for mutation in mutations(&name) {
                let mut changed = files.clone();
                changed.get_mut(&path).unwrap().replace_range(start..end, &mutation);
                let found = all_findings(&workspace(&changed));
                let here = |span: &wright_syntax::source::Span| {
                    span.start as usize + 1 == start && span.end as usize == start + mutation.len() + 1
                };
                assert!(refuses(&found), "{path}: `{mutation}` for `{name}` passes");
                let at_mark: Vec<_> = found.iter().filter(|found| here(&found.primary.0)).collect();
                assert!(!at_mark.is_empty(), "{path}: `{mutation}` for `{name}` is not marked");
                tried += 1;
                let says = |text: &str| text.contains(&format!("\"{name}\"")) || text.contains(&format!("`{name}`"));
                suggested += u32::from(at_mark.iter().any(|found| found.help.as_deref().is_some_and(says)));
            }
        }
    }
    assert!(tried > 500 && words.len() >= 15, "{tried} mutations of {words:?}");
    assert!(suggested * 10 >= tried * 9, "{suggested} of {tried} suggest the right name");
}
