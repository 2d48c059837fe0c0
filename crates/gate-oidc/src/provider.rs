//! Provider: what is known of one issuer — its discovery document and its keys — and the cache of all of them.
//!
//! Invariant: one issuer's documents come from its own addresses alone; nothing is shared between issuers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gatewright_terms::{Refusal, Timestamp};

use crate::discovery::{self, Discovery};
use crate::key_set::KeySet;
use crate::outbound::{Failed, Outbound, Reply};
use crate::refused::Refused;
use crate::slot::{Fetched, Slot};
use crate::strict_json::NotStrict;

/// Each holds two documents of some ten KiB. Issuers come from the bundle alone; one beyond this is fetched anew each time
/// that another took its place.
const ISSUERS_MAX: usize = 4096;

#[derive(Default)]
pub(crate) struct Providers(Mutex<HashMap<String, Arc<Provider>>>);

#[derive(Default)]
pub(crate) struct Provider {
    discovery: Slot<Discovery>,
    keys: Slot<KeySet>,
}

impl Providers {
    pub(crate) fn of(&self, issuer: &str) -> Arc<Provider> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(provider) = all.get(issuer) {
            return provider.clone();
        }
        if all.len() >= ISSUERS_MAX
            && let Some(one) = all.keys().next().cloned()
        {
            all.remove(&one);
        }
        all.entry(issuer.to_owned()).or_default().clone()
    }
}

impl Provider {
    pub(crate) async fn discovery(
        &self,
        issuer: &str,
        outbound: &Outbound,
        now: Timestamp,
    ) -> Result<Arc<Discovery>, Refused> {
        self.discovery.get(now, fetch_discovery(issuer, outbound)).await
    }

    pub(crate) async fn keys(
        &self,
        discovery: &Discovery,
        outbound: &Outbound,
        now: Timestamp,
    ) -> Result<Arc<KeySet>, Refused> {
        self.keys.get(now, fetch_keys(discovery, outbound)).await
    }

    /// Newer keys than those that did not do, at most once in a pause.
    pub(crate) async fn newer_keys(
        &self,
        seen: &Arc<KeySet>,
        discovery: &Discovery,
        outbound: &Outbound,
        now: Timestamp,
    ) -> Option<Arc<KeySet>> {
        self.keys.newer_than(seen, now, fetch_keys(discovery, outbound)).await
    }
}

async fn fetch_discovery(issuer: &str, outbound: &Outbound) -> Result<Fetched<Discovery>, Refused> {
    let refuse = |text: String| Refused::new(Refusal::DiscoveryRefused, "discovery", text);
    if discovery::is_template(issuer) {
        return Err(refuse("the issuer is a template for many tenants, never one of them".into()));
    }
    let url =
        outbound.permits(&discovery::address(issuer)).map_err(|Failed(why)| refuse(format!("the issuer: {why}")))?;
    let reply = ok("discovery", outbound.get(&url, None).await)?;
    let document = Discovery::parse(&reply.body, issuer, outbound).map_err(refuse)?;
    Ok(Fetched { document, max_age: reply.max_age })
}

async fn fetch_keys(discovery: &Discovery, outbound: &Outbound) -> Result<Fetched<KeySet>, Refused> {
    let reply = ok("keys", outbound.get(&discovery.jwks_uri, None).await)?;
    let document = KeySet::parse(&reply.body).map_err(|NotStrict(why)| {
        Refused::new(Refusal::ProviderUnreachable, "keys", format!("the key set is {why}"))
    })?;
    Ok(Fetched { document, max_age: reply.max_age })
}

fn ok(stage: &'static str, reply: Result<Reply, Failed>) -> Result<Reply, Refused> {
    let unreachable = |text| Refused::new(Refusal::ProviderUnreachable, stage, text);
    let reply = reply.map_err(|Failed(why)| unreachable(why))?;
    if reply.status == 200 { Ok(reply) } else { Err(unreachable(format!("it answered with status {}", reply.status))) }
}
