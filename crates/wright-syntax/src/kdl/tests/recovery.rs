//! One mistake costs one report, and hides no other.

use super::*;

#[test]
fn gw0004_the_indentation_says_which_block_is_open() {
    let text = "org \"acme\" {\n    connection \"okta\" {\n        provider \"okta\"\n\n    members \"sso\" { join \"jit\" }\n    owner \"a\"\n}\n";
    let (block, found) = read_in(ReadContext::Organisation, text);
    assert_eq!(shown(text, &found), ["GW0004 «connection \"okta\" {» `connection \"okta\" {` is never closed"]);
    assert_eq!(found[0].help.as_deref(), Some("the indentation suggests that `}` belongs after line 3"));
    assert_eq!(found[0].related[0].1, "`}` is missing after this");
    assert_eq!(
        outline(&block),
        "org(\"acme\"){connection(\"okta\"){provider(\"okta\")} members(\"sso\"){join(\"jit\")} owner(\"a\")}"
    );
}

#[test]
fn gw0004_every_open_block_is_found_in_one_run() {
    let text = "a {\n  b {\n    c 1\n  d {\n    e 2\n  f 3\n}\ng {\n  h true\n";
    assert_eq!(
        found(text),
        [
            "GW0004 «b {» `b {` is never closed",
            "GW0004 «d {» `d {` is never closed",
            "GW0004 «g {» `g {` is never closed",
            "GW0003 «true» `true` is not a policy value",
        ]
    );
    assert_eq!(tree(text), "a{b{c(1)} d{e(2)} f(3)} g{h(\"on\")}");
}

#[test]
fn gw0004_without_indentation_the_end_of_the_file_closes() {
    let text = "a {\nb {\nc 1\n}\nd 2\n";
    assert_eq!(found(text), ["GW0004 «a {» `a {` is never closed"]);
    assert_eq!(tree(text), "a{b{c(1)} d(2)}");
}

#[test]
fn indentation_never_changes_what_matches() {
    let text = "a {\n  b {\nc 1\n      }\n }\n   d\n";
    assert_eq!(found(text), [""; 0]);
    assert_eq!(tree(text), "a{b{c(1)}} d");
}

#[test]
fn one_brace_too_many_costs_one_report() {
    let text = "org \"x\" {\n  a {\n    b 1\n  }\n  }\n  c 2\n}\nd 3\n";
    assert_eq!(found(text), ["GW0001 «}» this `}` closes nothing"]);
    assert_eq!(tree(text), "org(\"x\"){a{b(1)} c(2)} d(3)");
    assert_eq!(found("a }\n}}\n}\nb true").len(), 2);
}

#[test]
fn a_string_over_two_lines_is_one_mistake() {
    let text = "name \"Acme\n  Corp\"\nteam \"x\"\n";
    assert_eq!(found(text), ["GW0001 «\"Acme\n  Corp\"» a string in single quotes `\"` ends on its own line"]);
    assert_eq!(found("name \"Acme\nteam \"x\"\n").len(), 1, "the next line is an entry of its own");
    assert_eq!(found("name \"Acme\nteam \"x\nplan \"y\n").len(), 3);
}

#[test]
fn mistakes_of_many_kinds_in_one_run() {
    let text = "org acme {\n  name = \"A\"\n  idle 30m\n  signed true\n  plan [x]\n  a k=1 k=2\n  b (t)1\n  c \"x\\q\"\n  ok 1\n}\n";
    let codes: Vec<u16> = read_in(ReadContext::Organisation, text).1.iter().map(|found| found.code.number).collect();
    assert_eq!(codes, [12, 1, 2, 3, 1, 105, 210, 1]);
}

#[test]
fn what_a_broken_line_causes_later_is_left_out() {
    let mut sink = Sink::default();
    let text = "plan [x]\nname \"A\"\n";
    let block = read_kdl(&source(text), FileId(0), ReadContext::Organisation, &mut sink);
    let later = |entry: &Entry| Diagnostic {
        code: codes::NOT_A_VALUE,
        message: "no value".to_owned(),
        primary: (entry.word.span, String::new()),
        related: Vec::new(),
        help: None,
        fix: None,
        path: Arc::from(""),
        org: None,
    };
    block.entries.iter().for_each(|entry| sink.report(later(entry)));
    assert_eq!(shown(text, &sink.into_sorted()), ["GW0001 «[x]» `[x]` is no value", "GW0210 «name» no value"]);
}
