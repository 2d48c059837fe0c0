//! Watch files: takes another bundle when the files or the answer of the address change, or when told to.
//!
//! Invariant: a bundle that is refused changes nothing but the status (ST-BUN-10); the next change is looked at again.

use std::path::PathBuf;
use std::sync::Arc;

use gate_core::BundleRefused;
use gate_http::{Clock, Log};

use crate::run::{remember, say_missing};
use crate::source::{Fingerprint, Offer};
use crate::start::{self, Missing, Opened};

/// What was seen and what was taken.
pub(super) struct Watch {
    /// Of the last look.
    seen: Fingerprint,
    /// Of the look that was acted on.
    taken: Fingerprint,
    /// The refusal that the log has.
    told: Option<String>,
}

impl Watch {
    pub(super) const fn new(taken: Fingerprint) -> Self {
        Self { seen: Fingerprint::NONE, taken, told: None }
    }

    /// A change that stood still since the last look is taken: a file that is still being written is not.
    pub(super) async fn look(&mut self, opened: &Opened, clock: &Clock, log: &Log) {
        let now = opened.source.fingerprint();
        let still = now == self.seen;
        self.seen = now;
        if still && self.seen != self.taken {
            // A store that is away is tried at every look, and told once.
            if self.taken != Fingerprint::NONE {
                self.told = None;
            }
            self.take(opened, clock, log).await;
        }
    }

    /// Somebody wants to know: changed or not, refused before or not. An address is asked first.
    pub(super) async fn look_at_once(&mut self, opened: &Opened, clock: &Clock, log: &Log) {
        self.told = None;
        if !opened.source.asks_now() {
            self.take(opened, clock, log).await;
        }
    }

    /// Reads and offers the bundle. The same refusal is not told twice: an address may give another page at every
    /// question.
    pub(super) async fn take(&mut self, opened: &Opened, clock: &Clock, log: &Log) {
        let _one_at_a_time = opened.taking.lock().await;
        let (source, highest) = (opened.source.clone(), opened.highest.clone());
        let fingerprint = source.fingerprint();
        let read = tokio::task::spawn_blocking(move || Ok::<_, String>((source.read()?, highest.read()?))).await;
        let (offer, beside) = match read.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(read) => read,
            Err(why) => {
                opened.gate.bundle_unreadable(&why, clock()).await;
                self.say_refused("unreadable", why, opened, log);
                self.taken = fingerprint;
                return;
            }
        };
        opened.source.keep(&offer, beside, clock(), log).await;
        let Offer { bundle, trust, passed_over, is_pushed: _ } = offer;
        say_passed_over(&passed_over, log);
        let before = opened.gate.accepted();
        let reloaded = opened.gate.reload(&bundle, &trust, beside, clock()).await;
        // A store that was away may be back at the next look.
        self.taken = if matches!(reloaded, Err(BundleRefused::Store(_))) { Fingerprint::NONE } else { fingerprint };
        match reloaded {
            Ok(()) => {
                self.told = None;
                remember(opened, log);
                if opened.gate.accepted() != before {
                    say_missing(&missing(opened, bundle).await, log);
                }
                say_running(opened, log);
            }
            Err(refused) => self.say_refused(refused.slug(), refused.to_string(), opened, log),
        }
    }

    fn say_refused(&mut self, reason: &str, why: String, opened: &Opened, log: &Log) {
        if self.told.as_ref() != Some(&why) {
            let running = running(opened);
            log("bundle-refused", &[("reason", reason), ("why", &why), ("running", &running)]);
        }
        self.told = Some(why);
    }
}

/// Somebody who may write into the directory and may not sign.
pub(crate) fn say_passed_over(files: &[PathBuf], log: &Log) {
    for file in files {
        let why = "it claims a higher sequence, and its signatures are not good";
        log("bundle-passed-over", &[("file", &file.display().to_string()), ("why", why)]);
    }
}

/// What the new program needs and nobody has put there yet.
pub(super) async fn missing(opened: &Opened, bundle: Arc<Vec<u8>>) -> Missing {
    let (secrets, saml_keys) = (opened.secrets.clone(), opened.saml_keys);
    let found = tokio::task::spawn_blocking(move || start::missing(&secrets, saml_keys, &bundle)).await;
    found.unwrap_or_default()
}

pub(super) fn say_running(opened: &Opened, log: &Log) {
    let sequence = opened.gate.accepted().sequence.to_string();
    log("bundle-running", &[("bundle", &running(opened)), ("sequence", &sequence)]);
}

pub(super) fn running(opened: &Opened) -> String {
    format!("sha256:{}", opened.gate.accepted().digest)
}
