//! Verified: logout messages that the provider proved.
//!
//! Trust: made by this crate alone, after every check.
//! Invariant: private fields and no public constructor, so that holding one is the proof.

use gatewright_terms::Timestamp;

use crate::refused::Step;
use crate::verified::SubjectId;

/// The provider asks that sessions end.
#[derive(Clone)]
pub struct VerifiedLogoutRequest {
    pub(super) id: String,
    pub(super) name_id: SubjectId,
    pub(super) session_indexes: Vec<String>,
    pub(super) usable_until: Timestamp,
    pub(super) story: Vec<Step>,
}

impl VerifiedLogoutRequest {
    /// Good once: remember it until [`Self::usable_until`]. Our answer is `InResponseTo` it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whose sessions: compare value, format and qualifiers with those that the sign-in had.
    pub fn name_id(&self) -> &SubjectId {
        &self.name_id
    }

    /// Which of them; all where there is none (SAML Core §3.7.1).
    pub fn session_indexes(&self) -> &[String] {
        &self.session_indexes
    }

    /// From then on it is refused for its age, skew included.
    pub fn usable_until(&self) -> Timestamp {
        self.usable_until
    }

    pub fn story(&self) -> &[Step] {
        &self.story
    }
}

/// Personal: it does not print by accident.
impl std::fmt::Debug for VerifiedLogoutRequest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "VerifiedLogoutRequest({})", self.id)
    }
}

/// The provider answers our request.
#[derive(Debug, Clone)]
pub struct VerifiedLogoutResponse {
    pub(super) success: bool,
    pub(super) story: Vec<Step>,
}

impl VerifiedLogoutResponse {
    /// Whether the provider ended everything. Our own session has ended either way.
    pub fn is_success(&self) -> bool {
        self.success
    }

    pub fn story(&self) -> &[Step] {
        &self.story
    }
}
