//! Bundle: what the verbs that read bundle files share.

use std::path::Path;

use gatewright_bundle::program::Program;
use gatewright_bundle::{BundleFile, BundleRefused, Content, Digest, limits};
use gatewright_terms::Slug;

use crate::failure::Failure;
use crate::files;

/// A bundle file as it lies there. Its signatures are not verified, but content that is not the signed one is refused.
pub(crate) fn read(path: &Path) -> Result<BundleFile, Failure> {
    let bytes = files::read("the bundle", path, limits::FILE_BYTES_MAX)?;
    let file = BundleFile::parse(&bytes).map_err(|refused| untrusted(path, &refused))?;
    match file.statement() {
        Some(statement) if statement.digest != file.digest() => Err(untrusted(path, &BundleRefused::OtherContent)),
        Some(_) | None => Ok(file),
    }
}

/// The whole content, every organisation of it.
pub(crate) fn decode(path: &Path, file: &BundleFile) -> Result<Program, Failure> {
    Content::decode(file.content()).map_err(|malformed| untrusted(path, &malformed.into()))
}

/// Refuses to write what nobody could read: a workspace within the language's limits can be beyond the format's.
pub(crate) fn read_back(bytes: &[u8]) -> Result<(), Failure> {
    let whole = BundleFile::parse(bytes).and_then(|file| Ok(Content::decode(file.content())?));
    whole.map(drop).map_err(|refused| Failure::policy(format!("the workspace does not fit into a bundle: {refused}")))
}

/// A bundle that is not to be trusted, in words, with its page where it has one.
pub(crate) fn untrusted(path: &Path, refused: &BundleRefused) -> Failure {
    let failure = Failure::trust(format!("`{}`: {refused}", path.display()));
    match refused.code() {
        Some(code) => failure.topic(format!("GW{code:04}")),
        None => failure,
    }
}

/// A digest with its algorithm, as reports write it.
pub(crate) fn digest(digest: Digest) -> String {
    format!("sha256:{digest}")
}

/// The name of an environment, for clap.
pub(crate) fn parse_environment(text: &str) -> Result<Slug, String> {
    Slug::parse(text).map_err(|_| "an environment is named with small letters, digits and hyphens".into())
}
