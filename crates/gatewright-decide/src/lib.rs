//! Decide: the one evaluator. A program and the facts about a person give a decision.
//!
//! Whoever wants to know who gets in, the lockout proof as the running server, calls [`decide`] and nothing else; and
//! [`step_up`], whether a person has to prove who they are again; and [`revocation_bound`], how long a leaver stays. [`explain`] says why, rule by rule.
//!
//! Invariant: only [`decide`] makes a [`Decision`].
//! Invariant: what is not known is refused: unknown groups are never read as no groups.
//! Invariant: it allocates one list and follows no text longer than a group's name; its time grows with the person's
//! groups and the grants that match, not with the grants that exist.
//! Invariant: a role of a project gives nothing in the organisation, nor in another project, and the other way round.

mod closest;
mod decision;
mod evaluate;
mod explain;
mod facts;
mod leaving;
mod prepared;
mod step_up;
mod steps;

pub use closest::{Closest, closest};
pub use decision::{Admission, Because, Decision, HeldRole, Refused};
pub use evaluate::decide;
pub use explain::{Explanation, explain};
pub use facts::{Facts, GroupSet, Groups, Standing};
pub use leaving::{ANSWER_LIFE, ASSERTION_LIFE, Limit, RevocationBound, SIGN_IN_LIFE, revocation_bound};
pub use prepared::PreparedOrg;
pub use step_up::{Authentication, step_up, step_up_rule};
pub use steps::Step;
