//! One mistake: a sign too few in a policy file costs one report, at that place or where its absence shows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

use std::sync::Arc;

use wright_syntax::diagnostic::{Diagnostic, Sink};
use wright_syntax::source::{FileId, Source};
use wright_syntax::{ReadContext, read_kdl};

const FILES: [(&str, &str); 3] = [
    ("org.kdl", include_str!("data/org.kdl")),
    ("catalogue.kdl", include_str!("data/catalogue.kdl")),
    ("environment.kdl", include_str!("data/environment.kdl")),
];

fn findings(text: &str) -> Vec<Diagnostic> {
    let source = Source { path: Arc::from("a.kdl"), text: Arc::from(text) };
    let mut sink = Sink::default();
    read_kdl(&source, FileId(0), ReadContext::Organisation, &mut sink);
    sink.into_sorted()
}

/// Every text that lacks one of this sign, and where.
fn without(sign: char) -> impl Iterator<Item = (usize, String)> {
    FILES.into_iter().flat_map(move |(_, text)| {
        text.match_indices(sign).map(|(at, _)| {
            let mut text = text.to_owned();
            text.remove(at);
            (at, text)
        })
    })
}

#[test]
fn the_files_are_right() {
    for (name, text) in FILES {
        assert_eq!(findings(text), [], "{name}");
    }
}

/// Only a sign inside a comment or a text, or one of two spaces, may go without a report.
#[test]
fn a_sign_too_few_costs_one_report() {
    for sign in ['{', '}', '"', '=', '\n', ' ', ';'] {
        let mut reported = 0;
        for (at, text) in without(sign) {
            let found = findings(&text);
            let line = text[..at].matches('\n').count() + 1;
            let shown: Vec<_> = found.iter().map(|found| (found.code.number, &found.message)).collect();
            assert!(found.len() <= 1, "{sign:?} on line {line}: {shown:?}\n{text}");
            reported += found.len();
        }
        assert!(reported > 0, "{sign:?}");
    }
}

/// The mark of a missing quotation mark is on its line; where `\` joins two lines, on one of them.
#[test]
fn the_mark_is_near() {
    for (at, text) in without('"') {
        for found in findings(&text) {
            let line = |at: usize| text[..at].matches('\n').count();
            let distance = line(found.primary.0.start as usize).abs_diff(line(at));
            assert!(distance <= usize::from(text.lines().nth(line(at)).unwrap().ends_with('\\')), "{found:?}\n{text}");
        }
    }
}
