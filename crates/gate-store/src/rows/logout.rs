//! Logout: what ends sessions from outside, and the one-time links that try a connection.

use gatewright_audit::record::Draft;
use gatewright_terms::{OrgId, Slug, Timestamp};

use super::{NameId, RowId, Seen, TokenHash};

/// Our own request to end a session at its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingLogout {
    /// Of the RelayState that comes back with the answer.
    pub relay: TokenHash,
    /// The answer's `InResponseTo`.
    pub request_id: String,
    pub org: OrgId,
    pub connection: Slug,
    pub expires: Timestamp,
}

/// A provider ends the sessions of a person.
#[derive(Debug, Clone)]
pub struct EndNamed {
    /// Organisation and connection, and the message itself, which is good once.
    pub seen: Seen,
    pub issuer: String,
    pub name_id: NameId,
    /// Only sessions with one of these; all of the person where it is empty.
    pub session_indexes: Vec<String>,
    pub at: Timestamp,
    /// Written once where sessions ended, beside one record a session.
    pub audit: Vec<Draft>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndNamedDone {
    /// With their children, already audited. Empty where no session has that name: the message counts as seen all the same.
    Ended(Vec<RowId>),
    Replayed,
    /// Too many messages are remembered.
    Full,
}

/// A one-time link to try a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestLink {
    pub link: TokenHash,
    pub org: OrgId,
    pub connection: Slug,
    /// The operator who made it.
    pub operator: Slug,
    pub expires: Timestamp,
}
