//! Dedent: the lines of a multi-line string without their common indentation (KDL 2 §3.12).
//!
//! First the escaped whitespace goes, then the indentation that the last line shows, then the other escapes count.

use super::chars::{char_len, is_blank, newline_len};
use super::escape::{blank_len, unescape};

/// What is wrong, and at which byte of the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Uneven {
    /// Something stands before the closing quotes.
    LastLine(usize),
    /// A line does not begin with the indentation of the last one.
    Line(usize),
}

struct Line {
    start: usize,
    text: String,
}

/// `body` is what stands between the newline behind the opening quotes and the closing quotes.
pub(super) fn dedent(body: &str, has_escapes: bool) -> Result<String, Uneven> {
    let mut lines = lines_of(body, has_escapes);
    let Some(last) = lines.pop() else { return Ok(String::new()) };
    if !is_blank(&last.text) {
        return Err(Uneven::LastLine(last.start));
    }
    let mut text = String::with_capacity(body.len());
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        let Some(rest) = line.text.strip_prefix(last.text.as_str()) else {
            if is_blank(&line.text) {
                continue;
            }
            return Err(Uneven::Line(line.start));
        };
        if is_blank(rest) {
            continue;
        }
        if has_escapes {
            text.push_str(&unescape(rest));
        } else {
            text.push_str(rest);
        }
    }
    Ok(text)
}

/// The lines with escaped whitespace left out; all other escapes stand as they were written.
fn lines_of(body: &str, has_escapes: bool) -> Vec<Line> {
    let bytes = body.as_bytes();
    let mut lines = Vec::new();
    let mut line = Line { start: 0, text: String::new() };
    let (mut from, mut at) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        let newline = newline_len(bytes, at);
        if newline > 0 {
            line.text.push_str(body.get(from..at).unwrap_or_default());
            at += newline;
            from = at;
            lines.push(std::mem::replace(&mut line, Line { start: at, text: String::new() }));
        } else if has_escapes && byte == b'\\' {
            match blank_len(bytes, at + 1) {
                0 => at += 1 + bytes.get(at + 1).map_or(0, |next| char_len(*next)),
                blank => {
                    line.text.push_str(body.get(from..at).unwrap_or_default());
                    at += 1 + blank;
                    from = at;
                }
            }
        } else {
            at += char_len(byte);
        }
    }
    line.text.push_str(body.get(from..).unwrap_or_default());
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_says_how_deep() {
        assert_eq!(dedent("    hey\n   you\n  ", true).as_deref(), Ok("  hey\n you"));
        assert_eq!(dedent("a\r\nb\n", true).as_deref(), Ok("a\nb"));
        assert_eq!(dedent("  a\n\n \t\n  b\n  ", false).as_deref(), Ok("a\n\n\nb"));
        assert_eq!(dedent("", true).as_deref(), Ok(""));
    }

    #[test]
    fn escaped_space_goes_before_the_indentation() {
        assert_eq!(dedent("  foo \\\nbar\n  baz\n  \\   ", true).as_deref(), Ok("foo bar\nbaz"));
        assert_eq!(dedent("    a\n   \\\n", true).as_deref(), Ok(" a"));
        assert_eq!(dedent("  a\\nb\\\\ c\n  ", true).as_deref(), Ok("a\nb\\ c"));
    }

    #[test]
    fn uneven_lines_are_found() {
        assert_eq!(dedent("  a\n b\n  ", true), Err(Uneven::Line(4)));
        assert_eq!(dedent("a\nb", true), Err(Uneven::LastLine(2)));
        assert_eq!(dedent("\ta\n  ", false), Err(Uneven::Line(0)));
    }
}
