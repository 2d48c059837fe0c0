//! Address: a bundle that is fetched: at the start, then again and again, and at once when told to.
//!
//! Reads an address, the credential `bundle-token` of the secrets directory, and the last good copy. Gives the bytes of
//! the last answer, or why there is none.
//!
//! Trust: whoever answers may be anybody; what is offered is verified like a file.
//! Invariant: the same answer, or the same failure, is told once.
//! Invariant: an answer that comes again after a failure counts as another one, so that the failure is over.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gate_http::Log;
use gate_oidc::{Ask, Fetched, NotFetched, Outbound};
use gatewright_bundle::limits::FILE_BYTES_MAX;
use gatewright_bundle::{Accepted, BundleRefused, Expected, Trust, verify};
use gatewright_terms::{Slug, Timestamp};
use tokio::sync::Notify;

use super::last_good::LastGood;
use super::{First, Instead, Offer};
use crate::exit::Ended;
use crate::secrets::SecretsDir;
use crate::settings::{Address, Settings};
use crate::start;

/// How often the address is asked. A policy is in force everywhere within a minute, and a hundred gates ask three times a
/// second, most of them for a 304.
const POLL: Duration = Duration::from_secs(30);

/// The address and what it said last.
pub(super) struct AtAddress {
    address: Address,
    environment: Slug,
    outbound: Outbound,
    secrets: SecretsDir,
    last_good: LastGood,
    last: Mutex<Last>,
    ask: Notify,
    changed: Notify,
}

/// One bundle stays in memory, so that a 304 after a failure, or another trust file, has something to offer.
#[derive(Default)]
struct Last {
    bytes: Option<Arc<Vec<u8>>>,
    etag: Option<String>,
    /// Why the last question had no answer.
    failed: Option<String>,
}

impl AtAddress {
    pub(super) fn new(address: &Address, settings: &Settings, secrets: &SecretsDir) -> Result<Self, Ended> {
        let outbound = start::outbound(settings)?;
        outbound.may_call(address.url()).map_err(|refused| Ended::usage(format!("`bundle` {address}: {refused}")))?;
        Ok(Self {
            address: address.clone(),
            environment: settings.environment.clone(),
            outbound,
            secrets: secrets.clone(),
            last_good: LastGood::beside(&settings.store, &settings.environment),
            last: Mutex::default(),
            ask: Notify::new(),
            changed: Notify::new(),
        })
    }

    /// What a start begins with: what the address offers, or the last good copy.
    pub(super) async fn first(&self, trust: Trust, beside: Option<Accepted>, now: Timestamp) -> Result<First, Ended> {
        self.fetch().await;
        let copy = self.last_good.read(&trust);
        let ended = match self.answer() {
            Ok(bundle) => match self.verify(&bundle, &trust, beside, now) {
                Ok(_) => return Ok(First { offer: offer(bundle, trust), instead: None }),
                Err(refused) => start::refused(&refused),
            },
            Err(why) => Ended::unavailable(why),
        };
        match copy {
            Ok(bundle) => {
                let instead = Instead { why: ended.why, copy: self.last_good.path().to_owned() };
                Ok(First { offer: offer(bundle, trust), instead: Some(instead) })
            }
            Err(why) => {
                Err(Ended { why: format!("{}; and there is no copy of an earlier one ({why})", ended.why), ..ended })
            }
        }
    }

    /// The last answer.
    pub(super) fn answer(&self) -> Result<Arc<Vec<u8>>, String> {
        let last = self.last();
        match (&last.failed, &last.bytes) {
            (None, Some(bytes)) => Ok(Arc::clone(bytes)),
            (Some(why), _) => Err(why.clone()),
            (None, None) => Err(format!("bundle {}: nobody has asked yet", self.address)),
        }
    }

    pub(super) async fn poll(&self) -> Infallible {
        loop {
            let mut told_to = tokio::select! {
                () = tokio::time::sleep(POLL) => false,
                () = self.ask.notified() => true,
            };
            let another = loop {
                tokio::select! {
                    another = self.fetch() => break another,
                    // What is under way may have been asked before the change that the operator means.
                    () = self.ask.notified() => told_to = true,
                }
            };
            if another || told_to {
                self.changed.notify_one();
            }
        }
    }

    pub(super) fn ask_now(&self) {
        self.ask.notify_one();
    }

    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    pub(super) async fn keep(&self, offer: &Offer, beside: Option<Accepted>, now: Timestamp, log: &Log) {
        // One that is not good is refused, with its reason, by whoever takes it.
        if let Ok(verified) = self.verify(&offer.bundle, &offer.trust, beside, now) {
            self.last_good.keep(&offer.bundle, verified, log).await;
        }
    }

    /// Against what is remembered beside the store, and what the copy holds.
    fn verify(
        &self,
        bundle: &[u8],
        trust: &Trust,
        beside: Option<Accepted>,
        now: Timestamp,
    ) -> Result<Accepted, BundleRefused> {
        let accepted = beside.into_iter().chain(self.last_good.holds()).max_by_key(|accepted| accepted.sequence);
        let verified = verify(bundle, trust, &Expected { environment: &self.environment, now, accepted })?;
        Ok(Accepted { sequence: verified.sequence(), digest: verified.digest() })
    }

    /// Asks once. Whether the answer is another one.
    async fn fetch(&self) -> bool {
        let etag = self.last().etag.clone();
        let answer = match self.secrets.bundle_token() {
            Ok(token) => {
                let bearer = token.as_ref().map(|token| token.as_str());
                let ask = Ask { bearer, known: etag.as_deref(), bytes_max: FILE_BYTES_MAX };
                self.outbound.fetch(self.address.url(), &ask).await.map_err(|NotFetched(why)| why)
            }
            Err(why) => Err(why),
        };
        let answer = answer.map_err(|why| format!("bundle {}: {why}", self.address));
        self.last().take(answer)
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Last {
    /// Whether it is another answer than the last one.
    fn take(&mut self, answer: Result<Fetched, String>) -> bool {
        match answer {
            Err(why) => {
                let before = self.failed.replace(why);
                before != self.failed
            }
            Ok(Fetched::Unchanged) => self.failed.take().is_some(),
            Ok(Fetched::Document { bytes, etag }) => {
                self.etag = etag;
                let same = self.bytes.as_deref() == Some(&bytes);
                if !same {
                    self.bytes = Some(Arc::new(bytes));
                }
                self.failed.take().is_some() || !same
            }
        }
    }
}

fn offer(bundle: Arc<Vec<u8>>, trust: Trust) -> Offer {
    Offer { bundle, trust, passed_over: Vec::new(), is_pushed: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Told once, and over when the address is well again.
    #[test]
    fn an_answer_is_another_one_when_it_differs_or_ends_a_failure() {
        let document = |bytes: &[u8]| Ok(Fetched::Document { bytes: bytes.to_vec(), etag: None });
        let failed = |why: &str| Err(why.to_owned());
        let mut last = Last::default();
        for (answer, another) in [
            (failed("away"), true),
            (failed("away"), false),
            (failed("redirect"), true),
            (document(b"1"), true),
            (document(b"1"), false),
            (Ok(Fetched::Unchanged), false),
            (failed("away"), true),
            (Ok(Fetched::Unchanged), true),
            (failed("away"), true),
            (document(b"1"), true),
            (document(b"2"), true),
        ] {
            assert_eq!(last.take(answer.clone()), another, "{answer:?}");
        }
        assert_eq!(last.bytes.as_deref().map(Vec::as_slice), Some(&b"2"[..]));
    }
}
