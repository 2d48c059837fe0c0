//! Workspace: the files of a policy as values. Whoever holds the directory reads them; nothing here opens a file.
//!
//! Takes paths with their bytes, and names that must not be there. Gives sorted sources.
//!
//! Invariant: the order in which files are handed over does not matter; a path stands once.
//! Invariant: the manifest is always in the list, empty where there is none, so that its absence has a place.

use std::collections::BTreeMap;
use std::sync::Arc;

use wright_syntax::source::{FileId, Source};

/// The one file that every other file is found from.
pub const MANIFEST: &str = "policy.kdl";

/// A megabyte of policy is an organisation with more lines than anybody reviews; the language's own limit.
pub const FILE_BYTES_MAX: usize = 1024 * 1024;

/// Every file of the workspace, sorted by path: the place in the list is the file's id.
#[derive(Debug, Clone)]
pub struct Workspace {
    sources: Vec<Source>,
    oddities: Vec<Option<Oddity>>,
    is_part: bool,
}

/// Something that lies in the workspace and cannot be a policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Irregular {
    pub path: String,
    pub oddity: Oddity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// A symbolic link: what it leads to may change without a review.
    Symlink,
    /// A device, a socket, a pipe.
    Special,
    /// The name itself is not UTF-8.
    NameNotUtf8,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// More bytes than [`FILE_BYTES_MAX`].
    TooLong,
    /// A part of the path begins with a dot, or is `..`, or the path is absolute.
    Hidden,
}

impl Workspace {
    /// Sorts, decodes and screens. A path stands once: of two with the same path, which no directory has, the last counts.
    pub fn new(
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
        irregular: impl IntoIterator<Item = Irregular>,
    ) -> Self {
        let mut all: BTreeMap<String, (Arc<str>, Option<Oddity>)> = BTreeMap::new();
        all.insert(MANIFEST.to_owned(), (Arc::from(""), None));
        for (path, bytes) in files {
            let screened = screen(&path, bytes);
            all.insert(path, screened);
        }
        for entry in irregular {
            all.insert(entry.path, (Arc::from(""), Some(entry.oddity)));
        }
        let (sources, oddities) =
            all.into_iter().map(|(path, (text, oddity))| (Source { path: path.into(), text }, oddity)).unzip();
        Self { sources, oddities, is_part: false }
    }

    /// Without the organisations whose files are not kept: nothing is said about what may be theirs.
    #[must_use]
    pub fn part(&self, keeps: impl Fn(&str) -> bool) -> Self {
        let files = self.sources.iter().zip(&self.oddities).filter(|(source, _)| keeps(&source.path));
        let (sources, oddities) = files.map(|(source, oddity)| (source.clone(), *oddity)).unzip();
        Self { sources, oddities, is_part: true }
    }

    /// See [`Workspace::part`].
    pub fn is_part(&self) -> bool {
        self.is_part
    }

    /// Every file, and whether it is one of ours by its bytes.
    pub fn each(&self) -> impl Iterator<Item = (&Source, bool)> {
        self.files().map(|(_, source, oddity)| (source, oddity.is_none()))
    }

    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    pub fn source(&self, file: FileId) -> Option<&Source> {
        self.sources.get(usize::try_from(file.0).ok()?)
    }

    /// Every file with its id and, where it is none of ours, why.
    pub(crate) fn files(&self) -> impl Iterator<Item = (FileId, &Source, Option<Oddity>)> {
        let ids = (0..).map(FileId);
        ids.zip(&self.sources).zip(&self.oddities).map(|((id, source), oddity)| (id, source, *oddity))
    }
}

fn screen(path: &str, bytes: Vec<u8>) -> (Arc<str>, Option<Oddity>) {
    let empty = || Arc::from("");
    if path.split('/').any(|part| part.is_empty() || part.starts_with('.')) {
        return (empty(), Some(Oddity::Hidden));
    }
    if bytes.len() > FILE_BYTES_MAX {
        return (empty(), Some(Oddity::TooLong));
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text.into(), None),
        Err(_) => (empty(), Some(Oddity::NotUtf8)),
    }
}
