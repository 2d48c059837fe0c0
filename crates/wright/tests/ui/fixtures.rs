//! Fixtures: each looks like its snapshot, every code has one, and the lockout proof is missed where it is left out.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::Path;

use wright::trial::{coverage, trials};
use wright::{Found, LOCKOUT, MemoryWorld, Outcome, Unreadable, World, codes, compile};
use wright_policy::Irregular;
use wright_syntax::diagnostic::Diagnostic;
use wright_syntax::render_human;

use crate::notation::{as_of, fixtures, parts, ui};

/// Columns of the snapshots.
const WIDTH: usize = 100;

/// The directory of a fixture, with what is no file in it.
struct Directory {
    files: MemoryWorld,
    irregular: Vec<Irregular>,
}

impl World for Directory {
    fn list(&self, folder: &str) -> Result<Vec<Found>, Unreadable> {
        let mut found = self.files.list(folder)?;
        let is_here =
            |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let odd = self.irregular.iter().filter(|entry| is_here(&entry.path));
        found.extend(odd.map(|entry| Found { path: entry.path.clone(), oddity: Some(entry.oddity) }));
        Ok(found)
    }

    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, Unreadable> {
        self.files.read(path, limit)
    }
}

pub(crate) fn compiled(text: &str) -> Outcome {
    let (files, irregular) = parts(text);
    let files = MemoryWorld::new(files.into_iter().map(|(path, text)| (path, text.into_bytes())));
    compile(&Directory { files, irregular }, NonZeroUsize::MIN, as_of())
}

/// `GW0102`.
pub(crate) fn code(found: &Diagnostic) -> String {
    format!("GW{:04}", found.code.number)
}

/// What the compiler says, then what the trials say; grants that no test touches where `untested` asks for them.
pub(crate) fn said(outcome: &Outcome, untested: bool) -> Vec<Diagnostic> {
    let mut all = outcome.diagnostics.clone();
    all.extend(trials(outcome).iter().flat_map(|trial| trial.findings().to_vec()));
    let lines = coverage(outcome).into_iter().filter(|_| untested).flat_map(|of_org| of_org.lines);
    all.extend(lines.filter_map(|line| line.finding));
    all
}

pub(crate) fn is_untested(name: &str) -> bool {
    name.starts_with("GW1304")
}

pub(crate) fn rendered(said: &[Diagnostic], outcome: &Outcome) -> String {
    let all = said.iter().map(|found| render_human(found, &outcome.printable, false, WIDTH));
    all.collect::<Vec<_>>().join("\n")
}

/// `GW0102-unknown-reference-role` is about `GW0102`; what lies in `ok/` about none.
fn named(path: &str) -> Option<String> {
    let stem = Path::new(path).file_stem()?.to_str()?;
    stem.starts_with("GW").then(|| stem.chars().take(6).collect())
}

#[test]
fn every_fixture_looks_like_its_snapshot() {
    for (path, text) in fixtures() {
        let outcome = compiled(&text);
        let Some(named) = named(&path) else {
            let said = said(&outcome, false);
            assert!(said.is_empty() && !outcome.programs.is_empty(), "{path}: {}", rendered(&said, &outcome));
            continue;
        };
        let said = said(&outcome, is_untested(&named));
        assert!(said.iter().any(|found| code(found) == named), "{path} does not raise it");
        let file = ui().join(&path);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(file.parent().unwrap());
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        settings.bind(|| insta::assert_snapshot!(name, rendered(&said, &outcome)));
    }
}

/// Reader, table, names, rules and proof: whoever adds a code adds a fixture, whose snapshot shows it.
#[test]
fn every_code_that_can_be_raised_has_a_fixture_with_a_snapshot_of_it() {
    let snapshots: Vec<(String, String)> = fixtures()
        .into_keys()
        .filter_map(|path| Some((path.clone(), std::fs::read_to_string(ui().join(path).with_extension("snap")).ok()?)))
        .collect();
    for code in codes() {
        let (stem, shown) = (format!("GW{:04}-{}", code.number, code.slug), format!("[GW{:04}]", code.number));
        let has_it = |(path, text): &(String, String)| path.contains(&stem) && text.contains(&shown);
        assert!(snapshots.iter().any(has_it), "{stem} has no fixture whose snapshot shows it");
    }
}

/// The proof is the last check. Left out, it says nothing: exactly its own fixtures would change.
#[test]
fn the_lockout_proof_speaks_in_its_own_fixtures_and_nowhere_else() {
    let lockout = format!("GW{:04}", LOCKOUT.number);
    let all = fixtures();
    let speaks = |text: &String| compiled(text).diagnostics.iter().any(|found| found.code == LOCKOUT);
    let spoken: BTreeSet<&String> = all.iter().filter(|(_, text)| speaks(text)).map(|(path, _)| path).collect();
    let own: BTreeSet<&String> = all.keys().filter(|path| named(path).as_deref() == Some(&*lockout)).collect();
    assert!(!own.is_empty());
    assert_eq!(spoken, own);
}
