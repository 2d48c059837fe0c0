//! Watch files: takes another bundle when the files change, or when told to.
//!
//! Invariant: a bundle that is refused changes nothing but the status (ST-BUN-10); the next change is looked at again.

use std::path::PathBuf;

use gate_core::BundleRefused;
use gate_http::{Clock, Log};

use crate::run::remember;
use crate::source::{Fingerprint, Offer};
use crate::start::Opened;

/// What was seen and what was taken.
pub(super) struct Watch {
    /// Of the last look.
    seen: Fingerprint,
    /// Of the look that was acted on.
    taken: Fingerprint,
}

impl Watch {
    pub(super) const fn new(taken: Fingerprint) -> Self {
        Self { seen: Fingerprint::NONE, taken }
    }

    /// A change that stood still since the last look is taken: a file that is still being written is not.
    pub(super) async fn look(&mut self, opened: &Opened, clock: &Clock, log: &Log) {
        let now = opened.source.fingerprint();
        let still = now == self.seen;
        self.seen = now;
        if still && self.seen != self.taken {
            self.take(opened, clock, log).await;
        }
    }

    /// Reads and offers the bundle, changed or not.
    pub(super) async fn take(&mut self, opened: &Opened, clock: &Clock, log: &Log) {
        let (source, highest) = (opened.source.clone(), opened.highest.clone());
        let fingerprint = source.fingerprint();
        let read = tokio::task::spawn_blocking(move || Ok::<_, String>((source.read()?, highest.read()?))).await;
        let (offer, beside) = match read.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(read) => read,
            Err(why) => {
                opened.gate.bundle_unreadable(&why, clock()).await;
                log("bundle-refused", &[("reason", "unreadable"), ("why", &why)]);
                self.taken = fingerprint;
                return;
            }
        };
        let Offer { bundle, trust, passed_over } = offer;
        say_passed_over(&passed_over, log);
        let reloaded = opened.gate.reload(&bundle, &trust, beside, clock()).await;
        // A store that was away may be back at the next look.
        self.taken = if matches!(reloaded, Err(BundleRefused::Store(_))) { Fingerprint::NONE } else { fingerprint };
        say(opened, log, reloaded);
    }
}

/// Somebody who may write into the directory and may not sign.
pub(crate) fn say_passed_over(files: &[PathBuf], log: &Log) {
    for file in files {
        let why = "it claims a higher sequence, and its signatures are not good";
        log("bundle-passed-over", &[("file", &file.display().to_string()), ("why", why)]);
    }
}

fn say(opened: &Opened, log: &Log, reloaded: Result<(), BundleRefused>) {
    let (running, sequence) = (format!("sha256:{}", opened.gate.accepted().digest), opened.gate.accepted().sequence);
    match reloaded {
        Ok(()) => {
            remember(opened, log);
            log("bundle-running", &[("bundle", &running), ("sequence", &sequence.to_string())]);
        }
        Err(refused) => {
            log("bundle-refused", &[("reason", refused.slug()), ("why", &refused.to_string()), ("running", &running)]);
        }
    }
}
