//! `verify`: whether a runtime with this trust and this environment would take a bundle.

use std::path::{Path, PathBuf};

use clap::Args;
use gatewright_bundle::{Accepted, BundleFile, Expected, KeyId, Trust, VerifiedBundle, limits, verify};
use gatewright_terms::Slug;
use serde_json::json;

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::verbs::bundle;
use crate::{files, keys};

/// Verify a signed bundle as a runtime would
///
/// Checks format, digest, signatures against the trust file, environment, expiry and every organisation in it. What a
/// runtime took last, the runtime knows: the sequence is compared only with a bundle that `--after` names.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright verify acme.signed --trust trust --environment production\n  gatewright verify next.signed --trust trust --environment production --after acme.signed"
)]
pub(crate) struct Verify {
    /// What `sign` wrote
    signed: PathBuf,
    /// The keys that may sign, as `keygen` wrote them
    #[arg(long, value_name = "TRUST")]
    trust: PathBuf,
    /// The environment that the bundle must be for
    #[arg(long, value_name = "ENV", value_parser = bundle::parse_environment)]
    environment: Slug,
    /// The bundle that the runtime took last: nothing older is accepted, nor another one of the same sequence
    #[arg(long, value_name = "SIGNED")]
    after: Option<PathBuf>,
}

impl Verify {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let bytes = files::read("the bundle", &self.signed, limits::FILE_BYTES_MAX)?;
        let trust = keys::read_trust(&self.trust)?;
        let accepted = self.after.as_deref().map(accepted).transpose()?;
        let expected = Expected { environment: &self.environment, now: context.as_of(), accepted };
        let untrusted = |refused| bundle::untrusted(&self.signed, &refused);
        let verified = verify(&bytes, &trust, &expected).map_err(untrusted)?;
        for org in verified.org_ids() {
            if let Some(Err(malformed)) = verified.org(org) {
                return Err(untrusted(malformed.clone().into()));
            }
        }
        let signers = signers(&BundleFile::parse(&bytes).map_err(untrusted)?, &trust);
        self.report(&verified, &trust, &signers, context)
    }

    fn report(
        &self,
        verified: &VerifiedBundle,
        trust: &Trust,
        signers: &[String],
        context: &Context,
    ) -> Result<Report, Failure> {
        let expires = verified.expires().map(|at| at.to_string());
        let digest = bundle::digest(verified.digest());
        if context.wants_json() {
            return Ok(Report::done(context::json(&json!({
                "schema": "gatewright.verify/1", "digest": digest, "environment": self.environment.as_str(),
                "sequence": verified.sequence(), "expires": expires, "signed_by": signers, "threshold": trust.threshold(),
                "orgs": verified.org_ids().map(ToString::to_string).collect::<Vec<_>>(),
            }))?));
        }
        let style = context.style();
        let end = expires.map(|at| format!(", expires {at}")).unwrap_or_default();
        Ok(Report::done(format!(
            "{} genuine: `{}`, sequence {}{end}\n  {}\n  signed by {} ({} of {} must)\n",
            style.green("✓"),
            self.environment,
            verified.sequence(),
            style.dim(digest),
            signers.join(", "),
            trust.threshold(),
            trust.keys().len()
        )))
    }
}

/// What a runtime that took this bundle remembers of it.
fn accepted(path: &Path) -> Result<Accepted, Failure> {
    let file = bundle::read(path)?;
    let unsigned = || {
        Failure::usage(format!("`{}` is not signed: no runtime took it", path.display()))
            .help("--after names the signed bundle that runs now")
    };
    let statement = file.statement().ok_or_else(unsigned)?;
    Ok(Accepted { sequence: statement.sequence, digest: statement.digest })
}

/// The trusted keys that signed, by their names. `verify` has let through no bad signature of any of them.
fn signers(file: &BundleFile, trust: &Trust) -> Vec<String> {
    let signed = |key: &KeyId| trust.key(key).map(|trusted| trusted.name.to_string());
    file.signatures().iter().filter_map(|(key, _)| signed(key)).collect()
}
