//! The trait: every question and every effect of the gate, each atomic.

use std::fmt;
use std::future::Future;

use gatewright_audit::chain::{Head, Record};
use gatewright_audit::record::{Draft, Stream};
use gatewright_terms::{DomainName, IdentityKey, OrgId, Slug, Timestamp};

use crate::rows::{
    Accepted, AdminToken, AnswerDone, AnswerFlow, BeginFlow, DomainProof, EndNamed, EndNamedDone, Flow, FlowLimits,
    HandedOver, Handover, Member, PendingLogout, RowId, Session, SignIn, SignInDone, SupportCase, TakeAnswer, TakeFlow,
    TestLink, TokenHash,
};

/// The store did not do what was asked. Nothing of the call has happened, or it is not known to have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// Cannot be reached, disk full, time-out: worth another try later.
    Unavailable(String),
    /// What is stored is not what this version writes.
    Corrupt(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(out, "the store did not answer: {why}"),
            Self::Corrupt(why) => write!(out, "the store holds what this version does not write: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

pub(crate) type Answer<'a, T> = std::pin::Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Called after each write, quickly.
pub type WriteObserver = std::sync::Arc<dyn Fn(std::time::Duration) + Send + Sync>;

/// What the gate remembers. Every method is one transaction; `audit` drafts are chained and written in it, where the call
/// changed something: a session that had ended already is not ended twice in the audit trail.
pub trait Store: Send + Sync {
    // Sign-ins under way.
    /// Refuses above the limits; forgets what expired before `flow.began`.
    fn begin_flow(&self, flow: Flow, limits: FlowLimits) -> Answer<'_, BeginFlow>;
    /// One use: the second call with the same state gives `Unknown`, on every node.
    fn take_flow(&self, state: TokenHash, browser: Option<TokenHash>, now: Timestamp) -> Answer<'_, TakeFlow>;

    /// A flow that is under way, as it is: a stranger's junk uses nothing up.
    fn flow(&self, state: TokenHash, now: Timestamp) -> Answer<'_, Option<Flow>>;
    /// Marks the message as seen, uses the flow up and keeps the answer: all three or none.
    fn answer_flow(&self, answered: AnswerFlow, now: Timestamp) -> Answer<'_, AnswerDone>;
    /// One use, by the browser of the errand.
    fn take_answer(&self, handle: TokenHash, browser: Option<TokenHash>, now: Timestamp) -> Answer<'_, TakeAnswer>;
    /// `false`, and nothing written, where too many links of the organisation wait.
    fn put_test_link(&self, link: TestLink, audit: Vec<Draft>, now: Timestamp) -> Answer<'_, bool>;
    /// One use, at its own connection: whether it was good.
    fn take_test_link<'a>(
        &'a self,
        link: TokenHash,
        at: (&'a OrgId, &'a Slug),
        audit: Vec<Draft>,
        now: Timestamp,
    ) -> Answer<'a, bool>;

    /// Forgets some of what expired while nobody asked for it: answers hold personal data. Writes only where there is any.
    fn forget_expired(&self, now: Timestamp) -> Answer<'_, ()>;

    // Logout at a provider.
    fn put_logout(&self, logout: PendingLogout, now: Timestamp) -> Answer<'_, ()>;
    /// The id of the request of that connection that was under way; it is over then.
    fn take_logout<'a>(
        &'a self,
        relay: TokenHash,
        at: (&'a OrgId, &'a Slug),
        now: Timestamp,
    ) -> Answer<'a, Option<String>>;
    /// Marks the message as seen and ends the sessions that it means.
    fn end_named_sessions(&self, logout: EndNamed) -> Answer<'_, EndNamedDone>;

    // Members and sessions.
    fn member_by_key<'a>(&'a self, org: &'a OrgId, key: &'a IdentityKey) -> Answer<'a, Option<Member>>;
    /// Sorted by id, after `after`, at most `limit`.
    fn members<'a>(&'a self, org: &'a OrgId, after: Option<RowId>, limit: u32) -> Answer<'a, Vec<Member>>;
    /// Those of the ids that are members, removed or not, in the order of the ids.
    fn members_of_ids<'a>(&'a self, org: &'a OrgId, ids: &'a [RowId]) -> Answer<'a, Vec<Member>>;
    /// With that mailbox (`EmailAddress::mailbox_key`), sorted by id, at most `limit`.
    fn members_of_mailbox<'a>(&'a self, org: &'a OrgId, mailbox: &'a str, limit: u32) -> Answer<'a, Vec<Member>>;
    /// The identity that an owner's mailbox is bound to.
    fn owner_binding<'a>(&'a self, org: &'a OrgId, mailbox: &'a str) -> Answer<'a, Option<IdentityKey>>;
    /// The reasons to refuse come in this order: removed, may not join, owner taken, sessions full.
    fn sign_in(&self, sign_in: SignIn) -> Answer<'_, SignInDone>;
    /// `None` where it never was or has ended, or its member was removed.
    fn session(&self, token: TokenHash) -> Answer<'_, Option<Session>>;
    /// Oldest first, children included.
    fn sessions_of_member<'a>(&'a self, org: &'a OrgId, member: RowId) -> Answer<'a, Vec<Session>>;
    /// Parent sessions of all members, sorted by id, after `after`, at most `limit`: for the sweep of those that are over.
    fn parent_sessions(&self, after: Option<RowId>, limit: u32) -> Answer<'_, Vec<Session>>;
    /// Moves `last_seen` forward, of the parent of a child too. Never back.
    fn touch(&self, token: TokenHash, at: Timestamp) -> Answer<'_, ()>;
    /// Ends the session with that id, and its children where it is a parent. Gives what it ended, the session first.
    fn end_session(&self, session: RowId, audit: Vec<Draft>) -> Answer<'_, Vec<RowId>>;
    fn end_sessions_of_member<'a>(&'a self, org: &'a OrgId, member: RowId, audit: Vec<Draft>)
    -> Answer<'a, Vec<RowId>>;
    /// Ends every session there is, every code and every sign-in under way. Gives how many sessions. `audit` is written
    /// whether there were any or not.
    fn end_everything(&self, audit: Vec<Draft>) -> Answer<'_, u64>;
    /// Ends the member's sessions and marks them removed.
    fn remove_member<'a>(&'a self, org: &'a OrgId, member: RowId, audit: Vec<Draft>) -> Answer<'a, Vec<RowId>>;

    // Hand-over to an app's own origin.
    /// Writes nothing where the parent has ended. The oldest codes of a session make room above a limit.
    fn put_handover(&self, handover: Handover, audit: Vec<Draft>) -> Answer<'_, ()>;
    /// One use, before its end, at its origin; makes the child session `token` with `id`. A use at another origin uses the
    /// code up too. `created` is the parent's, so that no child outlives it; the oldest children of the parent at that app
    /// make room above a limit, audited as `concurrent`.
    fn take_handover<'a>(
        &'a self,
        code: TokenHash,
        origin: &'a str,
        child: (TokenHash, RowId),
        now: Timestamp,
    ) -> Answer<'a, Option<HandedOver>>;

    // Domain proofs.
    /// The latest proof of a domain stands.
    fn prove_domain(&self, proof: DomainProof, audit: Vec<Draft>) -> Answer<'_, ()>;
    fn domain_proof<'a>(&'a self, org: &'a OrgId, domain: &'a DomainName) -> Answer<'a, Option<DomainProof>>;
    fn domain_proofs<'a>(&'a self, org: &'a OrgId) -> Answer<'a, Vec<DomainProof>>;

    // Audit.
    /// The support code leads to the first refusal among the drafts; one that is taken is an error, and nothing is written.
    fn append(&self, drafts: Vec<Draft>, support_code: Option<String>, keys: Vec<(RowId, Vec<u8>)>) -> Answer<'_, ()>;
    /// From the sequence `from`, in order, as they are stored: finding damage is the verifier's part.
    fn records<'a>(&'a self, stream: &'a Stream, from: u64, limit: u32) -> Answer<'a, Vec<Record>>;
    /// The head of every chain, sorted by stream.
    fn heads(&self) -> Answer<'_, Vec<(Stream, Head)>>;
    fn support_case<'a>(&'a self, code: &'a str) -> Answer<'a, Option<SupportCase>>;
    /// The wrapped key that seals a person's audit fields.
    fn person_key(&self, key: RowId) -> Answer<'_, Option<Vec<u8>>>;
    /// Drops the key, and every other key of the same member: the person's sealed fields can never be read again.
    fn forget_person(&self, key: RowId, audit: Vec<Draft>) -> Answer<'_, ()>;

    // Admin tokens and bundles.
    /// `false` where the name exists.
    fn add_token(&self, token: AdminToken, audit: Vec<Draft>) -> Answer<'_, bool>;
    fn token(&self, hash: TokenHash) -> Answer<'_, Option<AdminToken>>;
    fn accepted<'a>(&'a self, environment: &'a Slug) -> Answer<'a, Option<Accepted>>;
    /// Raises the highest sequence. `false`, and nothing written, where it is lower, or equal with another digest.
    fn accept<'a>(&'a self, environment: &'a Slug, accepted: Accepted, audit: Vec<Draft>) -> Answer<'a, bool>;

    /// Parent sessions of members who are not removed, expired or not.
    fn count_sessions(&self) -> Answer<'_, u64>;
    /// Whoever asks first is told of every write from then on, how long it took, the waiting included.
    fn observe_writes(&self, observer: WriteObserver);
    /// One cheap read that fails where the store is away.
    fn ping(&self) -> Answer<'_, ()>;
}
