//! Diff: a pull request in a platform of ten thousand organisations, beside what git does with the same trees.

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
const CHANGED_SECONDS_MAX: f64 = 0.05;

pub(crate) fn figures() -> Result<Vec<Figure>, String> {
    let me = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = me.parent().ok_or("no folder")?;
    let (gatewright, repository) = (folder.join("gatewright"), folder.join("ten-thousand"));
    write(&repository)?;
    let figures = measured(&gatewright, &repository);
    std::fs::remove_dir_all(&repository).map_err(|error| error.to_string())?;
    figures
}

fn measured(gatewright: &Path, repository: &Path) -> Result<Vec<Figure>, String> {
    let few = ("diff of 10,000 organisations, 25 of them changed", "≤ 0.5 s", FEW_SECONDS_MAX);
    let preset = ("… with one line of a preset that 9,000 use", "≤ 3 s", PRESET_SECONDS_MAX);
    Ok(vec![
        figure(gatewright, repository, "orgs", few)?,
        figure(gatewright, repository, "preset", preset)?,
        changed(gatewright, repository)?,
    ])
}

/// One organisation is edited, and not committed.
fn changed(gatewright: &Path, repository: &Path) -> Result<Figure, String> {
    git(repository, &["checkout", "--quiet", "base"])?;
    platform::change_orgs(&repository.join("policies"), ORGS, 1).map_err(|error| error.to_string())?;
    let (mut ours, mut status) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(seconds(gatewright, repository, &["check", "--changed", "--quiet", "--workspace", "policies"])?);
        status.push(seconds(Path::new("git"), repository, &["status", "--porcelain"])?);
    }
    let (ours, status) = (median(&mut ours), median(&mut status));
    Ok(Figure {
        what: "`check --changed` of one organisation in 10,000",
        ours: format!("{:.0} ms", ours * 1e3),
        beside: format!("`git status` of the same folder: {:.0} ms", status * 1e3),
        ratio: format!("{:.2}×", ours / status),
        promise: "≤ 50 ms",
        kept: ours <= CHANGED_SECONDS_MAX,
    })
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
