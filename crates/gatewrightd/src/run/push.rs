//! Push: takes the bundle that an operator pushes.
//!
//! Invariant: kept for the next start before it is in force, and not kept where it is refused.
//! Invariant: one that the next start would refuse is refused now.

use std::sync::Arc;

use gate_core::admin::{AdminError, Scope};
use gate_core::{BundleRefused, NotDeployed};
use gate_http::{Clock, Deploy, Log, Pushed};
use gatewright_bundle::{Accepted, Expected, Trust, verify};
use gatewright_terms::Timestamp;

use super::watch_files::{missing, running, say_running};
use super::{remember, say_missing};
use crate::source::Before;
use crate::start::{Missing, Opened};

/// For the admin listener.
pub(super) fn deploy(opened: &Arc<Opened>, clock: &Clock, log: &Log) -> Deploy {
    let (opened, clock, log) = (Arc::clone(opened), Arc::clone(clock), Arc::clone(log));
    Arc::new(move |pushed| {
        let (opened, log, now) = (Arc::clone(&opened), Arc::clone(&log), clock());
        // A client that hangs up must not leave it half done.
        let done = tokio::spawn(async move { push(&opened, pushed, now, &log).await });
        Box::pin(async move { done.await.unwrap_or(Err(NotDeployed::Admin(AdminError::StoreUnavailable))) })
    })
}

async fn push(opened: &Arc<Opened>, pushed: Pushed, now: Timestamp, log: &Log) -> Result<(), NotDeployed> {
    let Pushed { by, bundle, instead_of } = pushed;
    by.need(Scope::Deploy).map_err(NotDeployed::Admin)?;
    let bundle = Arc::new(bundle);
    let _one_at_a_time = opened.taking.lock().await;
    let found = look(opened, &bundle, now).await;
    let (trust, beside, is_good) = match found {
        Ok(found) => found,
        Err(why) => return Err(unusable(opened, why, now, log).await),
    };
    // One that does not replace what runs is refused below, and never kept.
    let is_good = is_good && instead_of.is_none_or(|digest| digest == opened.gate.accepted().digest);
    let mut missing_here = Missing::default();
    if is_good {
        match missing(opened, Arc::clone(&bundle)).await.check() {
            Ok(missing) => missing_here = missing,
            Err(ended) => return Err(unusable(opened, ended.why, now, log).await),
        }
    }
    let before = if is_good { Some(keep(opened, &bundle, log).await?) } else { None };
    match opened.gate.deploy(&by, &bundle, &trust, beside, instead_of, now).await {
        Ok(()) => {
            remember(opened, log);
            say_missing(&missing_here, log);
            say_running(opened, log);
            Ok(())
        }
        Err(refused) => {
            if let Some(before) = before {
                put_back(opened, before, log).await;
            }
            say_refused(opened, &refused, log);
            Err(refused)
        }
    }
}

/// Trust, what is remembered, and whether the gate would take the bundle.
async fn look(
    opened: &Arc<Opened>,
    bundle: &Arc<Vec<u8>>,
    now: Timestamp,
) -> Result<(Trust, Option<Accepted>, bool), String> {
    let (opened, bundle) = (Arc::clone(opened), Arc::clone(bundle));
    let looked = tokio::task::spawn_blocking(move || {
        let (trust, beside) = (opened.source.read_trust()?, opened.highest.read()?);
        let accepted = beside.into_iter().chain([opened.gate.accepted()]).max_by_key(|accepted| accepted.sequence);
        let expected = Expected { environment: opened.source.pushed.environment(), now, accepted };
        let is_good = verify(&bundle, &trust, &expected).is_ok();
        Ok((trust, beside, is_good))
    });
    looked.await.unwrap_or_else(|error| Err(error.to_string()))
}

/// What is not the bundle's fault, or that the next start would end with.
async fn unusable(opened: &Opened, why: String, now: Timestamp, log: &Log) -> NotDeployed {
    opened.gate.bundle_unreadable(&why, now).await;
    let refused = NotDeployed::Refused(BundleRefused::Unreadable(why));
    say_refused(opened, &refused, log);
    refused
}

/// A bundle that would be gone with the process is not taken.
async fn keep(opened: &Arc<Opened>, bundle: &Arc<Vec<u8>>, log: &Log) -> Result<Before, NotDeployed> {
    let (pushed, bundle) = (opened.source.pushed.clone(), Arc::clone(bundle));
    let kept = tokio::task::spawn_blocking(move || pushed.keep(&bundle)).await;
    let kept = kept.map_err(|error| error.to_string()).and_then(|kept| kept.map_err(|error| error.to_string()));
    kept.map_err(|why| {
        say_not_written(opened, &why, log);
        NotDeployed::Admin(AdminError::StoreUnavailable)
    })
}

async fn put_back(opened: &Arc<Opened>, before: Before, log: &Log) {
    let pushed = opened.source.pushed.clone();
    if let Ok(Err(error)) = tokio::task::spawn_blocking(move || pushed.put_back(&before)).await {
        say_not_written(opened, &error.to_string(), log);
    }
}

fn say_not_written(opened: &Opened, why: &str, log: &Log) {
    log("pushed-bundle-not-written", &[("file", &opened.source.pushed.path().display().to_string()), ("why", why)]);
}

fn say_refused(opened: &Opened, refused: &NotDeployed, log: &Log) {
    let (reason, why) = match refused {
        NotDeployed::Refused(refused) => (refused.slug(), refused.to_string()),
        NotDeployed::RunsAnother => ("runs-another", "another bundle runs than the one to be replaced".to_owned()),
        NotDeployed::Admin(error) => ("not-done", error.to_string()),
    };
    log("bundle-refused", &[("reason", reason), ("why", &why), ("running", &running(opened))]);
}
