//! `compile`: one environment of a workspace to the bytes that get signed.
//!
//! Invariant: nothing is written unless every environment is free of errors and proven, and every law holds.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;
use gatewright_terms::Slug;
use serde_json::json;
use wright::trial::lawful;
use wright::{Compiled, Encoded, Outcome, compile, encode};
use wright_syntax::diagnostic::Severity;

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::files;
use crate::verbs::{bundle, check, test};

/// Compile one environment of a workspace
///
/// Checks as `check` does, proves the laws, then writes the bundle, and beside it where each part of it was written (the provenance).
/// The same sources give the same bytes, wherever and whenever they are compiled. `sign` makes the bundle one that a
/// runtime takes.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gatewright compile --environment production --out acme.bundle")]
pub(crate) struct Compile {
    /// Which environment
    #[arg(long, value_name = "ENV")]
    environment: String,
    /// Where the bundle goes; FILE.provenance.json is written beside it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Compile {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let outcome = compile(&context.workspace(None)?, check::threads(), context.as_of());
        check::refuse_unreadable(&outcome.unreadable)?;
        let environment = self.find(&outcome)?;
        let compiled = match lawful(&outcome, environment) {
            Ok(Some(compiled)) => compiled,
            Ok(None) => return Ok(check::report(&outcome, context)?.hint("nothing was written")),
            Err(broken) => return Ok(test::broken(broken, &outcome, context)?.hint("nothing was written")),
        };
        let encoded = encode(compiled);
        bundle::read_back(&encoded.bundle)?;
        let provenance = beside(&self.out);
        files::write("the provenance", &provenance, &encoded.provenance)?;
        files::write("the bundle", &self.out, &encoded.bundle)?;
        let report = self.report(&compiled, &encoded, &provenance, context)?;
        let warnings = outcome.diagnostics.iter().filter(|found| found.code.severity == Severity::Warn).count();
        Ok(if warnings == 0 {
            report
        } else {
            report.hint(format!("{warnings} warnings: gatewright check shows them"))
        })
    }

    /// The environment by its name. One that does not exist is the caller's mistake, whatever else is wrong.
    fn find<'o>(&self, outcome: &'o Outcome) -> Result<&'o Slug, Failure> {
        let known = &outcome.environments;
        if let Some(found) = known.iter().find(|known| known.as_str() == self.environment) {
            return Ok(found);
        }
        let wanted = crate::style::plain(&self.environment);
        let failure = Failure::usage(format!("the workspace has no environment `{wanted}`"));
        let names: Vec<_> = known.iter().map(|known| format!("`{known}`")).collect();
        let failure = match names.as_slice() {
            [] => failure.help("no environment was understood"),
            names => failure.help(format!("it has {}", names.join(", "))),
        };
        let errors = outcome.diagnostics.iter().filter(|found| found.code.severity <= Severity::Deny).count();
        Err(if errors == 0 {
            failure
        } else {
            failure.help("the workspace has errors too: gatewright check shows them")
        })
    }

    fn report(
        &self,
        compiled: &Compiled,
        encoded: &Encoded,
        provenance: &Path,
        context: &Context,
    ) -> Result<Report, Failure> {
        let orgs = &compiled.program.orgs;
        let digest = bundle::digest(encoded.digest);
        let out = self.out.display();
        if context.wants_json() {
            return Ok(Report::done(context::json(&json!({
                "schema": "gatewright.compile/1", "digest": digest, "environment": self.environment,
                "orgs": orgs.iter().map(|org| org.id.as_str()).collect::<Vec<_>>(),
                "out": out.to_string(), "provenance": provenance.display().to_string(),
            }))?));
        }
        let style = context.style();
        let count = if orgs.len() == 1 { "1 organisation".to_owned() } else { format!("{} organisations", orgs.len()) };
        Ok(Report::done(format!(
            "{} {out}: `{}`, {count}\n  {}\n",
            style.green("✓"),
            self.environment,
            style.dim(digest)
        ))
        .hint(format!("next: gatewright sign {out} --key KEY --sequence N --out SIGNED")))
    }
}

/// `FILE.provenance.json`.
fn beside(out: &Path) -> PathBuf {
    let mut name = OsString::from(out);
    name.push(".provenance.json");
    PathBuf::from(name)
}
