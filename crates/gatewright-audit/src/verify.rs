//! Verify: exported lines against a signed checkpoint.
//!
//! Reads lines and a checkpoint; gives a report, or everything that is wrong with them.
//!
//! Invariant: nothing that the checkpoint covers can be cut, changed, inserted, doubled, reordered or moved to another
//! stream unnoticed (ST-AUD-05). What came after it is counted as not covered: later records, and whole streams that
//! began later.
//! Invariant: a report proves something: where the checkpoint covers nothing of an export, that is a finding.
//! Not covered by any checkpoint: the sealed parts, see [`Record::ciphertext`].

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};

use gatewright_terms::Timestamp;

use crate::chain::{Head, Record};
use crate::checkpoint::{SignatureRefused, SignedCheckpoint, StreamHead};
use crate::export::{self, LINE_BYTES_MAX};
use crate::record::Stream;

mod finding;

pub use finding::{Finding, Problem};

/// A forged file of a gigabyte must not become a list of a gigabyte.
const FINDINGS_MAX: usize = 1000;

/// Which streams the export claims to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All that the checkpoint knows: one that is missing was cut.
    Every,
    /// This one alone: a record of another is a mixture.
    Only(Stream),
}

/// Nothing is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Of the checkpoint.
    pub at: Timestamp,
    /// The key that signed the checkpoint; whether it is the right one, only a pinned key says.
    pub key: [u8; 32],
    pub pinned: bool,
    /// Streams that the checkpoint proves, at least one.
    pub streams: usize,
    /// Records that the checkpoint proves.
    pub covered: u64,
    /// Records behind the checkpoint: they hang together, but nothing says that they are all, or genuine.
    pub not_covered: u64,
    /// Streams of which the checkpoint knows nothing; their records are not covered.
    pub streams_not_covered: usize,
}

/// Holds an export against a checkpoint, whose signature must be by `trusted`, or, without one, by the key that it names.
pub fn verify_export(
    lines: impl BufRead,
    checkpoint: &SignedCheckpoint,
    trusted: Option<&[u8; 32]>,
    scope: &Scope,
) -> Result<Report, Vec<Finding>> {
    let mut walk = Walk::new(checkpoint, scope);
    if let Err(refused) = checkpoint.verify_signature(trusted) {
        walk.find(
            None,
            None,
            match refused {
                SignatureRefused::OtherKey => Problem::CheckpointOtherKey,
                SignatureRefused::BadSignature => Problem::CheckpointSignature,
            },
        );
    }
    walk.read(lines);
    walk.close();
    if walk.findings.is_empty() {
        Ok(Report {
            at: checkpoint.checkpoint.at,
            key: checkpoint.key,
            pinned: trusted.is_some(),
            streams: walk.expected.len(),
            covered: walk.covered,
            not_covered: walk.not_covered,
            // Every stream that was expected has come to its end, or there were findings.
            streams_not_covered: walk.ends.len().saturating_sub(walk.expected.len()),
        })
    } else {
        Err(walk.findings)
    }
}

/// One pass over the lines.
struct Walk<'a> {
    expected: BTreeMap<&'a Stream, &'a StreamHead>,
    scope: &'a Scope,
    /// Where each stream stands after the lines so far.
    ends: BTreeMap<Stream, Head>,
    covered: u64,
    not_covered: u64,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    fn new(checkpoint: &'a SignedCheckpoint, scope: &'a Scope) -> Self {
        let in_scope = |at: &&StreamHead| match scope {
            Scope::Every => true,
            Scope::Only(stream) => at.stream == *stream,
        };
        let heads = checkpoint.checkpoint.heads.iter().filter(in_scope);
        Self {
            expected: heads.map(|at| (&at.stream, at)).collect(),
            scope,
            ends: BTreeMap::new(),
            covered: 0,
            not_covered: 0,
            findings: Vec::new(),
        }
    }

    fn find(&mut self, line: Option<u64>, stream: Option<&Stream>, problem: Problem) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { line, stream: stream.cloned(), problem });
        }
    }

    fn read(&mut self, mut lines: impl BufRead) {
        let limit = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
        for number in 1_u64.. {
            let mut line = Vec::new();
            match lines.by_ref().take(limit).read_until(b'\n', &mut line) {
                Ok(0) => return,
                Ok(LINE_BYTES_MAX) => return self.find(Some(number), None, Problem::LineTooLong),
                Ok(_) => self.take(number, &line),
                Err(error) => return self.find(Some(number), None, Problem::Unreadable(error.to_string())),
            }
            if self.findings.len() == FINDINGS_MAX {
                return;
            }
        }
    }

    fn take(&mut self, number: u64, line: &[u8]) {
        let Ok(text) = std::str::from_utf8(line) else {
            return self.find(Some(number), None, Problem::Malformed("it is not UTF-8".to_owned()));
        };
        match export::read(text) {
            Ok((record, claimed)) => self.step(number, &record, claimed),
            Err(malformed) => self.find(Some(number), None, Problem::Malformed(malformed.why)),
        }
    }

    /// One record, held against the one before it in its stream and against the checkpoint.
    fn step(&mut self, number: u64, record: &Record, claimed: [u8; 32]) {
        let stream = &record.stream;
        if let Scope::Only(only) = self.scope
            && only != stream
        {
            return self.find(Some(number), Some(stream), Problem::OtherStream);
        }
        if claimed != record.hash {
            self.find(Some(number), Some(stream), Problem::Changed { sequence: record.sequence });
        }
        let expected = self.expected.get(stream).copied();
        match self.ends.get(stream).copied() {
            None => self.begin(number, record, expected),
            Some(end) => self.follow(number, record, end),
        }
        match expected {
            Some(at) if record.sequence <= at.head.sequence => {
                self.covered += 1;
                if record.sequence == at.head.sequence && record.hash != at.head.hash {
                    self.find(Some(number), Some(stream), Problem::Rewritten { sequence: record.sequence });
                }
            }
            Some(_) | None => self.not_covered += 1,
        }
        self.ends.insert(stream.clone(), record.head());
    }

    fn begin(&mut self, number: u64, record: &Record, expected: Option<&StreamHead>) {
        let first = expected.map_or(1, |at| at.first);
        let stream = Some(&record.stream);
        if record.sequence != first {
            self.find(Some(number), stream, Problem::HeadCut { first, found: record.sequence });
        } else if record.sequence == 1 && record.previous != Head::EMPTY.hash {
            self.find(Some(number), stream, Problem::NotLinked { sequence: record.sequence });
        }
    }

    fn follow(&mut self, number: u64, record: &Record, end: Head) {
        let expected = end.sequence.saturating_add(1);
        let stream = Some(&record.stream);
        if record.sequence != expected {
            self.find(Some(number), stream, Problem::OutOfOrder { expected, found: record.sequence });
        } else if record.previous != end.hash {
            self.find(Some(number), stream, Problem::NotLinked { sequence: record.sequence });
        }
    }

    /// Every stream of the checkpoint must have come as far as the checkpoint says, and there must be one.
    fn close(&mut self) {
        if self.expected.is_empty() {
            let stream = match self.scope {
                Scope::Every => None,
                Scope::Only(stream) => Some(stream),
            };
            self.find(None, stream, Problem::NothingCovered);
        }
        let expected: Vec<_> = self.expected.values().copied().collect();
        for at in expected {
            let found = self.ends.get(&at.stream).map_or(0, |end| end.sequence);
            if found < at.head.sequence {
                self.find(None, Some(&at.stream), Problem::TailCut { last: at.head.sequence, found });
            }
        }
    }
}
