//! Help: what the program says about itself, and its table of exits.

use std::fmt::Write;

use crate::support::{Place, ran};

const VERBS: &[&str] = &[
    "init",
    "check",
    "fmt",
    "compile",
    "keygen",
    "sign",
    "verify",
    "inspect",
    "explain",
    "trace",
    "domain prove",
    "audit verify",
    "help",
];

#[test]
fn the_overview_names_every_verb() {
    let help = Place::new().run(&["--help"]).exits(0);
    insta::assert_snapshot!(help.stdout);
}

#[test]
fn every_verb_has_a_page_with_an_example() {
    let mut pages = String::new();
    for verb in VERBS {
        let words: Vec<&str> = ["help"].into_iter().chain(verb.split(' ')).collect();
        let page = Place::new().run(&words).exits(0).stdout;
        assert!(page.contains("Example"), "{verb}: {page}");
        let (own, _) = page.split_once("\nCommon options:").unwrap();
        let example = page.split_once("\nExample").unwrap().1;
        write!(pages, "──── {verb}\n{own}\nExample{example}\n").unwrap();
    }
    insta::assert_snapshot!(pages);
}

#[test]
fn help_of_a_verb_is_its_long_help() {
    let place = Place::new();
    assert_eq!(place.run(&["help", "sign"]).stdout, place.run(&["sign", "--help"]).stdout);
    assert_eq!(place.run(&["help"]).stdout, place.run(&["--help"]).stdout);
    place.run(&["help", "nonsense"]).exits(2);
}

#[test]
fn the_table_of_exits_is_the_documented_one() {
    let table = Place::new().run(&["help", "exit-codes"]).exits(0);
    insta::assert_snapshot!(table.stdout);
    let json = Place::new().run(&["help", "exit-codes", "--output", "json"]).exits(0).json();
    let numbers: Vec<_> = json["exits"].as_array().unwrap().iter().map(|row| row["exit"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 70]);
    assert_eq!(json["precedence"], serde_json::json!([2, 5, 1, 3, 4, 6]));
}

#[test]
fn a_wrong_command_line_ends_in_2() {
    let place = Place::new();
    for wrong in [
        &[][..],
        &["chekc"],
        &["check", "--outptu", "json"],
        &["compile"],
        &["--output", "xml", "check"],
        &["check", "--as-of", "soon"],
    ] {
        let ran = place.run(wrong).exits(2);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{wrong:?}");
    }
    insta::assert_snapshot!(place.run(&["chekc"]).stderr);
}

#[test]
fn colour_follows_the_flag_then_no_color_then_the_terminal() {
    let place = Place::with_workspace();
    let is_coloured = |arguments: &[&str], no_color: &str| {
        let mut command = place.command(arguments);
        command.env("NO_COLOR", no_color);
        ran(command).stdout.contains('\u{1b}')
    };
    assert!(!is_coloured(&["check", "policies"], ""), "a pipe is no terminal");
    assert!(is_coloured(&["check", "policies", "--color", "always"], ""));
    assert!(is_coloured(&["check", "policies", "--color", "always"], "1"), "the flag is more than the variable");
    assert!(!is_coloured(&["check", "policies", "--color", "never"], ""));
}
