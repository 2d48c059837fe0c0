//! Docs: pages that are generated from the code, and the check that they are not stale.

use crate::run::{cargo, run};
use crate::setup;

pub(crate) fn write() -> Result<(), String> {
    generate("write")
}

pub(crate) fn check() -> Result<(), String> {
    generate("check")
}

/// The test `docs` compares every generated page with what the code and the programs say now, or writes it.
fn generate(mode: &str) -> Result<(), String> {
    setup::for_building()?;
    run(&mut cargo(&["build", "-p", "gatewright", "-p", "gatewrightd"]))?;
    run(cargo(&["test", "-q", "-p", "gatewright-tests", "--test", "docs"]).env("GENERATED_DOCS", mode))
}
