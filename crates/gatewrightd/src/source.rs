//! Source: where bundle and trust come from, and whether they changed.
//!
//! Reads the trust file, and the bundle from files or from an address. Gives what is offered, and says when to look again.
//!
//! Invariant: nothing here is trusted: what is offered is verified by `gate-core`, and refused as it is.
//! Invariant: looking is cheap: contents are read only when a file, or the answer of the address, has changed.

mod address;
mod files;
mod last_good;

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

/// The two places.
#[derive(Clone)]
pub(crate) struct Source {
    trust: PathBuf,
    bundle: Bundle,
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
}

/// What a start begins with.
pub(crate) struct First {
    pub(crate) offer: Offer,
    /// Why it is the last good copy, and not what the address offers.
    pub(crate) instead: Option<Instead>,
}

/// The address was no use, and an earlier bundle of it was.
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
        Ok(Self { trust: settings.trust.clone(), bundle })
    }

    /// What the files look like now. One that is away is part of the picture.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut files = match &self.bundle {
            Bundle::Files(files) => files.candidates().unwrap_or_default(),
            Bundle::Address(_) => Vec::new(),
        };
        files.push(self.trust.clone());
        Fingerprint(files.into_iter().filter_map(files::seen).collect())
    }

    /// For a start. Trust and bundle are wrong with exit 5; where there is no answer and no copy, it is 6.
    pub(crate) async fn first(&self, beside: Option<Accepted>, now: Timestamp) -> Result<First, Ended> {
        match &self.bundle {
            Bundle::Files(_) => Ok(First { offer: self.read().map_err(Ended::trust)?, instead: None }),
            Bundle::Address(address) => address.first(self.read_trust().map_err(Ended::trust)?, beside, now).await,
        }
    }

    /// Reads what is there now. The sentence says what is away or malformed.
    pub(crate) fn read(&self) -> Result<Offer, String> {
        let trust = self.read_trust()?;
        let (bundle, passed_over) = match &self.bundle {
            Bundle::Files(files) => files.read(&trust)?,
            Bundle::Address(address) => (address.answer()?, Vec::new()),
        };
        Ok(Offer { bundle, trust, passed_over })
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
            Bundle::Files(_) => {}
            Bundle::Address(address) => address.keep(offer, beside, now, log).await,
        }
    }

    fn read_trust(&self) -> Result<Trust, String> {
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
