//! Verified: who signed in, as the identity provider proved it.
//!
//! Trust: made by this crate alone, after every check of the response.
//! Invariant: private fields and no public constructor, so that holding one is the proof.

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_terms::{Attribute, AttributeValue, EmailAddress, GroupName, IdentityKey, Slug, Timestamp};

use crate::refused::Step;

/// The groups of a person. What is not known is never `no groups`: a block might have matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Groups {
    /// Sorted, without doubles.
    Known(Vec<GroupName>),
    /// The provider left them out, cut them off, or sent something that is no list of names.
    Unknown,
}

/// The NameID as it came: what a logout message names a person by. It need not be what identifies them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectId {
    pub value: String,
    pub format: Option<String>,
    pub name_qualifier: Option<String>,
    pub sp_name_qualifier: Option<String>,
}

/// A proven sign-in.
#[derive(Clone)]
pub struct Verified {
    pub(crate) connection: Slug,
    pub(crate) issuer: Arc<str>,
    pub(crate) subject: Arc<str>,
    pub(crate) name_id: Option<SubjectId>,
    pub(crate) session_index: Option<String>,
    pub(crate) email: EmailAddress,
    pub(crate) given_name: Option<AttributeValue>,
    pub(crate) family_name: Option<AttributeValue>,
    pub(crate) groups: Groups,
    pub(crate) attributes: BTreeSet<Attribute>,
    pub(crate) authenticated: Timestamp,
    pub(crate) acr: Option<String>,
    pub(crate) session_ends: Option<Timestamp>,
    pub(crate) assertion_id: String,
    pub(crate) usable_until: Timestamp,
    pub(crate) in_response_to: Option<String>,
    pub(crate) story: Vec<Step>,
}

impl Verified {
    /// Connection, issuer and subject: the identity, compared byte for byte.
    pub fn identity_key(&self) -> IdentityKey {
        IdentityKey { connection: self.connection.clone(), issuer: self.issuer.clone(), subject: self.subject.clone() }
    }

    pub fn connection(&self) -> &Slug {
        &self.connection
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    pub fn subject(&self) -> &str {
        &self.subject
    }

    pub fn name_id(&self) -> Option<&SubjectId> {
        self.name_id.as_ref()
    }

    pub fn session_index(&self) -> Option<&str> {
        self.session_index.as_deref()
    }

    /// Good enough to route by its domain: the provider signed it and speaks for one organisation. Never an identity.
    pub fn email(&self) -> &EmailAddress {
        &self.email
    }

    pub fn given_name(&self) -> Option<&AttributeValue> {
        self.given_name.as_ref()
    }

    pub fn family_name(&self) -> Option<&AttributeValue> {
        self.family_name.as_ref()
    }

    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// Of those that the organisation gave a name to.
    pub fn attributes(&self) -> &BTreeSet<Attribute> {
        &self.attributes
    }

    /// `AuthnInstant`. Never later than the check.
    pub fn authenticated(&self) -> Timestamp {
        self.authenticated
    }

    /// `AuthnContextClassRef`.
    pub fn acr(&self) -> Option<&str> {
        self.acr.as_deref()
    }

    /// `SessionNotOnOrAfter`: our session ends no later (ST-SESS-05).
    pub fn session_ends(&self) -> Option<Timestamp> {
        self.session_ends
    }

    /// Good once; remember it until `usable_until` (ST-SAML-16).
    pub fn assertion_id(&self) -> &str {
        &self.assertion_id
    }

    /// From then on the assertion is refused for its age, skew included.
    pub fn usable_until(&self) -> Timestamp {
        self.usable_until
    }

    /// The request that it answers; `None` where the provider began by itself and the policy takes that.
    pub fn in_response_to(&self) -> Option<&str> {
        self.in_response_to.as_deref()
    }

    /// What was done and seen, for the operator's trace.
    pub fn story(&self) -> &[Step] {
        &self.story
    }
}

/// Personal: it does not print by accident.
impl std::fmt::Debug for Verified {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Verified({:?})", self.identity_key())
    }
}
