//! Hostile: whatever the bytes are, reading and showing them ends, and every place that is named exists.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use proptest::prelude::*;
use wright_syntax::diagnostic::{Diagnostic, Sink};
use wright_syntax::hidden::hidden_kind;
use wright_syntax::source::{FileId, Source, Span};
use wright_syntax::tree::Block;
use wright_syntax::{MISTAKES_MAX, ReadContext, place, read_kdl, render_human, suggest};

fn read(text: &str, context: ReadContext) -> (Source, Block, Vec<Diagnostic>) {
    let source = Source { path: Arc::from("a.kdl"), text: Arc::from(text) };
    let mut sink = Sink::default();
    let block = read_kdl(&source, FileId(0), context, &mut sink);
    (source, block, sink.into_sorted())
}

fn is_place(text: &str, span: Span) -> bool {
    text.get(span.start as usize..span.end as usize).is_some()
}

/// Every span of the tree and of the findings cuts the text at characters; what is printed is safe to print.
fn hold(text: &str) {
    for context in [ReadContext::Organisation, ReadContext::Platform] {
        let (source, block, found) = read(text, context);
        let mut blocks = vec![&block];
        while let Some(block) = blocks.pop() {
            for entry in &block.entries {
                let values = entry.arguments.iter().chain(entry.properties.iter().map(|(_, value)| value));
                let names = entry.properties.iter().map(|(name, _)| name.span);
                for span in values.map(|value| value.span).chain(names).chain([entry.word.span, entry.span]) {
                    assert!(is_place(text, span), "{span:?} of {text:?}");
                    assert!(entry.span.start <= span.start && span.end <= entry.span.end, "{entry:?} of {text:?}");
                }
                blocks.extend(&entry.children);
            }
        }
        assert!(found.len() <= MISTAKES_MAX + 1);
        for finding in &found {
            let spans = finding.related.iter().map(|(span, _)| *span).chain(finding.fix.as_ref().map(|fix| fix.span));
            assert!(spans.chain([finding.primary.0]).all(|span| is_place(text, span)), "{finding:?} of {text:?}");
            let place = place(&source, finding.primary.0.start);
            assert!(place.line >= 1 && place.column >= 1);
        }
        for finding in found.iter().take(4) {
            let shown = render_human(finding, std::slice::from_ref(&source), false, 80);
            let hidden = shown.chars().find(|character| *character != '\n' && hidden_kind(*character).is_some());
            assert_eq!(hidden, None, "{shown:?}");
        }
    }
}

/// Text that is dense with what the grammar knows.
fn dense() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        " ",
        "\n",
        "\"",
        "\"\"\"",
        "#",
        "#\"",
        "\"#",
        "{",
        "}",
        "=",
        ";",
        "\\",
        "/*",
        "*/",
        "//",
        "/-",
        "(",
        ")",
        "[",
        "1",
        "30m",
        "-",
        "true",
        "#true",
        "k=",
        "\\u{",
        "\\n",
        "\r",
        "\r\n",
        "\u{85}",
        "\u{2028}",
        "\u{202e}",
        "\u{feff}",
        "é",
        "а",
        "名",
        "\u{3000}",
        "\t",
        "    ",
        "org \"x\" {\n",
        "    b 1\n",
        "}\n",
        ".5",
        "0x",
        "kdl-version 2",
        "\0",
        "\u{1b}[2J",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn dense_text_is_read(text in dense()) {
        hold(&text);
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}|(?s).{0,200}") {
        hold(&text);
    }

    #[test]
    fn any_bytes_are_a_source_or_a_report(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut sink = Sink::default();
        let source = Source::from_bytes(Arc::from("a.kdl"), bytes.clone(), FileId(0), &mut sink);
        let found = sink.into_sorted();
        prop_assert_eq!(source.is_ok(), std::str::from_utf8(&bytes).is_ok());
        prop_assert_eq!(source.is_err(), found.len() == 1);
        match source {
            Ok(source) => hold(&source.text),
            Err(shown) => {
                prop_assert!(is_place(&shown.text, found[0].primary.0));
                prop_assert!(render_human(&found[0], &[shown], true, 80).contains("GW0011"));
            }
        }
    }

    #[test]
    fn a_suggestion_is_a_candidate(word in "\\PC{0,20}", candidates in prop::collection::vec("[a-z-]{1,12}", 0..8)) {
        if let Some(suggested) = suggest(&word, candidates.iter().map(String::as_str)) {
            prop_assert!(candidates.iter().any(|candidate| candidate == suggested) && suggested != word);
        }
    }
}
