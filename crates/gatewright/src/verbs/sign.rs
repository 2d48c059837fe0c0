//! `sign`: states which step of an environment's history a compiled bundle is, and signs the statement.
//!
//! Invariant: the file is decoded and proved again; what the analysis refuses is not signed, whoever compiled it.
//! Invariant: adding a signature never changes the statement that the earlier ones are over.

use std::path::PathBuf;

use clap::Args;
use ed25519_dalek::Signer;
use gatewright_bundle::{BundleFile, KeyId, Statement};
use gatewright_terms::{Seconds, Timestamp};
use serde_json::json;

use crate::args::parse_span;
use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::verbs::bundle;
use crate::{files, keys};

/// Sign a compiled bundle, or add a signature to a signed one
///
/// The bundle is decoded and proved again before anything is signed. The sequence orders the bundles of one
/// environment: a runtime takes only a higher one than it has. A second signer gives the same sequence, or none, and
/// signs what the first one did.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright sign acme.bundle --key ada.key --sequence 42 --expires 90d --out acme.signed\n  gatewright sign acme.signed --key bob.key --out acme.signed     the second of two"
)]
pub(crate) struct Sign {
    /// What `compile` or an earlier `sign` wrote
    bundle: PathBuf,
    /// A key that `keygen` made; give it again for several
    #[arg(long, value_name = "KEY", required = true)]
    key: Vec<PathBuf>,
    /// The place in the environment's history, from 1, always higher
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    sequence: Option<u64>,
    /// Not adopted any more after this long, such as 90d
    #[arg(long, value_name = "SPAN", value_parser = parse_span)]
    expires: Option<Seconds>,
    /// Where the signed bundle goes
    #[arg(long, value_name = "SIGNED")]
    out: PathBuf,
}

impl Sign {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let keys = self.key.iter().map(|path| keys::read(path)).collect::<Result<Vec<_>, _>>()?;
        let mut file = bundle::read(&self.bundle)?;
        self.prove_again(&file)?;
        let before = file.signatures().len();
        let (sequence, expires) = self.step(file.statement(), context.around.now)?;
        let unsound = |error| Failure::trust(format!("`{}` cannot be signed: {error}", self.bundle.display()));
        let statement = file.declare(sequence, expires).map_err(unsound)?;
        let kept = file.signatures().len();
        let message = statement.signing_bytes();
        for key in &keys {
            let id = KeyId::of(&key.verifying_key().to_bytes());
            file.attach(id, key.sign(&message).to_bytes()).map_err(unsound)?;
        }
        files::write("the signed bundle", &self.out, &file.to_bytes())?;
        let report = self.report(&statement, &file, context)?;
        let report = if kept < before {
            report.hint("the earlier signatures were over another sequence and are gone")
        } else {
            report
        };
        let other_end = self.expires.is_some() && kept > 0 && statement.expires.is_some();
        Ok(if other_end { report.hint("the expiry that was signed first stays as it is") } else { report })
    }

    /// Sequence and expiry: those that the file already states, where the sequence is not another.
    fn step(&self, stated: Option<&Statement>, now: Timestamp) -> Result<(u64, Option<Timestamp>), Failure> {
        let expires = self.expires.map(|span| now.plus(span));
        match (stated, self.sequence) {
            (None, None) => Err(Failure::usage("nobody has signed this bundle yet: its sequence is missing")
                .help("--sequence N, one more than the last bundle of the environment")),
            (None, Some(sequence)) => Ok((sequence, expires)),
            (Some(stated), Some(sequence)) if sequence != stated.sequence => Ok((sequence, expires)),
            (Some(stated), _) if stated.expires.is_none() && expires.is_some() => Err(Failure::usage(format!(
                "sequence {} was signed without an expiry, which cannot be added to it",
                stated.sequence
            ))
            .help("leave --expires out, or sign with a higher --sequence")),
            (Some(stated), _) => Ok((stated.sequence, stated.expires)),
        }
    }

    fn report(&self, statement: &Statement, file: &BundleFile, context: &Context) -> Result<Report, Failure> {
        let signers: Vec<String> = file.signatures().iter().map(|(key, _)| key.to_string()).collect();
        if context.wants_json() {
            return Ok(Report::done(context::json(&json!({
                "schema": "gatewright.sign/1", "digest": bundle::digest(statement.digest), "environment": statement.environment.as_str(),
                "sequence": statement.sequence, "expires": statement.expires.map(|at| at.to_string()),
                "signatures": signers, "out": self.out.display().to_string(),
            }))?));
        }
        let style = context.style();
        let end = statement.expires.map(|at| format!(", expires {at}")).unwrap_or_default();
        let body = format!(
            "{} {} for `{}`, sequence {}{end}\n  {}\n  signed by {}\n",
            style.green("✓"),
            self.out.display(),
            statement.environment,
            statement.sequence,
            style.dim(bundle::digest(statement.digest)),
            signers.join(", ")
        );
        Ok(Report::done(body))
    }

    /// Refuses what the analysis refuses, for the very bytes that are about to be signed.
    fn prove_again(&self, file: &BundleFile) -> Result<(), Failure> {
        let program = bundle::decode(&self.bundle, file)?;
        wright::prove(program).map(drop).map_err(|lockouts| {
            let orgs: Vec<_> = lockouts.iter().map(|lockout| format!("`{}`", lockout.org)).collect();
            Failure::policy(format!(
                "this bundle would leave {} without an owner or an admin who can sign in",
                orgs.join(", ")
            ))
            .topic("GW1411")
            .help("`gatewright compile` makes no such bundle; find out who made this one")
        })
    }
}
