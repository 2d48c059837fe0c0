//! Status: which bundle runs, which one was refused and why, and the one word for a load balancer.

use gatewright_terms::{Slug, Timestamp};

/// The one word of `/readyz` and `/healthz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Ok,
    /// A bundle was refused; the last good one runs.
    Degraded,
    /// The running bundle has expired; it keeps running.
    Stale,
    NoStore,
}

impl Health {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Stale => "stale",
            Self::NoStore => "no-store",
        }
    }
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningBundle {
    /// Hexadecimal.
    pub digest: String,
    pub sequence: u64,
    pub expires: Option<Timestamp>,
    pub activated: Timestamp,
    pub orgs: usize,
}

/// What was offered last and not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedBundle {
    /// What `gatewright explain` knows it by, where it has a page: 1401 for `GW1401`.
    pub code: Option<u16>,
    pub reason: String,
    pub at: Timestamp,
}

/// *Running X, refused Y because …*
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub environment: Slug,
    pub running: RunningBundle,
    /// Gone as soon as a good bundle is taken.
    pub refused: Option<RefusedBundle>,
    pub stale: bool,
    pub store: bool,
}

impl Status {
    /// The worst that is true.
    pub const fn health(&self) -> Health {
        match self {
            Self { store: false, .. } => Health::NoStore,
            Self { stale: true, .. } => Health::Stale,
            Self { refused: Some(_), .. } => Health::Degraded,
            Self { .. } => Health::Ok,
        }
    }
}
