//! Style: the few colours of the terminal, or none.
//!
//! Invariant: colour never carries meaning alone; every message reads the same without it.

use std::fmt::Display;

/// Whether one stream is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) coloured: bool,
}

impl Style {
    fn paint(self, code: &str, text: impl Display) -> String {
        let text = text.to_string();
        if self.coloured && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text }
    }

    pub(crate) fn bold(self, text: impl Display) -> String {
        self.paint("1", text)
    }

    pub(crate) fn dim(self, text: impl Display) -> String {
        self.paint("2", text)
    }

    pub(crate) fn red(self, text: impl Display) -> String {
        self.paint("1;31", text)
    }

    pub(crate) fn green(self, text: impl Display) -> String {
        self.paint("32", text)
    }

    pub(crate) fn cyan(self, text: impl Display) -> String {
        self.paint("36", text)
    }
}

/// Text from a stranger (a server, a file) made fit for a terminal: no control characters, no bidirectional tricks.
pub(crate) fn plain(text: &str) -> String {
    let is_shown = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if is_shown(c) { c } else { '\u{fffd}' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_cannot_write_escapes_to_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\r\nc\u{202e}d"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}c\u{fffd}d");
        assert_eq!(plain("Zürich «ok»"), "Zürich «ok»");
    }

    #[test]
    fn without_colour_nothing_is_added() {
        assert_eq!(Style { coloured: false }.red("error"), "error");
        assert_eq!(Style { coloured: true }.red("error"), "\u{1b}[1;31merror\u{1b}[0m");
    }
}
