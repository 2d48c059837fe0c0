//! Last good: a copy of the last good bundle of an address, kept beside the store, so that a start needs no network.
//!
//! Invariant: replaced whole, by a verified bundle alone, and before that bundle is in force: a crash in between leaves a
//! copy that the store does not find too old.
//! Invariant: a copy is a bundle like any other: what trusted keys have not signed for this environment is none.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gate_http::Log;
use gatewright_bundle::limits::FILE_BYTES_MAX;
use gatewright_bundle::{Accepted, Trust};
use gatewright_terms::Slug;

use super::files::read_limited;
use super::signed;
use crate::beside::{OURS, replace, with_suffix};

/// `STORE.bundle-ENVIRONMENT`.
pub(super) struct LastGood {
    path: PathBuf,
    environment: Slug,
    /// What the file holds, as far as this process knows.
    holds: Mutex<Option<Accepted>>,
}

impl LastGood {
    pub(super) fn beside(store: &Path, environment: &Slug) -> Self {
        let path = with_suffix(store, &format!(".bundle-{environment}"));
        Self { path, environment: environment.clone(), holds: Mutex::default() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The bundle, if it is one of ours. The sentence says why there is none.
    pub(super) fn read(&self, trust: &Trust) -> Result<Arc<Vec<u8>>, String> {
        let bytes = read_limited(&self.path, FILE_BYTES_MAX)?;
        let (environment, accepted) = signed(&bytes, trust)
            .ok_or_else(|| format!("{}: trusted keys have not signed this copy", self.path.display()))?;
        if environment != self.environment {
            return Err(format!("{}: this copy is for `{environment}`", self.path.display()));
        }
        self.set(accepted);
        Ok(Arc::new(bytes))
    }

    /// What was read or kept last.
    pub(super) fn holds(&self) -> Option<Accepted> {
        *self.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was verified. That it cannot be written is said; the next start then needs the address.
    pub(super) async fn keep(&self, bundle: &Arc<Vec<u8>>, verified: Accepted, log: &Log) {
        if self.holds() == Some(verified) {
            return;
        }
        let (path, bytes) = (self.path.clone(), Arc::clone(bundle));
        let written = tokio::task::spawn_blocking(move || replace(&path, OURS, &bytes)).await;
        match written.map_err(|error| error.to_string()).and_then(|written| written.map_err(|error| error.to_string()))
        {
            Ok(()) => self.set(verified),
            Err(why) => log("bundle-copy-not-written", &[("file", &self.path.display().to_string()), ("why", &why)]),
        }
    }

    fn set(&self, holds: Accepted) {
        *self.holds.lock().unwrap_or_else(PoisonError::into_inner) = Some(holds);
    }
}
