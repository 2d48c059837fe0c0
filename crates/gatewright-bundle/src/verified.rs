//! Verified: a bundle that `verify` let through, and its content, an organisation at a time.
//!
//! Reads nothing more; gives what the evaluator and the gate ask for.
//!
//! Invariant: only `verify` makes one.

use gatewright_terms::{DomainName, OrgId, Timestamp};

use crate::content::Content;
use crate::digest::Digest;
use crate::file::BundleFile;
use crate::malformed::Malformed;
use crate::program::{Catalogue, Environment, Org};
use crate::statement::Statement;

/// A genuine bundle.
#[derive(Debug)]
pub struct VerifiedBundle {
    statement: Statement,
    content: Content,
}

impl VerifiedBundle {
    pub(crate) fn new(statement: Statement, content: Content) -> Self {
        Self { statement, content }
    }

    /// Of the content: what `inspect` prints and the gate reports.
    pub fn digest(&self) -> Digest {
        self.statement.digest
    }

    pub fn sequence(&self) -> u64 {
        self.statement.sequence
    }

    pub fn expires(&self) -> Option<Timestamp> {
        self.statement.expires
    }

    /// Whether it has expired and is only kept because it ran before.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.statement.expires.is_some_and(|at| at <= now)
    }

    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    pub fn environment(&self) -> &Environment {
        self.content.environment()
    }

    pub fn catalogue(&self) -> &Catalogue {
        self.content.catalogue()
    }

    /// The file as `compile` wrote it, without statement and signatures: to be read, not to be run again.
    pub fn unsigned_file(&self) -> Vec<u8> {
        BundleFile::unsigned(self.content.bytes().to_vec(), self.statement.provenance).to_bytes()
    }

    /// Sorted.
    pub fn org_ids(&self) -> impl ExactSizeIterator<Item = &OrgId> {
        self.content.org_ids()
    }

    /// The organisation. `None` where the bundle has none of that id; an error where its section, of a bundle too large
    /// to be decoded at once, is not sound: then nobody of it gets in.
    pub fn org(&self, id: &OrgId) -> Option<Result<&Org, &Malformed>> {
        self.content.org(id)
    }

    /// Who claims a domain, and the connection (an index of `Org::connections`) that its people sign in by. As the index
    /// says it: [`Self::org`] gives out no organisation that says otherwise.
    pub fn domain(&self, domain: &DomainName) -> Option<(&OrgId, u32)> {
        self.content.domain(domain)
    }
}
