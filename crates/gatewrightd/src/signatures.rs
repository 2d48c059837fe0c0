//! Signatures: the verifier of this process: workers of its own that can do nothing else, and, with the feature
//! `second-opinion`, a second verifier without C that must agree with them.
//!
//! Invariant: a process that could not check signatures does not start.

use std::sync::Arc;

use gate_saml::{Program, WorkerSettings, Workers};
use gatewright_saml::Verifier;

use crate::arguments::SAML_WORKER;
use crate::exit::Ended;

/// Starts the first worker, which takes some 20 milliseconds, and waits for it.
pub(crate) fn verifier() -> Result<Arc<dyn Verifier>, Ended> {
    let workers = Workers::start(WorkerSettings::new(Program::this(SAML_WORKER)))
        .map_err(|error| Ended::unavailable(format!("SAML signatures: {error}")))?;
    Ok(with_second_opinion(workers))
}

#[cfg(feature = "second-opinion")]
fn with_second_opinion(workers: Workers) -> Arc<dyn Verifier> {
    Arc::new(gate_saml::Both(workers, gatewright_second_opinion::SecondOpinion))
}

#[cfg(not(feature = "second-opinion"))]
fn with_second_opinion(workers: Workers) -> Arc<dyn Verifier> {
    Arc::new(workers)
}
