//! Hostile: files that are no exports; every reader gives an answer.

use gatewright_audit::chain::read_chained;
use gatewright_audit::checkpoint::SignedCheckpoint;
use gatewright_audit::export::{self, LINE_BYTES_MAX};
use gatewright_audit::personal::Personal;
use gatewright_audit::verify::{Problem, Scope, verify_export};
use proptest::prelude::*;

use crate::chains::{chain, check, checkpoint, lines, org, problems};

#[test]
fn bad_lines_are_findings_with_their_number() {
    let records = chain(&org("acme"), 3);
    let checkpoint = checkpoint(&[(&org("acme"), records[2].head())]);
    let good = lines(&records);
    for (from, to, why) in [
        ("audit/1", "audit/2", "`schema` names something else"),
        ("\"at\":1795510864", "\"at\":1795510865", "`time` and `at` differ"),
        ("\"event\":\"", "\"event\":\"_", "`event` is no slug"),
        ("\"fields\":{", "\"fields\":{\"member\":\"x\",", "a field stands twice"),
        ("\"fields\":{", "\"fields\":{\"Member\":\"x\",", "the name of a field is no slug"),
        ("\"sequence\":2", "\"sequence\":2,\"sequence\":2", "duplicate field"),
        ("\"sequence\":2", "\"sequence\":2,\"more\":2", "unknown field"),
        ("\"sequence\":2", "\"sequence\":-2", "invalid value"),
        ("\"key_id\"", "\"sealed\":\"00\",\"key_id\"", "duplicate field"),
        ("\"previous\":\"", "\"previous\":\"AA", "`previous` is not 64"),
        ("\"commitment\":\"", "\"commitment\":\"0", "`commitment` is not 64"),
        ("\"key_id\":\"", "\"key_id\":\"0", "`key_id` is not 32"),
        ("\"sealed\":\"", "\"sealed\":\"0", "`sealed` is not hexadecimal"),
        ("\"stream\":\"org/", "\"stream\":\"", "`stream` is not known"),
    ] {
        let mut bad = good.clone();
        bad[1] = good[1].replacen(from, to, 1);
        assert_ne!(bad[1], good[1], "{from}");
        let findings = check(&bad, &checkpoint).unwrap_err();
        assert_eq!(findings[0].line, Some(2), "{why}");
        assert!(findings[0].to_string().contains(why), "{}", findings[0]);
    }
    let (before, rest) = good[1].split_once("\"commitment\"").unwrap();
    let (_, behind) = rest.split_once("\"sealed\"").unwrap();
    let uncommitted = format!("{before}\"sealed\"{behind}");
    assert!(export::read(&uncommitted).unwrap_err().why.contains("stand together"));
}

/// Any single byte of a line changed: found, unless it is the sealed part, which the chain does not cover.
#[test]
fn st_aud_05_any_changed_byte_is_found() {
    let records = chain(&org("acme"), 3);
    let checkpoint = checkpoint(&[(&org("acme"), records[2].head())]);
    let good = lines(&records);
    let sealed = good[1].find("\"sealed\":\"").unwrap() + "\"sealed\":\"".len();
    let sealed = sealed..good[1].find("\",\"previous\"").unwrap();
    for at in (0..good[1].len()).filter(|at| !sealed.contains(at)) {
        for byte in [b' ', b'0', b'1', b'a', b'"', b'\\', b'z'] {
            let mut bytes = good[1].clone().into_bytes();
            if bytes[at] != byte {
                bytes[at] = byte;
                let bad = [good[0].clone(), String::from_utf8(bytes).unwrap(), good[2].clone()];
                assert!(check(&bad, &checkpoint).is_err(), "byte {at}: {}", bad[1]);
            }
        }
    }
}

#[test]
fn endless_and_unreadable_files_end() {
    let checkpoint = checkpoint(&[(&org("acme"), chain(&org("acme"), 1)[0].head())]);
    let endless = std::io::BufReader::new(std::io::repeat(b'x'));
    let findings = verify_export(endless, &checkpoint, None, &Scope::Every).unwrap_err();
    assert_eq!((findings[0].line, &findings[0].problem), (Some(1), &Problem::LineTooLong));
    let rubbish = vec![String::new(); 5000];
    assert_eq!(problems(&rubbish, &checkpoint).len(), 1000);
    let not_text = verify_export(&b"\xff\xfe\n"[..], &checkpoint, None, &Scope::Every).unwrap_err();
    assert_eq!(not_text[0].problem, Problem::Malformed("it is not UTF-8".into()));
    let deep = format!("{}\n", "[".repeat(LINE_BYTES_MAX / 2));
    assert!(verify_export(deep.as_bytes(), &checkpoint, None, &Scope::Every).is_err());
}

fn fuzz(bytes: &[u8]) {
    if let Ok(chained) = read_chained(bytes) {
        assert_eq!(chained.to_bytes(), bytes);
    }
    if let Some(personal) = Personal::from_bytes(bytes) {
        assert_eq!(personal.to_bytes(), bytes);
    }
    let text = String::from_utf8_lossy(bytes);
    if let Ok((record, _)) = export::read(&text) {
        assert_eq!(export::read(&export::line(&record).unwrap()).unwrap().0, record);
    }
    if let Ok(signed) = SignedCheckpoint::parse(&text) {
        assert_eq!(SignedCheckpoint::parse(&signed.to_text()), Ok(signed));
    }
    let checkpoint = checkpoint(&[(&org("acme"), chain(&org("acme"), 1)[0].head())]);
    assert!(verify_export(bytes, &checkpoint, None, &Scope::Every).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        fuzz(&bytes);
    }

    #[test]
    fn mutated_records_are_read_or_refused(number in 1_u64..6, at: usize, byte: u8, insert: bool) {
        let record = chain(&org("beta"), number).pop().unwrap();
        let checkpoint = checkpoint(&[(&org("beta"), record.head())]);
        let texts = [export::line(&record).unwrap().into_bytes(), record.chained, checkpoint.to_text().into_bytes()];
        for mut bytes in texts {
            let at = at % bytes.len();
            if insert { bytes.insert(at, byte) } else { bytes[at] = byte }
            fuzz(&bytes);
        }
    }
}
