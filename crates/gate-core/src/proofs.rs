//! Proofs: which claimed domains the runtime holds a proof for, remembered for a short time.
//!
//! Invariant: a domain without a proof that was read is not proved: where the store is away, nobody new gets in.
//! Invariant: what this process proves counts at once; what another one proved, after `stale_sessions_max`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use gate_store::StoreError;
use gatewright_terms::{DomainName, OrgId, Timestamp};

use crate::Gate;

/// Proved domains of each organisation that was asked for. Only organisations of a program are asked for.
#[derive(Default)]
pub(crate) struct Proofs(Mutex<BTreeMap<OrgId, Known>>);

/// When it was read, and what is proved.
type Known = (Timestamp, Arc<[DomainName]>);

impl Proofs {
    fn recall(&self, org: &OrgId, now: Timestamp, stale_max: i64) -> Option<Arc<[DomainName]>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, domains) = known.get(org)?;
        (0..=stale_max).contains(&now.since(*read)).then(|| Arc::clone(domains))
    }

    fn remember(&self, org: &OrgId, now: Timestamp, domains: Arc<[DomainName]>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(org.clone(), (now, domains));
    }

    pub(crate) fn forget(&self, org: &OrgId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(org);
    }
}

impl Gate {
    /// Whether the organisation is known to own the domain: for the routing of strangers, so without a question each.
    pub(crate) async fn is_proved_lately(
        &self,
        org: &OrgId,
        domain: &DomainName,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let stale_max = i64::from(self.limits.stale_sessions_max.0);
        if let Some(domains) = self.proofs.recall(org, now, stale_max) {
            return Ok(domains.contains(domain));
        }
        let domains: Arc<[DomainName]> =
            self.store.domain_proofs(org).await?.into_iter().map(|proof| proof.domain).collect();
        let proved = domains.contains(domain);
        self.proofs.remember(org, now, domains);
        Ok(proved)
    }
}
