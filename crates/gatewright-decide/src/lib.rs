//! Decide: the one evaluator. A program and the facts about a person give a decision.
//!
//! Policy tests, the semantic diff, the lockout proof, `try` and the running server call [`decide`] and nothing else.
//!
//! Invariant: only [`decide`] makes a [`Decision`].
//! Invariant: what is not known is refused: unknown groups are never read as no groups.
//! Invariant: it allocates one list and follows no text longer than a group's name; its time grows with the person's
//! groups and the grants that match, not with the grants that exist.

mod decision;
mod evaluate;
mod facts;
mod prepared;

pub use decision::{Admission, Because, Decision, HeldRole, Refused};
pub use evaluate::decide;
pub use facts::{Facts, GroupSet, Groups, Standing};
pub use prepared::PreparedOrg;
