//! Chars: the classes of characters that KDL 2 knows.
//!
//! Reads bytes at a position; gives the length of what stands there. Positions are starts of characters.

/// What a byte begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Part of a bare word.
    Word,
    Space,
    Newline,
    /// One of `\ / ( ) { } ; [ ] " # =`.
    Mark,
    /// The first byte of a character beyond ASCII: look at the character.
    Wide,
}

const CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut table = [Class::Word; 256];
    let mut byte = 0u8;
    loop {
        let class = match byte {
            b'\t' | b' ' => Class::Space,
            b'\n' | 0x0b | 0x0c | b'\r' => Class::Newline,
            b'\\' | b'/' | b'(' | b')' | b'{' | b'}' | b';' | b'[' | b']' | b'"' | b'#' | b'=' => Class::Mark,
            0x80.. => Class::Wide,
            _ => Class::Word,
        };
        #[expect(clippy::indexing_slicing, reason = "evaluated while compiling; a byte is below 256")]
        {
            table[byte as usize] = class;
        }
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

pub(super) fn class(byte: u8) -> Class {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(Class::Word)
}

/// The length of the newline at `at`, 0 if there is none.
pub(super) fn newline_len(bytes: &[u8], at: usize) -> usize {
    let next = |n: usize| bytes.get(at + n).copied();
    match next(0) {
        Some(b'\n' | 0x0b | 0x0c) => 1,
        Some(b'\r') => 1 + usize::from(next(1) == Some(b'\n')),
        // U+0085; U+2028 and U+2029.
        Some(0xc2) if next(1) == Some(0x85) => 2,
        Some(0xe2) if next(1) == Some(0x80) && matches!(next(2), Some(0xa8 | 0xa9)) => 3,
        _ => 0,
    }
}

/// The length of the space at `at`, 0 if there is none.
pub(super) fn space_len(bytes: &[u8], at: usize) -> usize {
    let next = |n: usize| bytes.get(at + n).copied();
    match (next(0), next(1), next(2)) {
        (Some(b' ' | b'\t'), _, _) => 1,
        // U+00A0.
        (Some(0xc2), Some(0xa0), _) => 2,
        // U+1680; U+2000 to U+200A and U+202F; U+205F; U+3000.
        (Some(0xe1), Some(0x9a), Some(0x80))
        | (Some(0xe2), Some(0x80), Some(0x80..=0x8a | 0xaf))
        | (Some(0xe2), Some(0x81), Some(0x9f))
        | (Some(0xe3), Some(0x80), Some(0x80)) => 3,
        _ => 0,
    }
}

/// The length of the character that begins with this byte.
pub(super) fn char_len(byte: u8) -> usize {
    match byte {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

/// The length of the bare word's character at `at`, 0 if what stands there ends a bare word.
pub(super) fn word_char_len(bytes: &[u8], at: usize) -> usize {
    let Some(&byte) = bytes.get(at) else { return 0 };
    match class(byte) {
        Class::Word => 1,
        Class::Space | Class::Newline | Class::Mark => 0,
        Class::Wide if newline_len(bytes, at) + space_len(bytes, at) > 0 => 0,
        Class::Wide => char_len(byte),
    }
}

/// Nothing but spaces.
pub(super) fn is_blank(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match space_len(bytes, at) {
            0 => return false,
            len => at += len,
        }
    }
    true
}
