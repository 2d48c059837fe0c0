//! Valid: the proof that a policy was checked.
//!
//! Invariant: only [`crate::check`] makes one, and only where no error and no denied lint stands against the policy.

use std::ops::Deref;

/// A value that passed every check. To hold one is the proof.
#[derive(Debug, Clone)]
pub struct Valid<T>(T);

impl<T> Valid<T> {
    /// For `check` alone: this module's privacy is what makes the proof.
    pub(crate) fn proved_by_check(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Valid<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
