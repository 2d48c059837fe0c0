//! Fuzz: the bodies of the fuzz targets, on stable: over their corpus, over changes of it, and over anything.
//!
//! `cargo +nightly fuzz run NAME` in `fuzz/` runs the same bodies with feedback; docs/fuzzing.md tells how long they ran.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod bodies;

use std::path::PathBuf;

use proptest::prelude::*;

use bodies::BODIES;

/// Every file of a target's corpus.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
    let mut files: Vec<_> = std::fs::read_dir(&folder).expect("a corpus").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn every_body_takes_its_corpus() {
    for (name, body) in BODIES {
        let corpus = corpus(name);
        assert!(!corpus.is_empty(), "{name}");
        for bytes in &corpus {
            body(bytes);
        }
    }
}

/// The seeds are about something: messages that pass and metadata that reads are among them.
#[test]
fn the_corpus_holds_what_passes() {
    use gatewright_saml::metadata::IdpMetadata;
    use gatewright_saml::redirect;
    use gatewright_saml::screen::{screen_logout, screen_response};

    assert!(corpus("screen").iter().any(|bytes| screen_response(bytes).is_ok()));
    assert!(corpus("screen").iter().any(|bytes| screen_logout(bytes).is_ok()));
    assert!(corpus("metadata").iter().any(|bytes| IdpMetadata::parse(bytes).is_ok()));
    assert!(corpus("redirect").iter().any(|bytes| redirect::read(bytes).is_ok_and(|read| read.signature.is_some())));
}

/// What hostile senders write: whole words more often than single octets.
const PIECES: &[&[u8]] = &[
    b"<",
    b">",
    b"/>",
    b"</",
    b"\"",
    b"'",
    b"&",
    b"&amp;",
    b"&#x41;",
    b"&#0;",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE a>",
    b"<?x?>",
    b" xmlns=\"\"",
    b" xmlns:a=\"a:b\"",
    b" ID=\"x\"",
    b" Id=\"x\"",
    b"\xFF",
    b"\0",
    b"\xEF\xBB\xBF",
    b"#",
    b"%",
    b"%00",
    b"=",
    b"&RelayState=",
    b"&SigAlg=",
    b"<saml:Assertion/>",
    b"<ds:Signature/>",
    b"<ds:Object/>",
    b"\r",
    b"\n",
    b" ",
];

fn changed(mut bytes: Vec<u8>, at: prop::sample::Index, length: usize, piece: &[u8]) -> Vec<u8> {
    let from = at.index(bytes.len() + 1);
    let to = (from + length).min(bytes.len());
    bytes.splice(from..to, piece.iter().copied());
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn st_saml_22_no_change_of_the_corpus_makes_a_body_fail(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, prop::sample::select(PIECES)), 1..4),
    ) {
        for (name, body) in BODIES {
            let corpus = corpus(name);
            let seed = corpus[which.index(corpus.len())].clone();
            body(&changes.iter().fold(seed, |bytes, (at, length, piece)| changed(bytes, *at, *length, piece)));
        }
    }

    #[test]
    fn st_saml_22_no_bytes_make_a_body_fail(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for (_, body) in BODIES {
            body(&bytes);
        }
    }
}
