//! Flags: what the programs take is what the pages say, in both directions.

use std::collections::BTreeSet;
use std::process::Command;

use gatewright_tests::{programs, root};

const VERBS: &[&[&str]] = &[
    &[],
    &["init"],
    &["check"],
    &["test"],
    &["fmt"],
    &["compile"],
    &["keygen"],
    &["sign"],
    &["verify"],
    &["inspect"],
    &["try"],
    &["diff"],
    &["review"],
    &["deploy"],
    &["status"],
    &["snapshot"],
    &["show"],
    &["show", "org"],
    &["who"],
    &["why"],
    &["owners"],
    &["idp"],
    &["idp", "fetch"],
    &["idp", "test"],
    &["explain"],
    &["trace"],
    &["domain"],
    &["domain", "prove"],
    &["audit"],
    &["audit", "verify"],
    &["help"],
];

const COMMANDS: &[&[&str]] = &[&[], &["check-config"], &["token"], &["token", "create"], &["keys"], &["keys", "init"]];

/// ST-OPS-19: no flag that the page does not know, none on the page that does not exist.
#[test]
fn st_ops_19_every_flag_of_the_command_line_is_documented_and_exists() {
    compare("gatewright", VERBS, "docs/command-line.md", "`gatewright ");
}

/// ST-OPS-19: the same for the gate.
#[test]
fn st_ops_19_every_flag_of_the_gate_is_documented_and_exists() {
    compare("gatewrightd", COMMANDS, "docs/runtime.md", "`gatewrightd ");
}

/// The lists above are whole: help names no verb that they leave out.
#[test]
fn the_lists_of_verbs_are_whole() {
    for (program, verbs) in [("gatewright", VERBS), ("gatewrightd", COMMANDS)] {
        let listed: BTreeSet<&str> = verbs.iter().filter_map(|words| words.first().copied()).chain(["help"]).collect();
        let help = help(program, &[]);
        let table = help.lines().skip_while(|line| !matches!(*line, "Verbs:" | "Commands:")).skip(1);
        let two_spaces = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
        let shown: BTreeSet<&str> = table
            .take_while(|line| !line.is_empty())
            .filter(two_spaces)
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        assert_eq!(shown, listed, "{program}");
    }
}

fn compare(program: &str, verbs: &[&[&str]], page: &str, mark: &str) {
    let text = std::fs::read_to_string(root().join(page)).expect("the page");
    let exist: BTreeSet<String> = verbs.iter().flat_map(|words| flags(&help(program, words))).collect();
    let documented = flags(&text);
    let unknown: Vec<_> = exist.difference(&documented).collect();
    assert!(unknown.is_empty(), "{page} does not know {unknown:?}");
    let gone: Vec<_> = documented.difference(&exist).collect();
    assert!(gone.is_empty(), "{page} names {gone:?}, which {program} does not take");
    for words in verbs
        .iter()
        .filter(|words| !words.is_empty() && !matches!(**words, ["domain" | "audit" | "token" | "keys" | "help"]))
    {
        assert!(
            text.contains(&format!("{mark}{}", words.join(" "))),
            "{page} says nothing of `{program} {}`",
            words.join(" ")
        );
    }
}

fn help(program: &str, words: &[&str]) -> String {
    let output =
        Command::new(programs().join(program)).args(words).arg("--help").output().expect("the programs are built");
    assert!(output.status.success(), "{program} {} --help", words.join(" "));
    String::from_utf8(output.stdout).expect("text")
}

/// Every `--flag` of a text. `-- ` and rules of tables are none.
fn flags(text: &str) -> BTreeSet<String> {
    let is_of_flag = |c: char| c.is_ascii_lowercase() || c == '-';
    let after = text.match_indices("--").filter(|(at, _)| !text[..*at].ends_with('-')).map(|(at, _)| &text[at + 2..]);
    let names = after.map(|rest| rest.split(|c| !is_of_flag(c)).next().unwrap_or_default());
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).map(|name| format!("--{name}")).collect()
}
