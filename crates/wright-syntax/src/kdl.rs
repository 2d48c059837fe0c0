//! Kdl: our own strict reader of the subset of KDL 2 that the policy language allows.
//!
//! Reads one source; gives its tree, with everything that could be understood, and reports the rest. A mistake costs its
//! own line at most, and is reported once. Grammar: KDL 2.0.0, <https://kdl.dev/spec>.
//!
//! Invariant: every byte is looked at a bounded number of times, whatever the bytes are.
//! Invariant: no function calls itself; open blocks stand on a stack of at most [`DEPTH_MAX`].

mod bare;
mod block;
mod chars;
mod cursor;
mod dedent;
mod escape;
mod head;
mod item;
mod log;
mod names;
mod prescan;
mod reader;
mod slashdash;
mod space;
mod string;
mod tokens;

use crate::codes;
use crate::diagnostic::Sink;
use crate::source::{FileId, Source, Span};
use crate::tree::Block;
use block::Guess;
use log::Log;
use reader::Reader;
pub(crate) use tokens::{Token, tokens};

/// 1 MiB: about 20,000 lines, far more than a person reviews.
pub const FILE_BYTES_MAX: usize = 1024 * 1024;
/// Open blocks at once. The language itself needs 5.
pub const DEPTH_MAX: usize = 16;
/// Findings listed of one file. Whoever has more has the wrong file.
pub const MISTAKES_MAX: usize = 200;

/// What differs between the files of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadContext {
    /// Below the organisations' folder: `/-` may take an entry out.
    Organisation,
    /// Everything else: what is gone must show in the diff as gone.
    Platform,
}

/// Never fails: what could not be understood is reported.
pub fn read_kdl(source: &Source, file: FileId, context: ReadContext, sink: &mut Sink) -> Block {
    read_kdl_counted(source, file, context, sink).0
}

/// The same, with the number of elementary steps that it took.
pub fn read_kdl_counted(source: &Source, file: FileId, context: ReadContext, sink: &mut Sink) -> (Block, u64) {
    let text: &str = &source.text;
    if text.len() > FILE_BYTES_MAX {
        report_size(text.len(), "this file holds", file, sink);
        return (Block::default(), 0);
    }
    let first = Reader::new(text, context, Log::new(file, text), Guess::default()).read();
    if first.guess == Guess::default() {
        first.log.flush(sink);
        return (first.block, first.steps);
    }
    // Braces do not match: read once more, and let the indentation say where.
    let second = Reader::new(text, context, Log::new(file, text), first.guess).read();
    second.log.flush(sink);
    (second.block, first.steps + second.steps)
}

/// `what` begins the message, such as `this file holds`.
pub(crate) fn report_size(bytes: usize, what: &str, file: FileId, sink: &mut Sink) {
    let mut log = Log::new(file, "");
    let kib = bytes.div_ceil(1024);
    let mut found = log.finding(codes::LIMITS, 0..0, format!("{what} {kib} KiB; the limit is 1024 KiB"));
    found.help = Some("split it: a file may hold one organisation or a part of the platform".to_owned());
    log.push(found);
    log.flush(sink);
    sink.mark_unread(Span::new(file, 0, bytes));
}

#[cfg(test)]
mod tests;
