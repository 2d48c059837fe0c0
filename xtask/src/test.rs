//! Test: all that continuous integration runs, in the order in which a mistake is cheapest.

use std::process::Command;

use crate::release;
use crate::run::{cargo, command, is_root, root, run};
use crate::setup::{self, Node};

pub(crate) fn test() -> Result<(), String> {
    let node = setup::for_tests()?;
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    run(&mut cargo(&["build", "--workspace", "--all-targets"]))?;
    run(&mut cargo(&["test", "--workspace", "--no-fail-fast"]))?;
    // Built here, where it may take its time; the end-to-end tests find it done.
    release::release("dev")?;
    run(&mut end_to_end(&node))
}

/// The end-to-end tests, in a network of their own that holds nothing but loopback, with their own names in it.
fn end_to_end(node: &Node) -> Command {
    const INSIDE: &str = "ip link set lo up && mount --bind tests/e2e/hosts /etc/hosts && exec \"$@\"";
    let mut inside = command("unshare", &["--net", "--mount"]);
    if !is_root() {
        inside.arg("--map-root-user");
    }
    inside
        .args(["sh", "-c", INSIDE, "sh"])
        .arg(&node.node)
        .args(["--test", "--test-concurrency=1", "--test-force-exit", "--test-timeout=300000"])
        .args(end_to_end_files());
    inside
}

fn end_to_end_files() -> Vec<std::path::PathBuf> {
    let folder = std::fs::read_dir(root().join("tests/e2e")).into_iter().flatten().flatten();
    let mut files: Vec<_> =
        folder.map(|entry| entry.path()).filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect();
    files.sort();
    files
}

/// `kill -9` under load, more often than the ordinary tests do it.
pub(crate) fn kill(rounds: &str) -> Result<(), String> {
    rounds.parse::<u32>().map_err(|_| format!("`{rounds}` is not a number of rounds"))?;
    setup::for_building()?;
    run(&mut cargo(&["build", "-p", "gatewright", "-p", "gatewrightd"]))?;
    run(cargo(&["test", "-p", "gatewright-tests", "--test", "kill", "--", "--nocapture"]).env("KILL_ROUNDS", rounds))
}

/// The semantic diff against its oracle, on more pairs than the ordinary tests take.
pub(crate) fn diff(pairs: &str) -> Result<(), String> {
    pairs.parse::<u32>().map_err(|_| format!("`{pairs}` is not a number of pairs"))?;
    let arguments = ["test", "--release", "-p", "wright", "--test", "diff", "oracle", "--", "--nocapture"];
    run(cargo(&arguments).env("DIFF_PAIRS", pairs))
}

/// The formatter on more random files than the ordinary tests take.
pub(crate) fn format(files: &str) -> Result<(), String> {
    files.parse::<u32>().map_err(|_| format!("`{files}` is not a number of files"))?;
    let arguments = ["test", "--release", "-p", "wright-syntax", "--test", "format", "files", "--", "--nocapture"];
    run(cargo(&arguments).env("FORMAT_FILES", files))
}
