//! Linear: the reader's own count of steps at most doubles (and a little) when a hostile input doubles.
//!
//! Steps, not time: a timed test is flaky. On a stack of 2 MiB, the least that a thread of ours ever has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use wright_syntax::diagnostic::Sink;
use wright_syntax::source::{FileId, Source};
use wright_syntax::{FILE_BYTES_MAX, MISTAKES_MAX, ReadContext, read_kdl_counted};

const STACK_BYTES: usize = 2 * 1024 * 1024;
/// Doubling the input may do no more than this to the steps.
const GROWTH_MAX: f64 = 2.3;
/// Steps for each byte, all passes and looks ahead together.
const STEPS_PER_BYTE_MAX: f64 = 24.0;

/// A family of inputs: the text of about so many bytes.
type Family = (&'static str, fn(usize) -> String);

/// `head`, then as many `unit`s as fit, then `tail`.
fn filled(head: &str, unit: &str, tail: &str, bytes: usize) -> String {
    let units = bytes.saturating_sub(head.len() + tail.len()) / unit.len();
    format!("{head}{}{tail}", unit.repeat(units))
}

/// `#` signs in rising numbers, each run opening a string that nothing closes.
fn rising_hashes(bytes: usize) -> String {
    let mut text = String::new();
    for hashes in 1.. {
        if text.len() + hashes + 8 > bytes {
            break;
        }
        text.push_str(&"#".repeat(hashes));
        text.push_str("\"\"\"\nx\n");
    }
    text
}

fn balanced(bytes: usize) -> String {
    format!("{}{}", "a{".repeat(bytes / 3), "}".repeat(bytes / 3))
}

fn deep_and_wide(bytes: usize) -> String {
    let wide = "b k=1 l=\"x\" /* c */ \\\n 2\n".repeat(20);
    let deep = format!("{}{wide}{}", "a {\n".repeat(15), "}\n".repeat(15));
    filled("", &deep, "", bytes)
}

const FAMILIES: &[Family] = &[
    ("open blocks", |n| filled("", "a{", "", n)),
    ("open blocks on lines", |n| filled("", "a {\n", "", n)),
    ("balanced blocks", balanced),
    ("closing braces", |n| filled("", "}", "", n)),
    ("closing braces after entries", |n| filled("", "a }\n", "", n)),
    ("braces without words", |n| filled("", "{\n", "", n)),
    ("empty blocks on one line", |n| filled("", "a{}", "", n)),
    ("one entry without value", |n| filled("", "a=", "", n)),
    ("properties without value", |n| filled("w ", "a= ", "", n)),
    ("the same property", |n| filled("w ", "a=1 ", "", n)),
    ("other properties", |n| (0..n / 12).fold("w".to_owned(), |text, number| format!("{text} k{number:07}=1"))),
    ("raw multi-line openers", |n| filled("", "#\"\"\"", "", n)),
    ("raw multi-line openers on lines", |n| filled("", "a #\"\"\"\n", "", n)),
    ("raw string, one hash each", |n| filled("", "#\"", "\n", n)),
    ("raw string, many hashes", |n| filled("a ", "#", "\"x", n)),
    ("raw string, hashes inside", |n| filled("a #####\"", "\"####", "", n)),
    ("raw lines, hashes inside", |n| filled("a #####\"\"\"\n", "\"\"\"####", "", n)),
    ("raw strings with rising hashes", rising_hashes),
    ("hashes", |n| filled("a ", "#", "", n)),
    ("hashes too deep", |n| filled(&"a{".repeat(17), "#", "", n)),
    ("quotes", |n| filled("", "\"", "", n)),
    ("quotes on lines", |n| filled("", "a \"\n", "", n)),
    ("triple quotes", |n| filled("a ", "\"\"\"", "", n)),
    ("multi-line strings", |n| filled("", "a \"\"\"\n x\n \"\"\"\n", "", n)),
    ("one long multi-line string", |n| filled("a \"\"\"\n", "  x\n", "  \"\"\"", n)),
    ("deep indentation of a multi-line string", |n| format!("a \"\"\"\n{0}x\n{0}\"\"\"", " ".repeat(n / 2 - 8))),
    ("escapes", |n| filled("a \"", "\\n", "\"", n)),
    ("bad escapes", |n| filled("a \"", "\\q", "\"", n)),
    ("escaped space", |n| filled("a \"", "\\ \n", "\"", n)),
    ("unicode escapes", |n| filled("a \"", "\\u{e9}", "\"", n)),
    ("open unicode escapes", |n| filled("a \"", "\\u{", "\"", n)),
    ("nested comments, open", |n| filled("", "/*", "", n)),
    ("nested comments, closed", |n| format!("{}{}", "/*".repeat(n / 4), "*/".repeat(n / 4))),
    ("comments one after another", |n| filled("", "/**/", "a", n)),
    ("stars", |n| filled("/*", "*", "", n)),
    ("line comments", |n| filled("", "//\n", "", n)),
    ("slashes", |n| filled("a ", "/", "", n)),
    ("one long number", |n| filled("a ", "9", "", n)),
    ("numbers", |n| filled("a", " 1", "", n)),
    ("number and word", |n| filled("a", " 1 x", "", n)),
    ("one number with underscores", |n| filled("a 1", "_", "", n)),
    ("floats", |n| filled("a", " 1.5e3", "", n)),
    ("units", |n| filled("", "a 30m\n", "", n)),
    ("bare words", |n| filled("a", " x", "", n)),
    ("bare words and a property", |n| filled("a", " x  y=1", "", n)),
    ("bare words and much space", |n| filled("a", " x                                ", " y=1", n)),
    ("booleans", |n| filled("", "a false\n", "", n)),
    ("slashdash", |n| filled("", "/-", "", n)),
    ("slashdash arguments", |n| filled("a", " /-1", "", n)),
    ("slashdash blocks", |n| filled("a", " /-{}", "", n)),
    ("slashdash entries", |n| filled("", "/-a{b}\n", "", n)),
    ("continued lines", |n| filled("a", " \\\n", "", n)),
    ("backslashes", |n| filled("a", "\\", "", n)),
    ("backslashes and space", |n| filled("a", "\\   ", "x", n)),
    ("semicolons", |n| filled("", ";", "", n)),
    ("parentheses", |n| filled("a ", "(", "", n)),
    ("annotations", |n| filled("a", " (t)1", "", n)),
    ("brackets", |n| filled("a ", "[", "", n)),
    ("spaces", |n| filled("a", " ", "", n)),
    ("wide spaces", |n| filled("a", "\u{3000}", "", n)),
    ("newlines", |n| filled("", "\n", "", n)),
    ("newlines of other kinds", |n| filled("", "\u{2028}\r\u{b}", "", n)),
    ("hidden characters", |n| filled("", "\u{200b}", "", n)),
    ("hidden characters apart", |n| filled("", "x\u{202e}", "", n)),
    ("hidden characters on lines", |n| filled("", "x\u{202e}\n", "", n)),
    ("byte order marks", |n| filled("", "\u{feff}\n", "", n)),
    ("mixed scripts", |n| filled("a", "\u{430}", "", n)),
    ("nulls", |n| filled("", "\0", "", n)),
    ("open quotes in one block", |n| filled("a {\n", "b \"\u{2028}", "", n)),
    ("closing braces behind entries in one block", |n| filled("a {\n", "b x }\u{2028}", "", n)),
    ("missing equals signs", |n| filled("a", " b\"c\"", "", n)),
    ("deep and wide", deep_and_wide),
    ("open blocks among closed ones", |n| filled("", "a {\n  b {\n    c\n}\n", "", n)),
];

fn steps(name: &str, text: &str) -> u64 {
    assert!(text.len() <= FILE_BYTES_MAX, "{name}");
    let source = Source { path: Arc::from("a.kdl"), text: Arc::from(text) };
    let mut sink = Sink::default();
    let (_, steps) = read_kdl_counted(&source, FileId(0), ReadContext::Organisation, &mut sink);
    assert!(sink.into_sorted().len() <= MISTAKES_MAX + 1, "{name}: too many findings");
    steps
}

fn hold(name: &str, family: fn(usize) -> String) {
    let mut before: Option<u64> = None;
    for bytes in [FILE_BYTES_MAX / 2, FILE_BYTES_MAX] {
        let text = family(bytes);
        let steps = steps(name, &text);
        #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
        let (now, per_byte) = (steps as f64, steps as f64 / text.len() as f64);
        assert!(per_byte <= STEPS_PER_BYTE_MAX, "{name}: {per_byte} steps a byte");
        #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
        if let Some(half) = before {
            let growth = now / half as f64;
            assert!(growth <= GROWTH_MAX, "{name}: {growth} at {bytes} bytes");
        }
        assert!(steps >= text.len() as u64, "{name}: every byte is a step at least");
        before = Some(steps);
    }
}

/// Every third family, so that three threads of the test share the work.
fn hold_every_third(first: usize) {
    let work = move || FAMILIES.iter().skip(first).step_by(3).for_each(|(name, family)| hold(name, *family));
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).unwrap().join().unwrap();
}

#[test]
fn hostile_families_take_linear_steps_on_a_small_stack_first_third() {
    hold_every_third(0);
}

#[test]
fn hostile_families_take_linear_steps_on_a_small_stack_second_third() {
    hold_every_third(1);
}

#[test]
fn hostile_families_take_linear_steps_on_a_small_stack_last_third() {
    hold_every_third(2);
}
