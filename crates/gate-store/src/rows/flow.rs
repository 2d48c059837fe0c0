//! Flow: a sign-in that has begun, and what it is for.

use std::fmt;
use std::net::IpAddr;

use gatewright_terms::{OrgId, Seconds, Slug, Timestamp};

use super::TokenHash;

/// What a sign-in is for: fixed when it begins, and still the same when the answer has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// The flow cookie of the browser that began.
    pub browser: TokenHash,
    pub org: OrgId,
    pub connection: Slug,
    /// Of the connection when the flow began: where a reload changes it, the answer must not count for the new issuer.
    pub issuer: String,
    /// Exactly as it was sent to the provider: the answer must arrive there.
    pub redirect_uri: String,
    pub purpose: Purpose,
    /// What was asked of the authentication beside the rules of the session; enforced on return.
    pub demand: Option<Demand>,
    pub app: Option<Slug>,
    pub return_to: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Ends in a session.
    SignIn,
    /// Ends in a trace, never in a session.
    Test,
}

/// A step-up that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// The authentication must not be older than this.
    pub within: Seconds,
    /// The authentication context class that must be reported, byte for byte.
    pub acr: Option<String>,
}

/// A sign-in that has begun. One use, bound to one browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Flow {
    pub state: TokenHash,
    pub errand: Errand,
    pub asked: Asked,
    /// Of the client, for the limit per address.
    pub address: IpAddr,
    pub began: Timestamp,
    pub expires: Timestamp,
}

/// What binds the answer to the question.
#[derive(Clone, PartialEq, Eq)]
pub enum Asked {
    Oidc {
        nonce: String,
        pkce_verifier: String,
    },
    /// The answer's `InResponseTo`.
    Saml {
        request_id: String,
    },
}

/// Nonce, verifier and request id are secrets until the flow is used up: they do not print.
impl fmt::Debug for Flow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Errand { org, connection, redirect_uri, .. } = &self.errand;
        write!(out, "Flow({org}, {connection}, {redirect_uri}, until {}, …)", self.expires)
    }
}

/// How many flows may be under way at once.
#[derive(Debug, Clone, Copy)]
pub struct FlowLimits {
    pub per_org_max: u32,
    pub per_address_max: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub enum BeginFlow {
    Begun,
    TooMany,
}

#[derive(Debug, PartialEq, Eq)]
pub enum TakeFlow {
    /// It was live and is now used up.
    Taken(Box<Flow>),
    /// It is live and belongs to another browser; it stays. Carries what the audit needs.
    OtherBrowser {
        org: OrgId,
        connection: Slug,
    },
    Unknown,
}
