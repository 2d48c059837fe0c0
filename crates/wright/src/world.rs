//! World: all the input that a compilation has. What is not in the world does not reach the bytes.
//!
//! Gives names of files, then their bytes. The command line brings a directory, tests and editors bring memory.
//!
//! Invariant: paths are relative to the workspace, with `/` between their parts, on every system.
//! Invariant: nothing leads out of the workspace: a symbolic link is listed as one and never read.

use std::collections::BTreeMap;
use std::sync::Arc;

use wright_policy::Oddity;

/// Where the files of a workspace come from.
pub trait World: Sync {
    /// Everything below a folder of the workspace, at any depth, in any order. Folders themselves are not listed.
    /// A folder that does not exist holds nothing; what stands in its place is listed under its name.
    fn list(&self, folder: &str) -> Result<Vec<Found>, Unreadable>;

    /// The bytes of a file: all of them, or the first `limit` + 1 where there are more.
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, Unreadable>;
}

/// A name below a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub path: String,
    /// Set where it is no regular file, so that nobody reads it.
    pub oddity: Option<Oddity>,
}

/// The system does not give a file or a folder away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    pub path: String,
    /// There is nothing under this name.
    pub absent: bool,
    /// The system's reason, in its words.
    pub reason: String,
}

/// A workspace in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryWorld {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl MemoryWorld {
    /// Paths with their bytes. A path that comes twice holds what came last.
    pub fn new<P: Into<String>, B: Into<Arc<[u8]>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        Self { files: files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect() }
    }
}

impl World for MemoryWorld {
    fn list(&self, folder: &str) -> Result<Vec<Found>, Unreadable> {
        let is_here =
            |path: &&String| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        Ok(self.files.keys().filter(is_here).map(|path| Found { path: path.clone(), oddity: None }).collect())
    }

    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, Unreadable> {
        match self.files.get(path) {
            Some(bytes) => Ok(bytes.iter().copied().take(limit.saturating_add(1)).collect()),
            None => Err(Unreadable { path: path.into(), absent: true, reason: "no such file".into() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_what_lies_below_it_and_no_namesake() {
        let world = MemoryWorld::new([("orgs/a/org.kdl", *b"1"), ("orgs2/b.kdl", *b"2"), ("presets", *b"3")]);
        let listed = |folder| world.list(folder).unwrap().into_iter().map(|found| found.path).collect::<Vec<_>>();
        assert_eq!(listed("orgs"), ["orgs/a/org.kdl"]);
        assert_eq!(listed("presets"), ["presets"], "what stands in a folder's place is told");
        assert!(world.list("none").unwrap().is_empty());
    }

    #[test]
    fn reading_stops_one_byte_after_the_limit() {
        let world = MemoryWorld::new([("a", *b"12345")]);
        assert_eq!(world.read("a", 2).unwrap(), b"123");
        assert_eq!(world.read("a", 9).unwrap(), b"12345");
        assert!(world.read("b", 9).unwrap_err().absent);
    }
}
