//! Beside: small files that the gate keeps up to date: the highest bundle beside the bundle, and the checkpoint.
//!
//! Reads and gives one line. The highest bundle is remembered here as well as in the store, so that a store that was
//! restored from a backup does not let an older policy in (ST-BUN-03, ST-OPS-15).
//!
//! Invariant: a file is replaced whole or not at all.
//! Invariant: a line that is not ours is an error, never "nothing was accepted yet".

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use gatewright_bundle::{Accepted, Digest};
use gatewright_terms::{Slug, hex};

/// The line of one environment.
#[derive(Debug, Clone)]
pub(crate) struct HighestFile {
    path: PathBuf,
}

impl HighestFile {
    /// `PATH.highest-ENVIRONMENT`, or `DIR/highest-ENVIRONMENT`; the path is that of the bundle, or of the store where the
    /// bundle comes from an address.
    pub(crate) fn of(beside: &Path, environment: &Slug) -> Self {
        let name = format!("highest-{environment}");
        let path = if beside.is_dir() { beside.join(name) } else { with_suffix(beside, &format!(".{name}")) };
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// `None` where no bundle was accepted yet.
    pub(crate) fn read(&self) -> Result<Option<Accepted>, String> {
        match fs::read_to_string(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", self.path.display())),
            Ok(line) => parse(&line).map(Some).ok_or_else(|| {
                format!(
                    "{}: not `SEQUENCE sha256:DIGEST`; the highest bundle that was accepted is unknown",
                    self.path.display()
                )
            }),
        }
    }

    /// The directory may be read-only: the store remembers too.
    pub(crate) fn write(&self, accepted: Accepted) -> std::io::Result<()> {
        replace(&self.path, READABLE, format!("{} sha256:{}\n", accepted.sequence, accepted.digest).as_bytes())
    }
}

fn parse(line: &str) -> Option<Accepted> {
    let (sequence, digest) = line.strip_suffix('\n')?.split_once(' ')?;
    let digest = Digest(hex::array(digest.strip_prefix("sha256:")?)?);
    Some(Accepted { sequence: sequence.parse().ok()?, digest })
}

/// For files that others may read, such as whoever exports checkpoints. Less what the process masks.
pub(crate) const READABLE: u32 = 0o644;
/// For files that nobody else has a reason to read.
pub(crate) const OURS: u32 = 0o600;

/// Writes beside and renames. Both the file and its place in the directory reach the disk.
pub(crate) fn replace(path: &Path, mode: u32, bytes: &[u8]) -> std::io::Result<()> {
    let beside = with_suffix(path, ".new");
    // What a crash left behind may have another mode.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = fs::File::options().write(true).create_new(true).mode(mode).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(parent)?.sync_all()
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st_ops_15_what_was_accepted_is_read_back_and_nonsense_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let file = HighestFile::of(&dir.path().join("b.gwb"), &Slug::parse("dev").unwrap());
        assert_eq!(file.read(), Ok(None));
        let accepted = Accepted { sequence: 7, digest: Digest::of(b"x") };
        file.write(accepted).unwrap();
        assert_eq!(file.read(), Ok(Some(accepted)));
        assert!(dir.path().join("b.gwb.highest-dev").exists());
        for nonsense in [
            "",
            "7",
            "7 sha256:00\n",
            "x sha256:\n",
            "7 sha256:zz\n",
            &format!("7 sha256:{}\n", "+1".repeat(32)),
            &format!("7 sha256:{}\n", "é".repeat(32)),
        ] {
            fs::write(file.path(), nonsense).unwrap();
            assert!(file.read().is_err(), "{nonsense:?}");
        }
        assert!(HighestFile::of(dir.path(), &Slug::parse("dev").unwrap()).path().ends_with("highest-dev"));
    }
}
