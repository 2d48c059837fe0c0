//! Reload: from the bytes of a bundle to the program that runs, or no change at all.
//!
//! Reads bundle bytes, trusted keys, and the highest bundle that was ever accepted, from the store and from beside the
//! bundle. Gives a new program in force, or a reason that is audited and shown.
//!
//! Invariant: accepted in the store before it is in force (ST-BUN-03); in force at once for every later request
//! (ST-BUN-09); refused, it changes nothing (ST-BUN-10).
//! Invariant: an expired bundle is not adopted; one that ran before is kept, and says *stale*.
//!
//! Trust: bytes come in; only a [`VerifiedBundle`] becomes a [`Running`].

use std::fmt;

use gate_store::{Store, StoreError, rows};
use gatewright_audit::checkpoint::Checkpoint;
use gatewright_audit::record::{Draft, Event, Stream};
use gatewright_bundle::{Accepted, Digest, Expected, Trust, VerifiedBundle, verify};
use gatewright_terms::{Slug, Timestamp};

use crate::Gate;
use crate::admin::{AdminError, Operator, Scope};
use crate::gate::Parts;
use crate::running::Running;
use crate::sessions::Lag;
use crate::status::{RefusedBundle, Status};
use crate::trail::{Fields, draft};

/// A bundle was not taken; the last good one, where there is one, keeps running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleRefused {
    Bundle(gatewright_bundle::BundleRefused),
    /// The bytes could not be had: the file is away, too large, or the trust file is broken.
    Unreadable(String),
    /// It cannot be written down that it was accepted.
    Store(StoreError),
}

impl BundleRefused {
    /// The number of the page that explains it.
    pub const fn code(&self) -> Option<u16> {
        match self {
            Self::Bundle(refused) => refused.code(),
            Self::Unreadable(_) | Self::Store(_) => None,
        }
    }

    /// The word for logs and audit records.
    pub const fn slug(&self) -> &'static str {
        match self {
            Self::Bundle(refused) => refused.slug(),
            Self::Unreadable(_) => "unreadable",
            Self::Store(_) => "store-unavailable",
        }
    }
}

impl fmt::Display for BundleRefused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bundle(refused) => refused.fmt(out),
            Self::Unreadable(why) => out.write_str(why),
            Self::Store(error) => error.fmt(out),
        }
    }
}

impl std::error::Error for BundleRefused {}

impl From<StoreError> for BundleRefused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Why what an operator pushed does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDeployed {
    Admin(AdminError),
    Refused(BundleRefused),
    /// Another bundle runs than the one that it was to replace; nothing was looked at.
    RunsAnother,
}

impl From<AdminError> for NotDeployed {
    fn from(error: AdminError) -> Self {
        Self::Admin(error)
    }
}

impl From<BundleRefused> for NotDeployed {
    fn from(refused: BundleRefused) -> Self {
        Self::Refused(refused)
    }
}

/// A bundle, what it is held against, and who pushed it, where somebody did.
struct Offered<'a> {
    bundle: &'a [u8],
    trust: &'a Trust,
    beside: Option<Accepted>,
    by: Option<&'a Operator>,
}

impl Gate {
    /// Starts on a signed bundle: verified, accepted in the store, audited. `beside`: the highest bundle as the file
    /// beside the bundle remembers it, so that an emptied store does not let an older one in.
    pub async fn open(
        parts: Parts,
        bundle: &[u8],
        trust: &Trust,
        beside: Option<Accepted>,
        now: Timestamp,
    ) -> Result<Self, BundleRefused> {
        match first(&parts, bundle, trust, beside, now).await {
            Ok(verified) => Ok(Self::new(parts, Running::new(verified, now))),
            Err(refused) => {
                // The refusal is what is told; that it could not be written down too, the next start tells.
                let _ = parts.store.append(vec![refused_draft(&refused, None, None, now)], None, Vec::new()).await;
                Err(refused)
            }
        }
    }

    /// Takes another bundle, or changes nothing but the status; a request finishes on the program that it began with.
    /// The bundle that runs already is no change.
    pub async fn reload(
        &self,
        bundle: &[u8],
        trust: &Trust,
        beside: Option<Accepted>,
        now: Timestamp,
    ) -> Result<(), BundleRefused> {
        let _one_at_a_time = self.reloading.lock().await;
        self.take(&Offered { bundle, trust, beside, by: None }, now).await
    }

    /// The same for what an operator pushes. Their name stands in the record, taken or refused. `instead_of`: what must run
    /// now, so that the bundle replaces what it was compared with. Scope `deploy`.
    pub async fn deploy(
        &self,
        by: &Operator,
        bundle: &[u8],
        trust: &Trust,
        beside: Option<Accepted>,
        instead_of: Option<Digest>,
        now: Timestamp,
    ) -> Result<(), NotDeployed> {
        by.need(Scope::Deploy)?;
        let _one_at_a_time = self.reloading.lock().await;
        if instead_of.is_some_and(|digest| digest != self.accepted().digest) {
            return Err(NotDeployed::RunsAnother);
        }
        Ok(self.take(&Offered { bundle, trust, beside, by: Some(by) }, now).await?)
    }

    /// What runs, as `compile` wrote it. Scope `read`.
    pub fn bundle_file(&self, by: &Operator) -> Result<Vec<u8>, AdminError> {
        by.need(Scope::Read)?;
        Ok(self.running().unsigned_file())
    }

    async fn take(&self, offered: &Offered<'_>, now: Timestamp) -> Result<(), BundleRefused> {
        let taken = self.take_other(offered, now).await;
        match &taken {
            Ok(()) => self.set_refused(None),
            Err(refused) => self.say_refused(refused, offered.by, now).await,
        }
        taken
    }

    async fn take_other(&self, offered: &Offered<'_>, now: Timestamp) -> Result<(), BundleRefused> {
        let Offered { bundle, trust, beside, by } = *offered;
        let verified = verify_highest(&*self.store, &self.environment, bundle, trust, beside, now).await?;
        if (verified.sequence(), verified.digest()) == (self.accepted().sequence, self.accepted().digest) {
            return Ok(());
        }
        accept(&*self.store, &self.environment, &verified, by, now).await?;
        self.swap(Running::new(verified, now));
        self.metrics.bundle("accepted");
        Ok(())
    }

    /// The offered bundle, or the trust file, could not be read: audited, and *degraded* until a good one is taken.
    pub async fn bundle_unreadable(&self, why: &str, now: Timestamp) {
        let _one_at_a_time = self.reloading.lock().await;
        self.say_refused(&BundleRefused::Unreadable(why.to_owned()), None, now).await;
    }

    async fn say_refused(&self, refused: &BundleRefused, by: Option<&Operator>, now: Timestamp) {
        let (reason, running) = (refused.to_string(), self.running());
        // The same file that is still there a second later is one refusal, not a thousand records. What somebody did is a
        // record each time.
        let told = by.is_none() && self.last_refused().is_some_and(|last| last.reason == reason);
        self.set_refused(Some(RefusedBundle { code: refused.code(), reason, at: now }));
        if !told {
            self.metrics.bundle("refused");
            // Where the store is away the status says so by itself.
            let record = refused_draft(refused, Some(running.digest()), by, now);
            let _ = self.store.append(vec![record], None, Vec::new()).await;
        }
    }

    /// Asks the store too.
    pub async fn status(&self, now: Timestamp) -> Status {
        let running = self.running();
        Status {
            environment: self.environment.clone(),
            running: running.describe(),
            refused: self.last_refused(),
            stale: running.is_stale(now),
            store: self.store.ping().await.is_ok(),
        }
    }

    /// What runs, for the file beside the bundle.
    pub fn accepted(&self) -> Accepted {
        self.running().accepted()
    }

    /// The process is ready.
    pub async fn started(&self, version: &str, now: Timestamp) -> Result<(), StoreError> {
        let fields = Fields::default().with("bundle", self.running().digest()).with("version", version);
        self.store.append(vec![draft(Stream::Platform, now, Event::Started, fields)], None, Vec::new()).await
    }

    /// The process has drained: writes everything that is only in memory, and says so.
    pub async fn stopped(&self, version: &str, now: Timestamp) -> Result<(), StoreError> {
        self.save_sessions(Lag::Any, now).await?;
        self.write_counted(now).await?;
        let fields = Fields::default().with("version", version);
        self.store.append(vec![draft(Stream::Platform, now, Event::Stopped, fields)], None, Vec::new()).await
    }

    /// Writes what is only in memory yet (last requests, counted refusals, ends that the store missed): every few
    /// seconds.
    pub async fn flush(&self, now: Timestamp) -> Result<(), StoreError> {
        self.save_sessions(Lag::Due, now).await?;
        self.write_counted(now).await
    }

    /// A signed checkpoint over all chains, as one line of text with its newline: every minute, and after `stopped`.
    pub async fn checkpoint(&self, now: Timestamp) -> Result<String, StoreError> {
        let checkpoint = Checkpoint::new(now, self.environment.clone(), self.store.heads().await?);
        let signed = self.keys.checkpoint.sign(checkpoint);
        signed.map(|signed| signed.to_text()).ok_or_else(|| StoreError::Unavailable("no signature".to_owned()))
    }
}

async fn first(
    parts: &Parts,
    bundle: &[u8],
    trust: &Trust,
    beside: Option<Accepted>,
    now: Timestamp,
) -> Result<VerifiedBundle, BundleRefused> {
    let verified = verify_highest(&*parts.store, &parts.environment, bundle, trust, beside, now).await?;
    accept(&*parts.store, &parts.environment, &verified, None, now).await?;
    Ok(verified)
}

/// Verifies against the highest of both memories.
async fn verify_highest(
    store: &dyn Store,
    environment: &Slug,
    bytes: &[u8],
    trust: &Trust,
    beside: Option<Accepted>,
    now: Timestamp,
) -> Result<VerifiedBundle, BundleRefused> {
    let stored = store.accepted(environment).await?;
    let stored = stored.map(|row| Accepted { sequence: row.sequence, digest: Digest(row.digest) });
    let accepted = stored.into_iter().chain(beside).max_by_key(|accepted| accepted.sequence);
    verify(bytes, trust, &Expected { environment, now, accepted }).map_err(BundleRefused::Bundle)
}

/// Writes down that it is the highest now.
async fn accept(
    store: &dyn Store,
    environment: &Slug,
    bundle: &VerifiedBundle,
    by: Option<&Operator>,
    now: Timestamp,
) -> Result<(), BundleRefused> {
    let row = rows::Accepted { sequence: bundle.sequence(), digest: bundle.digest().0 };
    if store.accept(environment, row, vec![activated_draft(bundle, by, now)]).await? {
        return Ok(());
    }
    // Another process accepted a higher one between our read and our write.
    let highest = store.accepted(environment).await?.map_or(row.sequence, |row| row.sequence);
    Err(BundleRefused::Bundle(gatewright_bundle::BundleRefused::Rollback { found: row.sequence, highest }))
}

fn activated_draft(bundle: &VerifiedBundle, by: Option<&Operator>, now: Timestamp) -> Draft {
    let fields = Fields::default().with("bundle", bundle.digest()).with("sequence", bundle.sequence());
    let fields = fields.with_some("operator", by.map(Operator::name));
    draft(Stream::Platform, now, Event::BundleActivated, fields)
}

/// `bundle` is the one that keeps running.
fn refused_draft(refused: &BundleRefused, running: Option<&str>, by: Option<&Operator>, now: Timestamp) -> Draft {
    let fields = Fields::default().with("reason", refused.slug()).with_some("bundle", running);
    let fields = fields.with_some("operator", by.map(Operator::name));
    draft(Stream::Platform, now, Event::BundleRefused, fields)
}
