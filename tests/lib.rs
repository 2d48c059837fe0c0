//! gatewright-tests: what the tests of the whole project share: both programs as processes, people who sign in, and what
//! cargo says about the project.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "support of tests: a panic is a failed test"
)]

mod house;
mod visitor;

pub use house::{House, programs};
pub use visitor::{Visitor, client};

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The folder that holds the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// What cargo prints, run from the root without the network.
pub fn cargo(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Every package of the workspace with the names of the packages that it imports outside its tests.
pub fn imports() -> Result<Vec<(String, Vec<String>)>, String> {
    let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps", "--offline"])?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(list(&metadata, "packages")
        .iter()
        .map(|package| {
            let imported = list(package, "dependencies");
            let imported = imported.iter().filter(|one| one.get("kind").is_some_and(Value::is_null));
            (text(package, "name"), imported.map(|one| text(one, "name")).collect())
        })
        .collect())
}
