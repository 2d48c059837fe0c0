//! saml-worker: a worker and nothing else, for this crate's own tests. The product starts `gatewrightd saml-worker`.

use std::process::ExitCode;

fn main() -> ExitCode {
    gate_saml::worker::run()
}
