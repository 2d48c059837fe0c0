//! Prescan: the hidden characters of a file, found before anything is read, in names, values and comments alike.
//!
//! Trojan Source (CVE-2021-42574): text that a compiler and a reviewer read differently.

use std::ops::Range;

use super::chars::newline_len;
use super::log::Log;
use crate::codes;
use crate::hidden::{HIDDEN_NEWLINE, hidden_kind};

/// Reports every run of hidden characters; gives the number of steps.
pub(super) fn prescan(text: &str, log: &mut Log<'_>) -> usize {
    // One pass without branches: nearly every file is plain.
    if !text.bytes().fold(false, |suspect, byte| suspect | is_suspect(byte)) {
        return text.len();
    }
    let bytes = text.as_bytes();
    let mut line = 0..line_end(bytes, 0);
    let mut run: Option<(Range<usize>, &'static str, char)> = None;
    for (at, character) in text.char_indices() {
        if at >= line.end {
            line = at..line_end(bytes, at + newline_len(bytes, at).max(1));
        }
        let end = at + character.len_utf8();
        let is_lone = character == '\r' && bytes.get(end) != Some(&b'\n');
        let kind = if is_lone { Some(HIDDEN_NEWLINE) } else { hidden_kind(character) };
        match (kind, &mut run) {
            (Some(_), Some((range, ..))) if range.end == at => range.end = end,
            (Some(kind), _) => {
                report(log, run.replace((at..end, kind, character)));
                log.mark(line.clone());
            }
            (None, _) => {}
        }
    }
    report(log, run);
    text.len() * 3
}

fn is_suspect(byte: u8) -> bool {
    !matches!(byte, b' '..=b'~' | b'\t' | b'\n')
}

/// The offset of the next newline at or after `from`.
fn line_end(bytes: &[u8], from: usize) -> usize {
    (from..bytes.len()).find(|&at| newline_len(bytes, at) > 0).unwrap_or(bytes.len())
}

fn report(log: &mut Log<'_>, run: Option<(Range<usize>, &'static str, char)>) {
    let Some((range, kind, character)) = run else { return };
    if log.is_full() {
        return;
    }
    let number = u32::from(character);
    let mut found = log.finding(codes::HIDDEN_CHARACTER, range, format!("a {kind} (U+{number:04X}) hides here"));
    found.primary.1.push_str("what you see is not what would be compiled");
    found.help = Some(format!("delete U+{number:04X}"));
    log.push(found);
}
