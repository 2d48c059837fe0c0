//! Hidden: the characters that a reviewer does not see, and how they are shown when they must be.
//!
//! Reads characters; gives what kind of hidden character one is, and text that is safe to print.
//!
//! Invariant: what [`visible`] gives holds no control character and nothing that reorders or hides text in a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// What kind of hidden character this is, in words, if it is one. Tabs, LF and CR are none.
///
/// The other newlines of KDL are: a reviewer sees one line, a comment, and KDL reads two, a comment and a grant.
pub fn hidden_kind(character: char) -> Option<&'static str> {
    match character {
        '\t' | '\n' | '\r' | ' '..='~' => None,
        '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(HIDDEN_NEWLINE),
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Some("control character"),
        // Every mark that Unicode's bidirectional algorithm obeys (UAX #9 §2).
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some("bidirectional control")
        }
        '\u{feff}' => Some("byte order mark"),
        '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' => Some("zero-width character"),
        // The rest of Default_Ignorable_Code_Point (UAX #44): drawn as nothing, or changes how its neighbour is drawn.
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => Some("character that is drawn as nothing"),
        _ => None,
    }
}

/// A newline to KDL and none to most of what shows a change.
pub(crate) const HIDDEN_NEWLINE: &str = "newline that reviewers do not see";

/// On one line and with every hidden character spelled `\u{202e}`: author's text that may be printed.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|character| !must_escape(character)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push_visible(&mut shown, character);
    }
    Cow::Owned(shown)
}

/// In back-ticks and short enough for a message.
pub(crate) fn quote(text: &str) -> String {
    /// As much as a line of a terminal can spare.
    const SHOWN_CHARS_MAX: usize = 48;
    let mut shown = String::from("`");
    let mut rest = text.chars();
    for character in rest.by_ref().take(SHOWN_CHARS_MAX) {
        push_visible(&mut shown, character);
    }
    if rest.next().is_some() {
        shown.push('…');
    }
    shown.push('`');
    shown
}

pub(crate) fn push_visible(shown: &mut String, character: char) {
    match character {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        other if must_escape(other) => {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(other));
        }
        other => shown.push(other),
    }
}

fn must_escape(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\t') || hidden_kind(character).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_sees_no_control_sequence() {
        assert_eq!(visible("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(visible("a\u{9b}31m"), "a\\u{9b}31m");
        assert_eq!(visible("x\u{202e}y\u{2066}\nz"), "x\\u{202e}y\\u{2066}\\nz");
        assert!(matches!(visible("Größe 名"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_unicode_hides_is_hidden() {
        for character in [
            '\u{b}',
            '\u{85}',
            '\u{2028}',
            '\u{202e}',
            '\u{200b}',
            '\u{feff}',
            '\u{ad}',
            '\u{e0041}',
            '\u{0}',
            '\u{7f}',
            '\u{fe0f}',
        ] {
            assert!(hidden_kind(character).is_some(), "{:x}", u32::from(character));
        }
        for character in ['a', 'é', '名', '\t', '\n', '\r', '\u{a0}', '😀'] {
            assert!(hidden_kind(character).is_none(), "{:x}", u32::from(character));
        }
    }

    #[test]
    fn a_quotation_is_short() {
        assert_eq!(quote("abc"), "`abc`");
        assert!(quote(&"x".repeat(1 << 20)).len() < 64);
    }
}
