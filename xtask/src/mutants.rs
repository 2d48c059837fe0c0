//! Mutants: changes code in every small way there is, and holds that a test notices each: the SAML crate without C, and the
//! semantic diff.
//!
//! Reads what `cargo mutants` found; writes a section of `docs/mutants.md` for each set that ran, and leaves the others as
//! they are. Fails where a change went unnoticed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::run::{cargo, command, is_on_path, root, run, target};

const VERSION: &str = "27.1.0";
/// What became of a mutant, as its file is called, and as the page says it.
const OUTCOMES: [(&str, &str); 4] = [
    ("caught", "a test failed"),
    ("timeout", "a test never ended"),
    ("unviable", "it does not compile"),
    ("missed", "survived"),
];

/// Code that is changed, and the tests that are to notice.
struct Set {
    name: &'static str,
    title: &'static str,
    /// Where its files lie.
    folder: &'static str,
    /// What it leaves out, each with its reason, and the tests that it runs.
    config: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const SETS: [Set; 2] = [
    Set {
        name: "saml",
        title: "The SAML crate",
        folder: "crates/gatewright-saml/src/",
        config: ".cargo/mutants.toml",
        arguments: &["-p", "gatewright-saml"],
        environment: &[],
    },
    Set {
        name: "diff",
        title: "The semantic diff",
        folder: "crates/wright/src/",
        config: ".cargo/mutants-diff.toml",
        arguments: &["-p", "wright", "-f", "crates/wright/src/diff.rs", "-f", "crates/wright/src/diff/**"],
        // Pairs enough to notice, few enough to ask about for each mutant.
        environment: &[("DIFF_PAIRS", "60"), ("DIFF_SEED", "3"), ("INSTA_UPDATE", "no")],
    },
];

/// Every set, or the one of this name.
pub(crate) fn mutants(only: Option<&str>) -> Result<(), String> {
    let chosen: Vec<&Set> = SETS.iter().filter(|set| only.is_none_or(|name| set.name == name)).collect();
    if chosen.is_empty() {
        let names: Vec<&str> = SETS.iter().map(|set| set.name).collect();
        return Err(format!("no set of mutants `{}`; there are {}", only.unwrap_or_default(), names.join(", ")));
    }
    if !is_on_path("cargo-mutants") {
        run(&mut cargo(&["install", "cargo-mutants", "--version", VERSION, "--locked"]))?;
    }
    let missed = chosen.into_iter().map(of_set).sum::<Result<usize, String>>()?;
    if missed == 0 { Ok(()) } else { Err(format!("{missed} mutants survived; see docs/mutants.md")) }
}

/// Runs one set and writes its section. How many mutants survived.
fn of_set(set: &Set) -> Result<usize, String> {
    let folder = target().join("mutants").join(set.name);
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut command = command("cargo", &["mutants", "--config", set.config]);
    command.args(set.arguments).arg("-o").arg(&folder).envs(set.environment.iter().copied());
    // Survivors make it fail; they are on the page, and are reported in the end.
    let _ = run(&mut command);
    let found = Found::read(&folder.join("mutants.out"))?;
    let path = root().join("docs/mutants.md");
    let old = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    std::fs::write(&path, page(&old, set, &found)).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(found.of("missed"))
}

/// The page with the section of this set written anew.
fn page(old: &str, ran: &Set, found: &Found) -> String {
    let mut page = String::from(
        "# Mutants\n\n`cargo xtask mutants` changes code in every small way there is (another operator, another constant, a \
         function that returns at once), runs its tests on each, and writes this page; `cargo xtask mutants saml` and `cargo \
         xtask mutants diff` run one set alone. Each takes an hour, and is not part of the tests.\n",
    );
    for set in &SETS {
        let kept =
            || old.split("\n## ").find_map(|part| part.strip_prefix(set.title)).map(str::trim).map(str::to_owned);
        let section = if set.name == ran.name { Some(found.section(set)) } else { kept() };
        if let Some(section) = section {
            let _ = writeln!(page, "\n## {}\n\n{}", set.title, section.trim_end());
        }
    }
    page
}

/// The names of mutants by what became of them.
struct Found(BTreeMap<&'static str, Vec<String>>);

impl Found {
    fn read(folder: &Path) -> Result<Self, String> {
        let lines = |outcome: &'static str| {
            let path = folder.join(format!("{outcome}.txt"));
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            Ok((outcome, text.lines().map(str::to_owned).collect()))
        };
        OUTCOMES.iter().map(|(outcome, _)| lines(outcome)).collect::<Result<_, String>>().map(Self)
    }

    fn of(&self, outcome: &str) -> usize {
        self.0.get(outcome).map_or(0, Vec::len)
    }

    fn section(&self, set: &Set) -> String {
        let total: usize = self.0.values().map(Vec::len).sum();
        let mut text = format!(
            "{total} mutants of these files of `{}`; what `{}` leaves out stands there with its reason.\n\n| | |\n|---|---|\n",
            set.folder, set.config
        );
        for (outcome, words) in OUTCOMES {
            let _ = writeln!(text, "| {words} | {} |", self.of(outcome));
        }
        let _ = writeln!(text, "\n| file | mutants |\n|---|---|");
        for (file, count) in self.files(set) {
            let _ = writeln!(text, "| `{file}` | {count} |");
        }
        for missed in self.0.get("missed").into_iter().flatten() {
            let _ = writeln!(text, "\nSurvived: `{missed}`");
        }
        text
    }

    fn files(&self, set: &Set) -> BTreeMap<&str, usize> {
        let mut files = BTreeMap::new();
        for name in self.0.values().flatten() {
            let file = name.split(':').next().unwrap_or_default();
            *files.entry(file.trim_start_matches(set.folder)).or_default() += 1;
        }
        files
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_that_runs_leaves_the_section_of_the_other_as_it_is() {
        let found = |name: &str| {
            let of = |outcome| (outcome, if outcome == "caught" { vec![name.to_owned()] } else { vec![] });
            Found(OUTCOMES.iter().map(|(outcome, _)| of(*outcome)).collect())
        };
        let [saml, diff] = &SETS;
        let one = page("", saml, &found("crates/gatewright-saml/src/xml.rs:1:2: replace"));
        let both = page(&one, diff, &found("crates/wright/src/diff.rs:1:2: replace"));
        assert!(both.contains("| `xml.rs` | 1 |") && both.contains("| `diff.rs` | 1 |"), "{both}");
        assert_eq!(page(&both, saml, &found("crates/gatewright-saml/src/xml.rs:1:2: replace")), both);
        let again = page(&both, diff, &found("crates/wright/src/diff/rows.rs:1:2: replace"));
        assert!(again.contains("| `xml.rs` | 1 |") && !again.contains("`diff.rs` | 1"), "{again}");
    }
}
