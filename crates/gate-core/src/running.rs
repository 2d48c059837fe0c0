//! Running: one verified bundle in force, with its organisations prepared when they are first used.
//!
//! Invariant: made from a [`VerifiedBundle`] and nothing else; never changes; a request holds one from beginning to end.

mod link;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use gatewright_bundle::program::{App, Catalogue, Environment};
use gatewright_bundle::{Accepted, VerifiedBundle};
use gatewright_decide::PreparedOrg;
use gatewright_terms::{DomainName, OrgId, Refusal, Slug, Timestamp};

use crate::status::RunningBundle;

pub(crate) use link::{Link, SamlLink, Way};

pub(crate) struct Running {
    bundle: VerifiedBundle,
    environment: Arc<Environment>,
    catalogue: Arc<Catalogue>,
    /// `None` inside where the section is not sound: then nobody of it gets in.
    orgs: BTreeMap<OrgId, OnceLock<Option<Arc<PreparedOrg>>>>,
    digest: Arc<str>,
    activated: Timestamp,
}

impl Running {
    pub(crate) fn new(bundle: VerifiedBundle, activated: Timestamp) -> Self {
        Self {
            environment: Arc::new(bundle.environment().clone()),
            catalogue: Arc::new(bundle.catalogue().clone()),
            orgs: bundle.org_ids().map(|id| (id.clone(), OnceLock::new())).collect(),
            digest: Arc::from(bundle.digest().to_string()),
            bundle,
            activated,
        }
    }

    pub(crate) fn environment(&self) -> &Arc<Environment> {
        &self.environment
    }

    /// Of the content, hexadecimal.
    pub(crate) fn digest(&self) -> &Arc<str> {
        &self.digest
    }

    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        self.bundle.is_stale(now)
    }

    pub(crate) fn accepted(&self) -> Accepted {
        Accepted { sequence: self.bundle.sequence(), digest: self.bundle.digest() }
    }

    /// What it was compiled to.
    pub(crate) fn unsigned_file(&self) -> Vec<u8> {
        self.bundle.unsigned_file()
    }

    pub(crate) fn describe(&self) -> RunningBundle {
        RunningBundle {
            digest: self.digest.to_string(),
            sequence: self.bundle.sequence(),
            expires: self.bundle.expires(),
            activated: self.activated,
            orgs: self.orgs.len(),
        }
    }

    /// Sorted.
    pub(crate) fn org_ids(&self) -> impl Iterator<Item = &OrgId> {
        self.orgs.keys()
    }

    pub(crate) fn org(&self, id: &OrgId) -> Result<&Arc<PreparedOrg>, Refusal> {
        let prepare = || match self.bundle.org(id) {
            Some(Ok(org)) => Some(Arc::new(PreparedOrg::new(Arc::clone(&self.catalogue), org.clone()))),
            Some(Err(_)) | None => None,
        };
        self.orgs.get(id).and_then(|cell| cell.get_or_init(prepare).as_ref()).ok_or(Refusal::OrgUnknown)
    }

    /// The organisation of a text that a stranger wrote.
    pub(crate) fn org_named(&self, text: &str) -> Result<&Arc<PreparedOrg>, Refusal> {
        OrgId::parse(text).map_err(|_| Refusal::OrgUnknown).and_then(|id| self.org(&id))
    }

    pub(crate) fn app_named(&self, text: &str) -> Result<&App, Refusal> {
        Slug::parse(text).map_err(|_| Refusal::AppUnknown).and_then(|slug| self.app(&slug))
    }

    pub(crate) fn app(&self, slug: &Slug) -> Result<&App, Refusal> {
        self.environment.apps.iter().find(|app| app.slug == *slug).ok_or(Refusal::AppUnknown)
    }

    /// An app that people of this organisation may be sent to.
    pub(crate) fn app_for(&self, text: &str, org: &OrgId) -> Result<&App, Refusal> {
        self.app_named(text).and_then(|app| serves(app, org).then_some(app).ok_or(Refusal::AppUnknown))
    }

    /// Who claims a domain, and the connection that its people sign in by.
    pub(crate) fn claim(&self, domain: &DomainName) -> Option<(&OrgId, &Slug)> {
        let (id, connection) = self.bundle.domain(domain)?;
        let org = self.org(id).ok()?.org();
        Some((&org.id, &org.connections.get(connection as usize)?.slug))
    }
}

/// Whether an app is open to the people of an organisation.
pub(crate) fn serves(app: &App, org: &OrgId) -> bool {
    app.org.as_ref().is_none_or(|only| only == org)
}
