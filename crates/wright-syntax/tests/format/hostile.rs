//! Hostile: files as large as the language allows, made to hurt. On a stack of 2 MiB, the least that a thread of ours has.

use wright_syntax::diagnostic::Sink;
use wright_syntax::source::FileId;
use wright_syntax::{FILE_BYTES_MAX, ReadContext, format_kdl};

use crate::{assert_tidy, formatted, order, source};

const STACK_BYTES: usize = 2 * 1024 * 1024;
/// Large enough for what is not linear to be felt. One test takes the largest file that there may be.
const LARGE_BYTES: usize = FILE_BYTES_MAX / 16;

/// As many units as fit, each made of its number.
fn units(bytes: usize, unit: fn(usize) -> String) -> String {
    let mut text = String::new();
    for number in 0.. {
        let next = unit(number);
        if text.len() + next.len() > bytes {
            break;
        }
        text.push_str(&next);
    }
    text
}

/// Numbers without an order.
fn mixed(number: usize) -> usize {
    number.wrapping_mul(0x9e37_79b9) % 1_000_003
}

fn deep(bytes: usize) -> String {
    let inside = units(bytes / 20, |n| format!("b k=\"{}\" /* c */ \\\n l=1 // d\n", mixed(n)));
    format!("{}{inside}{}", "a { ".repeat(15), "}".repeat(15))
}

/// A family of files: its name, and the text of about so many bytes.
type Family = (&'static str, fn(usize) -> String);

const FAMILIES: &[Family] = &[
    ("grants to sort", |n| units(n, |n| format!("grant group=\"g{}\" role=\"admin\"\n", mixed(n)))),
    ("grants with comments", |n| units(n, |n| format!("// {n}\ngrant group=\"g{}\" /* {n} */\n", mixed(n)))),
    ("alternating words", |n| units(n, |n| format!("a{} 1\n", n % 2))),
    ("properties on one line", |n| format!("grant{}", units(n - 9, |n| format!(" k{}={n}", mixed(n))))),
    ("arguments on one line", |n| format!("a{}", units(n - 9, |n| format!(" {n}")))),
    ("comments between properties", |n| format!("a{}", units(n - 9, |n| format!(" /*{n}*/ k{n}=1")))),
    ("continued lines", |n| format!("a{}", units(n - 9, |n| format!(" \\ // {n}\n {n}")))),
    ("comments alone", |n| units(n, |n| format!("// {n}\n\n\n"))),
    ("one long comment", |n| format!("/*{}*/", "x \n".repeat(n / 3 - 2))),
    ("comments in comments", |n| format!("{}{}", "/*".repeat(n / 4), "*/".repeat(n / 4))),
    ("blank lines", |n| "\n".repeat(n)),
    ("one string of quotes", |n| format!("a #\"{}\"#", "'\\".repeat(n / 5))),
    ("one string over many lines", |n| format!("a #\"\"\"\n{}\"\"\"#", "x\n".repeat(n / 4))),
    ("escapes", |n| format!("a \"{}\"", "\\u{e9}\\s".repeat(n / 9))),
    ("equal signs in values", |n| units(n, |n| format!("a k=\"=\" l=\"k={n}\"\n"))),
    ("entries taken out", |n| units(n, |n| format!("/- a {n} {{ b; }}\n"))),
    ("blocks taken out", |n| format!("a{}", units(n - 9, |_| " /- {b;}".to_owned()))),
    ("empty blocks", |n| "a{};".repeat(n / 5)),
    ("semicolons", |n| "a 1;".repeat(n / 4)),
    ("deep blocks", deep),
];

fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run).unwrap().join().unwrap();
}

#[test]
fn large_files_are_formatted() {
    on_a_small_stack(|| {
        for (name, family) in FAMILIES {
            let text = family(LARGE_BYTES);
            let result = formatted(&text);
            assert!(formatted(&result) == result, "{name}");
            assert_tidy(&result);
        }
    });
}

#[test]
fn the_largest_file_is_formatted() {
    let result = formatted(&units(FILE_BYTES_MAX, |n| format!("grant group=\"g{}\"   role=\"admin\"\n", mixed(n))));
    assert!(result.len() > FILE_BYTES_MAX * 9 / 10 && result.lines().is_sorted());
}

/// It is a mistake of the file, not of ours.
#[test]
fn a_form_that_is_longer_than_a_file_may_be_is_refused() {
    let text = format!("{}{}{}", "a{".repeat(15), "b;".repeat(FILE_BYTES_MAX / 4), "}".repeat(15));
    let mut sink = Sink::default();
    let found = format_kdl(&source(&text), FileId(0), ReadContext::Organisation, order, &mut sink);
    assert_eq!(found, Ok(None));
    let said = sink.into_sorted().remove(0);
    assert_eq!(
        (said.code.number, said.message.contains("written out, this file holds")),
        (10, true),
        "{}",
        said.message
    );
}

#[test]
fn texts_that_are_cut_anywhere_are_formatted_or_refused() {
    let text = "org \"a\" { // b\n /- c k=#\"\"\"\n x\n \"\"\"#; /* d */ e \\ // f\n 1 } // g\r\n/-h {} {i;}";
    for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
        for part in [&text[..at], &text[at..]] {
            let mut sink = Sink::default();
            let found = format_kdl(&source(part), FileId(0), ReadContext::Organisation, order, &mut sink);
            assert_eq!(found.expect(part).is_none(), sink.refuses(), "{part:?}");
        }
    }
}
