//! Shown: a source as a terminal may show it, and where its places went.
//!
//! Reads a text; gives the same with every hidden character spelled out, one `\n` for each newline that editors know, and
//! offsets of the one in the other.

use std::borrow::Cow;

use crate::hidden::{hidden_kind_in_value, push_visible};

pub(super) struct Shown<'a> {
    pub(super) text: Cow<'a, str>,
    /// Offset in the source behind a replaced character, and in the shown text; rising.
    moved: Vec<(usize, usize)>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        if source.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
            return Self { text: Cow::Borrowed(source), moved: Vec::new() };
        }
        let mut text = String::with_capacity(source.len());
        let mut moved = Vec::new();
        let mut characters = source.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let crlf = character == '\r' && characters.peek().is_some_and(|(_, next)| *next == '\n');
            let replaced = match character {
                '\r' if crlf => true,
                '\r' => {
                    text.push('\n');
                    false
                }
                other if hidden_kind_in_value(other).is_some() => {
                    push_visible(&mut text, other);
                    true
                }
                other => {
                    text.push(other);
                    false
                }
            };
            if replaced {
                moved.push((at + character.len_utf8(), text.len()));
            }
        }
        Self { text: Cow::Owned(text), moved }
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
