//! `deploy`: a signed bundle in the place of the one that runs, and the gate healthy on it.
//!
//! Invariant: with `--reviewed`, what is compared is what runs and what is pushed; the gate takes the bundle in the place of
//! that one, or not at all.

mod reviewed;

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;
use gatewright_bundle::{BundleFile, BundleRefused, Statement};
use gatewright_terms::{Seconds, Slug};
use serde_json::json;

use crate::args::parse_span;
use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::runtime::{Runtime, Status};
use crate::surroundings;
use crate::verbs::bundle;

/// How often the gate is asked how it is.
const LOOK: Duration = Duration::from_millis(250);

/// Put a signed bundle in force, and wait until the gate is healthy on it
///
/// The gate verifies it as at a start. With --reviewed every change from the bundle that runs to this one must stand in a
/// review, and have the approvals that the manifest asks: the rules are those of the workspace as it lies there, or of
/// --base, which must be what runs. The token needs the scopes `read` and `deploy`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright deploy acme.signed --runtime http://127.0.0.1:8081\n  gatewright deploy acme.signed --reviewed 41.json --reviewed 42.json --base v17"
)]
pub(crate) struct Deploy {
    /// What `sign` wrote
    bundle: PathBuf,
    /// The admin listener of the runtime [default: GATEWRIGHT_RUNTIME]
    #[arg(long, value_name = "URL")]
    runtime: Option<String>,
    /// The environment that is meant; the bundle and the runtime must be of it
    #[arg(long, value_name = "ENV", value_parser = bundle::parse_environment)]
    environment: Option<Slug>,
    /// Who approved which changes: gatewright.reviews/1 (may be repeated; they add up)
    #[arg(long, value_name = "FILE")]
    reviewed: Vec<PathBuf>,
    /// Whose signatures count, and for which teams: gatewright.approvers/1; what is not signed then counts for nothing
    #[arg(long, value_name = "FILE", requires = "reviewed")]
    approvers: Option<PathBuf>,
    /// The git revision that runs: its manifest says what is needed
    #[arg(long, value_name = "REV", requires = "reviewed")]
    base: Option<String>,
    /// How long the gate may take to be healthy
    #[arg(long, value_name = "60s", default_value = "60s", value_parser = parse_span)]
    timeout: Seconds,
}

impl Deploy {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let file = bundle::read(&self.bundle)?;
        let statement = self.statement(&file)?;
        let runtime = Runtime::from_context(self.runtime.as_deref(), context)?;
        let before = runtime.status()?;
        self.fits(&statement, &before)?;
        if !self.reviewed.is_empty()
            && let Some(stopped) = self.stopped(&file, &runtime, &before, context)?
        {
            return Ok(stopped);
        }
        let after = self.wait(runtime.deploy(&file.to_bytes(), &before.digest)?, &statement, &runtime)?;
        report(&before, &after, !self.reviewed.is_empty(), context)
    }

    fn untrusted(&self, refused: &BundleRefused) -> Failure {
        bundle::untrusted(&self.bundle, refused)
    }

    fn statement(&self, file: &BundleFile) -> Result<Statement, Failure> {
        let statement = file.statement().cloned().ok_or_else(|| self.untrusted(&BundleRefused::Unsigned))?;
        self.is_meant(&statement.environment, self.environment.as_ref())?;
        Ok(statement)
    }

    fn is_meant(&self, found: &Slug, expected: Option<&Slug>) -> Result<(), Failure> {
        match expected {
            Some(expected) if expected != found => {
                let (found, expected) = (found.clone(), expected.clone());
                Err(self.untrusted(&BundleRefused::OtherEnvironment { found, expected }))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What the gate would refuse is refused before anything is compared.
    fn fits(&self, statement: &Statement, running: &Status) -> Result<(), Failure> {
        self.is_meant(&statement.environment, Slug::parse(&running.environment).ok().as_ref())?;
        let (found, highest) = (statement.sequence, running.sequence);
        if found < highest {
            return Err(self.untrusted(&BundleRefused::Rollback { found, highest }));
        }
        if found == highest && bundle::digest(statement.digest) != running.digest {
            return Err(self.untrusted(&BundleRefused::SequenceReused { sequence: found }));
        }
        Ok(())
    }

    /// The verdict, where it is not open.
    fn stopped(
        &self,
        file: &BundleFile,
        runtime: &Runtime,
        running: &Status,
        context: &Context,
    ) -> Result<Option<Report>, Failure> {
        let name = self.bundle.display().to_string();
        let asked = reviewed::Asked {
            head: (&name, file),
            reviews: &self.reviewed,
            approvers: self.approvers.as_deref(),
            base: self.base.as_deref(),
        };
        asked.stopped(runtime, running, context)
    }

    /// Healthy on this bundle.
    fn wait(&self, mut status: Status, statement: &Statement, runtime: &Runtime) -> Result<Status, Failure> {
        let wanted = bundle::digest(statement.digest);
        let end = surroundings::now().plus(self.timeout);
        while status.health != "ok" || status.digest != wanted {
            if surroundings::now() >= end {
                return Err(unhealthy(&status, &wanted, self.timeout));
            }
            thread::sleep(LOOK);
            status = runtime.status()?;
        }
        Ok(status)
    }
}

fn unhealthy(status: &Status, wanted: &str, timeout: Seconds) -> Failure {
    let runs = if status.digest == wanted { "it runs" } else { "another bundle runs" };
    Failure::other_side(format!(
        "the bundle was taken, and after {} seconds {runs} and the gate is `{}`",
        timeout.0, status.health
    ))
    .help("gatewright status    says why")
}

fn report(before: &Status, after: &Status, is_reviewed: bool, context: &Context) -> Result<Report, Failure> {
    if context.wants_json() {
        let replaced = json!({"digest": before.digest, "sequence": before.sequence});
        let more = [("replaced", replaced), ("reviewed", json!(is_reviewed))];
        return Ok(Report::done(context::json(&after.within("gatewright.deploy/1", more))?));
    }
    let style = context.style();
    let (mark, environment) = (style.green("✓"), &after.environment);
    let text = if before.digest == after.digest && before.sequence == after.sequence {
        format!("{mark} `{environment}` runs it already: sequence {}\n", after.sequence)
    } else {
        format!("{mark} `{environment}` runs sequence {}, in the place of {}\n", after.sequence, before.sequence)
    };
    Ok(Report::new(format!("{text}  {}\n", style.dim(&after.digest)), Exit::Done))
}
