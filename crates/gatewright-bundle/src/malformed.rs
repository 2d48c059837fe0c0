//! Malformed: bytes that are no bundle as this version writes it, where, and why.
//!
//! Reads nothing; every reader of this crate gives it.

use std::fmt;

/// A part of the file is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    pub part: Part,
    pub defect: Defect,
}

/// Where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    File,
    Statement,
    Content,
    Environment,
    Catalogue,
    OrgIndex,
    DomainIndex,
    Org(String),
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Defect {
    /// No CBOR of this shape: cut short, another type, a word that is not known.
    Unreadable(String),
    /// Readable, but not the one spelling: a longer number, doubled or unknown keys, another order.
    NotCanonical,
    /// Something follows the end.
    TrailingBytes,
    TooLarge(&'static str),
    /// A list is not sorted, or holds something twice.
    Unsorted(&'static str),
    /// An index points outside its list, or at something of another kind.
    OutOfRange(&'static str),
    /// A value is not of its kind.
    BadValue(&'static str),
    /// Two parts say different things.
    Disagrees(&'static str),
}

impl Defect {
    pub(crate) fn within(self, part: Part) -> Malformed {
        Malformed { part, defect: self }
    }
}

impl From<minicbor::decode::Error> for Defect {
    fn from(error: minicbor::decode::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.part, self.defect)
    }
}

impl std::error::Error for Malformed {}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => out.write_str("the file"),
            Self::Statement => out.write_str("the signed statement"),
            Self::Content => out.write_str("the content"),
            Self::Environment => out.write_str("the environment"),
            Self::Catalogue => out.write_str("the catalogue"),
            Self::OrgIndex => out.write_str("the index of organisations"),
            Self::DomainIndex => out.write_str("the index of domains"),
            Self::Org(org) => write!(out, "the organisation `{org}`"),
        }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(out, "not readable ({why})"),
            Self::NotCanonical => out.write_str("not in canonical form"),
            Self::TrailingBytes => out.write_str("bytes follow its end"),
            Self::TooLarge(what) => write!(out, "too large: {what}"),
            Self::Unsorted(what) => write!(out, "{what}: not sorted, or one stands twice"),
            Self::OutOfRange(what) => write!(out, "{what}: points at nothing that it may point at"),
            Self::BadValue(what) => write!(out, "{what}: not a value of its kind"),
            Self::Disagrees(what) => write!(out, "{what}: two parts say different things"),
        }
    }
}
