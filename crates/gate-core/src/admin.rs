//! Admin: what operators may ask and do, each named in the audit trail.
//!
//! Reads the token of an operator and texts that they wrote; gives views, and effects with their record.
//!
//! Invariant: every method takes an [`Operator`], and asks for its scope itself.
//! Invariant: an effect is visible only with its record (ST-AUD-08), and personal data is opened only after the record
//! of the reading is written.
//!
//! Trust: a token is alleged until its hash is found; an [`Operator`] is proven.

mod domains;
mod members;
mod snapshot;
mod test_links;
mod tokens;
mod trace;
mod why;

use std::fmt;

use gate_store::StoreError;
use gatewright_terms::{OrgId, Refusal, Slug, Timestamp};

pub use snapshot::{MembersSnapshot, SnapshotMember, SnapshotPart};
pub use test_links::TestLink;
pub use tokens::create_token;
pub use why::{SessionAt, Why};

/// What an admin token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    Read,
    Members,
    Deploy,
    Rollback,
}

impl Scope {
    pub const ALL: &'static [Self] = &[Self::Read, Self::Members, Self::Deploy, Self::Rollback];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Members => "members",
            Self::Deploy => "deploy",
            Self::Rollback => "rollback",
        }
    }

    pub fn from_slug(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.slug() == text)
    }
}

/// An operator whose token was checked. Only [`crate::Gate::operator`] makes one.
#[derive(Debug, Clone)]
pub struct Operator {
    pub(crate) name: Slug,
    pub(crate) scopes: Vec<Scope>,
}

impl Operator {
    pub fn name(&self) -> &Slug {
        &self.name
    }

    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    pub fn need(&self, scope: Scope) -> Result<(), AdminError> {
        if self.has(scope) { Ok(()) } else { Err(AdminError::ScopeMissing(scope)) }
    }
}

/// Why an operator's wish was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminError {
    /// 401.
    TokenUnknown,
    /// 403: the token lacks this scope.
    ScopeMissing(Scope),
    /// 404: what was named is not there; the text says what.
    NotFound(&'static str),
    /// 400 or 422; the text says what is wrong.
    Unclear(&'static str),
    /// 503.
    StoreUnavailable,
}

impl From<StoreError> for AdminError {
    fn from(_: StoreError) -> Self {
        Self::StoreUnavailable
    }
}

impl fmt::Display for AdminError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TokenUnknown => out.write_str("this is no admin token"),
            Self::ScopeMissing(scope) => write!(out, "the token lacks the scope `{}`", scope.slug()),
            Self::NotFound(what) => write!(out, "there is no such {what}"),
            Self::Unclear(what) => out.write_str(what),
            Self::StoreUnavailable => out.write_str("the store did not answer; try again later"),
        }
    }
}

impl std::error::Error for AdminError {}

/// A member as operators see one.
#[derive(Debug, Clone)]
pub struct MemberView {
    pub id: String,
    pub email: String,
    pub connection: Slug,
    pub state: &'static str,
    pub owner: bool,
    pub joined: Timestamp,
    pub last_sign_in: Timestamp,
}

/// A live session as operators see one.
#[derive(Debug, Clone)]
pub struct SessionView {
    pub id: String,
    /// Of an app's own origin.
    pub app: Option<Slug>,
    pub authenticated: Timestamp,
    pub created: Timestamp,
    pub last_seen: Timestamp,
}

/// A domain that an organisation claims, and whether the runtime holds a proof.
#[derive(Debug, Clone)]
pub struct DomainView {
    pub domain: String,
    pub connection: Slug,
    pub proved: Option<ProofView>,
}

#[derive(Debug, Clone)]
pub struct ProofView {
    pub method: &'static str,
    pub operator: String,
    pub reason: String,
    pub at: Timestamp,
}

/// The whole story behind a support code.
#[derive(Debug, Clone)]
pub struct Story {
    pub code: String,
    pub at: Timestamp,
    pub org: Option<OrgId>,
    /// The word of the event, such as `sign-in-refused`.
    pub event: String,
    pub refusal: Option<Refusal>,
    /// What the record says openly, sorted by name.
    pub fields: Vec<(String, String)>,
    /// What was sealed, opened for this operator: `address`, `email`, `subject`, and `story`, one line a step. `None`
    /// where the person was forgotten.
    pub personal: Option<Vec<(String, String)>>,
    pub stream: String,
    pub sequence: u64,
}

/// Reads what `RowId` prints.
fn row_id(text: &str) -> Option<gate_store::rows::RowId> {
    let hexadecimal = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let number = hexadecimal.then(|| u128::from_str_radix(text, 16).ok())??;
    Some(gate_store::rows::RowId(number.to_be_bytes()))
}

impl crate::Gate {
    /// An organisation that an operator names. One that left the program still has members and a trail.
    fn named_org(text: &str) -> Result<OrgId, AdminError> {
        OrgId::parse(text).map_err(|_| AdminError::NotFound("organisation"))
    }
}
