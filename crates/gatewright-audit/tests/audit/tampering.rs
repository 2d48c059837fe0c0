//! Tampering: a chain of 500 records under a checkpoint, and everything that can be done to it.

use gatewright_audit::chain::{Chained, Head, Record, read_chained};
use gatewright_audit::checkpoint::SignedCheckpoint;
use gatewright_audit::export;
use gatewright_audit::verify::{Problem, Scope, verify_export};
use gatewright_terms::Timestamp;

use crate::chains::{chain, check, checkpoint, lines, org, problems, public, slug};

const COUNT: usize = 500;

fn acme() -> (Vec<Record>, Vec<String>) {
    let records = chain(&org("acme"), COUNT as u64);
    let lines = lines(&records);
    (records, lines)
}

#[test]
fn a_whole_chain_verifies_and_what_follows_is_counted() {
    let (records, lines) = acme();
    let report = check(&lines, &checkpoint(&[(&org("acme"), records[COUNT - 1].head())])).unwrap();
    assert_eq!((report.covered, report.not_covered, report.streams, report.pinned), (500, 0, 1, true));
    let report = check(&lines, &checkpoint(&[(&org("acme"), records[449].head())])).unwrap();
    assert_eq!((report.covered, report.not_covered), (450, 50));
    // What lies behind the checkpoint can be cut unnoticed: the report says that it is not covered.
    let report = check(&lines[..470], &checkpoint(&[(&org("acme"), records[449].head())])).unwrap();
    assert_eq!((report.covered, report.not_covered), (450, 20));
}

/// ST-AUD-05: the last covered record, the first hundred, one in the middle, all.
#[test]
fn st_aud_05_cutting_is_found() {
    let (records, lines) = acme();
    let checkpoint = checkpoint(&[(&org("acme"), records[COUNT - 1].head())]);
    assert_eq!(problems(&lines[..499], &checkpoint), [Problem::TailCut { last: 500, found: 499 }]);
    assert_eq!(problems(&lines[100..], &checkpoint), [Problem::HeadCut { first: 1, found: 101 }]);
    assert_eq!(problems(&lines[1..], &checkpoint), [Problem::HeadCut { first: 1, found: 2 }]);
    assert_eq!(problems(&[], &checkpoint), [Problem::TailCut { last: 500, found: 0 }]);
    for gone in 1..499 {
        let mut cut = lines.clone();
        cut.remove(gone);
        let (expected, found) = (gone as u64 + 1, gone as u64 + 2);
        assert_eq!(problems(&cut, &checkpoint), [Problem::OutOfOrder { expected, found }]);
    }
}

/// ST-AUD-05: every adjacent pair and two hundred others, each found where the first of the two stood.
#[test]
fn st_aud_05_swapping_is_found() {
    let (records, lines) = acme();
    let checkpoint = checkpoint(&[(&org("acme"), records[COUNT - 1].head())]);
    let adjacent = (0..COUNT - 1).map(|at| (at, at + 1));
    // A fixed walk over the pairs: both primes are prime to 500 and 499.
    let others = (1..=200).map(|step| (step * 7919 % COUNT, step * 104_729 % 499));
    for (one, two) in adjacent.chain(others).filter(|(one, two)| one != two) {
        let (one, two) = (one.min(two), one.max(two));
        let mut swapped = lines.clone();
        swapped.swap(one, two);
        let found = two as u64 + 1;
        let first = match one {
            0 => Problem::HeadCut { first: 1, found },
            _ => Problem::OutOfOrder { expected: one as u64 + 1, found },
        };
        let problems = problems(&swapped, &checkpoint);
        // An adjacent pair breaks three steps, another one four; at the ends of the chain one of them is not there.
        let steps = 3 + usize::from(two > one + 1) - usize::from(two + 1 == COUNT);
        assert_eq!((&problems[0], problems.iter().filter(|it| is_step(it)).count()), (&first, steps), "{one} {two}");
    }
}

fn is_step(problem: &Problem) -> bool {
    matches!(problem, Problem::HeadCut { .. } | Problem::OutOfOrder { .. })
}

fn changed(record: &Record, change: impl FnOnce(&mut Chained)) -> Record {
    let mut chained = read_chained(&record.chained).unwrap();
    change(&mut chained);
    let bytes = chained.to_bytes();
    Record {
        stream: chained.stream.clone(),
        sequence: chained.sequence,
        previous: chained.previous,
        hash: <sha2::Sha256 as sha2::Digest>::digest(&bytes).into(),
        chained: bytes,
        ciphertext: record.ciphertext.clone(),
    }
}

/// Five ways to change a record.
const WAYS: [fn(&mut Chained); 5] = [
    |chained| chained.at = Timestamp::from_unix(chained.at.unix() - 1),
    |chained| chained.event = "member-joined".into(),
    |chained| drop(chained.fields.insert(slug("member"), "somebody else".into())),
    |chained| drop(chained.fields.remove(&slug("connection"))),
    |chained| match &mut chained.personal {
        Some(personal) => personal.commitment[0] ^= 1,
        None => drop(chained.fields.insert(slug("zzz"), String::new())),
    },
];

/// A chain, its lines, and its checkpoint.
struct Chain(Vec<Record>, Vec<String>, SignedCheckpoint);

impl Chain {
    fn whole() -> Self {
        let (records, lines) = acme();
        let checkpoint = checkpoint(&[(&org("acme"), records[COUNT - 1].head())]);
        Self(records, lines, checkpoint)
    }

    /// Another record at `at`, with its own hash made anew: only the chain can tell.
    fn find_changed(&self, at: usize, way: usize) {
        let Self(records, lines, checkpoint) = self;
        let mut tampered = lines.clone();
        tampered[at] = export::line(&changed(&records[at], WAYS[way])).unwrap();
        let expected = if at + 1 == records.len() {
            Problem::Rewritten { sequence: records.len() as u64 }
        } else {
            Problem::NotLinked { sequence: at as u64 + 2 }
        };
        assert_eq!(problems(&tampered, checkpoint), [expected], "record {at}, way {way}");
    }

    /// The same with the old hash left standing: found at the record itself, whatever stands around it.
    fn find_stale(&self, at: usize, way: usize) {
        let Self(records, _, checkpoint) = self;
        let other = Record { hash: records[at].hash, ..changed(&records[at], WAYS[way]) };
        let found = problems(&[export::line(&other).unwrap()], checkpoint);
        assert!(found.contains(&Problem::Changed { sequence: at as u64 + 1 }), "record {at}, way {way}");
    }
}

/// ST-AUD-05: every record of five hundred in five ways, each with its hash made anew.
#[test]
fn st_aud_05_changing_any_record_is_found() {
    let whole = Chain::whole();
    (0..COUNT).for_each(|at| (0..WAYS.len()).for_each(|way| whole.find_changed(at, way)));
}

/// ST-AUD-05: the same with the old hash left standing.
#[test]
fn st_aud_05_changing_any_record_under_its_hash_is_found() {
    let whole = Chain::whole();
    (0..COUNT).for_each(|at| (0..WAYS.len()).for_each(|way| whole.find_stale(at, way)));
}

/// ST-AUD-05: whoever rewrites everything from one record on is caught by the checkpoint alone.
#[test]
fn st_aud_05_a_rewritten_chain_is_found() {
    let (records, _) = acme();
    let checkpoint = checkpoint(&[(&org("acme"), records[COUNT - 1].head())]);
    let mut rewritten = chain(&org("acme"), 300);
    let mut head = rewritten[299].head();
    for number in 301..=COUNT as u64 {
        let mut draft = crate::chains::draft(&org("acme"), number);
        if number == 301 {
            draft.fields.clear();
        }
        let (record, next) = gatewright_audit::chain::link(&head, &draft);
        rewritten.push(record);
        head = next;
    }
    assert_eq!(problems(&lines(&rewritten), &checkpoint), [Problem::Rewritten { sequence: 500 }]);
}

/// ST-AUD-05: inserted, doubled, and taken from another stream.
#[test]
fn st_aud_05_inserting_and_mixing_are_found() {
    let (records, lines) = acme();
    let beta = chain(&org("beta"), 10);
    let beta_lines = crate::chains::lines(&beta);
    let checkpoint = checkpoint(&[(&org("acme"), records[COUNT - 1].head()), (&org("beta"), beta[9].head())]);
    let whole: Vec<String> = [&lines[..], &beta_lines[..]].concat();
    assert_eq!(check(&whole, &checkpoint).unwrap().covered, 510);
    // Streams may alternate.
    let alternating: Vec<String> = [&lines[..5], &beta_lines[..5], &lines[5..], &beta_lines[5..]].concat();
    assert_eq!(check(&alternating, &checkpoint).unwrap().covered, 510);

    for at in [0, 1, 250, 499] {
        let mut doubled = whole.clone();
        doubled.insert(at, doubled[at].clone());
        assert!(!problems(&doubled, &checkpoint).is_empty());
    }
    // A record of one stream under the name of the other.
    let moved = changed(&records[3], |chained| chained.stream = org("beta"));
    let mut mixed = whole.clone();
    mixed[503] = export::line(&moved).unwrap();
    assert_eq!(problems(&mixed, &checkpoint), [Problem::NotLinked { sequence: 4 }, Problem::NotLinked { sequence: 5 }]);
    // A whole stream gone.
    assert_eq!(problems(&lines, &checkpoint), [Problem::TailCut { last: 10, found: 0 }]);
    // A stream that the checkpoint does not know is not covered.
    let gamma = crate::chains::lines(&chain(&org("gamma"), 3));
    let report = check(&[&whole[..], &gamma[..]].concat(), &checkpoint).unwrap();
    assert_eq!((report.covered, report.not_covered), (510, 3));
    assert_eq!((report.streams, report.streams_not_covered), (2, 1));
}

/// A report without anything proved would be read as a proof.
#[test]
fn an_export_of_which_the_checkpoint_covers_nothing_is_a_finding() {
    let (records, _) = acme();
    let acme = checkpoint(&[(&org("acme"), records[COUNT - 1].head())]);
    let gamma = lines(&chain(&org("gamma"), 3)).join("\n");
    let nothing = |text: &str, checkpoint: &SignedCheckpoint, scope: Scope| {
        let findings = verify_export(text.as_bytes(), checkpoint, Some(&public()), &scope).unwrap_err();
        assert_eq!((findings.len(), &findings[0].problem), (1, &Problem::NothingCovered));
        findings[0].stream.clone()
    };
    for text in [&gamma, ""] {
        assert_eq!(nothing(text, &acme, Scope::Only(org("gamma"))), Some(org("gamma")));
        assert_eq!(nothing(text, &checkpoint(&[]), Scope::Every), None);
    }
}

/// The sealed part is not chained: exchanged, the chain stays whole, and what it opens to does not fit the commitment.
#[test]
fn an_exchanged_sealed_part_is_told_by_its_commitment_alone() {
    let mut records = chain(&org("acme"), 2);
    let checkpoint = checkpoint(&[(&org("acme"), records[1].head())]);
    let (one, two) = (records[0].ciphertext.take(), records[1].ciphertext.take());
    (records[0].ciphertext, records[1].ciphertext) = (two, one);
    assert_eq!(check(&lines(&records), &checkpoint).unwrap().covered, 2);
    for record in &records {
        let plain: Vec<u8> = record.ciphertext.iter().flatten().map(|byte| byte ^ 0x55).collect();
        let committed = record.read().unwrap().personal.unwrap().commitment;
        assert_ne!(gatewright_audit::personal::commitment(&[9; 32], &plain), committed);
    }
}

#[test]
fn an_export_of_one_stream_holds_no_other() {
    let (records, lines) = acme();
    let beta = chain(&org("beta"), 3);
    let checkpoint = checkpoint(&[(&org("acme"), records[COUNT - 1].head()), (&org("beta"), beta[2].head())]);
    let only = |lines: &[String]| {
        verify_export(lines.join("\n").as_bytes(), &checkpoint, Some(&public()), &Scope::Only(org("acme")))
    };
    assert_eq!(only(&lines).unwrap().covered, 500);
    let mixed = [&lines[..], &crate::chains::lines(&beta)[..1]].concat();
    let findings = only(&mixed).unwrap_err();
    assert_eq!((findings.len(), &findings[0].problem, findings[0].line), (1, &Problem::OtherStream, Some(501)));
    assert_eq!(only(&lines[..499]).unwrap_err()[0].problem, Problem::TailCut { last: 500, found: 499 });
}

/// A chain cannot begin on a hash that nobody has seen.
#[test]
fn the_first_record_stands_on_nothing() {
    let records = chain(&org("acme"), 2);
    let forged = changed(&records[0], |chained| chained.previous = [1; 32]);
    let checkpoint = checkpoint(&[(&org("acme"), Head { sequence: 1, hash: forged.hash })]);
    assert_eq!(problems(&lines(&[forged]), &checkpoint), [Problem::NotLinked { sequence: 1 }]);
}

/// ST-AUD-10: without the sealed parts, or with the key of a person dropped, the chain still verifies.
#[test]
fn st_aud_10_erasing_a_person_breaks_nothing() {
    let (records, _) = acme();
    let checkpoint = checkpoint(&[(&org("acme"), records[COUNT - 1].head())]);
    let erased: Vec<Record> = records.iter().map(|record| Record { ciphertext: None, ..record.clone() }).collect();
    let lines = lines(&erased);
    assert_eq!(check(&lines, &checkpoint).unwrap().covered, 500);
    assert!(lines.iter().all(|line| !line.contains("sealed") && !line.contains("@acme.com")));
}
