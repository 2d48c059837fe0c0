//! Play: builds the three programs and starts the playground on the quickstart.

use crate::run::{cargo, command, run, target};

pub(crate) fn play(arguments: &[&str]) -> Result<(), String> {
    eprintln!("xtask: building; nothing is installed outside this folder");
    run(&mut cargo(&["build", "-p", "gatewright", "-p", "gatewrightd", "-p", "gatewright-dev"]))?;
    run(&mut command(target().join("debug/gatewright-dev"), arguments))
}
