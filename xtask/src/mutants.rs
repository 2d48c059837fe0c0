//! Mutants: changes the SAML crate without C in every small way there is, and holds that a test notices each.
//!
//! Reads what `cargo mutants` found; writes `docs/mutants.md`. Fails where a change went unnoticed.

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

pub(crate) fn mutants() -> Result<(), String> {
    if !is_on_path("cargo-mutants") {
        run(&mut cargo(&["install", "cargo-mutants", "--version", VERSION, "--locked"]))?;
    }
    let folder = target().join("mutants");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    // Survivors make it fail; they are on the page, and are reported below.
    let _ = run(command("cargo", &["mutants", "-p", "gatewright-saml", "-o"]).arg(&folder));
    let found = Found::read(&folder.join("mutants.out"))?;
    let page = root().join("docs/mutants.md");
    std::fs::write(&page, found.page()).map_err(|error| format!("{}: {error}", page.display()))?;
    match found.of("missed") {
        0 => Ok(()),
        missed => Err(format!("{missed} mutants survived; see docs/mutants.md")),
    }
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

    fn page(&self) -> String {
        let mut page = String::from(
            "# Mutants\n\n`cargo xtask mutants` changes `gatewright-saml` in every small way there is (another operator, another \
             constant, a function that returns at once), runs its tests on each, and writes this page. It takes an hour, and is not \
             part of the tests. What `.cargo/mutants.toml` leaves out stands there with its reason.\n\n",
        );
        let total: usize = self.0.values().map(Vec::len).sum();
        let _ = writeln!(page, "{total} mutants:\n\n| | |\n|---|---|");
        for (outcome, words) in OUTCOMES {
            let _ = writeln!(page, "| {words} | {} |", self.of(outcome));
        }
        let _ = writeln!(page, "\n| file | mutants |\n|---|---|");
        for (file, count) in self.files() {
            let _ = writeln!(page, "| `{file}` | {count} |");
        }
        for missed in self.0.get("missed").into_iter().flatten() {
            let _ = writeln!(page, "\nSurvived: `{missed}`");
        }
        page
    }

    fn files(&self) -> BTreeMap<&str, usize> {
        let mut files = BTreeMap::new();
        for name in self.0.values().flatten() {
            let file = name.split(':').next().unwrap_or_default();
            *files.entry(file.trim_start_matches("crates/gatewright-saml/src/")).or_default() += 1;
        }
        files
    }
}
