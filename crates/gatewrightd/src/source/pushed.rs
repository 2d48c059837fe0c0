//! Pushed: the last bundle that an operator pushed, kept beside the store, so that it outlives the process.
//!
//! Invariant: replaced whole, by a verified bundle alone, before that bundle is in force; put back where it is not taken.
//! Invariant: it is a bundle like any other: what trusted keys have not signed for this environment is none.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatewright_bundle::limits::FILE_BYTES_MAX;
use gatewright_bundle::{Accepted, Trust};
use gatewright_terms::Slug;

use super::files::read_limited;
use super::signed;
use crate::beside::{OURS, replace, with_suffix};

/// `STORE.pushed-ENVIRONMENT`.
#[derive(Clone)]
pub(crate) struct Pushed {
    path: PathBuf,
    environment: Slug,
}

/// What the file held before. `None`: there was none.
pub(crate) struct Before(Option<Vec<u8>>);

impl Pushed {
    pub(super) fn beside(store: &Path, environment: &Slug) -> Self {
        let path = with_suffix(store, &format!(".pushed-{environment}"));
        Self { path, environment: environment.clone() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) const fn environment(&self) -> &Slug {
        &self.environment
    }

    /// `None` where nothing was pushed, or trusted keys have not signed it for this environment.
    pub(super) fn read(&self, trust: &Trust) -> Option<(Accepted, Arc<Vec<u8>>)> {
        let bytes = read_limited(&self.path, FILE_BYTES_MAX).ok()?;
        let (environment, accepted) = signed(&bytes, trust)?;
        (environment == self.environment).then(|| (accepted, Arc::new(bytes)))
    }

    /// Keeps what was verified.
    pub(crate) fn keep(&self, bundle: &[u8]) -> io::Result<Before> {
        let before = match std::fs::read(&self.path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        replace(&self.path, OURS, bundle)?;
        Ok(Before(before))
    }

    /// As it was before [`keep`](Self::keep).
    pub(crate) fn put_back(&self, Before(before): &Before) -> io::Result<()> {
        match before {
            Some(bytes) => replace(&self.path, OURS, bytes),
            None => std::fs::remove_file(&self.path),
        }
    }
}
