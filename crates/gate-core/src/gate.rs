//! Gate: everything that one running process holds, and the face of this crate.
//!
//! Its methods stand in the module of their subject: `reload`, `signin`, `handover`, `sessions`, `verify`, `admin`, `trail`.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use gate_oidc::{Door, Outbound, Secrets};
use gate_store::Store;
use gate_store::rows::RowId;
use gatewright_bundle::program::Environment;
use gatewright_terms::{Seconds, Slug};

use crate::Random;
use crate::keys::{GateKeys, Keys};
use crate::metrics::{self, Metrics};
use crate::proofs::Proofs;
use crate::running::Running;
use crate::saml::SamlParts;
use crate::sessions::Memory;
use crate::status::RefusedBundle;
use crate::trail::Meter;

/// What a gate is made of.
pub struct Parts {
    pub store: Arc<dyn Store>,
    pub outbound: Outbound,
    pub secrets: Box<dyn Secrets>,
    pub keys: Keys,
    /// `None`: connections of SAML are refused.
    pub saml: Option<SamlParts>,
    pub random: Arc<dyn Random>,
    pub limits: Limits,
    /// The environment that this process serves: a bundle for another one is refused.
    pub environment: Slug,
}

/// Limits that an operator may set.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a remembered session or proof is trusted without asking the store (`--stale-sessions-max`).
    pub stale_sessions_max: Seconds,
    /// Sign-ins under way of one organisation.
    pub flows_per_org_max: u32,
    /// Sign-ins under way from one address: an office behind one address signs in within the same ten minutes.
    pub flows_per_address_max: u32,
    /// SAML messages of one connection that are remembered as used until nobody would take them any more: thirty
    /// sign-ins a second for an hour, some 150 bytes each. One more is refused; none is forgotten early.
    pub seen_messages_max: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            stale_sessions_max: Seconds(30),
            flows_per_org_max: 10_000,
            flows_per_address_max: 300,
            seen_messages_max: 100_000,
        }
    }
}

/// A running gate, shared behind an [`Arc`]. Every method takes the time.
pub struct Gate {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) door: Door,
    pub(crate) keys: GateKeys,
    pub(crate) saml: Option<SamlParts>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) limits: Limits,
    pub(crate) environment: Slug,
    pub(crate) memory: Memory,
    pub(crate) proofs: Proofs,
    pub(crate) meter: Meter,
    pub(crate) metrics: Arc<Metrics>,
    /// How far the sweep of sessions has come.
    pub(crate) swept: Mutex<Option<RowId>>,
    /// One bundle at a time is taken or refused.
    pub(crate) reloading: tokio::sync::Mutex<()>,
    running: RwLock<Arc<Running>>,
    refused: Mutex<Option<RefusedBundle>>,
    jwks: String,
}

impl Gate {
    pub(crate) fn new(parts: Parts, running: Running) -> Self {
        let jwks = parts.keys.jwks();
        let (client, keys) = parts.keys.split();
        let metrics = Arc::new(Metrics::new());
        parts.store.observe_writes(metrics::write_observer(&metrics));
        Self {
            store: parts.store,
            door: Door::new(parts.outbound, parts.secrets, Some(client)),
            keys,
            saml: parts.saml,
            random: parts.random,
            limits: parts.limits,
            environment: parts.environment,
            memory: Memory::default(),
            proofs: Proofs::default(),
            meter: Meter::default(),
            metrics,
            swept: Mutex::new(None),
            reloading: tokio::sync::Mutex::new(()),
            running: RwLock::new(Arc::new(running)),
            refused: Mutex::new(None),
            jwks,
        }
    }

    /// The program that runs now. Taken once a request, or again where a provider was asked meanwhile.
    pub(crate) fn running(&self) -> Arc<Running> {
        Arc::clone(&self.running.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn swap(&self, running: Running) {
        *self.running.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(running);
    }

    pub(crate) fn last_refused(&self) -> Option<RefusedBundle> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_refused(&self, refused: Option<RefusedBundle>) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = refused;
    }

    /// Base URL and apps of the program that runs now.
    pub fn environment(&self) -> Arc<Environment> {
        Arc::clone(self.running().environment())
    }

    /// The JWK set of `/.well-known/jwks.json`.
    pub fn jwks(&self) -> &str {
        &self.jwks
    }
}
