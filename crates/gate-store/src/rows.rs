//! Rows: what the store takes and gives, in the words of the domain.

use std::collections::BTreeSet;
use std::fmt;

use gatewright_audit::record::Draft;
use gatewright_terms::{Attribute, DomainName, EmailAddress, GroupName, IdentityKey, OrgId, Slug, Timestamp};

mod answer;
mod flow;
mod logout;

pub use answer::{Answer, AnswerDone, AnswerFlow, NameId, Outcome, Proved, Seen, TakeAnswer, TakenAnswer};
pub use flow::{Asked, BeginFlow, Demand, Errand, Flow, FlowLimits, Purpose, TakeFlow};
pub use logout::{EndNamed, EndNamedDone, PendingLogout, TestLink};

/// SHA-256 of an opaque 256-bit token. The token itself never reaches the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// Random 128 bits, printed as 32 hexadecimal digits: members, sessions, keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId(pub [u8; 16]);

impl fmt::Display for RowId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberState {
    Active,
    Removed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: RowId,
    pub org: OrgId,
    pub key: IdentityKey,
    pub email: EmailAddress,
    pub state: MemberState,
    /// Whether an owner's address is bound to this member.
    pub owner_of: Option<String>,
    /// The key that seals this person's audit fields.
    pub person_key: RowId,
    pub joined: Timestamp,
    pub last_sign_in: Timestamp,
    /// `None` where it is not known, and of removed members.
    pub told: Option<Told>,
}

/// What a provider said of a member at their last sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub groups: SessionGroups,
    pub attributes: BTreeSet<Attribute>,
}

/// The groups of a session as the provider sent them; `None` where they are not known.
pub type SessionGroups = Option<Vec<GroupName>>;

/// A session: facts and times, never roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub token: TokenHash,
    /// What audit and operators call it; no secret.
    pub id: RowId,
    pub org: OrgId,
    pub member: RowId,
    pub key: IdentityKey,
    pub email: EmailAddress,
    pub groups: SessionGroups,
    pub attributes: BTreeSet<Attribute>,
    pub is_owner: bool,
    /// When the person proved who they are, as the provider says it, else the time of the sign-in.
    pub authenticated: Timestamp,
    /// Whether the provider said when.
    pub authentication_told: bool,
    /// How the person proved who they are, as the provider calls it.
    pub acr: Option<String>,
    /// From then on the provider does not vouch for the session any more.
    pub session_ends: Option<Timestamp>,
    /// What a logout message of the provider calls the person; SAML alone.
    pub name_id: Option<NameId>,
    /// What a logout message of the provider calls the session there; SAML alone.
    pub session_index: Option<String>,
    pub created: Timestamp,
    pub last_seen: Timestamp,
    /// Set on the child that lives on the origin of an app.
    pub child: Option<ChildOf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildOf {
    pub parent: RowId,
    pub app: Slug,
}

/// What one admitted sign-in writes, in one transaction.
#[derive(Debug, Clone)]
pub struct SignIn {
    pub session: Session,
    /// Used where no member has the identity key yet.
    pub new_member: RowId,
    /// The wrapped key that seals the person's audit fields, kept where the member is new or a draft is sealed under it.
    pub new_person_key: (RowId, Vec<u8>),
    /// The owner's mailbox to bind to this identity, where the decision rests on being that owner.
    pub bind_owner: Option<String>,
    /// Over the parent sessions that the store holds, expired or not: the caller ends what has expired first.
    pub concurrent_max: u32,
    pub when_full: WhenFull,
    /// The session that the browser had until now, whoever's it was: it ends, and takes no place (ST-SESS-02).
    pub replaces: Option<RowId>,
    /// Where the member is new, sessions of newcomers are admitted only if this is set.
    pub may_join: bool,
    /// Appended in this order when the sign-in is written. The store puts the id of the member that it wrote into the
    /// field `member` of each, and drops what a race made untrue: `MemberJoined` where the member is no longer new,
    /// `OwnerBound` where the owner is bound to them already.
    pub audit: Vec<Draft>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    EndOldest,
    Refuse,
}

/// What became of a sign-in. Everything but `Done` wrote nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum SignInDone {
    /// `ended`: the sessions that made room or were replaced, with their children, already audited.
    Done {
        member: RowId,
        ended: Vec<RowId>,
    },
    OwnerTaken,
    Removed,
    MayNotJoin,
    SessionsFull,
}

/// A one-time code that carries a session to the origin of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    pub code: TokenHash,
    pub parent: RowId,
    pub app: Slug,
    pub origin: String,
    pub return_to: String,
    pub expires: Timestamp,
}

/// A code was good, and its session has a child.
#[derive(Debug, PartialEq, Eq)]
pub struct HandedOver {
    pub child: Session,
    pub return_to: String,
    /// Older children that made room, already audited.
    pub ended: Vec<RowId>,
}

/// An operator's statement that an organisation owns a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainProof {
    pub org: OrgId,
    pub domain: DomainName,
    pub method: ProofMethod,
    pub operator: String,
    pub reason: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofMethod {
    Manual,
}

/// A token of the admin listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminToken {
    pub name: Slug,
    pub hash: TokenHash,
    /// Sorted words: `read`, `members`, `deploy`, `rollback`.
    pub scopes: Vec<Slug>,
    pub made: Timestamp,
}

/// The highest bundle that was ever accepted for an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    pub sequence: u64,
    pub digest: [u8; 32],
}

/// What an operator finds under a support code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportCase {
    pub code: String,
    pub stream: gatewright_audit::record::Stream,
    /// The place of the refusal in its chain.
    pub sequence: u64,
}
