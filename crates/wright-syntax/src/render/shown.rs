//! Shown: a source as a terminal may show it, and where its places went.
//!
//! Reads a text and the places in it that matter; gives the same text with every hidden character spelled out, one `\n`
//! for each newline that editors know and `…` for what is far from these places in a long line, and offsets of the one
//! in the other.

use std::borrow::Cow;
use std::ops::Range;

use crate::hidden::{hidden_kind, push_visible};

/// Longer lines were not written by hand; a megabyte in one line would be drawn for every finding in it.
const LINE_BYTES_MAX: usize = 400;

/// What is shown of a long line around each place.
const AROUND_BYTES: usize = 80;

pub(super) struct Shown<'a> {
    pub(super) text: Cow<'a, str>,
    /// Offset in the source behind a replaced character, and in the shown text; rising.
    moved: Vec<(usize, usize)>,
}

impl<'a> Shown<'a> {
    /// `places` in bytes of the source.
    pub(super) fn new(source: &'a str, places: &[usize]) -> Self {
        let gaps = gaps(source, places);
        if gaps.is_empty() && source.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
            return Self { text: Cow::Borrowed(source), moved: Vec::new() };
        }
        let mut shown = Self { text: Cow::Owned(String::new()), moved: Vec::new() };
        let mut end = 0;
        for gap in gaps {
            shown.push(source, end..gap.start);
            shown.text.to_mut().push('…');
            shown.moved.push((gap.end, shown.text.len()));
            end = gap.end;
        }
        shown.push(source, end..source.len());
        shown
    }

    fn push(&mut self, source: &str, part: Range<usize>) {
        let text = self.text.to_mut();
        let start = part.start;
        let mut characters = source.get(part).unwrap_or_default().char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let crlf = character == '\r' && characters.peek().is_some_and(|(_, next)| *next == '\n');
            let replaced = match character {
                '\r' if crlf => true,
                '\r' => {
                    text.push('\n');
                    false
                }
                other if hidden_kind(other).is_some() => {
                    push_visible(text, other);
                    true
                }
                other => {
                    text.push(other);
                    false
                }
            };
            if replaced {
                self.moved.push((start + at + character.len_utf8(), text.len()));
            }
        }
    }

    /// Where the byte `offset` of the source is shown.
    pub(super) fn offset(&self, offset: u32) -> usize {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let behind = self.moved.partition_point(|(source, _)| *source <= offset);
        let last = behind.checked_sub(1).and_then(|last| self.moved.get(last));
        let mut at = last.map_or(offset, |(source, shown)| shown + (offset - source)).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// What is left out of lines that are too long: all that is far from every place, rising.
fn gaps(source: &str, places: &[usize]) -> Vec<Range<usize>> {
    let mut places = places.to_vec();
    places.sort_unstable();
    let (mut gaps, mut start) = (Vec::new(), 0);
    for line in source.split_inclusive(['\n', '\r']) {
        let end = start + line.len();
        if line.len() > LINE_BYTES_MAX {
            let in_line = places.iter().copied().filter(|place| (start..=end).contains(place));
            let mut shown = start;
            for place in std::iter::once(start).chain(in_line).chain([end]) {
                let next = place.saturating_sub(AROUND_BYTES);
                if next > shown + AROUND_BYTES {
                    gaps.push(source.ceil_char_boundary(shown)..source.floor_char_boundary(next));
                }
                shown = shown.max(place + AROUND_BYTES).min(end);
            }
        }
        start = end;
    }
    gaps
}
