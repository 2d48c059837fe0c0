//! Format: random files with everything that may stand in one. Formatted, each means the same, keeps each comment, and is
//! in its canonical form.
//!
//! `FORMAT_FILES` says how many files, `FORMAT_SEED` which; `cargo xtask format N` sets the first.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_push_string,
    reason = "tests"
)]

mod hostile;
#[path = "../differential/random.rs"]
mod random;
mod write;

use wright_syntax::diagnostic::Sink;
use wright_syntax::source::{FileId, Source};
use wright_syntax::tree::{Block, Value};
use wright_syntax::{ReadContext, format_kdl, read_kdl};

use random::Random;
use write::File;

const FILES: u64 = 10_000;
const SEED: u64 = 20_261_124;

fn number(name: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "a longer run is asked for by the environment")]
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

fn order(path: &[&str]) -> Vec<&'static str> {
    if path.len() == 1 { vec!["role", "k9", "a"] } else { vec!["größe"] }
}

fn source(text: &str) -> Source {
    Source { path: "random.kdl".into(), text: text.into() }
}

fn formatted(text: &str) -> String {
    let mut sink = Sink::default();
    let result = format_kdl(&source(text), FileId(0), ReadContext::Organisation, order, &mut sink);
    let mistakes = sink.into_sorted();
    result.unwrap().unwrap_or_else(|| panic!("{mistakes:#?}"))
}

/// What a text says, in no order: every line with the lines around it.
fn facts(text: &str) -> Vec<String> {
    let mut sink = Sink::default();
    let block = read_kdl(&source(text), FileId(0), ReadContext::Organisation, &mut sink);
    assert!(sink.into_sorted().is_empty());
    let mut facts = Vec::new();
    collect(&block, "", &mut facts);
    facts.sort_unstable();
    facts
}

fn collect(block: &Block, above: &str, facts: &mut Vec<String>) {
    for entry in &block.entries {
        let mut head = format!("{above}/{}", entry.word.value);
        for argument in &entry.arguments {
            head.push_str(&spelled(&argument.value));
        }
        let mut properties: Vec<_> =
            entry.properties.iter().map(|(name, value)| format!(" {}={}", name.value, spelled(&value.value))).collect();
        properties.sort_unstable();
        head.extend(properties);
        facts.push(format!("{head}{}", if entry.children.is_some() { " {}" } else { "" }));
        if let Some(children) = &entry.children {
            collect(children, &head, facts);
        }
    }
}

fn spelled(value: &Value) -> String {
    match value {
        Value::Text(text) => format!(" {text:?}"),
        Value::Integer(number) => format!(" {number}"),
    }
}

/// Everything that can be said of a canonical text without knowing what it means.
fn assert_tidy(text: &str) {
    assert!(text.is_empty() || text.ends_with('\n') && !text.ends_with("\n\n"), "{text:?}");
    assert!(!text.contains('\r') && !text.contains('\t') && !text.contains("\n\n\n"), "{text:?}");
    assert!(!text.starts_with('\n'), "{text:?}");
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        assert!(!line.ends_with([' ', '\t']), "{line:?} in {text}");
        let above = at.checked_sub(1).map_or("x", |above| lines[above]);
        assert!(!line.trim_start().starts_with('}') || !above.is_empty(), "{text}");
        assert!(!line.is_empty() || !above.ends_with('{') || above.contains("//"), "{text}");
    }
}

/// Whether the file changed.
fn try_one(seed: u64) -> bool {
    let File { text, facts: known, comments, dropped } = write::file(&mut Random::new(seed));
    let result = formatted(&text);
    assert_eq!(formatted(&result), result, "formatting twice differs from once");
    assert_eq!(facts(&text), known, "the generator knows what it wrote");
    assert_eq!(facts(&result), known, "{text}");
    for mark in comments.iter().chain(&dropped) {
        assert_eq!(result.matches(mark.as_str()).count(), 1, "{mark} in\n{text}\nbecame\n{result}");
    }
    assert_eq!(result.matches("/- ").count(), dropped.len(), "{text}\nbecame\n{result}");
    assert_tidy(&result);
    result != text
}

#[test]
fn ten_thousand_random_files_keep_their_meaning_and_their_comments() {
    let files = number("FORMAT_FILES").unwrap_or(FILES);
    let start = number("FORMAT_SEED").unwrap_or(SEED);
    let mut changed = 0;
    for seed in start..start + files {
        let tried = std::panic::catch_unwind(|| try_one(seed));
        changed += u64::from(tried.unwrap_or_else(|_| panic!("FORMAT_SEED={seed} FORMAT_FILES=1")));
    }
    eprintln!("{files} files, FORMAT_SEED={start}: {changed} changed, all mean the same and are canonical");
    assert!(changed * 10 > files * 9, "the generator writes too tidily");
}

/// What the generator would not write: its files with a few bites taken out, and signs put in.
fn damaged(random: &mut Random, text: &str) -> String {
    let signs = [
        "/-", "/*", "*/", "//", "\\", "\\\n", "\"", "\"\"\"", "#\"", "\"#", "{", "}", ";", "=", "\n", "\n\n", "\r\n",
        " ", "a", "1", "-", "\u{feff}", "\u{a0}", "\u{2028}", "\r", "(x)", "#true",
    ];
    let mut characters: Vec<char> = text.chars().take(200).collect();
    for _ in 0..=random.below(3) {
        let at = random.below(characters.len() + 1);
        let end = (at + random.below(4)).min(characters.len());
        let sign = if random.one_in(2) { random.pick(&signs) } else { "" };
        characters.splice(at..end, sign.chars());
    }
    characters.into_iter().collect()
}

#[test]
fn damaged_files_are_refused_or_keep_their_meaning() {
    let files = number("FORMAT_FILES").unwrap_or(FILES);
    let start = number("FORMAT_SEED").unwrap_or(SEED);
    let mut taken = 0;
    for seed in start..start + files {
        let random = &mut Random::new(seed);
        let File { text, .. } = write::file(random);
        let text = damaged(random, &text);
        let mut sink = Sink::default();
        let found = format_kdl(&source(&text), FileId(0), ReadContext::Organisation, order, &mut sink);
        let found = found.unwrap_or_else(|error| panic!("FORMAT_SEED={seed}: {error}\n{text}"));
        assert_eq!(found.is_none(), sink.refuses(), "FORMAT_SEED={seed}");
        let Some(result) = found else { continue };
        assert_eq!(formatted(&result), result, "FORMAT_SEED={seed}: {text}");
        assert_eq!(facts(&result), facts(&text), "FORMAT_SEED={seed}");
        taken += 1;
    }
    eprintln!("{files} damaged files, FORMAT_SEED={start}: {taken} are still read, and mean the same");
    assert!(taken * 20 > files, "too few are read");
}
