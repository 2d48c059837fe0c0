//! Rows: what the store takes and gives, in the words of the domain.

use std::fmt;
use std::net::IpAddr;

use gatewright_audit::record::Draft;
use gatewright_terms::{DomainName, EmailAddress, GroupName, IdentityKey, OrgId, Slug, Timestamp};

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

/// A sign-in that has begun. One use, bound to one browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Flow {
    pub state: TokenHash,
    /// The flow cookie of the browser that began.
    pub browser: TokenHash,
    pub org: OrgId,
    pub connection: Slug,
    /// Of the connection when the flow began: where a reload changes it, the code must not go to the new issuer.
    pub issuer: String,
    /// Exactly as it was sent to the provider: the callback must arrive there.
    pub redirect_uri: String,
    pub nonce: String,
    pub pkce_verifier: String,
    pub app: Option<Slug>,
    pub return_to: Option<String>,
    /// Of the client, for the limit per address.
    pub address: IpAddr,
    pub began: Timestamp,
    pub expires: Timestamp,
}

/// The nonce and the verifier are secrets until the flow is used up: they do not print.
impl fmt::Debug for Flow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Flow({}, {}, {}, until {}, …)", self.org, self.connection, self.redirect_uri, self.expires)
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
    pub is_owner: bool,
    /// When the person proved who they are, as the provider says it, else the time of the sign-in.
    pub authenticated: Timestamp,
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
