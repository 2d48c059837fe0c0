//! Running: what a gate runs, as a side of a comparison.

use crate::context::Context;
use crate::failure::Failure;
use crate::runtime::{Runtime, Status};
use crate::style::plain;
use crate::verbs::bundle;

use super::side::Side;

/// `running:ENVIRONMENT`, of the runtime that the flag or the variable names.
pub(super) fn side(environment: &str, runtime: Option<&str>, context: &Context) -> Result<Side, Failure> {
    let environment = bundle::parse_environment(environment)
        .map_err(|why| Failure::usage(format!("`running:{}` names no environment", plain(environment))).help(why))?;
    let runtime = Runtime::from_context(runtime, context)?;
    let status = runtime.status()?;
    if status.environment != environment.as_str() {
        return Err(Failure::usage(format!("the runtime serves `{}`, not `{environment}`", status.environment)));
    }
    of(&runtime, &status)
}

/// What the gate gives is what it says that it runs.
pub(crate) fn of(runtime: &Runtime, status: &Status) -> Result<Side, Failure> {
    let file = runtime.bundle()?;
    if bundle::digest(file.digest()) != status.digest {
        return Err(Failure::other_side("the runtime has changed its bundle in the middle of the comparison")
            .help("run it again, so that what runs now is compared"));
    }
    Side::of_file(&format!("running:{}", status.environment), &file)
}
