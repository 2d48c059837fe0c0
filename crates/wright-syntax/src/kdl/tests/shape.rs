//! What correct text means.

use super::*;

#[track_caller]
fn reads_as(text: &str, expected: &str) {
    assert_eq!(found(text), [""; 0], "{text}");
    assert_eq!(tree(text), expected, "{text}");
}

#[test]
fn entries_facts_and_blocks() {
    reads_as("", "");
    reads_as("name \"Acme\"", "name(\"Acme\")");
    reads_as(
        "org \"acme\" {\n  concurrent 5\n  grant role=\"x\" group=\"y\"\n}\n",
        "org(\"acme\"){concurrent(5) grant(role=\"x\", group=\"y\")}",
    );
    reads_as("a{}", "a{}");
    reads_as("a { b 1; c 2 }; d", "a{b(1) c(2)} d");
    reads_as("a k = 1 k2= -2\t", "a(k=1, k2=-2)");
    reads_as("a 1 2 \"x\"", "a(1, 2, \"x\")");
}

#[test]
fn comments_and_continued_lines() {
    reads_as("// one\na /* two /* three */ */ 1 // four", "a(1)");
    reads_as("a \\\n  1 \\ // more\n  2\nb", "a(1, 2) b");
    reads_as("/* x */ a/* y */1", "a(1)");
    reads_as("a \\", "a");
}

#[test]
fn lf_and_crlf_end_a_line() {
    for newline in ["\n", "\r\n"] {
        reads_as(&format!("a 1{newline}b 2"), "a(1) b(2)");
        reads_as(&format!("a // x{newline}b 2"), "a b(2)");
        reads_as(&format!("a \"\"\"{newline}  x{newline}  y{newline}  \"\"\""), "a(\"x\\ny\")");
        assert_eq!(found(&format!("a \"x{newline}b")).len(), 1);
    }
}

#[test]
fn every_space_of_kdl_is_space() {
    for space in ['\t', ' ', '\u{a0}', '\u{1680}', '\u{2000}', '\u{200a}', '\u{202f}', '\u{205f}', '\u{3000}'] {
        reads_as(&format!("a{space}1{space}b=2"), "a(1, b=2)");
    }
}

#[test]
fn strings_of_all_kinds() {
    reads_as(r#"a "x\n\"\u{e9}" "" "\s""#, r#"a("x\n\"é", "", " ")"#);
    reads_as(r###"a #"c:\d"# ##"a"#b"## #""#"###, r##"a("c:\\d", "a\"#b", "")"##);
    reads_as("a \"x\\\n\n   y\" 2", "a(\"xy\", 2)");
    reads_as("a #\"\"\"\n  x \\n \"\"\"\n  \"\"\"# 3", r#"a("x \\n \"\"\"", 3)"#);
    reads_as("a \"\"\"\n  \\\"\"\" \\t\n\n    y\n  \"\"\"", r#"a("\"\"\" \t\n\n  y")"#);
}

#[test]
fn slashdash_takes_out_what_follows() {
    reads_as("/- a 1 { b }\nc", "c");
    reads_as("a /- 1 2 /- k=3 l=4", "a(2, l=4)");
    reads_as("a /- { b } { c }", "a{c}");
    reads_as("a { c } /- { b }", "a{c}");
    reads_as("a { /- b; c }", "a{c}");
    reads_as("/-\n// still\na\nb", "b");
    reads_as("a 1 /-\n 2 3", "a(1, 3)");
}

#[test]
fn spans_are_exact() {
    let text = "org \"acme\" role=\"x\" {\n  b 5\n} // end\n";
    let (block, _) = read_in(ReadContext::Organisation, text);
    let cut = |span: Span| text.get(span.start as usize..span.end as usize).unwrap();
    let org = &block.entries[0];
    assert_eq!(cut(org.word.span), "org");
    assert_eq!(cut(org.arguments[0].span), "\"acme\"");
    assert_eq!(cut(org.properties[0].0.span), "role");
    assert_eq!(cut(org.properties[0].1.span), "\"x\"");
    assert_eq!(cut(org.span), "org \"acme\" role=\"x\" {\n  b 5\n}");
    assert_eq!(cut(org.children.as_ref().unwrap().entries[0].span), "b 5");
}
