//! Exit: the numbers that scripts test, as one enum.
//!
//! Invariant: the table that `gatewright help exit-codes` prints is made from this enum alone.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    Policy,
    Usage,
    Tests,
    Gate,
    Trust,
    OtherSide,
    Bug,
}

impl Exit {
    /// In the order of the numbers.
    pub(crate) const ALL: [Self; 8] =
        [Self::Done, Self::Policy, Self::Usage, Self::Tests, Self::Gate, Self::Trust, Self::OtherSide, Self::Bug];

    /// Where several things are wrong at once, the first of these that applies is the exit.
    pub(crate) const PRECEDENCE: [Self; 6] =
        [Self::Usage, Self::Trust, Self::Policy, Self::Tests, Self::Gate, Self::OtherSide];

    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Policy => 1,
            Self::Usage => 2,
            Self::Tests => 3,
            Self::Gate => 4,
            Self::Trust => 5,
            Self::OtherSide => 6,
            // sysexits.h, EX_SOFTWARE.
            Self::Bug => 70,
        }
    }

    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, nothing to say",
            Self::Policy => "the policy is wrong: errors, or lints that are denied",
            Self::Usage => "the command was used wrongly, or a file cannot be read or written",
            Self::Tests => "the policy is right, its tests or laws fail",
            Self::Gate => "a gate said no",
            Self::Trust => "trust: signature, digest, environment, rollback, format, a broken chain",
            Self::OtherSide => "the other side: the runtime cannot be reached, or refuses",
            Self::Bug => "a bug of ours; the message says where the report was written",
        }
    }

    /// The exit of a command in which all of these happened.
    pub(crate) fn of_all(exits: impl IntoIterator<Item = Self>) -> Self {
        let rank = |exit: &Self| Self::PRECEDENCE.iter().position(|other| other == exit).unwrap_or(usize::MAX);
        exits.into_iter().min_by_key(rank).unwrap_or(Self::Done)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_at_once_end_in_the_first_of_two_five_one_three_four_six() {
        let order: Vec<u8> = Exit::PRECEDENCE.iter().map(|exit| exit.number()).collect();
        assert_eq!(order, [2, 5, 1, 3, 4, 6]);
        assert_eq!(Exit::of_all([Exit::Done, Exit::OtherSide, Exit::Policy]), Exit::Policy);
        assert_eq!(Exit::of_all([Exit::Policy, Exit::Trust]), Exit::Trust);
        assert_eq!(Exit::of_all([Exit::Trust, Exit::Usage, Exit::Done]), Exit::Usage);
        assert_eq!(Exit::of_all([Exit::Done]), Exit::Done);
        assert_eq!(Exit::of_all([]), Exit::Done);
    }
}
