//! Value: what stands at a path, as it is compared.

use std::sync::Arc;

use crate::kind::{Scalar, spell};

/// Two of one path have one variant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A duration in seconds.
    Seconds(u32),
    Number(u32),
    /// Anything else, as it is written.
    Word(Arc<str>),
}

impl Value {
    pub(crate) fn word(text: impl AsRef<str>) -> Self {
        Self::Word(Arc::from(text.as_ref()))
    }

    /// As the field table reads it. `None` where that was reported.
    pub(crate) fn of(scalar: &Scalar) -> Option<Self> {
        match scalar {
            Scalar::Broken(_) => None,
            Scalar::Seconds(seconds) => Some(Self::Seconds(seconds.0)),
            Scalar::Integer(number) => Some(Self::Number(*number)),
            Scalar::Text(_)
            | Scalar::Slug(_)
            | Scalar::Domain(_)
            | Scalar::Email(_)
            | Scalar::Group(_)
            | Scalar::Attribute(_)
            | Scalar::Permission(_)
            | Scalar::Secret(..)
            | Scalar::Date(_)
            | Scalar::Time(_)
            | Scalar::Refusal(_) => Some(Self::word(scalar.shown())),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Seconds(seconds) => out.write_str(&spell(*seconds)),
            Self::Number(number) => write!(out, "{number}"),
            Self::Word(word) => out.write_str(word),
        }
    }
}
