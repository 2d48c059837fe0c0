//! Source: where bundle and trust come from, and whether they changed.
//!
//! Reads the trust file, and the bundle from files or from an address, or what an operator pushed. Gives what is offered,
//! and says when to look again.
//!
//! Invariant: what was pushed is offered where its sequence is the higher one, and nowhere else.
//! Invariant: nothing here is trusted: what is offered is verified by `gate-core`, and refused as it is.
//! Invariant: looking is cheap: contents are read only when a file, or the answer of the address, has changed.

mod address;
mod files;
mod last_good;
mod pushed;

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;

use gate_http::Log;
use gatewright_bundle::{Accepted, BundleFile, Expected, Trust};
use gatewright_terms::{Slug, Timestamp};

use crate::exit::Ended;
use crate::secrets::SecretsDir;
use crate::settings::{BundleAt, Settings};

use address::AtAddress;
use files::Files;
pub(crate) use pushed::Before;
use pushed::Pushed;

/// The places.
#[derive(Clone)]
pub(crate) struct Source {
    trust: PathBuf,
    bundle: Bundle,
    pub(crate) pushed: Pushed,
}

#[derive(Clone)]
enum Bundle {
    Files(Files),
    Address(Arc<AtAddress>),
}

/// What was read. Nothing of it is verified.
pub(crate) struct Offer {
    pub(crate) bundle: Arc<Vec<u8>>,
    pub(crate) trust: Trust,
    /// Files of the directory that claim a higher sequence and whose signatures are not good.
    pub(crate) passed_over: Vec<PathBuf>,
    /// It is what an operator pushed.
    pub(crate) is_pushed: bool,
}

/// What a start begins with.
pub(crate) struct First {
    pub(crate) offer: Offer,
    /// Why it is the last good copy, and not what the address offers.
    pub(crate) instead: Option<Instead>,
}

/// The address was no use, and an earlier bundle of it was, or what was pushed.
pub(crate) struct Instead {
    pub(crate) why: String,
    pub(crate) copy: PathBuf,
}

/// Device, inode, size, and time of the last change of each file, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint(Vec<(PathBuf, u64, u64, u64, i64, i64)>);

impl Fingerprint {
    /// Nothing was seen yet.
    pub(crate) const NONE: Self = Self(Vec::new());
}

impl Source {
    pub(crate) fn of(settings: &Settings, secrets: &SecretsDir) -> Result<Self, Ended> {
        let bundle = match &settings.bundle {
            BundleAt::Path(path) => Bundle::Files(Files::new(path, &settings.environment)),
            BundleAt::Address(address) => Bundle::Address(Arc::new(AtAddress::new(address, settings, secrets)?)),
        };
        let pushed = Pushed::beside(&settings.store, &settings.environment);
        Ok(Self { trust: settings.trust.clone(), bundle, pushed })
    }

    /// What the files look like now. One that is away is part of the picture.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut files = match &self.bundle {
            Bundle::Files(files) => files.candidates().unwrap_or_default(),
            Bundle::Address(_) => Vec::new(),
        };
        files.extend([self.trust.clone(), self.pushed.path().to_owned()]);
        Fingerprint(files.into_iter().filter_map(files::seen).collect())
    }

    /// For a start. Trust and bundle are wrong with exit 5; where there is no answer and no copy, it is 6.
    pub(crate) async fn first(&self, beside: Option<Accepted>, now: Timestamp) -> Result<First, Ended> {
        match &self.bundle {
            Bundle::Files(_) => Ok(First { offer: self.read().map_err(Ended::trust)?, instead: None }),
            Bundle::Address(address) => self.first_of(address, beside, now).await,
        }
    }

    /// What was pushed stands in for an address that is no use. The memory of it is no reason against an older answer, which
    /// it outweighs.
    async fn first_of(&self, address: &AtAddress, beside: Option<Accepted>, now: Timestamp) -> Result<First, Ended> {
        let trust = self.read_trust().map_err(Ended::trust)?;
        let pushed = self.pushed.read(&trust);
        let beside = beside.filter(|beside| pushed.as_ref().is_none_or(|(pushed, _)| pushed != beside));
        match (address.first(trust.clone(), beside, now).await, pushed) {
            (Ok(First { offer, instead }), _) => Ok(First { offer: self.outweighed(offer), instead }),
            (Err(ended), Some((_, bundle))) => Ok(First {
                offer: Offer { bundle, trust, passed_over: Vec::new(), is_pushed: true },
                instead: Some(Instead { why: ended.why, copy: self.pushed.path().to_owned() }),
            }),
            (Err(ended), None) => Err(ended),
        }
    }

    /// What was pushed in its place, where it has the higher sequence. What is not good, or for another environment, stays,
    /// to be refused.
    fn outweighed(&self, offer: Offer) -> Offer {
        let later = || {
            let (pushed, bundle) = self.pushed.read(&offer.trust)?;
            let (environment, offered) = signed(&offer.bundle, &offer.trust)?;
            (self.pushed.environment() == &environment && pushed.sequence > offered.sequence).then_some(bundle)
        };
        match later() {
            Some(bundle) => Offer { bundle, is_pushed: true, ..offer },
            None => offer,
        }
    }

    /// Reads what is there now. The sentence says what is away or malformed.
    pub(crate) fn read(&self) -> Result<Offer, String> {
        let trust = self.read_trust()?;
        let (bundle, passed_over) = match &self.bundle {
            Bundle::Files(files) => files.read(&trust)?,
            Bundle::Address(address) => (address.answer()?, Vec::new()),
        };
        Ok(self.outweighed(Offer { bundle, trust, passed_over, is_pushed: false }))
    }

    /// Asks the address again and again, if there is one. Never ends, and may be dropped at any time.
    pub(crate) async fn poll(&self) -> Infallible {
        match &self.bundle {
            Bundle::Files(_) => std::future::pending().await,
            Bundle::Address(address) => address.poll().await,
        }
    }

    /// Ends when the address gave another answer, or the one that it was asked for at once.
    pub(crate) async fn changed(&self) {
        match &self.bundle {
            Bundle::Files(_) => std::future::pending().await,
            Bundle::Address(address) => address.changed().await,
        }
    }

    /// Asks the address at once, and says that it does: the answer, whatever it is, ends [`changed`](Self::changed).
    pub(crate) fn asks_now(&self) -> bool {
        match &self.bundle {
            Bundle::Files(_) => false,
            Bundle::Address(address) => {
                address.ask_now();
                true
            }
        }
    }

    /// Before the offer is taken: one that is good is kept, where it came from an address.
    pub(crate) async fn keep(&self, offer: &Offer, beside: Option<Accepted>, now: Timestamp, log: &Log) {
        match &self.bundle {
            Bundle::Address(_) if offer.is_pushed => {}
            Bundle::Files(_) => {}
            Bundle::Address(address) => address.keep(offer, beside, now, log).await,
        }
    }

    pub(crate) fn read_trust(&self) -> Result<Trust, String> {
        let wrong = |why: &dyn std::fmt::Display| format!("trust file {}: {why}", self.trust.display());
        let trust = files::read_limited(&self.trust, gatewright_bundle::limits::TRUST_BYTES_MAX)?;
        let trust = String::from_utf8(trust).map_err(|_| wrong(&"not a text"))?;
        Trust::parse(&trust).map_err(|refused| wrong(&refused))
    }
}

/// What trusted keys signed, for whatever environment and time.
fn signed(bytes: &[u8], trust: &Trust) -> Option<(Slug, Accepted)> {
    let file = BundleFile::parse(bytes).ok()?;
    let environment = file.statement()?.environment.clone();
    let any = Expected { environment: &environment, now: Timestamp::EPOCH, accepted: None };
    let verified = gatewright_bundle::verify(bytes, trust, &any).ok()?;
    let accepted = Accepted { sequence: verified.sequence(), digest: verified.digest() };
    Some((environment, accepted))
}
