//! Seeds: the texts that mutations begin with.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ours;

/// The cases of the KDL project, which the `kdl` crate ships; name and text, those that are UTF-8.
pub(crate) fn corpus() -> Vec<(String, String)> {
    let folder = kdl_folder().join("tests/test_cases/input");
    let mut cases: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter_map(|entry| {
            let text = std::fs::read_to_string(entry.path()).ok()?;
            Some((entry.file_name().to_string_lossy().into_owned(), text))
        })
        .collect();
    cases.sort();
    cases
}

/// Where cargo keeps the package of the `kdl` crate.
fn kdl_folder() -> PathBuf {
    let offline = metadata(&["--offline"]);
    let all = if offline.is_empty() { metadata(&[]) } else { offline };
    let all: serde_json::Value = serde_json::from_slice(&all).expect("cargo metadata gives JSON");
    let packages = all["packages"].as_array().expect("packages");
    let kdl = packages.iter().find(|package| package["name"] == "kdl").expect("kdl is a dependency");
    Path::new(kdl["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned()
}

fn metadata(more: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .args(more)
        .output()
        .unwrap();
    if output.status.success() { output.stdout } else { Vec::new() }
}

/// Policy files: ours beside this test, and the workspace's own, if it has any yet.
fn policies() -> Vec<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![here.join("tests/data"), here.join("../../policies"), here.join("../../examples")];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "node_modules" && name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "kdl") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// The corpus, the corpus brought into our subset by our own fixes, and policy files cut into their top entries.
pub(crate) fn all() -> Vec<String> {
    let mut seeds = Vec::new();
    for (_, text) in corpus() {
        let fixed = ours::fixed(&text);
        if fixed != text {
            seeds.push(fixed);
        }
        seeds.push(text);
    }
    for text in policies() {
        let ours = ours::read(&text);
        assert!(ours.classes.is_empty(), "a policy file is wrong: {ours:?}\n{text}");
        seeds.extend(ours.pieces);
        seeds.push(text);
    }
    seeds
}
