//! Play: builds the three programs and starts the playground on the quickstart.

use crate::run::{cargo, command, run, target};
use crate::setup;

pub(crate) fn play(arguments: &[&str]) -> Result<(), String> {
    setup::for_building()?;
    eprintln!("xtask: building");
    run(&mut cargo(&["build", "-p", "gatewright", "-p", "gatewrightd", "-p", "gatewright-dev"]))?;
    run(&mut command(target().join("debug/gatewright-dev"), arguments))
}
