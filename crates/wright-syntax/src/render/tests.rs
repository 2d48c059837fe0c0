//! Tests of the rendering: the text as a person sees it.

use std::sync::Arc;

use super::*;
use crate::diagnostic::{Code, Sink};
use crate::source::FileId;
use crate::{ReadContext, read_kdl};

fn source(path: &str, text: &str) -> Source {
    Source { path: Arc::from(path), text: Arc::from(text) }
}

fn first(text: &str, color: bool, width: usize) -> String {
    let source = source("orgs/acme/org.kdl", text);
    let mut sink = Sink::default();
    read_kdl(&source, FileId(0), ReadContext::Organisation, &mut sink);
    render_human(&sink.into_sorted()[0], &[source], color, width)
}

#[test]
fn a_finding_with_its_mark_and_help() {
    let expected = "\
error[GW0002] unquoted-unit: `30m` must be quoted
   ╭─[orgs/acme/org.kdl:3:14]
 2 │     session {
 3 │         idle 30m
   ·              ───
 4 │     }
   ╰────
  help: write `\"30m\"`
  explain: gatewright explain GW0002
";
    assert_eq!(first("org \"acme\" {\n    session {\n        idle 30m\n    }\n}\n", false, 100), expected);
}

#[test]
fn a_fix_that_the_help_does_not_spell() {
    let text = first("signed false\n", false, 100);
    assert!(text.contains("\n  help: remove it: what is not written is off\n  fix: remove `signed false`\n"), "{text}");
    let text = first("name = \"Acme\"\n", false, 100);
    assert!(text.contains("\n  help: write `name …`\n"), "{text}");
}

#[test]
fn labels_of_one_file_stand_in_one_frame() {
    let expected = "\
error[GW0004] unclosed-block: `org \"acme\" {` is never closed
   ╭─[orgs/acme/org.kdl:1:1]
 1 │ org \"acme\" {
   · ──────┬─────
   ·       ╰── opened here
 2 │     b 1
   ·        ▲
   ·        ╰── `}` is missing after this
   ╰────
  help: the indentation suggests that `}` belongs after line 2
  explain: gatewright explain GW0004
";
    assert_eq!(first("org \"acme\" {\n    b 1\n", false, 100), expected);
}

#[test]
fn labels_of_another_file_follow_as_notes() {
    let first = source("orgs/a/org.kdl", "org \"a\" {\n    domain \"x.com\"\n}\n");
    let second = source("orgs/b/org.kdl", "domain \"x.com\"\n");
    let diagnostic = Diagnostic {
        code: Code { number: 301, slug: "domain-claimed-twice", severity: Severity::Warn },
        message: "`x.com` is claimed by `a` and `b`".to_owned(),
        primary: (Span::new(FileId(1), 7, 14), "claimed again".to_owned()),
        related: vec![(Span::new(FileId(0), 21, 28), "claimed here first".to_owned())],
        help: None,
        fix: None,
        path: Arc::from("org[b].domain[x.com]"),
        org: None,
    };
    let expected = "\
warning[GW0301] domain-claimed-twice: `x.com` is claimed by `a` and `b`
   ╭─[orgs/b/org.kdl:1:8]
 1 │ domain \"x.com\"
   ·        ───┬───
   ·           ╰── claimed again
   ╰────
note: claimed here first
   ╭─[orgs/a/org.kdl:2:12]
 1 │ org \"a\" {
 2 │     domain \"x.com\"
   ·            ───────
 3 │ }
   ╰────
  explain: gatewright explain GW0301
";
    assert_eq!(render_human(&diagnostic, &[first, second], false, 100), expected);
    let without_sources = render_human(&diagnostic, &[], false, 100);
    assert!(
        without_sources.starts_with("warning[GW0301] domain-claimed-twice: `x.com` is claimed"),
        "{without_sources}"
    );
}

/// An author's text must not move the cursor, change colours or turn the direction of what is printed.
#[test]
fn no_escape_sequence_of_an_author_is_printed() {
    let text = first("a \"x\u{1b}[2J\u{202e}y\u{7}\" // \u{9b}31m\u{200b}\n", false, 100);
    assert!(text.contains("1 │ a \"x\\u{1b}[2J\\u{202e}y"), "{text}");
    let text = first("a\u{1b}[2J {\n", false, 100);
    assert!(!text.contains('\u{1b}'), "{text:?}");
    let hostile = Source { path: Arc::from("a\u{1b}[1m.kdl\n"), text: Arc::from("a 30m") };
    let mut sink = Sink::default();
    read_kdl(&hostile, FileId(0), ReadContext::Organisation, &mut sink);
    let mut found = sink.into_sorted().remove(0);
    found.message = "x\u{1b}[1m\ny".to_owned();
    found.help = Some("h\u{202e}".to_owned());
    found.primary.1 = "l\u{9b}".to_owned();
    let text = render_human(&found, &[hostile], false, 100);
    assert!(text.chars().all(|one| one == '\n' || crate::hidden::hidden_kind(one).is_none()), "{text:?}");
}

#[test]
fn marks_stand_under_what_is_shown() {
    let text = first("a \"\u{1b}\" k=1 k=2\n", false, 100);
    assert!(text.contains("1 │ a \"\\u{1b}\" k=1 k=2\n   ·    ───┬──\n"), "{text}");
    let text = first("a 1\r\nb 30m\r\n", false, 100);
    assert!(text.contains("[orgs/acme/org.kdl:2:3]"), "{text}");
    let text = first("\tidle 30m\n", false, 100);
    assert!(text.contains("1 │     idle 30m\n   ·          ───\n"), "{text}");
}

#[test]
fn colour_is_a_choice() {
    let text = first("idle 30m", true, 100);
    assert!(text.starts_with("\u{1b}[31merror[GW0002] unquoted-unit:\u{1b}[0m `30m` must be quoted\n"), "{text:?}");
    assert!(text.contains("\u{1b}[31m     ───\u{1b}[0m"), "the mark has the colour of the header: {text:?}");
    assert!(!first("idle 30m", false, 100).contains('\u{1b}'));
}

#[test]
fn long_messages_are_wrapped() {
    let text = first("idle 30m", false, 44);
    assert!(text.lines().all(|line| line.chars().count() <= 44), "{text}");
    assert_eq!(first("idle 30m", false, 0), first("idle 30m", false, WIDTH_MIN), "no width is too small");
}

/// ST-LINT-21: a megabyte in one line is not drawn for each finding in it.
#[test]
fn st_lint_21_of_a_long_line_what_is_around_the_mark_is_drawn() {
    let long =
        format!("org \"acme\" {{ name \"{}\"; idle 30m; name \"{}\"; }}\n", "é".repeat(200_000), "x".repeat(200_000));
    let text = first(&long, false, 100);
    assert!(text.len() < 2_000, "{} bytes", text.len());
    assert!(text.contains(" 1 │ org \"acme\" {") && text.contains("…") && text.contains("idle 30m; name"), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.contains("idle 30m")).unwrap();
    let column = |line: &str, what: &str| line.split_once(what).unwrap().0.chars().count();
    assert_eq!(column(lines[at], "30m"), column(lines[at + 1], "───"), "{text}");
}
