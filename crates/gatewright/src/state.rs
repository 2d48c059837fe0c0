//! State: a workspace as it lies in its folder, or as a commit has it, and what tells the content of each of its files.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha1::Sha1;
use sha2::{Digest, Sha256};
use wright::{Unreadable, gather};
use wright_policy::Workspace;
use wright_syntax::source::Source;

use crate::failure::Failure;
use crate::git::Commit;
use crate::verbs::check;
use crate::workspace::DirectoryWorld;

pub(crate) enum State {
    Commit(Commit),
    /// All of it, read.
    Folder(Workspace),
}

/// Each path with what tells its content; `None`: nothing does, and it is never taken for unchanged.
pub(crate) type Contents<'s> = BTreeMap<&'s str, Option<Cow<'s, str>>>;

impl State {
    pub(crate) fn of_folder(world: &DirectoryWorld) -> Result<Self, Failure> {
        read(gather(world, check::threads())).map(Self::Folder)
    }

    /// The commit, where it is one.
    pub(crate) fn commit(&self) -> Option<&str> {
        match self {
            Self::Commit(commit) => Some(&commit.id),
            Self::Folder(_) => None,
        }
    }

    pub(crate) fn paths(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Commit(commit) => Box::new(commit.objects().map(|(path, _)| path)),
            Self::Folder(workspace) => Box::new(workspace.sources().iter().map(|source| &*source.path)),
        }
    }

    /// In the words of the other's repository, where one of the two is a commit.
    pub(crate) fn contents(&self, other: &Self) -> Contents<'_> {
        match self {
            Self::Commit(commit) => commit.objects().map(|(path, object)| (path, object.map(Cow::Borrowed))).collect(),
            Self::Folder(workspace) => {
                let name = if other.names_by_sha256() { object_sha256 } else { object_sha1 };
                let content = |file: &Source| Cow::Owned(name(file.text.as_bytes()));
                workspace.each().map(|(file, is_regular)| (&*file.path, is_regular.then(|| content(file)))).collect()
            }
        }
    }

    fn names_by_sha256(&self) -> bool {
        match self {
            Self::Commit(commit) => commit.id.len() == SHA256_HEX,
            Self::Folder(_) => false,
        }
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Result<Option<String>, Failure> {
        let workspace = self.part(|known| known == path)?;
        Ok(regular(&workspace).find(|file| &*file.path == path).map(|file| file.text.to_string()))
    }

    pub(crate) fn whole(&self) -> Result<Cow<'_, Workspace>, Failure> {
        match self {
            Self::Commit(commit) => read(gather(&commit.world(|_| true)?, check::threads())).map(Cow::Owned),
            Self::Folder(workspace) => Ok(Cow::Borrowed(workspace)),
        }
    }

    /// Without the organisations whose files are not kept.
    pub(crate) fn part(&self, keeps: impl Fn(&str) -> bool) -> Result<Workspace, Failure> {
        match self {
            Self::Commit(commit) => Ok(read(gather(&commit.world(keeps)?, check::threads()))?.part(|_| true)),
            Self::Folder(workspace) => Ok(workspace.part(keeps)),
        }
    }

    /// The paths of the kept files that hold any of the texts.
    pub(crate) fn mentions(
        &self,
        keeps: impl Fn(&str) -> bool,
        holds: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<String>, Failure> {
        match self {
            Self::Commit(commit) => {
                let world = commit.world(keeps)?;
                Ok(world.files().filter(|(_, bytes)| holds(bytes)).map(|(path, _)| path.to_owned()).collect())
            }
            Self::Folder(workspace) => {
                let kept = regular(workspace).filter(|file| keeps(&file.path));
                Ok(kept.filter(|file| holds(file.text.as_bytes())).map(|file| file.path.to_string()).collect())
            }
        }
    }
}

fn regular(workspace: &Workspace) -> impl Iterator<Item = &Source> {
    workspace.each().filter(|(_, is_regular)| *is_regular).map(|(file, _)| file)
}

fn read(workspace: Result<Workspace, Vec<Unreadable>>) -> Result<Workspace, Failure> {
    workspace.map_err(|unreadable| match check::refuse_unreadable(&unreadable) {
        Err(failure) => failure,
        Ok(()) => Failure::usage("cannot read the workspace"),
    })
}

const SHA256_HEX: usize = 64;

/// As git names a file's content: the hash of `blob SP SIZE NUL` and the bytes.
fn object_sha1(bytes: &[u8]) -> String {
    let hash = Sha1::new().chain_update(format!("blob {}\0", bytes.len())).chain_update(bytes).finalize();
    hex(&hash)
}

fn object_sha256(bytes: &[u8]) -> String {
    let hash = Sha256::new().chain_update(format!("blob {}\0", bytes.len())).chain_update(bytes).finalize();
    hex(&hash)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_as_git_names_it() {
        assert_eq!(object_sha1(b""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(object_sha256(b""), "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813");
    }
}
