//! File: the one file of the store, and how its connections are opened.
//!
//! Trust: the path comes from the operator. What lies there may be a stranger's: it is looked at before it is used.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::StoreError;

/// How long a write waits for another process (`gatewrightd token create`), whose own writes take milliseconds.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The write-ahead log is cut back to this after a burst. In bytes.
const LOG_BYTES_MAX: &str = "67108864";

/// Which file it is, whatever the path leads to later.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

/// Makes the file if it is missing, readable by its owner alone. SQLite gives its log and index the same mode.
///
/// Gives the whole path from the root: to SQLite `:memory:` would mean no file at all, and `file:…` a URL.
pub(super) fn prepare(path: &Path) -> Result<(PathBuf, FileId), StoreError> {
    let created = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path);
    match created {
        Ok(file) => file.sync_all().and_then(|()| sync_parent(path)).map_err(|error| trouble(path, &error))?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let parent = parent(path).display();
            return Err(StoreError::Unavailable(format!("the folder `{parent}` does not exist; make it first")));
        }
        Err(error) => return Err(trouble(path, &error)),
    }
    let metadata = std::fs::metadata(path).map_err(|error| trouble(path, &error))?;
    if !metadata.is_file() {
        return Err(StoreError::Unavailable(format!("`{}` is not a file", path.display())));
    }
    if metadata.mode() & 0o077 != 0 {
        let (path, mode) = (path.display(), metadata.mode() & 0o777);
        return Err(StoreError::Unavailable(format!(
            "others may open `{path}` (mode {mode:o}); run `chmod 600 {path}`"
        )));
    }
    let whole = std::fs::canonicalize(path).map_err(|error| trouble(path, &error))?;
    Ok((whole, FileId { device: metadata.dev(), inode: metadata.ino() }))
}

/// Refuses where the path leads elsewhere by now: SQLite goes on writing into a file that was unlinked, and what it
/// acknowledges then is lost at the end of the process.
pub(super) async fn still_there(path: &Path, opened: FileId) -> Result<(), StoreError> {
    let metadata = tokio::fs::metadata(path).await.map_err(|error| trouble(path, &error))?;
    if opened == (FileId { device: metadata.dev(), inode: metadata.ino() }) {
        Ok(())
    } else {
        Err(StoreError::Unavailable(format!("`{}` is another file than the one that was opened", path.display())))
    }
}

/// The entry of a new file survives a power loss once its folder was flushed.
fn sync_parent(path: &Path) -> Result<(), Error> {
    File::open(parent(path))?.sync_all()
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

fn trouble(path: &Path, error: &Error) -> StoreError {
    StoreError::Unavailable(format!("cannot open `{}`: {error}", path.display()))
}

/// For the one connection that writes. `FULL` flushes the log at every commit: what was acknowledged survives a power
/// loss. `secure_delete` overwrites what is deleted: a dropped key is gone, not only unlinked.
pub(super) fn writing(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
        .pragma("secure_delete", "ON")
        .pragma("trusted_schema", "OFF")
        .pragma("journal_size_limit", LOG_BYTES_MAX)
}

/// For the connections that read.
pub(super) fn reading(path: &Path) -> SqliteConnectOptions {
    writing(path).pragma("query_only", "ON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_never_a_word_of_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        for name in [":memory:", "file:gate.db"] {
            let (whole, _) = prepare(&folder.path().join(name)).unwrap();
            assert!(whole.is_absolute() && whole.ends_with(name), "{}", whole.display());
        }
    }
}
