//! Files: a bundle that is a file, or the one with the highest sequence in a directory.
//!
//! Invariant: in a directory a bundle that nobody trusted has signed hides no other, whatever sequence it claims.

use std::fs::{self, Metadata};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatewright_bundle::limits::FILE_BYTES_MAX;
use gatewright_bundle::{BundleFile, Trust};
use gatewright_terms::Slug;

use super::signed;

/// Bundles that are kept in one directory; older ones may be removed at any time.
const FILES_MAX: usize = 1_000;

/// The place, and the environment whose bundles go first.
#[derive(Clone)]
pub(super) struct Files {
    bundle: PathBuf,
    environment: Slug,
}

impl Files {
    pub(super) fn new(bundle: &Path, environment: &Slug) -> Self {
        Self { bundle: bundle.to_owned(), environment: environment.clone() }
    }

    /// The bundle, and the files that were passed over for it.
    pub(super) fn read(&self, trust: &Trust) -> Result<(Arc<Vec<u8>>, Vec<PathBuf>), String> {
        let candidates = self.candidates()?;
        if !self.bundle.is_dir() {
            return Ok((Arc::new(read_limited(&self.bundle, FILE_BYTES_MAX)?), Vec::new()));
        }
        let mut ranked: Vec<((bool, u64), PathBuf)> =
            candidates.into_iter().filter_map(|path| Some((self.rank(&read_bundle_file(&path)?)?, path))).collect();
        ranked.sort_by(|(one, _), (other, _)| other.cmp(one));
        let mut passed_over = Vec::new();
        for (_, path) in &ranked {
            let Some(bytes) = read_bundle_file(path) else { continue };
            if signed(&bytes, trust).is_some() {
                return Ok((Arc::new(bytes), passed_over));
            }
            passed_over.push(path.clone());
        }
        // The refusal of the highest says why none is good.
        let highest = ranked.first().and_then(|(_, path)| read_bundle_file(path));
        highest
            .map(|bytes| (Arc::new(bytes), Vec::new()))
            .ok_or_else(|| format!("{}: no signed bundle is in this directory", self.bundle.display()))
    }

    /// Our environment first, then the sequence. `None` for files that are no signed bundle.
    fn rank(&self, bytes: &[u8]) -> Option<(bool, u64)> {
        let file = BundleFile::parse(bytes).ok()?;
        let statement = file.statement()?;
        Some((statement.environment == self.environment, statement.sequence))
    }

    /// The files that may be bundles, by name.
    pub(super) fn candidates(&self) -> Result<Vec<PathBuf>, String> {
        let wrong = |error: std::io::Error| format!("bundle {}: {error}", self.bundle.display());
        if !fs::metadata(&self.bundle).map_err(wrong)?.is_dir() {
            return Ok(vec![self.bundle.clone()]);
        }
        let mut files: Vec<PathBuf> = fs::read_dir(&self.bundle)
            .map_err(wrong)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| fs::metadata(path).as_ref().is_ok_and(Metadata::is_file))
            .collect();
        files.sort();
        if files.len() > FILES_MAX {
            return Err(format!("bundle {}: more than {FILES_MAX} files", self.bundle.display()));
        }
        Ok(files)
    }
}

/// The picture of one file.
pub(super) fn seen(path: PathBuf) -> Option<(PathBuf, u64, u64, u64, i64, i64)> {
    let found = fs::metadata(&path).ok()?;
    Some((path, found.dev(), found.ino(), found.len(), found.ctime(), found.ctime_nsec()))
}

fn read_bundle_file(path: &Path) -> Option<Vec<u8>> {
    read_limited(path, FILE_BYTES_MAX).ok()
}

/// Reads a whole file, or says that it is too large before it is in memory.
pub(super) fn read_limited(path: &Path, bytes_max: usize) -> Result<Vec<u8>, String> {
    let wrong = |why: String| format!("{}: {why}", path.display());
    let file = fs::File::open(path).map_err(|error| wrong(error.to_string()))?;
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).map_err(|error| wrong(error.to_string()))?;
    if bytes.len() > bytes_max { Err(wrong(format!("longer than {bytes_max} bytes"))) } else { Ok(bytes) }
}
