//! Bench: measures in release mode, each figure beside its limit in the same run.

use crate::run::{cargo, run};
use crate::setup;

pub(crate) fn bench() -> Result<(), String> {
    setup::for_building()?;
    run(&mut cargo(&["build", "--release", "-p", "gatewright", "-p", "gatewrightd"]))?;
    run(&mut cargo(&["build", "--release", "-p", "gate-oidc", "--example", "id_token_bench"]))?;
    run(&mut cargo(&["build", "--release", "-p", "gate-saml", "--example", "saml_bench"]))?;
    run(&mut cargo(&["run", "--release", "-p", "gatewright-bench"]))
}
