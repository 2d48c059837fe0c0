//! Verified: who signed in, as the identity provider proved it.
//!
//! Trust: made by this crate alone, after every check of the ID token.
//! Invariant: private fields and no public constructor, so that holding one is the proof.

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_oidc::person::Groups;
use gatewright_terms::{Attribute, AttributeValue, EmailAddress, IdentityKey, Slug, Timestamp};

use crate::refused::Step;

/// A proven sign-in.
#[derive(Clone)]
pub struct Verified {
    pub(crate) connection: Slug,
    pub(crate) issuer: Arc<str>,
    pub(crate) subject: Arc<str>,
    pub(crate) email: EmailAddress,
    pub(crate) given_name: Option<AttributeValue>,
    pub(crate) family_name: Option<AttributeValue>,
    pub(crate) groups: Groups,
    pub(crate) attributes: BTreeSet<Attribute>,
    pub(crate) authenticated: Timestamp,
    pub(crate) authentication_told: bool,
    pub(crate) acr: Option<String>,
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

    /// Good enough to route by its domain, by the rule of the connection. Never an identity.
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

    /// `auth_time` where the provider says it, else `iat`. Never later than the check.
    pub fn authenticated(&self) -> Timestamp {
        self.authenticated
    }

    /// Whether the provider said `auth_time`.
    pub fn authentication_told(&self) -> bool {
        self.authentication_told
    }

    /// The authentication context class that the provider reported.
    pub fn acr(&self) -> Option<&str> {
        self.acr.as_deref()
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
