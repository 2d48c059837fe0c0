//! Verification: a small bundle signed by two of two, and everything that must keep it out.

use ed25519_dalek::Signer;
use gatewright_bundle::limits::FILE_BYTES_MAX;
use gatewright_bundle::{
    Accepted, BundleFile, BundleRefused, Defect, Digest, KeyId, Part, Statement, encode, pre_authentication, verify,
};
use gatewright_terms::{Seconds, Timestamp};

use crate::generator::{slug, small};
use crate::signed::{NOW, expected, file, key, key_id, production, trust};

fn refusal(bytes: &[u8], accepted: Option<Accepted>) -> BundleRefused {
    let production = production();
    verify(bytes, &trust(2, &[1, 2]), &expected(&production, accepted)).expect_err("must be refused")
}

fn good() -> Vec<u8> {
    file(&encode(&small()), 41, None, &[1, 2]).to_bytes()
}

/// Where `part` lies in `whole`.
fn place(whole: &[u8], part: &[u8]) -> std::ops::Range<usize> {
    let start = whole.windows(part.len()).position(|window| window == part).unwrap();
    start..start + part.len()
}

/// ST-BUN-02: every single bit, each refused for the reason of the place where it stands.
#[test]
fn st_bun_02_every_flipped_bit_is_refused() {
    let bytes = good();
    let parsed = BundleFile::parse(&bytes).unwrap();
    let content = place(&bytes, parsed.content());
    let statement = place(&bytes, &parsed.statement().unwrap().to_bytes());
    let signatures: Vec<_> = parsed.signatures().iter().map(|(_, signature)| place(&bytes, signature)).collect();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            let refused = refusal(&flipped, None);
            let word = refused.slug();
            if content.contains(&at) {
                assert_eq!(refused, BundleRefused::OtherContent, "byte {at} bit {bit}");
            } else if signatures.iter().any(|range| range.contains(&at)) {
                assert_eq!(word, "bad-signature", "byte {at} bit {bit}");
            } else if statement.contains(&at) {
                assert!(matches!(word, "bad-signature" | "malformed"), "byte {at} bit {bit}: {refused}");
            } else {
                // The frame: lengths, keys of the map, the format, the ids of the signing keys.
                let frame = ["malformed", "format-newer", "too-few-signatures"];
                assert!(frame.contains(&word), "byte {at} bit {bit}: {refused}");
            }
        }
    }
}

#[test]
fn every_prefix_and_every_suffix_is_refused() {
    let bytes = good();
    for end in 0..bytes.len() {
        let BundleRefused::Malformed(malformed) = refusal(&bytes[..end], None) else { panic!("{end}") };
        assert_eq!(malformed.part, Part::File, "{end}");
    }
    for start in 1..bytes.len() {
        assert_eq!(refusal(&bytes[start..], None).slug(), "malformed", "{start}");
    }
    let appended = [&bytes[..], b"\0"].concat();
    assert_eq!(
        refusal(&appended, None),
        BundleRefused::Malformed(gatewright_bundle::Malformed { part: Part::File, defect: Defect::TrailingBytes })
    );
}

/// ST-BUN-02: none, one of two, a stranger's, one key twice, and a bad one beside enough good ones.
#[test]
fn st_bun_02_signatures_must_be_enough_distinct_and_good() {
    let content = encode(&small());
    let with = |signers: &[u8]| refusal(&file(&content, 41, None, signers).to_bytes(), None);
    assert_eq!(with(&[]), BundleRefused::TooFewSignatures { good: 0, threshold: 2 });
    for one in [1, 2] {
        assert_eq!(with(&[one]), BundleRefused::TooFewSignatures { good: 1, threshold: 2 });
    }
    assert_eq!(with(&[1, 3]), BundleRefused::TooFewSignatures { good: 1, threshold: 2 });
    let unsigned = BundleFile::unsigned(content.clone(), Digest::of(b"")).to_bytes();
    assert_eq!(refusal(&unsigned, None), BundleRefused::Unsigned);

    // One of three is bad: the file is refused though two would be enough.
    let production = production();
    let mut three = file(&content, 41, None, &[1, 2]);
    three.attach(key_id(&key(3)), [0; 64]).unwrap();
    let refused = verify(&three.to_bytes(), &trust(2, &[1, 2, 3]), &expected(&production, None)).unwrap_err();
    assert_eq!(refused, BundleRefused::BadSignature { key: key_id(&key(3)) });
    // A stranger's signature says nothing, good or bad.
    assert!(verify(&three.to_bytes(), &trust(2, &[1, 2]), &expected(&production, None)).is_ok());
}

/// A file of parts that `BundleFile` would not put together.
fn raw(content: &[u8], statement: &Statement, signatures: &[(KeyId, [u8; 64])]) -> Vec<u8> {
    let mut out = minicbor::Encoder::new(Vec::new());
    out.map(5)
        .unwrap()
        .u8(0)
        .unwrap()
        .str("gatewright.bundle")
        .unwrap()
        .u8(1)
        .unwrap()
        .u64(gatewright_bundle::FORMAT)
        .unwrap();
    out.u8(2).unwrap().bytes(content).unwrap().u8(4).unwrap().bytes(&statement.to_bytes()).unwrap();
    out.u8(5).unwrap().array(signatures.len() as u64).unwrap();
    for (key, signature) in signatures {
        out.array(2).unwrap().bytes(&key.0).unwrap().bytes(signature).unwrap();
    }
    out.into_writer()
}

fn sign(statement: &Statement) -> [(KeyId, [u8; 64]); 2] {
    let mut signatures = [1, 2].map(|number| {
        let key = key(number);
        (key_id(&key), key.sign(&statement.signing_bytes()).to_bytes())
    });
    signatures.sort();
    signatures
}

#[test]
fn one_key_twice_is_malformed() {
    let content = encode(&small());
    let file = file(&content, 41, None, &[1, 2]);
    let statement = file.statement().unwrap();
    let [one, two] = sign(statement);
    assert_eq!(raw(&content, statement, &[one, two]), file.to_bytes());
    for unsorted in [&[one, one][..], &[two, one], &[one, one, two], &[one, two, two]] {
        let BundleRefused::Malformed(malformed) = refusal(&raw(&content, statement, unsorted), None) else { panic!() };
        assert_eq!(malformed.defect, Defect::Unsorted("the signatures"));
    }
}

/// Trusted keys that sign a statement which its content contradicts: refused all the same.
#[test]
fn a_statement_that_the_content_contradicts_is_refused() {
    let content = encode(&small());
    let good = file(&content, 41, None, &[]).statement().unwrap().clone();
    let refusal_of = |statement: &Statement| {
        let environment = statement.environment.clone();
        let bytes = raw(&content, statement, &sign(statement));
        verify(&bytes, &trust(2, &[1, 2]), &expected(&environment, None)).expect_err("must be refused")
    };
    let longer = Statement { length: good.length + 1, ..good.clone() };
    assert_eq!(refusal_of(&longer), BundleRefused::OtherContent);
    let other = Statement { digest: Digest::of(b"other"), ..good.clone() };
    assert_eq!(refusal_of(&other), BundleRefused::OtherContent);
    let BundleRefused::Malformed(staging) = refusal_of(&Statement { environment: slug("staging"), ..good }) else {
        panic!()
    };
    assert_eq!((staging.part, staging.defect), (Part::Statement, Defect::Disagrees("the environment")));
}

/// DSSE v1: the payload type is under the signature.
#[test]
fn st_bun_02_another_payload_type_is_refused() {
    assert_eq!(
        pre_authentication("http://example.com/HelloWorld", b"hello world"),
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    );
    let mut other = file(&encode(&small()), 41, None, &[1]);
    let statement = other.statement().unwrap().to_bytes();
    for message in [pre_authentication("application/vnd.in-toto+json", &statement), statement.clone()] {
        other.attach(key_id(&key(2)), key(2).sign(&message).to_bytes()).unwrap();
        assert_eq!(refusal(&other.to_bytes(), None), BundleRefused::BadSignature { key: key_id(&key(2)) });
    }
}

#[test]
fn another_environment_is_refused() {
    let staging = slug("staging");
    let refused = verify(&good(), &trust(2, &[1, 2]), &expected(&staging, None)).unwrap_err();
    assert_eq!(refused, BundleRefused::OtherEnvironment { found: slug("production"), expected: staging });
    assert_eq!(refused.code(), Some(1409));
}

/// A signature that was made for one content says nothing about another.
#[test]
fn the_statement_of_another_bundle_is_refused() {
    let mut program = small();
    program.orgs[0].grants.pop();
    let (one, two) = (good(), file(&encode(&program), 42, None, &[1, 2]).to_bytes());
    let (one, two) = (BundleFile::parse(&one).unwrap(), BundleFile::parse(&two).unwrap());
    let mixed = raw(one.content(), two.statement().unwrap(), two.signatures());
    assert_eq!(refusal(&mixed, None), BundleRefused::OtherContent);
}

/// ST-BUN-03, ST-BUN-07: never back; the same step only with the same content; old content as a new step is fine.
#[test]
fn st_bun_03_st_bun_07_a_gate_never_goes_back() {
    let digest = Digest::of(&encode(&small()));
    let other = Digest::of(b"other");
    let accepted = |sequence, digest| Some(Accepted { sequence, digest });
    let refused = refusal(&good(), accepted(42, digest));
    assert_eq!(refused, BundleRefused::Rollback { found: 41, highest: 42 });
    assert_eq!(refused.code(), Some(1402));
    assert_eq!(refusal(&good(), accepted(41, other)), BundleRefused::SequenceReused { sequence: 41 });
    let production = production();
    for fine in [accepted(41, digest), accepted(40, other), accepted(40, digest), None] {
        assert!(verify(&good(), &trust(2, &[1, 2]), &expected(&production, fine)).is_ok(), "{fine:?}");
    }
}

/// ST-BUN-04: an expired bundle is not adopted; the one that ran is kept, and says that it is stale.
#[test]
fn st_bun_04_an_expired_bundle_is_not_adopted() {
    let content = encode(&small());
    let with = |expires| file(&content, 41, Some(expires), &[1, 2]).to_bytes();
    let (past, future) = (NOW.minus(Seconds(1)), NOW.plus(Seconds(1)));
    for at in [past, NOW, Timestamp::EPOCH] {
        assert_eq!(refusal(&with(at), None), BundleRefused::Expired { at });
        let older = Accepted { sequence: 40, digest: Digest::of(&content) };
        assert_eq!(refusal(&with(at), Some(older)), BundleRefused::Expired { at });
    }
    let production = production();
    let ran = Some(Accepted { sequence: 41, digest: Digest::of(&content) });
    let kept = verify(&with(past), &trust(2, &[1, 2]), &expected(&production, ran)).unwrap();
    assert!(kept.is_stale(NOW));
    let fresh = verify(&with(future), &trust(2, &[1, 2]), &expected(&production, None)).unwrap();
    assert!(!fresh.is_stale(NOW) && fresh.is_stale(future));
    assert_eq!(fresh.expires(), Some(future));
}

/// ST-BUN-06: size before anything else; ST-BUN-12: a newer format is told as such.
#[test]
fn st_bun_06_st_bun_12_size_and_format_come_first() {
    let oversized = vec![0; FILE_BYTES_MAX + 1];
    assert_eq!(refusal(&oversized, None), BundleRefused::TooLarge { bytes: FILE_BYTES_MAX + 1 });
    let mut newer = good();
    let format = place(&newer, b"gatewright.bundle").end + 1;
    newer[format] = 4;
    assert_eq!(refusal(&newer, None), BundleRefused::FormatNewer { format: 4 });
    for older in [0, 1, 2] {
        newer[format] = older;
        assert_eq!(refusal(&newer, None).slug(), "malformed");
    }
}

#[test]
fn signatures_follow_their_statement() {
    let mut file = file(&encode(&small()), 41, None, &[1, 2]);
    let same = file.clone();
    file.declare(41, None).unwrap();
    assert_eq!(file, same);
    file.declare(42, None).unwrap();
    assert!(file.signatures().is_empty());
    for (sequence, expires, what) in [(0, None, "the sequence"), (1, Some(Timestamp::from_unix(-1)), "the expiry")] {
        assert_eq!(file.declare(sequence, expires).unwrap_err().defect, Defect::BadValue(what));
    }
    let mut unsigned = BundleFile::unsigned(encode(&small()), Digest::of(b""));
    assert!(unsigned.attach(key_id(&key(1)), [0; 64]).is_err());
    for number in 1..=16 {
        file.attach(key_id(&key(number)), [0; 64]).unwrap();
    }
    assert!(file.attach(key_id(&key(17)), [0; 64]).is_err());
    assert!(file.attach(key_id(&key(16)), [1; 64]).is_ok());
    assert_eq!(BundleFile::parse(&file.to_bytes()), Ok(file));
}
