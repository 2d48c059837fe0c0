//! Answer: what a provider proved by a form that another site sent, kept until the browser that began comes for it.
//!
//! Invariant: facts and words, never a message of a provider.
//! Invariant: a [`TakenAnswer`] comes out of a store alone: nobody else can present facts as proved earlier.

use std::collections::BTreeSet;
use std::fmt;

use gatewright_terms::{Attribute, AttributeValue, EmailAddress, OrgId, Refusal, Slug, Timestamp};

use super::{Errand, SessionGroups, TokenHash};

/// The NameID of a person as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameId {
    pub value: String,
    pub format: Option<String>,
    pub name_qualifier: Option<String>,
    pub sp_name_qualifier: Option<String>,
}

/// Who signed in, as the provider of the errand proved it.
#[derive(Clone, PartialEq, Eq)]
pub struct Proved {
    pub subject: String,
    pub email: EmailAddress,
    pub given_name: Option<AttributeValue>,
    pub family_name: Option<AttributeValue>,
    pub groups: SessionGroups,
    pub attributes: BTreeSet<Attribute>,
    pub authenticated: Timestamp,
    pub authentication_told: bool,
    pub acr: Option<String>,
    pub session_ends: Option<Timestamp>,
    pub name_id: Option<NameId>,
    pub session_index: Option<String>,
}

/// Personal: it does not print by accident.
impl fmt::Debug for Proved {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Proved(…)")
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Proved(Box<Proved>),
    /// Of a test alone: a refused sign-in leaves its flow as it was.
    Refused(Refusal),
}

/// An answer that waits for its browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// One use.
    pub handle: TokenHash,
    pub errand: Errand,
    /// The provider began by itself.
    pub unsolicited: bool,
    /// SHA-256 of the connection that it was checked by: where a reload changes that, the answer does not count.
    pub settings: [u8; 32],
    pub outcome: Outcome,
    /// What was done and seen, one step each, without line breaks.
    pub story: Vec<String>,
    pub expires: Timestamp,
}

/// A message that is good once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub org: OrgId,
    pub connection: Slug,
    /// SHA-256 over its kind, issuer and id.
    pub message: TokenHash,
    /// Remembered until then.
    pub until: Timestamp,
    /// Messages of this connection that are remembered at once. One more is refused; none is forgotten early.
    pub at_once_max: u32,
}

/// An answer, and what it uses up, in one transaction.
#[derive(Debug, Clone)]
pub struct AnswerFlow {
    /// The flow that it answers; `None` where the provider began by itself.
    pub state: Option<TokenHash>,
    /// `None` for the refused answer of a test.
    pub seen: Option<Seen>,
    pub answer: Answer,
}

/// What became of an answer. Everything but `Kept` wrote nothing; the reasons to refuse come in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerDone {
    /// It waits for its browser; the flow is used up.
    Kept,
    Replayed,
    /// Too many messages are remembered.
    Full,
    /// Answered already, or expired.
    FlowGone,
}

#[derive(Debug, PartialEq, Eq)]
pub enum TakeAnswer {
    /// It was live and is now used up.
    Taken(Box<TakenAnswer>),
    /// It is live and belongs to another browser; it stays. Carries what the audit needs.
    OtherBrowser {
        org: OrgId,
        connection: Slug,
    },
    Unknown,
}

/// An answer as a store kept it.
#[derive(Debug, PartialEq, Eq)]
pub struct TakenAnswer(Answer);

impl TakenAnswer {
    pub(crate) fn new(answer: Answer) -> Self {
        Self(answer)
    }

    pub fn answer(&self) -> &Answer {
        &self.0
    }
}
