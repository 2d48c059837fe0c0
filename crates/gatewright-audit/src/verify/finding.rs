//! Finding: what is wrong with an export, and where.
//!
//! Reads nothing; the walk makes findings, the command line prints them.

use std::fmt;

use crate::record::Stream;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// From 1; `None` where it concerns no single line.
    pub line: Option<u64>,
    pub stream: Option<Stream>,
    pub problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The checkpoint's signature does not fit its text.
    CheckpointSignature,
    /// The checkpoint is signed by another key than the one that is trusted.
    CheckpointOtherKey,
    /// The file cannot be read on.
    Unreadable(String),
    LineTooLong,
    Malformed(String),
    /// The record's text does not give its hash.
    Changed {
        sequence: u64,
    },
    /// The record does not stand on the one before it.
    NotLinked {
        sequence: u64,
    },
    /// A record is missing, doubled, inserted or in another place.
    OutOfOrder {
        expected: u64,
        found: u64,
    },
    /// The oldest records are missing.
    HeadCut {
        first: u64,
        found: u64,
    },
    /// Records that the checkpoint covers are missing at the end. `found` is 0 where the stream is missing whole.
    TailCut {
        last: u64,
        found: u64,
    },
    /// The chain hangs together, but is not the one that the checkpoint saw.
    Rewritten {
        sequence: u64,
    },
    /// A record of another stream stands in an export of one.
    OtherStream,
    /// The checkpoint knows none of the chains that the export claims to hold.
    NothingCovered,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(out, "line {line}: ")?;
        }
        if let Some(stream) = &self.stream {
            write!(out, "`{stream}`: ")?;
        }
        self.problem.fmt(out)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CheckpointSignature => out.write_str("the signature of the checkpoint is not good"),
            Self::CheckpointOtherKey => out.write_str("the checkpoint is signed by another key than the trusted one"),
            Self::Unreadable(error) => write!(out, "the file cannot be read: {error}"),
            Self::LineTooLong => out.write_str("the line is too long for a record; nothing after it was read"),
            Self::Malformed(why) => write!(out, "this is no record: {why}"),
            Self::Changed { sequence } => write!(out, "record {sequence} was changed: its hash is another"),
            Self::NotLinked { sequence } => {
                write!(out, "record {sequence} does not follow from the record before it: one of them was replaced")
            }
            Self::OutOfOrder { expected, found } => {
                write!(out, "record {found} stands where record {expected} belongs")
            }
            Self::HeadCut { first, found } => {
                write!(out, "the chain begins with record {found}, not with record {first}: its beginning was cut")
            }
            Self::TailCut { last, found: 0 } => {
                write!(out, "the whole chain is missing; the checkpoint covers {last} records")
            }
            Self::TailCut { last, found } => {
                write!(out, "the chain ends with record {found}; the checkpoint covers record {last}: its end was cut")
            }
            Self::Rewritten { sequence } => {
                write!(out, "record {sequence} is not the one that the checkpoint covers: the chain was rewritten")
            }
            Self::OtherStream => out.write_str("a record of another stream stands in this export"),
            Self::NothingCovered => out.write_str(
                "the checkpoint covers nothing of it, so that nothing is proved: take a later checkpoint, or the right one",
            ),
        }
    }
}
