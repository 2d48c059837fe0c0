//! Person: who the claims of a connection speak of.
//!
//! Trust: as good as the claims.

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_bundle::program::Oidc;
use gatewright_terms::{Attribute, AttributeValue, EmailAddress, GroupName};

use crate::claims;
use crate::refused::{Refused, Step};
use crate::strict_json::Object;

/// The groups of a person. What is not known is never `no groups`: a block might have matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Groups {
    /// Sorted, without doubles.
    Known(Vec<GroupName>),
    /// The provider left them out, cut them off, or sent something that is no list of names.
    Unknown,
}

/// Somebody, as claims tell it.
#[derive(Clone)]
pub struct Person {
    pub subject: Arc<str>,
    pub email: EmailAddress,
    pub given_name: Option<AttributeValue>,
    pub family_name: Option<AttributeValue>,
    pub groups: Groups,
    /// Of those that the organisation gave a name to.
    pub attributes: BTreeSet<Attribute>,
}

impl Person {
    /// `subject` is that of the signed token, whatever the claims were completed with.
    pub fn of(oidc: &Oidc, subject: Arc<str>, claims: &Object<'_>, story: &mut Vec<Step>) -> Result<Self, Refused> {
        let (groups, seen) = claims::groups(oidc, claims);
        story.push(seen);
        let attributes = claims::own(oidc, claims, story);
        Ok(Self {
            subject,
            email: claims::email(oidc, claims)?,
            given_name: claims::attribute(claims, oidc.claims.given_name.as_ref()),
            family_name: claims::attribute(claims, oidc.claims.family_name.as_ref()),
            groups,
            attributes,
        })
    }
}
