//! Support: the workspaces of the project as worlds in memory.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use wright::{MemoryWorld, Outcome, World, compile};

pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The files of a folder of the project, by their paths in it.
pub(crate) fn files(folder: &str) -> BTreeMap<String, Vec<u8>> {
    let root = project(folder);
    let (mut found, mut open) = (BTreeMap::new(), vec![root.clone()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

/// The base of the fixtures with one file replaced.
pub(crate) fn base_with(path: &str, text: &str) -> MemoryWorld {
    let mut files = files("tests/ui/base");
    files.insert(path.to_owned(), text.as_bytes().to_vec());
    MemoryWorld::new(files)
}

pub(crate) fn compiled(world: &dyn World) -> Outcome {
    compile(world, NonZeroUsize::MIN, as_of())
}

/// `GW1411` and its like, in order.
pub(crate) fn codes(outcome: &Outcome) -> Vec<String> {
    outcome.diagnostics.iter().map(|found| format!("GW{:04}", found.code.number)).collect()
}

/// The day by which these tests judge.
pub(crate) fn as_of() -> gatewright_terms::Timestamp {
    gatewright_terms::Timestamp::from_unix(1_795_478_400)
}

/// Every environment as it is written, in order; the laws hold.
pub(crate) fn encoded(outcome: &Outcome) -> Vec<wright::Encoded> {
    let of_one = |name| wright::trial::lawful(outcome, name).expect("the laws hold").map(wright::encode);
    outcome.programs.keys().filter_map(of_one).collect()
}
