//! Workspace: which folder a command works on, and that folder as a `World`.
//!
//! Invariant: a symbolic link is never followed below the workspace, and nothing but regular files is opened.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use wright::{Found, Unreadable, World};
use wright_policy::{MANIFEST, Oddity};

use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// The folder of the workspace: `--workspace`, else `GATEWRIGHT_WORKSPACE`, else the nearest folder upward from
/// `start` that holds a manifest.
pub(crate) fn locate(flag: Option<&Path>, start: Option<&Path>, around: &Surroundings) -> Result<PathBuf, Failure> {
    if let Some(folder) = flag {
        return named(folder, "--workspace");
    }
    if let Some(start) = start {
        return upward(&around.folder.join(start)).ok_or_else(|| nothing_above(start, around));
    }
    if let Some(folder) = &around.workspace {
        return named(Path::new(folder), "GATEWRIGHT_WORKSPACE");
    }
    upward(&around.folder).ok_or_else(|| nothing_above(&around.folder, around))
}

fn named(folder: &Path, by: &str) -> Result<PathBuf, Failure> {
    if folder.join(MANIFEST).symlink_metadata().is_ok() {
        return Ok(folder.to_path_buf());
    }
    let shown = folder.display();
    let failure = match fs::metadata(folder) {
        Err(error) => Failure::file("read the workspace", folder, &error),
        Ok(found) if found.is_dir() => Failure::usage(format!("`{shown}` is no workspace: it holds no `{MANIFEST}`"))
            .help(format!("gatewright init {shown}    writes one")),
        Ok(_) => Failure::usage(format!("`{shown}` is a file; {by} takes the folder that holds `{MANIFEST}`")),
    };
    Err(failure)
}

fn upward(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join(MANIFEST).symlink_metadata().is_ok()).map(Path::to_path_buf)
}

fn nothing_above(start: &Path, around: &Surroundings) -> Failure {
    let shown = start.display();
    if let Err(error) = fs::metadata(around.folder.join(start)) {
        return Failure::file("read", start, &error);
    }
    let failure = Failure::usage(format!("no workspace here: no `{MANIFEST}` in `{shown}` or above it"));
    if around.folder.join("policies").join(MANIFEST).is_file() {
        return failure.help("there is one below: --workspace policies");
    }
    failure.help("--workspace FOLDER names one; `gatewright init FOLDER` writes one")
}

/// A folder on disk.
pub(crate) struct DirectoryWorld {
    root: PathBuf,
}

impl DirectoryWorld {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// What stands before a path of the workspace where it is named from another folder: `policies/`. Empty where that
    /// folder does not hold the workspace.
    pub(crate) fn prefix_from(&self, folder: &Path) -> String {
        let (root, folder) = (fs::canonicalize(folder.join(&self.root)), fs::canonicalize(folder));
        let (Ok(root), Ok(folder)) = (root, folder) else { return String::new() };
        match root.strip_prefix(folder).ok().and_then(Path::to_str) {
            Some("") | None => String::new(),
            Some(inside) => format!("{inside}/"),
        }
    }

    /// The path of the workspace's own that leads to a place in it, with `/` between its parts; empty for its folder.
    pub(crate) fn path_of(&self, place: &Path) -> Option<String> {
        let mut parts: Vec<&str> = Vec::new();
        for part in place.strip_prefix(&self.root).ok()?.components() {
            match part {
                Component::Normal(name) => parts.push(name.to_str()?),
                Component::ParentDir => drop(parts.pop()?),
                Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            }
        }
        Some(parts.join("/"))
    }

    /// What a file is written by way of: beside the manifest nothing is part of the policy, so that what a killed run leaves
    /// behind stands in nobody's way.
    pub(crate) fn aside(&self) -> &Path {
        &self.root
    }

    /// Where a file of the workspace lies.
    pub(crate) fn place(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }
}

impl World for DirectoryWorld {
    fn list(&self, folder: &str) -> Result<Vec<Found>, Unreadable> {
        match fs::symlink_metadata(self.root.join(folder)) {
            Ok(it) if it.is_dir() => {}
            Ok(it) => return Ok(vec![Found { path: folder.into(), oddity: oddity_of(it.file_type()) }]),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(folder, &error)),
        }
        let (mut files, mut open) = (Vec::new(), vec![folder.to_owned()]);
        while !open.is_empty() {
            let below = self.list_all(&open)?;
            open = below.iter().flat_map(|below| &below.folders).cloned().collect();
            files.extend(below.into_iter().flat_map(|below| below.files));
        }
        Ok(files)
    }

    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, Unreadable> {
        let place = self.root.join(path);
        let failed = |error: io::Error| unreadable(path, &error);
        let kind = fs::symlink_metadata(&place).map_err(failed)?;
        if !kind.is_file() {
            let reason = if kind.is_dir() { "it is a folder" } else { "it is no regular file" };
            return Err(Unreadable { path: path.into(), absent: false, reason: reason.into() });
        }
        let mut bytes = Vec::with_capacity(room(kind.len(), limit));
        File::open(&place).and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes)).map_err(failed)?;
        Ok(bytes)
    }
}

/// What stands in some folders.
#[derive(Default)]
struct Below {
    folders: Vec<String>,
    files: Vec<Found>,
}

/// Below this a thread costs more than it saves.
const FOLDERS_FOR_A_THREAD: usize = 64;

impl DirectoryWorld {
    /// What stands in each of these folders, as several threads find it.
    fn list_all(&self, folders: &[String]) -> Result<Vec<Below>, Unreadable> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        let many = folders.len().div_ceil(threads).max(FOLDERS_FOR_A_THREAD);
        std::thread::scope(|scope| {
            let some = |folders: &[String]| {
                let mut below = Below::default();
                folders.iter().try_for_each(|folder| self.list_one(folder, &mut below)).map(|()| below)
            };
            let begun: Vec<_> = folders.chunks(many).map(|folders| scope.spawn(move || some(folders))).collect();
            begun.into_iter().map(|it| it.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    }

    fn list_one(&self, folder: &str, below: &mut Below) -> Result<(), Unreadable> {
        let failed = |error: io::Error| unreadable(folder, &error);
        for entry in fs::read_dir(self.root.join(folder)).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let (name, is_utf8) = name_of(&entry.file_name());
            let path = format!("{folder}/{name}");
            match (kind.is_dir(), is_utf8) {
                (_, false) => below.files.push(Found { path, oddity: Some(Oddity::NameNotUtf8) }),
                (true, true) => below.folders.push(path),
                (false, true) => below.files.push(Found { path, oddity: oddity_of(kind) }),
            }
        }
        Ok(())
    }
}

/// For a file of this length, and to see its end.
fn room(length: u64, limit: usize) -> usize {
    usize::try_from(length).unwrap_or(limit).min(limit).saturating_add(1)
}

fn oddity_of(kind: fs::FileType) -> Option<Oddity> {
    if kind.is_file() {
        None
    } else if kind.is_symlink() {
        Some(Oddity::Symlink)
    } else {
        Some(Oddity::Special)
    }
}

fn name_of(name: &OsStr) -> (String, bool) {
    (name.to_string_lossy().into_owned(), name.to_str().is_some())
}

fn unreadable(path: &str, error: &io::Error) -> Unreadable {
    let reason = crate::failure::in_words(error);
    Unreadable { path: path.into(), absent: error.kind() == io::ErrorKind::NotFound, reason }
}
