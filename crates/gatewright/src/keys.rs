//! Keys: Ed25519 signing keys as PKCS#8 PEM files (RFC 8410 §7), and the trust file that names their public halves.
//!
//! Invariant: a private key is written once, to a file that only its owner reads, and is wiped from memory after use.

use std::path::Path;

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes};
use gatewright_bundle::Trust;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::files;

/// A new key from the system's randomness.
pub(crate) fn generate() -> Result<SigningKey, Failure> {
    let mut seed = Zeroizing::new([0_u8; 32]);
    getrandom::fill(seed.as_mut())
        .map_err(|error| Failure::usage(format!("the system gives no randomness: {error}")))?;
    Ok(SigningKey::from_bytes(&seed))
}

/// Writes a key to a file that must not exist yet. Without the public half: OpenSSL reads no other form.
pub(crate) fn write(path: &Path, key: &SigningKey) -> Result<(), Failure> {
    let bytes = KeypairBytes { secret_key: key.to_bytes(), public_key: None };
    let pem =
        bytes.to_pkcs8_pem(LineEnding::LF).map_err(|error| Failure::usage(format!("cannot write the key: {error}")))?;
    files::create_secret("the key", path, pem.as_bytes())
}

/// Reads a key; refuses one that others on this machine may have read.
pub(crate) fn read(path: &Path) -> Result<SigningKey, Failure> {
    let text = Zeroizing::new(files::read_secret("the key", path)?);
    SigningKey::from_pkcs8_pem(&text).map_err(|_| {
        let shown = path.display();
        let failure = Failure::usage(format!("`{shown}` is no Ed25519 key in PKCS#8 PEM form"));
        if text.contains("ENCRYPTED") {
            return failure.help("it is encrypted: decrypt it first, into a file of mode 600");
        }
        if text.starts_with("gatewright-trust") {
            return failure.help("this is a trust file; the key is the file that `keygen --out` wrote");
        }
        failure.help("gatewright keygen makes one; so does `openssl genpkey -algorithm ed25519`")
    })
}

/// Reads a trust file, to believe in what it says.
pub(crate) fn read_trust(path: &Path) -> Result<Trust, Failure> {
    let text = files::read_text("the trust file", path)?;
    Trust::parse(&text).map_err(|refused| {
        Failure::trust(format!("`{}` is no trust file to rely on: {refused}", path.display()))
            .help("gatewright keygen --trust FILE makes or extends one")
    })
}
