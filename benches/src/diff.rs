//! Diff: a pull request in a platform of ten thousand organisations, beside the text diff that git makes of the same trees.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::figure::Figure;
use crate::measure::{median, time};
use crate::platform;

const ORGS: usize = 10_000;
const CHANGED: usize = 25;
const ROUNDS: usize = 5;
const FEW_SECONDS_MAX: f64 = 0.5;
const PRESET_SECONDS_MAX: f64 = 3.0;

pub(crate) fn figures() -> Result<Vec<Figure>, String> {
    let me = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = me.parent().ok_or("no folder")?;
    let (gatewright, repository) = (folder.join("gatewright"), folder.join("ten-thousand"));
    write(&repository)?;
    let figures = [
        ("orgs", "diff of 10,000 organisations, 25 of them changed", "≤ 0.5 s", FEW_SECONDS_MAX),
        ("preset", "… with one line of a preset that 9,000 use", "≤ 3 s", PRESET_SECONDS_MAX),
    ]
    .into_iter()
    .map(|(head, what, promise, most)| figure(&gatewright, &repository, head, (what, promise, most)))
    .collect();
    std::fs::remove_dir_all(&repository).map_err(|error| error.to_string())?;
    figures
}

fn figure(
    gatewright: &Path,
    repository: &Path,
    head: &str,
    (what, promise, most): (&'static str, &'static str, f64),
) -> Result<Figure, String> {
    let (mut ours, mut text) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let arguments = ["diff", "base", head, "--workspace", "policies", "--output", "json"];
        ours.push(seconds(gatewright, repository, &arguments)?);
        text.push(seconds(Path::new("git"), repository, &["diff", "base", head])?);
    }
    let (ours, text) = (median(&mut ours), median(&mut text));
    Ok(Figure {
        what,
        ours: format!("{ours:.2} s"),
        beside: format!("`git diff` of the same trees: {:.0} ms", text * 1e3),
        ratio: format!("{:.0}×", ours / text),
        promise,
        kept: ours <= most,
    })
}

fn seconds(program: &Path, folder: &Path, arguments: &[&str]) -> Result<f64, String> {
    let mut failed = None;
    let took = time(|| failed = run(program, folder, arguments).err());
    failed.map_or(Ok(took.as_secs_f64()), Err)
}

/// A repository with three tags: `base`, `orgs` and `preset`.
fn write(repository: &Path) -> Result<(), String> {
    let policies: PathBuf = gatewright_tests::root().join("policies");
    let workspace = repository.join("policies");
    let failed = |error: std::io::Error| format!("{}: {error}", repository.display());
    if repository.exists() {
        std::fs::remove_dir_all(repository).map_err(failed)?;
    }
    platform::write(&policies, &workspace, ORGS).map_err(failed)?;
    git(repository, &["init", "--quiet"])?;
    commit(repository, "base")?;
    platform::change_orgs(&workspace, ORGS, CHANGED).map_err(failed)?;
    commit(repository, "orgs")?;
    git(repository, &["checkout", "--quiet", "base"])?;
    platform::change_preset(&workspace).map_err(failed)?;
    commit(repository, "preset")?;
    git(repository, &["repack", "-a", "-d", "--quiet"])
}

fn commit(repository: &Path, tag: &str) -> Result<(), String> {
    git(repository, &["add", "."])?;
    git(repository, &["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "--quiet", "-m", tag])?;
    git(repository, &["tag", tag])
}

fn git(repository: &Path, arguments: &[&str]) -> Result<(), String> {
    run(Path::new("git"), repository, arguments)
}

fn run(program: &Path, folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let shown = || format!("{} {}", program.display(), arguments.join(" "));
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    let status = command.status().map_err(|error| format!("{}: {error}", shown()))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", shown())) }
}
