//! Saml: a full check of a signed response, beside the verifier alone and what other libraries take for the same message.
//!
//! Reads what `gate-saml`'s example measures, and what Node and Python say of the same message, where they are there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::figure::Figure;

const FULL_RATIO_MAX: f64 = 1.25;
const LARGE_MICROS_MAX: f64 = 1_500.0;
/// What other libraries are measured with, and the folder that they are installed in.
const PEERS: &str = "benches/peers/saml";

pub(crate) fn figures() -> Result<Vec<Figure>, String> {
    let me = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = me.parent().ok_or("no folder")?;
    let program = folder.join("examples/saml_bench");
    let micros = numbers(&run(&mut Command::new(&program))?);
    let of = |name: &str| micros.get(name).copied().ok_or_else(|| format!("saml_bench says nothing of {name}"));
    let (full, bare, worker, large) = (of("full")?, of("bare")?, of("worker")?, of("large-worker")?);
    let (second, rsa) = (of("second")?, of("rsa")?);
    let ratio = full / bare;
    Ok(vec![
        Figure {
            what: "full check of a signed SAML response of 8 KB with 20 groups",
            ours: format!("{full:.0} µs ({:.0} bytes)", of("bytes")?),
            beside: format!("samael in PreDigest mode alone: {bare:.0} µs; RSA-2048 verify: {rsa:.0} µs"),
            ratio: format!("{ratio:.2}×"),
            promise: "≤ 1.25×",
            kept: ratio <= FULL_RATIO_MAX,
        },
        Figure {
            what: "… with the signature checked in a confined process, as the gate does it",
            ours: format!("{worker:.0} µs"),
            beside: format!("in one process: {full:.0} µs"),
            ratio: format!("{:.2}×", worker / full),
            promise: "recorded",
            kept: true,
        },
        Figure {
            what: "… with 150 groups, in a confined process",
            ours: format!("{large:.0} µs ({:.0} bytes)", of("large-bytes")?),
            beside: format!("RSA-2048 verify: {rsa:.0} µs"),
            ratio: format!("{:.0}×", large / rsa),
            promise: "≤ 1.5 ms",
            kept: large <= LARGE_MICROS_MAX,
        },
        Figure {
            what: "… a second opinion in Rust alone on the signature of the 8 KB response",
            ours: format!("{second:.0} µs more"),
            beside: format!("full check: {full:.0} µs"),
            ratio: format!("{:.2}×", (full + second) / full),
            promise: "recorded",
            kept: true,
        },
        others(&program, folder, full)?,
    ])
}

/// For the record: the same message in other libraries.
fn others(program: &Path, folder: &Path, full: f64) -> Result<Figure, String> {
    let peers = gatewright_tests::root().join(PEERS);
    let message = folder.join("saml-peers");
    std::fs::create_dir_all(&message).map_err(|error| error.to_string())?;
    run(Command::new(program).arg("--write").arg(&message))?;
    let said = [("@node-saml/node-saml", node(&peers, &message)), ("python3-saml", python(&peers, &message))];
    let beside = said.map(|(name, micros)| {
        micros.map_or(format!("`{name}`: not installed"), |micros| format!("`{name}`: {micros:.0} µs"))
    });
    Ok(Figure {
        what: "… beside other libraries on the same message",
        ours: format!("{full:.0} µs"),
        beside: beside.join("; "),
        ratio: String::new(),
        promise: "recorded",
        kept: true,
    })
}

fn node(peers: &Path, message: &Path) -> Option<f64> {
    let installed = peers.join("node_modules/@node-saml/node-saml").exists()
        || run(Command::new("npm").args(["ci", "--ignore-scripts", "--loglevel=error"]).current_dir(peers)).is_ok();
    installed
        .then(|| run(Command::new("node").arg(peers.join("node-saml.mjs")).arg(message)).ok())
        .flatten()
        .as_deref()
        .and_then(micros)
}

fn python(peers: &Path, message: &Path) -> Option<f64> {
    let place: PathBuf = message.join("python");
    let pip = ["install", "--quiet", "--target"];
    let installed = place.join("onelogin").exists()
        || run(Command::new("pip3").args(pip).arg(&place).arg("-r").arg(peers.join("requirements.txt"))).is_ok();
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", &place).arg(peers.join("python3-saml.py")).arg(message);
    installed.then(|| run(&mut python).ok()).flatten().as_deref().and_then(micros)
}

fn micros(said: &str) -> Option<f64> {
    numbers(said).get("full").copied()
}

fn numbers(said: &str) -> BTreeMap<String, f64> {
    let pairs = said.lines().filter_map(|line| line.split_once(' '));
    pairs.filter_map(|(name, number)| Some((name.to_owned(), number.trim().parse().ok()?))).collect()
}

fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}
