//! Differential: our reader against the `kdl` crate, on mutations of the KDL project's corpus and of policy files.
//!
//! Where the `kdl` crate refuses, we refuse. Where it accepts and the text lies in our subset, both give one tree. Where it
//! accepts and the text lies outside of the subset, we refuse with the code of what lies outside (see `oracle`).
//!
//! The oracle runs in a child process, because a hostile text makes it abort.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![allow(clippy::string_slice, clippy::format_push_string, reason = "tests")]

mod child;
mod mutate;
mod oracle;
mod ours;
mod print;
mod random;
mod seeds;

use child::Oracle;
use oracle::Verdict;
use ours::Ours;
use random::Random;

/// More of each by `GATEWRIGHT_TEST_MUTANTS`, others by `GATEWRIGHT_TEST_SEED`.
const MUTANTS: u64 = 10_000;
const SEED: u64 = 20_261_124;
/// Otherwise the mutations would test refusals only.
const ACCEPTED_PERCENT_MIN: u64 = 30;

#[expect(clippy::disallowed_methods, reason = "how much a test does is said from outside")]
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Why the two do not agree on a text, if they do not.
fn disagreement(text: &str, verdict: &Verdict, oracle: &mut Oracle) -> Option<String> {
    let ours = ours::read(text);
    match verdict {
        Verdict::Refused if ours.classes.is_empty() => {
            let other = oracle::without_semicolons(text);
            let is_explained = other.is_some_and(|other| match oracle.ask(&other) {
                Verdict::Accepted { tree, outside } => {
                    oracle::compare(&other, &tree, &outside, &ours::read(&other)).is_none()
                }
                Verdict::Refused | Verdict::Aborted => false,
            });
            (!is_explained).then(|| "kdl refuses, we accept".to_owned())
        }
        Verdict::Refused | Verdict::Aborted => None,
        Verdict::Accepted { tree, outside } => oracle::compare(text, tree, outside, &ours),
    }
}

/// Hands every text to both; panics with the first few disagreements. Gives how many the oracle accepted.
fn hold(texts: &[String]) -> u64 {
    let mut oracle = Oracle::start();
    let mut accepted = 0;
    let mut wrong = Vec::new();
    for text in texts {
        let verdict = oracle.ask(text);
        accepted += u64::from(matches!(verdict, Verdict::Accepted { .. }));
        if let Some(why) = disagreement(text, &verdict, &mut oracle) {
            let Ours { tree, classes, .. } = ours::read(text);
            wrong.push(format!("{why}\n--- text {text:?}\n--- ours {tree:?} {classes:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} disagree:\n{}",
        wrong.len(),
        texts.len(),
        wrong[..wrong.len().min(8)].join("\n\n")
    );
    accepted
}

#[test]
fn the_corpus_of_kdl_is_read_alike() {
    let corpus = seeds::corpus();
    assert!(corpus.len() > 300, "the corpus ships {} cases", corpus.len());
    hold(&corpus.into_iter().map(|(_, text)| text).collect::<Vec<_>>());
}

/// The corpus says by itself what is KDL 2: no need to ask the crate.
#[test]
fn what_the_corpus_calls_wrong_is_refused() {
    for (name, text) in seeds::corpus() {
        if name.ends_with("_fail.kdl") {
            assert!(!ours::read(&text).classes.is_empty(), "{name} is wrong and was accepted");
        } else {
            let ours = ours::read(&text);
            assert!(!ours.classes.contains(&1), "{name} is right: {ours:?}");
        }
    }
}

#[test]
fn mutants_are_read_alike() {
    let (mutants, seed) = (setting("GATEWRIGHT_TEST_MUTANTS", MUTANTS), setting("GATEWRIGHT_TEST_SEED", SEED));
    println!("seed {seed}, {mutants} mutants");
    let mut random = Random::new(seed);
    let seeds = seeds::all();
    let pool = mutate::Pool::new(&seeds);
    let texts: Vec<String> = (0..mutants).map(|_| pool.mutant(random.pick(&seeds), &mut random)).collect();
    let accepted = hold(&texts);
    let percent = accepted * 100 / mutants.max(1);
    println!("kdl accepts {percent} %");
    assert!(percent >= ACCEPTED_PERCENT_MIN, "only {percent} % of the mutants are KDL");
}

/// Trees written down in every spelling that the subset has: both read them back.
#[test]
fn printed_trees_are_read_back() {
    let (trees, seed) = (setting("GATEWRIGHT_TEST_MUTANTS", MUTANTS) / 2, setting("GATEWRIGHT_TEST_SEED", SEED));
    println!("seed {seed}, {trees} trees");
    let mut random = Random::new(seed);
    let mut texts = Vec::new();
    for _ in 0..trees {
        let (tree, text) = print::document(&mut random);
        let ours = ours::read(&text);
        assert_eq!(ours.tree, tree, "{text:?}");
        assert!(ours.classes.is_empty(), "{ours:?} in {text:?}");
        texts.push(text);
    }
    let accepted = hold(&texts);
    assert_eq!(accepted, trees, "what we print is KDL");
}

/// A text that kills the oracle costs one child; we read it.
#[test]
fn a_dead_oracle_is_replaced() {
    let deep = "a{".repeat(50_000);
    let mut oracle = Oracle::start();
    assert!(matches!(oracle.ask(&deep), Verdict::Aborted));
    assert!(matches!(oracle.ask("a 1"), Verdict::Accepted { .. }));
    assert!(ours::read(&deep).classes.contains(&10));
}

/// Not a test of its own: what the others start, in a process that may die.
#[test]
#[ignore = "the child process of the other tests"]
fn oracle_child() {
    child::serve();
}
