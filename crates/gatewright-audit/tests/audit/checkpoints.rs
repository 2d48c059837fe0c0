//! Checkpoints: their text, their signature, and what must not pass for one.

use gatewright_audit::chain::Head;
use gatewright_audit::checkpoint::{Checkpoint, SignatureRefused, SignedCheckpoint};
use gatewright_audit::record::Stream;
use gatewright_audit::verify::{Problem, Scope, verify_export};
use gatewright_terms::Timestamp;

use crate::chains::{chain, checkpoint, key, lines, org, public, slug};

fn signed() -> SignedCheckpoint {
    checkpoint(&[
        (&org("beta"), chain(&org("beta"), 2)[1].head()),
        (&Stream::Platform, chain(&Stream::Platform, 3)[2].head()),
        (&org("acme"), chain(&org("acme"), 1)[0].head()),
    ])
}

#[test]
fn a_checkpoint_reads_back_and_verifies() {
    let signed = signed();
    let streams: Vec<_> = signed.checkpoint.heads.iter().map(|at| at.stream.to_string()).collect();
    assert_eq!(streams, ["platform", "org/acme", "org/beta"]);
    let text = signed.to_text();
    assert!(text.starts_with("{\"schema\":\"gatewright.checkpoint/1\",\"time\":\"2026-11-24T"), "{text}");
    assert_eq!(text.find('\n'), Some(text.len() - 1));
    assert_eq!(SignedCheckpoint::parse(&text), Ok(signed.clone()));
    let spaced = text.replace(',', ",\n  ");
    assert_eq!(SignedCheckpoint::parse(&spaced), Ok(signed.clone()));
    assert_eq!(signed.verify_signature(Some(&public())), Ok(()));
    assert_eq!(signed.verify_signature(None), Ok(()));
    assert_eq!(signed.verify_signature(Some(&[1; 32])), Err(SignatureRefused::OtherKey));
}

#[test]
fn chains_are_sorted_and_empty_ones_left_out() {
    let heads = [
        (org("b"), Head::EMPTY),
        (org("c"), Head { sequence: 1, hash: [1; 32] }),
        (org("a"), Head { sequence: 2, hash: [2; 32] }),
    ];
    let checkpoint = Checkpoint::new(Timestamp::EPOCH, slug("dev"), heads);
    assert_eq!(checkpoint.heads.iter().map(|at| at.stream.clone()).collect::<Vec<_>>(), [org("a"), org("c")]);
    let signed = checkpoint.sign(&key());
    assert_eq!(SignedCheckpoint::parse(&signed.to_text()), Ok(signed));
}

/// The format has not changed by accident.
#[test]
fn the_formats_are_pinned() {
    let record = &chain(&org("acme"), 1)[0];
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(&record.hash), "f21d28719feaa90682563a9bd61bc01d01a0b37c8b333ea2c721b73485142e9e");
    assert!(signed().checkpoint.sign_bytes().starts_with(b"gatewright.checkpoint/1\0\xa3\x00"));
    assert_eq!(hex(&signed().signature[..16]), "541bac76c3a75524c461e6c9a1a81ecb");
}

/// ST-AUD-05: every field of the checkpoint is under the signature.
#[test]
fn st_aud_05_a_changed_checkpoint_is_refused() {
    let ways: [fn(&mut Checkpoint); 7] = [
        |checkpoint| checkpoint.at = Timestamp::EPOCH,
        |checkpoint| checkpoint.environment = slug("staging"),
        |checkpoint| drop(checkpoint.heads.pop()),
        |checkpoint| checkpoint.heads[0].first = 2,
        |checkpoint| checkpoint.heads[0].head.sequence -= 1,
        |checkpoint| checkpoint.heads[0].head.hash[31] ^= 1,
        |checkpoint| checkpoint.heads[0].stream = org("aaaa"),
    ];
    for (number, way) in ways.iter().enumerate() {
        let mut changed = signed();
        way(&mut changed.checkpoint);
        assert_eq!(changed.verify_signature(None), Err(SignatureRefused::BadSignature), "{number}");
    }
    for bit in 0..512 {
        let mut changed = signed();
        changed.signature[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(changed.verify_signature(None), Err(SignatureRefused::BadSignature), "{bit}");
    }
}

#[test]
fn a_bad_signature_is_a_finding() {
    let records = chain(&org("acme"), 2);
    let good = checkpoint(&[(&org("acme"), records[1].head())]);
    let text = lines(&records).join("\n");
    let find = |checkpoint: &SignedCheckpoint, trusted: Option<&[u8; 32]>| {
        verify_export(text.as_bytes(), checkpoint, trusted, &Scope::Every)
    };
    assert!(!find(&good, None).unwrap().pinned);
    let other = good.checkpoint.clone().sign(&ed25519_dalek::SigningKey::from_bytes(&[8; 32]));
    assert_eq!(find(&other, Some(&public())).unwrap_err()[0].problem, Problem::CheckpointOtherKey);
    let forged = SignedCheckpoint { signature: [0; 64], ..good };
    assert_eq!(find(&forged, None).unwrap_err()[0].problem, Problem::CheckpointSignature);
}

/// A key of small order would verify any checkpoint.
#[test]
fn a_weak_key_verifies_nothing() {
    let mut weak = [0; 32];
    weak[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    let forged = signed().checkpoint.attach(weak, signature);
    assert_eq!(forged.verify_signature(None), Err(SignatureRefused::BadSignature));
}

#[test]
fn a_bad_text_is_refused_with_a_reason() {
    let text = signed().to_text();
    for (from, to, why) in [
        ("checkpoint/1", "checkpoint/2", "`schema` names something else"),
        ("\"time\":\"2026", "\"time\":\"2025", "`time` and `at` differ"),
        ("org/acme", "org/zzzz", "`heads` are not sorted"),
        ("org/acme", "org/beta", "`heads` are not sorted"),
        ("org/acme", "orgs/acme", "a `stream` is not known"),
        ("\"first\":1", "\"first\":0", "begins after its end"),
        ("\"first\":1", "\"first\":9", "begins after its end"),
        ("\"key\":\"", "\"key\":\"0", "`key` is not 64"),
        ("\"signature\":\"", "\"signature\":\"zz", "`signature` is not 128"),
        ("\"production\"", "\"Production\"", "`environment` is no slug"),
        ("\"at\":", "\"at\":1,\"at\":", "duplicate field"),
        ("\"at\":", "\"more\":1,\"at\":", "unknown field"),
        ("{", "", "expected"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let refused = SignedCheckpoint::parse(&changed).unwrap_err();
        assert!(refused.to_string().contains(why), "{refused}");
    }
    assert_eq!(key().verifying_key().to_bytes(), public());
}
