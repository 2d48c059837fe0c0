//! Source: where bundle and trust come from, and whether they changed.
//!
//! Reads a file, or the files of a directory. Gives the bytes of the bundle with the highest sequence, and a fingerprint.
//!
//! Invariant: in a directory a bundle that nobody trusted has signed hides no other, whatever sequence it claims.
//! Invariant: nothing here is trusted: what is read is verified by `gate-core`, and refused as it is.
//! Invariant: files are looked at once a second by their place, size and time; contents are read only when these change.

use std::fs::{self, Metadata};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use gatewright_bundle::{BundleFile, Expected, Trust};
use gatewright_terms::{Slug, Timestamp};

/// Bundles that are kept in one directory; older ones may be removed at any time.
const FILES_MAX: usize = 1_000;

/// The two places.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) bundle: PathBuf,
    pub(crate) trust: PathBuf,
    pub(crate) environment: Slug,
}

/// What was read. Nothing of it is verified.
pub(crate) struct Offer {
    pub(crate) bundle: Vec<u8>,
    pub(crate) trust: Trust,
    /// Files of the directory that claim a higher sequence and whose signatures are not good.
    pub(crate) passed_over: Vec<PathBuf>,
}

/// Device, inode, size, and time of the last change of each file, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint(Vec<(PathBuf, u64, u64, u64, i64, i64)>);

impl Fingerprint {
    /// Nothing was seen yet.
    pub(crate) const NONE: Self = Self(Vec::new());
}

impl Source {
    /// What the two places look like now. A file that is away is part of the picture.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut files = self.candidates().unwrap_or_default();
        files.push(self.trust.clone());
        let seen = |path: PathBuf| {
            let found = fs::metadata(&path).ok()?;
            Some((path, found.dev(), found.ino(), found.len(), found.ctime(), found.ctime_nsec()))
        };
        Fingerprint(files.into_iter().filter_map(seen).collect())
    }

    /// Reads both. The sentence says what is away or malformed.
    pub(crate) fn read(&self) -> Result<Offer, String> {
        let trust = read_limited(&self.trust, gatewright_bundle::limits::TRUST_BYTES_MAX)?;
        let trust = String::from_utf8(trust).map_err(|_| format!("trust file {}: not a text", self.trust.display()))?;
        let trust =
            Trust::parse(&trust).map_err(|refused| format!("trust file {}: {refused}", self.trust.display()))?;
        let (bundle, passed_over) = self.read_bundle(&trust)?;
        Ok(Offer { bundle, trust, passed_over })
    }

    fn read_bundle(&self, trust: &Trust) -> Result<(Vec<u8>, Vec<PathBuf>), String> {
        let candidates = self.candidates()?;
        if !self.bundle.is_dir() {
            return Ok((read_limited(&self.bundle, gatewright_bundle::limits::FILE_BYTES_MAX)?, Vec::new()));
        }
        let mut ranked: Vec<((bool, u64), PathBuf)> =
            candidates.into_iter().filter_map(|path| Some((self.rank(&read_bundle_file(&path)?)?, path))).collect();
        ranked.sort_by(|(one, _), (other, _)| other.cmp(one));
        let mut passed_over = Vec::new();
        for (_, path) in &ranked {
            let Some(bytes) = read_bundle_file(path) else { continue };
            if is_signed(&bytes, trust) {
                return Ok((bytes, passed_over));
            }
            passed_over.push(path.clone());
        }
        // The refusal of the highest says why none is good.
        let highest = ranked.first().and_then(|(_, path)| read_bundle_file(path));
        highest
            .map(|bytes| (bytes, Vec::new()))
            .ok_or_else(|| format!("{}: no signed bundle is in this directory", self.bundle.display()))
    }

    /// Our environment first, then the sequence. `None` for files that are no signed bundle.
    fn rank(&self, bytes: &[u8]) -> Option<(bool, u64)> {
        let file = BundleFile::parse(bytes).ok()?;
        let statement = file.statement()?;
        Some((statement.environment == self.environment, statement.sequence))
    }

    /// The files that may be bundles, by name.
    fn candidates(&self) -> Result<Vec<PathBuf>, String> {
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

fn read_bundle_file(path: &Path) -> Option<Vec<u8>> {
    read_limited(path, gatewright_bundle::limits::FILE_BYTES_MAX).ok()
}

/// Whether trusted keys signed it, for whatever environment and time.
fn is_signed(bytes: &[u8], trust: &Trust) -> bool {
    let statement = BundleFile::parse(bytes).ok().and_then(|file| file.statement().cloned());
    statement.is_some_and(|statement| {
        let any = Expected { environment: &statement.environment, now: Timestamp::EPOCH, accepted: None };
        gatewright_bundle::verify(bytes, trust, &any).is_ok()
    })
}

/// Reads a whole file, or says that it is too large before it is in memory.
fn read_limited(path: &Path, bytes_max: usize) -> Result<Vec<u8>, String> {
    let wrong = |why: String| format!("{}: {why}", path.display());
    let file = fs::File::open(path).map_err(|error| wrong(error.to_string()))?;
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).map_err(|error| wrong(error.to_string()))?;
    if bytes.len() > bytes_max { Err(wrong(format!("longer than {bytes_max} bytes"))) } else { Ok(bytes) }
}
