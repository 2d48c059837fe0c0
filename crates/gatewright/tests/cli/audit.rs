//! Audit: a trail as the gate exports it, and what `audit verify` says of it before and after somebody changed it.

use std::fmt::Write;

use ed25519_dalek::SigningKey;
use gatewright_audit::chain::{Head, link};
use gatewright_audit::checkpoint::Checkpoint;
use gatewright_audit::export::line;
use gatewright_audit::record::{Draft, Event, Stream};
use gatewright_terms::{OrgId, Refusal, Slug, Timestamp};

use crate::support::{Place, Ran};

/// Six records of `acme` and two of the platform, under a checkpoint.
fn trail(place: &Place) -> Vec<String> {
    let mut lines = Vec::new();
    let mut heads = Vec::new();
    for (stream, count) in [(Stream::Org(OrgId::parse("acme").unwrap()), 6), (Stream::Platform, 2)] {
        let mut head = Head::EMPTY;
        for second in 0..count {
            let event = Event::SignInRefused(Refusal::NoGrant);
            let at = Timestamp::from_unix(1_795_510_000 + second);
            let draft = Draft { stream: stream.clone(), at, event, fields: Vec::new(), personal: None };
            let (record, next) = link(&head, &draft);
            lines.push(line(&record).unwrap());
            head = next;
        }
        heads.push((stream, head));
    }
    let key = SigningKey::from_bytes(&[7; 32]);
    let checkpoint = Checkpoint::new(Timestamp::from_unix(1_795_520_000), Slug::parse("production").unwrap(), heads);
    place.write("checkpoint.json", checkpoint.sign(&key).to_text());
    lines
}

fn verify(place: &Place, lines: &[String], more: &[&str]) -> Ran {
    let mut text = String::new();
    for line in lines {
        writeln!(text, "{line}").unwrap();
    }
    place.write("audit.jsonl", text);
    place.run(&[&["audit", "verify", "audit.jsonl", "--checkpoint", "checkpoint.json"], more].concat())
}

#[test]
fn a_whole_trail_verifies() {
    let place = Place::new();
    let lines = trail(&place);
    insta::assert_snapshot!(verify(&place, &lines, &[]).exits(0).whole());
    let json = verify(&place, &lines, &["--output", "json"]).exits(0).json();
    assert_eq!((&json["sound"], &json["covered"], &json["streams"]), (&true.into(), &8.into(), &2.into()));
    let key = json["checkpoint"]["key"].as_str().unwrap();
    let pinned = verify(&place, &lines, &["--key", key]).exits(0);
    assert!(pinned.stderr.is_empty(), "{}", pinned.stderr);
    verify(&place, &lines, &["--key", &"00".repeat(32)]).exits(5);
    assert_eq!(json["scope"], "every");
    verify(&place, &lines, &["--every"]).exits(0);
    verify(&place, &lines, &["--org", "acme"]).exits(5);
}

#[test]
fn an_export_of_one_chain_is_held_against_that_chain() {
    let place = Place::new();
    let lines = trail(&place);
    insta::assert_snapshot!(verify(&place, &lines[..6], &[]).exits(0).stdout);
    let platform = verify(&place, &lines[6..], &["--output", "json"]).exits(0);
    assert_eq!((&platform.json()["scope"], &platform.json()["scope_inferred"]), (&"platform".into(), &true.into()));
    // Whose records they are was the file's own word: said, with the flag that holds the file to it.
    assert!(platform.stderr.contains("hold it to that next time: --platform"), "{}", platform.stderr);
    let held = verify(&place, &lines[6..], &["--platform"]).exits(0);
    assert!(!held.stderr.contains("hold it to that"), "{}", held.stderr);
    for (part, flags) in [(&lines[..6], &["--org", "acme"][..]), (&lines[6..], &["--platform"])] {
        verify(&place, part, flags).exits(0);
        verify(&place, part, &["--every"]).exits(5);
        verify(&place, part, &["--org", "globex"]).exits(5);
    }
}

#[test]
fn chains_that_the_checkpoint_does_not_know_are_counted_aloud() {
    let place = Place::new();
    let mut lines = trail(&place);
    let draft = Draft {
        stream: Stream::Org(OrgId::parse("later").unwrap()),
        at: Timestamp::from_unix(1_795_530_000),
        event: Event::SignInRefused(Refusal::NoGrant),
        fields: Vec::new(),
        personal: None,
    };
    lines.push(line(&link(&Head::EMPTY, &draft).0).unwrap());
    let json = verify(&place, &lines, &["--output", "json"]).exits(0).json();
    assert_eq!((&json["streams_not_covered"], &json["not_covered"]), (&1.into(), &1.into()));
    let human = verify(&place, &lines, &[]).exits(0).stdout;
    assert!(human.contains("1 other chain began later: the checkpoint knows nothing of them"), "{human}");
}

#[test]
fn st_aud_05_what_was_cut_swapped_or_changed_ends_in_5() {
    let place = Place::new();
    let lines = trail(&place);
    let without = |from: usize, to: usize| [&lines[..from], &lines[to..]].concat();
    let mut swapped = lines.clone();
    swapped.swap(2, 3);
    let changed: Vec<_> = lines.iter().map(|line| line.replace("no-grant", "blocked-group")).collect();
    let doubled = [&lines[..1], &lines[..]].concat();
    for (what, bad) in [
        ("last", without(5, 6)),
        ("first", without(0, 1)),
        ("middle", without(2, 3)),
        ("everything", vec![]),
        ("swapped", swapped),
        ("changed", changed),
        ("doubled", doubled),
        ("nonsense", [&lines[..], &["nonsense".to_owned()]].concat()),
    ] {
        let ran = verify(&place, &bad, &[]).exits(5);
        assert!(ran.stdout.contains('✗'), "{what}: {}", ran.whole());
        let json = verify(&place, &bad, &["--output", "json"]).exits(5).json();
        assert_eq!(json["sound"], false, "{what}");
    }
    insta::assert_snapshot!(verify(&place, &without(5, 6), &[]).exits(5).whole());
}

#[test]
fn a_checkpoint_that_is_none_ends_in_5() {
    let place = Place::new();
    let lines = trail(&place);
    let good = String::from_utf8(place.read("checkpoint.json")).unwrap();
    for bad in [
        "",
        "{}",
        "nonsense",
        &good.replace("production", "staging"),
        &good.replace("\"sequence\":6", "\"sequence\":5"),
    ] {
        if bad == good {
            continue;
        }
        place.write("checkpoint.json", bad);
        verify(&place, &lines, &[]).exits(5);
    }
    place.write("checkpoint.json", [0xff, 0xfe]);
    verify(&place, &lines, &[]).exits(5);
}
