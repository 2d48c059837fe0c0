//! Files: reading with a limit, and writing whole files or nothing.
//!
//! Invariant: a file that is replaced is replaced at once: a reader sees the old bytes or the new ones.
//! Invariant: nothing but a regular file (or a pipe that somebody named on purpose) is read, and never more than the limit.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Keys, trust files, checkpoints and tokens are small texts.
pub(crate) const SMALL_FILE_BYTES_MAX: usize = 64 * 1024;

/// The bytes of a file. `what` names it for the reader of the message, such as `the bundle`.
pub(crate) fn read(what: &str, path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    read_from(open(what, path)?, what, path, limit)
}

/// The text of a small file.
pub(crate) fn read_text(what: &str, path: &Path) -> Result<String, Failure> {
    text(read(what, path, SMALL_FILE_BYTES_MAX)?, what, path)
}

/// The text of a secret, which nobody else on this machine could have read: judged by the file that is open, so that no
/// other can be put in its place in between.
pub(crate) fn read_secret(what: &str, path: &Path) -> Result<String, Failure> {
    let file = open(what, path)?;
    let found = file.metadata().map_err(|error| Failure::file(&format!("read {what}"), path, &error))?;
    if found.is_file() && others_may_read(&found) {
        return Err(Failure::usage(format!("{what} `{}` can be read by others on this machine", path.display()))
            .help(format!("chmod 600 {}", path.display()))
            .help("if somebody may have read it, make a new one instead"));
    }
    text(read_from(file, what, path, SMALL_FILE_BYTES_MAX)?, what, path)
}

/// A file that is not a folder, open for reading.
pub(crate) fn open(what: &str, path: &Path) -> Result<File, Failure> {
    let failed = |error: io::Error| Failure::file(&format!("read {what}"), path, &error);
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(Failure::usage(format!("cannot read {what} `{}`: it is a folder", path.display())));
    }
    Ok(file)
}

fn read_from(file: File, what: &str, path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let failed = |error: io::Error| Failure::file(&format!("read {what}"), path, &error);
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > limit {
        return Err(Failure::usage(format!("cannot read {what} `{}`: it has more than {limit} bytes", path.display()))
            .help("this is the most that such a file can have; is it the right one?"));
    }
    Ok(bytes)
}

fn text(bytes: Vec<u8>, what: &str, path: &Path) -> Result<String, Failure> {
    String::from_utf8(bytes)
        .map_err(|_| Failure::usage(format!("cannot read {what} `{}`: it is not text", path.display())))
}

/// Puts a file in place, whole, through a neighbour that is renamed over it. A symbolic link keeps pointing at its
/// target, which is what is replaced.
pub(crate) fn write(what: &str, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_by_way_of(None, what, path, bytes)
}

/// The same by way of another folder of the same file system: what a killed run leaves behind lies there. `None`: its own.
pub(crate) fn write_by_way_of(folder: Option<&Path>, what: &str, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::file(&format!("write {what}"), path, &error);
    let target = if path.is_symlink() { fs::canonicalize(path).map_err(failed)? } else { path.to_path_buf() };
    if target.is_dir() {
        return Err(Failure::usage(format!("cannot write {what} `{}`: it is a folder", path.display())));
    }
    if fs::metadata(&target).is_ok_and(|found| !found.is_file()) {
        // `/dev/stdout`, a pipe: nothing to replace.
        return OpenOptions::new().write(true).open(&target).and_then(|mut file| file.write_all(bytes)).map_err(failed);
    }
    // Where a link leads, nobody has said that the other folder is on the same file system.
    let folder = folder.filter(|_| target == path);
    replace(&target, folder, bytes).map_err(failed)
}

/// The same; whoever could read what was there, the file can then be read by its owner alone.
pub(crate) fn write_private(what: &str, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => create_secret(what, path, b"")?,
        Ok(found) if found.is_file() && others_may_read(&found) => close_to_others(what, path)?,
        Ok(_) | Err(_) => {}
    }
    write(what, path, bytes)
}

#[cfg(unix)]
fn close_to_others(what: &str, path: &Path) -> Result<(), Failure> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(path, mode).map_err(|error| Failure::file(&format!("write {what}"), path, &error))
}

#[cfg(not(unix))]
fn close_to_others(_: &str, _: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Puts other bytes into the place of a regular file, by way of a folder of the same file system. A link is not followed: what it leads to is not what was read.
pub(crate) fn rewrite(folder: &Path, what: &str, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::file(&format!("write {what}"), path, &error);
    if !fs::symlink_metadata(path).map_err(failed)?.is_file() {
        return Err(Failure::usage(format!("cannot write {what} `{}`: it is no regular file", path.display())));
    }
    replace(path, Some(folder), bytes).map_err(failed)
}

fn replace(target: &Path, folder: Option<&Path>, bytes: &[u8]) -> io::Result<()> {
    let neighbour = neighbour_of(target, folder)?;
    // What was there already is somebody else's, and stays.
    let mut file = OpenOptions::new().write(true).create_new(true).open(&neighbour)?;
    let written = (|| {
        if let Ok(found) = fs::metadata(target) {
            file.set_permissions(found.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&neighbour, target)
    })();
    if written.is_err() {
        // The first error is the one that matters.
        let _ = fs::remove_file(&neighbour);
    }
    written
}

/// A name in its own folder or in another one of the same file system, so that a rename puts it in place.
fn neighbour_of(target: &Path, folder: Option<&Path>) -> io::Result<PathBuf> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.part", std::process::id()));
    Ok(folder.map_or_else(|| target.with_file_name(&hidden), |folder| folder.join(&hidden)))
}

/// Makes a secret file that only its owner can read. A file that is there already stays as it is.
pub(crate) fn create_secret(what: &str, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            return Failure::file(&format!("write {what}"), path, &error);
        }
        Failure::usage(format!("`{}` exists already and is not overwritten", path.display()))
            .help(format!("name another file, or remove this one if {what} in it is used nowhere"))
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        let _ = fs::remove_file(path);
        Failure::file(&format!("write {what}"), path, &error)
    })
}

#[cfg(unix)]
fn others_may_read(found: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn others_may_read(_: &fs::Metadata) -> bool {
    false
}
