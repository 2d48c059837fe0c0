//! Notation: a workspace in one text, over the base workspace.
//!
//! ```text
//! // file: orgs/acme/org.kdl        the whole file
//! // into: orgs/acme/org.kdl        lines that are put before the base file's last `}`
//! // after: platform/catalog.kdl    lines that are put behind the base file
//! // without: orgs/acme/org.kdl     the base file is not there
//! // metadata: orgs/acme/okta.xml from okta    a copy of `tests/ui/metadata/okta.xml`
//! // symlink: orgs/acme/link.kdl    an entry of the directory that is no file
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gatewright_terms::Timestamp;
use wright_policy::{CHECKS, Check, Irregular, Oddity, Policy, Workspace, check_with, read, resolve, shape};
use wright_syntax::diagnostic::{Diagnostic, Severity, Sink};

/// The workspace's own `tests/ui`.
pub(crate) fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ui").canonicalize().unwrap()
}

/// Every file below a folder, by its path in it.
pub(crate) fn files_below(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, text);
            }
        }
    }
    found
}

pub(crate) fn base() -> BTreeMap<String, String> {
    files_below(&ui().join("base"))
}

/// Every fixture, by its path below `tests/ui`.
pub(crate) fn fixtures() -> BTreeMap<String, String> {
    let mut all = files_below(&ui());
    all.retain(|path, _| Path::new(path).extension().is_some_and(|end| end == "kdl") && !path.starts_with("base/"));
    all
}

/// The workspace of one text.
pub(crate) fn workspace(text: &str) -> Workspace {
    let (files, irregular) = parts(text);
    Workspace::new(files.into_iter().map(|(path, text)| (path, text.into_bytes())), irregular)
}

/// What the directory of that workspace holds.
pub(crate) fn parts(text: &str) -> (BTreeMap<String, String>, Vec<Irregular>) {
    let mut files = base();
    let mut irregular = Vec::new();
    let (mut verb, mut path, mut part) = ("", "", String::new());
    for line in text.lines().chain(["// end: of the text"]) {
        let directive = line.strip_prefix("// ").and_then(|rest| rest.split_once(": "));
        let Some((next, name)) = directive
            .filter(|(verb, _)| ["file", "into", "after", "without", "metadata", "symlink", "end"].contains(verb))
        else {
            assert!(!verb.is_empty() || line.is_empty() || line.starts_with("//"), "`{line}` stands before any file");
            part.push_str(line);
            part.push('\n');
            continue;
        };
        put(verb, path, &part, &mut files, &mut irregular);
        (verb, path, part) = (next, name.trim(), String::new());
    }
    (files, irregular)
}

fn put(verb: &str, path: &str, part: &str, files: &mut BTreeMap<String, String>, irregular: &mut Vec<Irregular>) {
    match verb {
        "" => {}
        "file" => drop(files.insert(path.to_owned(), part.trim_matches('\n').to_owned() + "\n")),
        "into" => {
            let base = files.get_mut(path).unwrap_or_else(|| panic!("the base has no `{path}`"));
            let brace = base.rfind('}').unwrap();
            base.insert_str(brace, part.trim_matches('\n'));
            let end = brace + part.trim_matches('\n').len();
            base.insert(end, '\n');
        }
        "after" => files.get_mut(path).unwrap_or_else(|| panic!("the base has no `{path}`")).push_str(part),
        "without" => drop(files.remove(path).unwrap_or_else(|| panic!("the base has no `{path}`"))),
        "metadata" => {
            let (path, name) = path.split_once(" from ").unwrap_or_else(|| panic!("`{path}` comes from nowhere"));
            let text = fs::read_to_string(ui().join("metadata").join(format!("{name}.xml"))).unwrap();
            files.insert(path.to_owned(), text);
        }
        "symlink" => irregular.push(Irregular { path: path.to_owned(), oddity: Oddity::Symlink }),
        other => panic!("no directive `{other}`"),
    }
}

/// What the stages before the rules say, and the policy that they made.
pub(crate) fn early(workspace: &Workspace) -> (Policy, Sink) {
    let mut sink = Sink::default();
    let trees = read(workspace, &mut sink);
    let draft = shape(trees, &mut sink);
    (resolve(draft, &mut sink), sink)
}

/// The day by which the fixtures are judged.
pub(crate) fn as_of() -> Timestamp {
    Timestamp::from_unix(1_795_478_400)
}

/// Every finding, with the rules that are named.
pub(crate) fn findings<'a>(workspace: &Workspace, checks: impl IntoIterator<Item = &'a Check>) -> Vec<Diagnostic> {
    let (policy, mut sink) = early(workspace);
    check_with(&policy, checks, as_of(), &mut sink);
    sink.into_sorted()
}

pub(crate) fn all_findings(workspace: &Workspace) -> Vec<Diagnostic> {
    findings(workspace, CHECKS)
}

/// `GW0102`.
pub(crate) fn code(found: &Diagnostic) -> String {
    format!("GW{:04}", found.code.number)
}

pub(crate) fn refuses(found: &[Diagnostic]) -> bool {
    found.iter().any(|found| found.code.severity <= Severity::Deny)
}
