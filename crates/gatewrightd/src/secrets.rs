//! Secrets: the directory with our keys, the client secrets of organisations and the token for the bundle's address.
//!
//! Reads files; gives key bytes and the secret of a name. A secret is read when it is used, so that a new one needs no
//! restart (ST-OPS-10).
//!
//! Invariant: the directory and the keys are the owner's alone; otherwise there is no start.
//! Invariant: a name is two slugs, so that no path leaves the directory.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use gate_core::keys::{KeyFile, KeyFiles, Keys};
use gate_oidc::Secrets;
use gate_saml::send::{KeyPairFiles, SamlKeys};
use gatewright_bundle::program::{Client, ClientAuth, Program, SecretName};
use zeroize::Zeroizing;

use crate::exit::Ended;

/// An RSA key of 8192 bits in PEM is 6.5 KiB; a client secret is shorter.
const SECRET_BYTES_MAX: u64 = 16 * 1024;

/// The credential for the address that bundles come from, where it takes one.
const BUNDLE_TOKEN: &str = "bundle-token";

/// Read, write or list by anybody but the owner.
const OTHERS: u32 = 0o077;

/// Keys that are published and do not sign, where they exist. To rotate one: put `.next` there, restart, wait until the
/// copies of the set are old (five minutes), rename the one in use to `.previous` and `.next` to it, restart, and delete
/// `.previous` when what it signed is over (a minute).
const ROTATING: [(KeyFile, &str); 4] = [
    (KeyFile::Client, "client.next.pem"),
    (KeyFile::Client, "client.previous.pem"),
    (KeyFile::Assertion, "assertion.next.pem"),
    (KeyFile::Assertion, "assertion.previous.pem"),
];

/// What SAML messages are signed with and assertions are encrypted to, if there is such a pair; then the pairs that are
/// only published, which decrypt. To rotate: put the next pair there (`keys init` on an empty directory makes one),
/// restart, have every provider import our metadata again, rename the pair in use to `.previous` and the next one to its
/// place, restart, and delete the previous pair when no provider encrypts to it any more.
const SAML: [[&str; 2]; 3] =
    [["saml.key", "saml.crt"], ["saml.next.key", "saml.next.crt"], ["saml.previous.key", "saml.previous.crt"]];

/// The directory, checked.
#[derive(Debug, Clone)]
pub(crate) struct SecretsDir(PathBuf);

impl SecretsDir {
    pub(crate) fn open(path: &Path) -> Result<Self, Ended> {
        let wrong = |why: String| Ended::usage(format!("secrets directory {}: {why}", path.display()));
        let found =
            fs::metadata(path).map_err(|error| wrong(format!("{error}; make it with `gatewrightd keys init`")))?;
        if !found.is_dir() {
            return Err(wrong("this is no directory".to_owned()));
        }
        let mode = found.permissions().mode() & 0o777;
        if mode & OTHERS != 0 {
            return Err(wrong(format!("mode {mode:04o} lets others in; run `chmod 0700` on it")));
        }
        Ok(Self(path.to_owned()))
    }

    /// The four keys, and those that are only published while one rotates.
    pub(crate) fn keys(&self) -> Result<Keys, Ended> {
        let [client, assertion, checkpoint, audit] = KeyFile::ALL.map(|file| self.key(file.name()));
        let (client, assertion, checkpoint, audit) = (client?, assertion?, checkpoint?, audit?);
        let files = KeyFiles { client: &client, assertion: &assertion, checkpoint: &checkpoint, audit: &audit };
        let mut keys = Keys::parse(files).map_err(|refused| Ended::usage(refused.to_string()))?;
        for (file, name) in ROTATING {
            if self.0.join("keys").join(name).exists() {
                let bytes = self.key(name)?;
                keys.publish(file, name, &bytes).map_err(|refused| Ended::usage(refused.to_string()))?;
            }
        }
        Ok(keys)
    }

    /// `None` where there is no pair in use: enough for a program without SAML.
    pub(crate) fn saml_keys(&self) -> Result<Option<SamlKeys>, Ended> {
        let [present, next, previous] = SAML.map(|names| self.pair(names));
        let (present, next, previous) = (present?, next?, previous?);
        let [present, next, previous] = [&present, &next, &previous].map(|pair| pair.as_ref().map(Pair::files));
        let Some(present) = present else {
            return Ok(None);
        };
        let keys = SamlKeys::parse(present, next, previous);
        keys.map(Some).map_err(|refused| Ended::usage(refused.to_string()))
    }

    /// Both files, or none of them.
    fn pair(&self, [key, certificate]: [&str; 2]) -> Result<Option<Pair>, Ended> {
        let at = |name: &str| self.0.join("keys").join(name);
        if !at(key).exists() && !at(certificate).exists() {
            return Ok(None);
        }
        let wrong = |why: String| Ended::usage(format!("certificate {}: {why}", at(certificate).display()));
        Ok(Some(Pair { key: self.key(key)?, certificate: read(&at(certificate)).map_err(wrong)? }))
    }

    fn key(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, Ended> {
        let path = self.0.join("keys").join(name);
        let wrong = |why: String| Ended::usage(format!("key {}: {why}", path.display()));
        let bytes = read(&path).map_err(|why| wrong(format!("{why}; make it with `gatewrightd keys init`")))?;
        let mode = fs::metadata(&path).map_err(|error| wrong(error.to_string()))?.permissions().mode() & 0o777;
        if mode & OTHERS != 0 {
            return Err(wrong(format!("mode {mode:04o} lets others in; run `chmod 0600` on it")));
        }
        Ok(bytes)
    }

    /// What the address of the bundle takes as a bearer token. `None` where there is no such file; one that cannot be used
    /// is an error, so that no question goes out without the credential that was meant.
    pub(crate) fn bundle_token(&self) -> Result<Option<Zeroizing<String>>, String> {
        let path = self.0.join(BUNDLE_TOKEN);
        if matches!(fs::symlink_metadata(&path), Err(error) if error.kind() == std::io::ErrorKind::NotFound) {
            return Ok(None);
        }
        let bytes = read(&path).map_err(|why| format!("{BUNDLE_TOKEN} in the secrets directory: {why}"))?;
        let token = text(&bytes).filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()));
        token.map(Some).ok_or_else(|| format!("{BUNDLE_TOKEN} in the secrets directory: this is no token of one line"))
    }

    /// The names that the program uses and nobody wrote a secret for, sorted.
    pub(crate) fn missing(&self, program: &Program) -> Vec<String> {
        let own = program.orgs.iter().flat_map(|org| &org.connections).filter_map(|connection| {
            match &connection.oidc()?.client {
                Client::Own { client_auth, .. } => named(client_auth),
                Client::Shared(_) => None,
            }
        });
        let shared = program.environment.shared_clients.iter().filter_map(|client| named(&client.client_auth));
        let missing = own.chain(shared).filter(|name| self.secret(name).is_none());
        let mut missing: Vec<String> = missing.map(|name| format!("{}/{}", name.owner, name.name)).collect();
        missing.sort();
        missing.dedup();
        missing
    }
}

impl Secrets for SecretsDir {
    fn secret(&self, name: &SecretName) -> Option<Zeroizing<String>> {
        text(&read(&self.0.join(name.owner.as_str()).join(name.name.as_str())).ok()?)
    }
}

/// A key and its certificate, as they stand in their files.
struct Pair {
    key: Zeroizing<Vec<u8>>,
    certificate: Zeroizing<Vec<u8>>,
}

impl Pair {
    fn files(&self) -> KeyPairFiles<'_> {
        KeyPairFiles { key: &self.key, certificate: &self.certificate }
    }
}

/// Editors and `echo` end the file with a line end; no secret does.
fn text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end_matches(['\n', '\r']);
    (!text.is_empty()).then(|| Zeroizing::new(text.to_owned()))
}

fn named(auth: &ClientAuth) -> Option<&SecretName> {
    match auth {
        ClientAuth::SecretBasic { secret } | ClientAuth::SecretPost { secret } => Some(secret),
        ClientAuth::PrivateKeyJwt | ClientAuth::None => None,
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(SECRET_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= SECRET_BYTES_MAX);
    if fits { Ok(bytes) } else { Err(format!("longer than {SECRET_BYTES_MAX} bytes")) }
}
