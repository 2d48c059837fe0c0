//! Suite: policy tests and laws with every name looked up; what they ask is in names, since every environment is asked.
//!
//! Invariant: a suite belongs to one organisation, in which its title stands once, and all that it names exists there.

use std::sync::Arc;

use gatewright_bundle::program::{Scope, Stage};
use gatewright_terms::{
    Attribute, DomainName, EmailAddress, GroupName, OrgId, PermissionName, Refusal, Seconds, Slug, Timestamp,
};
use wright_syntax::source::Span;

/// Where a part of a test or a law stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: Arc<str>,
    pub at: Span,
}

/// Tests that belong together.
#[derive(Debug, Clone)]
pub struct Suite {
    pub title: Arc<str>,
    pub org: OrgId,
    pub cases: Vec<Case>,
    pub laws: Vec<Law>,
    pub place: Place,
}

/// Somebody as a provider sends them.
#[derive(Debug, Clone)]
pub struct TestIdentity {
    pub connection: Slug,
    pub sent: Sent,
}

/// What a provider says of somebody.
#[derive(Debug, Clone)]
pub enum Sent {
    Told {
        email: EmailAddress,
        groups: Vec<GroupName>,
        attributes: Vec<Attribute>,
    },
    /// In a file of the workspace.
    Recorded {
        file: Arc<str>,
        text: Arc<str>,
        /// Whose gate it was sent to.
        environment: Slug,
    },
}

/// One sign-in and what it has to come to.
#[derive(Debug, Clone)]
pub struct Case {
    pub title: Arc<str>,
    pub who: Arc<TestIdentity>,
    pub at: Option<Timestamp>,
    pub expect: Expect,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub enum Expect {
    Admit(Vec<Claim>),
    /// With the reason, where the case names one.
    Refuse(Option<Refusal>, Place),
}

/// One line of a case about somebody who gets in.
#[derive(Debug, Clone)]
pub struct Claim {
    pub says: Says,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub enum Says {
    Has(RoleAt),
    Lacks(RoleAt),
    May(PermissionAt),
    MayNot(PermissionAt),
    SessionIdle(Seconds),
    SessionAbsolute(Seconds),
}

/// A role of the organisation, or of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAt {
    pub scope: Scope,
    pub role: Slug,
    pub project: Option<Slug>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionAt {
    pub permission: PermissionName,
    pub project: Option<Slug>,
}

/// What holds for every identity there can be.
#[derive(Debug, Clone)]
pub struct Law {
    pub title: Arc<str>,
    pub binds: Binds,
    /// Each of them is spoken of.
    pub anyone: Vec<Anyone>,
    /// Each of these never happens.
    pub never: Vec<Never>,
    pub place: Place,
}

/// The organisations that a law binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binds {
    All,
    Org(OrgId),
    Plan(Slug),
    Stage(Stage),
}

/// Whom a law speaks of: all who match every property.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anyone {
    pub outside: Option<Outside>,
    pub no_owner: bool,
    pub in_group: Option<GroupName>,
    pub in_no_other_group: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outside {
    /// Every domain that the organisation claims.
    OrgDomains,
    Domain(DomainName),
}

/// What never happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Never {
    Role(RoleAt),
    /// Anywhere, where no project is named.
    Permission(PermissionAt),
    /// Any role in the project.
    Anything(Slug),
}
