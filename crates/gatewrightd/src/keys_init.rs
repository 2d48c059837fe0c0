//! Keys init: makes the secrets directory and the keys that are missing in it.
//!
//! Invariant: what exists is never replaced: a new audit key would make every sealed record unreadable.
//! Invariant: a file is private from its first byte.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use gate_core::keys::KeyFile;
use gate_saml::send::NewKeyPair;
use gatewright_terms::Timestamp;

use crate::exit::Ended;

/// Gives the files that were made, in order. The day of `now` is the first on which the certificate is good.
pub(crate) fn init(dir: &Path, now: Timestamp) -> Result<Vec<PathBuf>, Ended> {
    let keys = dir.join("keys");
    for dir in [dir, &keys] {
        private_dir(dir).map_err(|error| Ended::usage(format!("{}: {error}", dir.display())))?;
    }
    let mut made = Vec::new();
    for file in KeyFile::ALL {
        let path = keys.join(file.name());
        if path.exists() {
            continue;
        }
        let bytes = file.generate().map_err(|refused| Ended::unavailable(refused.to_string()))?;
        write_new(&path, &bytes)?;
        made.push(path);
    }
    made.extend(saml_pair(&keys, now)?);
    Ok(made)
}

/// The key and its certificate belong together: both are made, or none.
fn saml_pair(keys: &Path, now: Timestamp) -> Result<Vec<PathBuf>, Ended> {
    let [key, certificate] = ["saml.key", "saml.crt"].map(|name| keys.join(name));
    match (key.exists(), certificate.exists()) {
        (true, true) => return Ok(Vec::new()),
        (false, false) => {}
        (true, false) => return Err(half(&certificate, &key)),
        (false, true) => return Err(half(&key, &certificate)),
    }
    let new = NewKeyPair::generate(now).map_err(|refused| Ended::unavailable(refused.to_string()))?;
    write_new(&key, &new.key)?;
    write_new(&certificate, &new.certificate)?;
    Ok(vec![key, certificate])
}

fn half(missing: &Path, there: &Path) -> Ended {
    let (missing, there) = (missing.display(), there.display());
    Ended::usage(format!("{missing} is missing; put it back, or move {there} away as well to have a new pair made"))
}

/// Makes it with mode 0700, or closes one that exists to others.
fn private_dir(dir: &Path) -> std::io::Result<()> {
    match DirBuilder::new().mode(0o700).recursive(true).create(dir) {
        Ok(()) => fs::set_permissions(dir, Permissions::from_mode(0o700)),
        Err(error) => Err(error),
    }
}

/// Written beside and linked to its name, so that a crash leaves a whole key or none.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Ended> {
    try_write_new(path, bytes).map_err(|error| Ended::usage(format!("{}: {error}", path.display())))
}

fn try_write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    let _ = fs::remove_file(&beside);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    // A link, since a rename would replace what somebody else made meanwhile.
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    linked
}
