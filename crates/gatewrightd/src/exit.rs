//! Exit: how the process ends, in numbers that others script against.

use std::fmt;
use std::process::ExitCode;

/// Why the process ends. The numbers are those of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A flag, a value, a file or a permission is wrong.
    Usage,
    /// Signature, digest, environment, sequence or format of the bundle, or the trust file.
    Trust,
    /// The store or the bundle's address cannot be reached, or an address cannot be bound.
    Unavailable,
}

/// An end that is not the wanted one, with the sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) kind: Kind,
    pub(crate) why: String,
}

impl Kind {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Trust => 5,
            Self::Unavailable => 6,
        }
    }
}

impl Ended {
    pub(crate) fn usage(why: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, why: why.into() }
    }

    pub(crate) fn trust(why: impl Into<String>) -> Self {
        Self { kind: Kind::Trust, why: why.into() }
    }

    pub(crate) fn unavailable(why: impl Into<String>) -> Self {
        Self { kind: Kind::Unavailable, why: why.into() }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind.code())
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.why)
    }
}
