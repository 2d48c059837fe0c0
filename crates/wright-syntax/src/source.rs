//! Source: a file's text with its path in the workspace, and places in it.

use std::sync::Arc;

use crate::codes;
use crate::diagnostic::{Diagnostic, Sink};

/// One file. The path is relative to the workspace, with `/` between its parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    pub path: Arc<str>,
    pub text: Arc<str>,
}

/// Bytes `start..end` of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

/// The place of a file in the sorted list of the workspace's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// Line and column as people count: both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

impl Span {
    /// Offsets over 4 GiB are cut; no source is that long.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Self { file, start: offset(start), end: offset(end) }
    }

    /// Whether all of `other` lies in it.
    pub fn holds(&self, other: &Self) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Source {
    /// A file as it was read from the disk. Bytes that are not UTF-8 are reported as GW0011; the `Err` then holds text to
    /// show beside the report, and must not be read.
    pub fn from_bytes(path: Arc<str>, bytes: Vec<u8>, file: FileId, sink: &mut Sink) -> Result<Self, Self> {
        let error = match String::from_utf8(bytes) {
            Ok(text) => return Ok(Self { path, text: text.into() }),
            Err(error) => error,
        };
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        let shown = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let span = Span::new(file, at, at + char::REPLACEMENT_CHARACTER.len_utf8());
        let diagnostic = Diagnostic {
            code: codes::NOT_A_FILE,
            message: format!("this file is not UTF-8: the byte 0x{byte:02x} belongs to no character"),
            primary: (span, "the first bad byte".to_owned()),
            related: Vec::new(),
            help: Some("save the file as UTF-8".to_owned()),
            fix: None,
            path: Arc::from(""),
            org: None,
        };
        sink.report_unread(diagnostic, Span::new(file, 0, shown.len()));
        Err(Self { path, text: shown.into() })
    }
}

/// Where the lines of a text begin, for many questions about one file.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Lines end as in editors: with LF, CR LF or CR.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
            .filter(|&at| bytes.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n'));
        Self { starts: std::iter::once(0).chain(ends.map(|at| at + 1)).collect() }
    }

    /// `text` is the one that the index was made of. An offset behind its end is its end.
    pub fn place(&self, text: &str, offset: u32) -> Place {
        let mut at = usize::try_from(offset).unwrap_or(usize::MAX).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        let column = text.get(start..at).map_or(0, |before| before.chars().count());
        Place { line: self::offset(line), column: self::offset(column + 1) }
    }
}

/// Line and column of one byte offset. For many offsets of one file, make a [`LineIndex`].
pub fn place(source: &Source, offset: u32) -> Place {
    LineIndex::new(&source.text).place(&source.text, offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: u32) -> (u32, u32) {
        let place = place(&Source { path: Arc::from("a.kdl"), text: Arc::from(text) }, offset);
        (place.line, place.column)
    }

    #[test]
    fn places_are_counted_as_people_count() {
        assert_eq!(at("", 0), (1, 1));
        assert_eq!(at("ab\ncd", 0), (1, 1));
        assert_eq!(at("ab\ncd", 2), (1, 3));
        assert_eq!(at("ab\ncd", 3), (2, 1));
        assert_eq!(at("ab\r\ncd\re", 4), (2, 1));
        assert_eq!(at("ab\r\ncd\re", 7), (3, 1));
        assert_eq!(at("é名x", 5), (1, 3), "characters, not bytes");
        assert_eq!(at("é", 1), (1, 1), "inside a character is that character");
        assert_eq!(at("ab", 99), (1, 3));
    }

    #[test]
    fn bytes_that_are_no_text_are_reported_and_shown() {
        let mut sink = Sink::default();
        let file = FileId(3);
        let shown = Source::from_bytes(Arc::from("a.kdl"), b"name \"\xff\"".to_vec(), file, &mut sink).unwrap_err();
        assert_eq!(&*shown.text, "name \"\u{fffd}\"");
        let found = sink.into_sorted();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].code, found[0].primary.0), (codes::NOT_A_FILE, Span::new(file, 6, 9)));
        assert_eq!(found[0].message, "this file is not UTF-8: the byte 0xff belongs to no character");
        assert!(Source::from_bytes(Arc::from("a.kdl"), b"name".to_vec(), file, &mut Sink::default()).is_ok());
    }
}
