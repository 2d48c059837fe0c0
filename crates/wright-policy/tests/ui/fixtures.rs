//! Fixtures: each raises the code of its name; each rule is missed where it is left out.
//!
//! What the terminal shows of them stands in their snapshots, which the tests of `wright` hold: there the whole compiler
//! runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use wright_policy::{CHECKS, Check, check_with};
use wright_syntax::diagnostic::{Diagnostic, Sink};
use wright_syntax::render_human;
use wright_syntax::source::Span;

use crate::notation::{all_findings, as_of, code, early, findings, workspace};

/// The fixtures of the stages up to the rules: the proofs and trials behind them are another crate's.
fn fixtures() -> BTreeMap<String, String> {
    let mut all = crate::notation::fixtures();
    all.retain(|path, _| !path.starts_with("lockout/") && !path.starts_with("trials/"));
    all
}

/// Columns of what a failing test shows.
const WIDTH: usize = 100;

/// `GW0102-unknown-reference-role` raises `GW0102`.
fn code_of_name(path: &str) -> Option<String> {
    let stem = Path::new(path).file_stem()?.to_str()?;
    stem.starts_with("GW").then(|| stem.chars().take(6).collect())
}

fn rendered(text: &str) -> String {
    let workspace = workspace(text);
    let found = all_findings(&workspace);
    found.iter().map(|found| render_human(found, workspace.sources(), false, WIDTH)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_fixture_raises_the_code_of_its_name() {
    for (path, text) in fixtures() {
        let found = all_findings(&workspace(&text));
        let Some(named) = code_of_name(&path) else {
            assert!(path.starts_with("ok/"), "{path}: a fixture is named after its code or lies in ok/");
            assert!(found.is_empty(), "{path} is not silent: {}", rendered(&text));
            continue;
        };
        assert!(found.iter().any(|found| code(found) == named), "{path} raises {:?}", codes_in(&found));
    }
}

fn codes_in(found: &[Diagnostic]) -> BTreeSet<String> {
    found.iter().map(code).collect()
}

#[test]
fn the_base_is_silent() {
    assert_eq!(codes_in(&all_findings(&workspace(""))), BTreeSet::new());
}

/// With one rule left out exactly the fixtures that it speaks in change.
#[test]
fn every_rule_is_missed_where_it_is_left_out_and_nowhere_else() {
    let mut missed = vec![0_u32; CHECKS.len()];
    for (path, text) in &fixtures() {
        let workspace = workspace(text);
        let (policy, before) = early(&workspace);
        let (unread, all) = (before.into_sorted(), all_findings(&workspace));
        for (at, check) in CHECKS.iter().enumerate() {
            let others = || CHECKS.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, check)| check);
            let of_rules = |checks: &mut dyn Iterator<Item = &Check>| {
                let mut sink = Sink::default();
                check_with(&policy, checks, as_of(), &mut sink);
                sink.into_sorted()
            };
            let own: Vec<Diagnostic> = of_rules(&mut [check].into_iter());
            assert!(own.iter().all(|found| check.codes.contains(&found.code)), "{path}: another rule's code");
            let changes = if own.iter().any(|found| all.contains(found)) {
                findings(&workspace, others()) != all
            } else {
                // Nothing to miss: the other rules say what all say, which needs no second reading of the files.
                assert_eq!(of_rules(&mut others()).len() + own.len(), of_rules(&mut CHECKS.iter()).len(), "{path}");
                false
            };
            let named = code_of_name(path)
                .is_some_and(|named| check.codes.iter().any(|code| format!("GW{:04}", code.number) == named));
            let said_before = || unread.iter().any(|found| check.codes.contains(&found.code));
            assert!(!named || changes || said_before(), "{path} does not miss its rule");
            missed[at] += u32::from(named && changes);
        }
    }
    for (check, missed) in CHECKS.iter().zip(missed) {
        assert!(missed > 0, "no fixture of its own misses {:?}", check.codes);
    }
}

/// What is marked is where the mistake is: never a whole file, never nothing in a file that has text.
#[test]
fn every_mark_is_a_place() {
    for (path, text) in fixtures() {
        let workspace = workspace(&text);
        for found in all_findings(&workspace) {
            let Span { file, start, end } = found.primary.0;
            let source = workspace.source(file).unwrap();
            assert!(source.text.get(start as usize..end as usize).is_some(), "{path}: {start}..{end}");
            assert!(!found.message.ends_with('.') && !found.message.is_empty(), "{path}: {}", found.message);
            assert!(found.message.starts_with(|c: char| c.is_lowercase() || c == '`'), "{path}: {}", found.message);
        }
    }
}

/// ST-LINT-03, ST-LINT-11 and others hang on it: a fix that a machine applies takes its finding away.
#[test]
fn every_fix_takes_its_finding_away() {
    for (path, text) in fixtures() {
        let workspace = workspace(&text);
        for found in all_findings(&workspace).iter().filter(|found| found.code.number >= 100) {
            let Some(fix) = &found.fix else { continue };
            let files = workspace.sources().iter().enumerate().map(|(at, source)| {
                let mut text = source.text.to_string();
                if at == fix.span.file.0 as usize {
                    text.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.text);
                }
                (source.path.to_string(), text.into_bytes())
            });
            let mended = all_findings(&wright_policy::Workspace::new(files, []));
            assert!(
                !mended.iter().any(|other| other.code == found.code && other.message == found.message),
                "{path}: {fix:?}"
            );
        }
    }
}
