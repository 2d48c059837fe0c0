//! What the canonical form is, case by case. `tests/format` asks random files.

use super::*;

fn order(path: &[&str]) -> Vec<&'static str> {
    if path.last() == Some(&"grant") { vec!["role", "project", "group"] } else { Vec::new() }
}

fn formatted(text: &str) -> Option<String> {
    let source = Source { path: "a.kdl".into(), text: text.into() };
    format_kdl(&source, FileId(0), ReadContext::Organisation, order, &mut Sink::default()).unwrap()
}

#[track_caller]
fn becomes(text: &str, wanted: &str) {
    assert_eq!(formatted(text).as_deref(), Some(wanted));
    assert_eq!(formatted(wanted).as_deref(), Some(wanted), "not canonical");
}

#[test]
fn a_line_has_one_space_between_its_words() {
    becomes("name\t  \"a\"   \nlegal-name \\\n   \"b\"", "name \"a\"\nlegal-name \"b\"\n");
    becomes("a 1; b 2;c{d 3;};", "a 1\nb 2\nc {\n    d 3\n}\n");
    becomes("a /*no*/{\r\n b\u{a0}k = 1\r\n}\r\n", "/*no*/\na {\n    b k=1\n}\n");
    becomes("a{}\nb { }\nc {\n\n}", "a {}\nb {}\nc {}\n");
}

#[test]
fn nothing_is_nothing() {
    becomes("", "");
    becomes("\n \n\t\n", "");
    becomes("\n\n// c  \n\n\n", "// c\n");
    becomes("/* a  \r\n   b */ // c", "/* a\n   b */\n// c\n");
}

#[test]
fn blank_lines_stand_alone_and_never_at_an_edge() {
    becomes("\n\na 1\n\n\n\nb {\n\n c 1\n\n\n d 2\n\n}\n\n", "a 1\n\nb {\n    c 1\n\n    d 2\n}\n");
}

#[test]
fn values_have_one_spelling() {
    becomes("a +1_000 -0 -9223372036854775808", "a 1000 0 -9223372036854775808\n");
    becomes("a #\"x\\\"y\"# \"\\u{e9}\\s\\\\\"", "a \"x\\\\\\\"y\" \"é \\\\\"\n");
    becomes("a \"\"\"\n    one\r\n      \"two\"\n    \"\"\"", "a \"one\\n  \\\"two\\\"\"\n");
    becomes("a #\"\"\"\n\tb\\n\n\t\"\"\"#", "a \"b\\\\n\"\n");
    becomes("a \"b\\\n   c\" \"{//\" k=\"a=b\"", "a \"bc\" \"{//\" k=\"a=b\"\n");
}

#[test]
fn properties_stand_in_the_order_of_the_language_then_by_the_alphabet() {
    becomes(
        "grant z=1 group=\"g\" b=2 project=\"p\" role=\"r\"",
        "grant role=\"r\" project=\"p\" group=\"g\" b=2 z=1\n",
    );
    becomes("x b=1 \"one\" a=2", "x \"one\" a=2 b=1\n");
    becomes("x /- b=1 /-2 3 a=2 /- b=3", "x /- 2 3 a=2 /- b=1 /- b=3\n");
}

#[test]
fn neighbours_of_one_word_are_sorted_and_their_comments_move_with_them() {
    becomes("b 2\nb 1\na 2\na 1\n", "b 1\nb 2\na 1\na 2\n");
    becomes(
        "// two\nb 2 // 2\n/* one\n   more */\nb 1 /* 1 */\n",
        "/* one\n   more */\nb 1 /* 1 */\n// two\nb 2 // 2\n",
    );
    becomes("a 1\n\nb 3 { z; y; }\nb 2\n", "a 1\n\nb 2\nb 3 {\n    z\n    y\n}\n");
}

#[test]
fn nothing_moves_across_a_section() {
    becomes("b 4\nb 3\n\nb 2\nb 1\n", "b 3\nb 4\n\nb 1\nb 2\n");
    becomes(
        "// by itself\n\nb 2\n\n// here too\n\nb 1\n// and here\n",
        "// by itself\n\nb 2\n\n// here too\n\nb 1\n// and here\n",
    );
    becomes("b 4\nb 3\n/- b 0\nb 2\nb 1\n", "b 3\nb 4\n/- b 0\nb 1\nb 2\n");
    becomes("b 4\nb 3\nc 1\nb 2\nb 1\n", "b 3\nb 4\nc 1\nb 1\nb 2\n");
}

#[test]
fn comments_stay_at_the_end_of_their_line_or_move_above_it() {
    becomes("a { // open\n b 1 // b\n // last\n} // close\n", "a { // open\n    b 1 // b\n    // last\n} // close\n");
    becomes("a { /* in */ }", "a { /* in */\n}\n");
    becomes("a { /* b's */ b 1 /* end */ }", "a {\n    /* b's */\n    b 1 /* end */\n}\n");
    becomes("a 1; /* b's */ b 2; // end\n", "a 1\n/* b's */\nb 2 // end\n");
    becomes(
        "grant /* r */ role=\"a\" \\ // why\n group /* g */ = /* h */ \"b\" // end",
        "/* r */\n// why\n/* g */\n/* h */\ngrant role=\"a\" group=\"b\" // end\n",
    );
    becomes("a 1 \\ // x\n /* y */ ; // z\n", "// x\na 1 /* y */ // z\n");
    becomes("a 1 /* x\n  y */ /* z */\n", "a 1 /* x\n  y */ /* z */\n");
    becomes("a { \\ // x\n b 1; }", "a { // x\n    b 1\n}\n");
}

#[test]
fn what_is_taken_out_stays_where_it_is_and_is_formatted() {
    becomes("/-  a   1 {b  2;}\n", "/- a 1 {\n    b 2\n}\n");
    becomes("/- // why\n\n a 1\n", "// why\n/- a 1\n");
    becomes("a /- {b 1;} /*x*/ { c 2; } /- // y\n {}", "/*x*/\n// y\na /- {\n    b 1\n} {\n    c 2\n} /- {}\n");
}

#[test]
fn a_text_with_a_mistake_is_left_alone() {
    for bad in ["a b", "a {", "\u{feff}a 1", "a 1 // \u{202e}\n", "a k=1 k=2", "a \"\\u{8}\"", "a \rb"] {
        assert_eq!(formatted(bad), None, "{bad:?}");
    }
    let source = Source { path: "a.kdl".into(), text: "/- a 1".into() };
    let mut sink = Sink::default();
    let found = format_kdl(&source, FileId(0), ReadContext::Platform, order, &mut sink);
    assert!(found == Ok(None) && sink.refuses());
}

#[test]
fn whatever_the_reader_takes_comes_out_as_deep() {
    let text = format!("{}{}", "a{".repeat(16), "}".repeat(16));
    let deep = formatted(&text).unwrap();
    assert!(deep.contains(&format!("{}a {{}}", "    ".repeat(15))), "{deep}");
    assert_eq!(formatted(&format!("a{{{text}}}")), None);
}

/// Each kind of difference is noticed: this is what stands between a bug of ours and somebody's file.
#[test]
fn a_result_that_means_something_else_is_noticed() {
    let tree =
        |text: &str| read(&Source { path: "a.kdl".into(), text: text.into() }, FileId(0), ReadContext::Organisation).0;
    let text = "a 1 { b k=\"v\" l=2; }\na 2\n/- c 3 // x\n";
    for (other, is_same_tree, are_same_tokens) in [
        ("a 2\na 1 { b l=2 k=\"v\"; }\n// x\n/- c 3", true, true),
        ("a 2\na 1 { b l=2 k=\"v\"; }\n/- c 3", true, false),
        ("a 2\na 1 { b l=2 k=\"v\"; }\n/- c 4 // x", true, false),
        ("a 1\na 2 { b k=\"v\" l=2; }\n/- c 3 // x\n", false, true),
        ("a 1 { b k=\"v\" l=2; }\nc 3\n/- a 2 // x\n", false, true),
        ("a 1 { b k=\"v\" l=2; /- c 3; }\na 2 // y\n", true, false),
    ] {
        assert_eq!(same::trees(&tree(text), &tree(other)), is_same_tree, "{other}");
        assert_eq!(same::tokens(text, other), are_same_tokens, "{other}");
    }
}
