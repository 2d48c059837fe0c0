//! Log: one event, one line on standard error: `time event name=value …`.
//!
//! Invariant: a value cannot end its line, forge a field or steer a terminal (ST-AUD-04): everything but plain ASCII
//! without spaces stands in quotation marks, escaped.
//! Invariant: nothing here knows secrets or people; callers give ids and words of ours (ST-AUD-03).

use std::fmt::Write as _;
use std::io::Write as _;

use gatewright_terms::Timestamp;

/// A line without its end.
pub(crate) fn line(at: Timestamp, event: &str, fields: &[(&str, &str)]) -> String {
    let mut line = format!("{at} {event}");
    for (name, value) in fields {
        let plain = !value.is_empty()
            && value.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'=' | b'\\'));
        let _ = if plain {
            write!(line, " {name}={value}")
        } else {
            write!(line, " {name}=\"{}\"", value.escape_default())
        };
    }
    line
}

/// Writes it whole. That standard error is gone ends nothing.
pub(crate) fn write(at: Timestamp, event: &str, fields: &[(&str, &str)]) {
    let mut line = line(at, event, fields);
    line.push('\n');
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn st_aud_04_a_value_cannot_forge_a_line_or_a_field() {
        let at = Timestamp::from_unix(0);
        assert_eq!(
            line(at, "ready", &[("public", "127.0.0.1:8080")]),
            "1970-01-01T00:00:00Z ready public=127.0.0.1:8080"
        );
        for hostile in ["a\nb", "a b=c", "\u{1b}[2J", "\"", "\u{2028}", "", "a=b", "é\\"] {
            let written = line(at, "x", &[("v", hostile)]);
            assert!(written.is_ascii() && !written.contains('\n') && !written.contains('\u{1b}'), "{written}");
            assert!(written.starts_with("1970-01-01T00:00:00Z x v=\"") && written.ends_with('"'), "{written}");
        }
    }
}
