//! Fuzz: bodies that take any bytes; driven here by mutations of sound ones.

use gatewright_bundle::{BundleFile, Content, Digest, Statement, Trust, encode, verify};
use proptest::prelude::*;

use crate::generator::{program, small};
use crate::signed::{expected, file, production, trust};

/// What is read is what would be written: no second spelling of anything.
fn fuzz_content(bytes: &[u8]) {
    if let Ok(program) = Content::decode(bytes) {
        assert_eq!(encode(&program), bytes);
    }
}

fn fuzz_file(bytes: &[u8]) {
    if let Ok(file) = BundleFile::parse(bytes) {
        assert_eq!(file.to_bytes(), bytes);
    }
    if let Ok(bundle) = verify(bytes, &trust(1, &[1]), &expected(&production(), None)) {
        for id in bundle.org_ids() {
            assert!(bundle.org(id).is_some());
        }
    }
}

fn fuzz_statement(bytes: &[u8]) {
    if let Ok(statement) = Statement::from_bytes(bytes) {
        assert_eq!(statement.to_bytes(), bytes);
    }
}

fn fuzz_trust(bytes: &[u8]) {
    if let Ok(trust) = Trust::parse(&String::from_utf8_lossy(bytes)) {
        assert!(trust.threshold() >= 1);
    }
}

/// Overwrites, cuts, doubles and inserts.
fn mutate(mut bytes: Vec<u8>, edits: &[(u8, usize, usize, u8)]) -> Vec<u8> {
    for &(kind, at, length, byte) in edits {
        let at = at % (bytes.len() + 1);
        let end = (at + length % 16).min(bytes.len());
        match kind % 4 {
            0 => bytes[at..end].fill(byte),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.insert(at, byte),
            _ => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
    bytes
}

fn edits() -> impl Strategy<Value = Vec<(u8, usize, usize, u8)>> {
    prop::collection::vec(any::<(u8, usize, usize, u8)>(), 1..6)
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        fuzz_content(&bytes);
        fuzz_file(&bytes);
        fuzz_statement(&bytes);
        fuzz_trust(&bytes);
    }

    #[test]
    fn mutated_bundles_are_read_or_refused(program in program(), edits in edits()) {
        let content = encode(&program);
        let signed = file(&content, 1, None, &[1]);
        fuzz_content(&mutate(content, &edits));
        fuzz_file(&mutate(signed.to_bytes(), &edits));
        fuzz_statement(&mutate(signed.statement().unwrap().to_bytes(), &edits));
        fuzz_trust(&mutate(trust(1, &[1, 2]).to_text().into_bytes(), &edits));
    }

    /// Damage under a good signature: still no panic, and no answer that is not sound.
    #[test]
    fn mutated_and_signed_content_is_read_or_refused(edits in edits()) {
        let content = mutate(encode(&small()), &edits);
        let mut file = BundleFile::unsigned(content, Digest::of(b""));
        if file.declare(1, None).is_ok() {
            let key = crate::signed::key(1);
            let signature = ed25519_dalek::Signer::sign(&key, &file.statement().unwrap().signing_bytes()).to_bytes();
            file.attach(crate::signed::key_id(&key), signature).unwrap();
            fuzz_file(&file.to_bytes());
        }
    }
}
