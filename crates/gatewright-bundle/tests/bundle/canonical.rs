//! Canonical: an independent reader holds the bytes against RFC 8949 §4.2.1; other spellings of them are refused.

use gatewright_bundle::{Content, Defect, Part, encode};
use proptest::prelude::*;

use crate::generator::{program, small};

/// Walks one item and gives what follows it: shortest heads, definite lengths, keys strictly rising, no tags, no floats.
fn walk(bytes: &[u8]) -> &[u8] {
    let (major, info) = (bytes[0] >> 5, bytes[0] & 31);
    let width = match info {
        0..24 => 0,
        24..28 => 1 << (info - 24),
        _ => panic!("indefinite or reserved"),
    };
    let argument = match width {
        0 => u64::from(info),
        _ => bytes[1..=width].iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
    };
    let least = [0, 24, 0x100, 0, 0x1_0000, 0, 0, 0, 0x1_0000_0000][width];
    assert!(argument >= least, "a head that is not the shortest");
    let rest = &bytes[1 + width..];
    let length = usize::try_from(argument).unwrap();
    match major {
        0 => rest,
        2 | 3 => &rest[length..],
        4 => (0..length).fold(rest, |rest, _| walk(rest)),
        5 => {
            let mut rest = rest;
            let mut before: Option<&[u8]> = None;
            for _ in 0..length {
                let behind = walk(rest);
                let key = &rest[..rest.len() - behind.len()];
                assert!(before < Some(key), "keys out of order");
                before = Some(key);
                rest = walk(behind);
            }
            rest
        }
        _ => panic!("major type {major}"),
    }
}

/// The byte strings of the outermost map.
pub(crate) fn parts(content: &[u8]) -> Vec<&[u8]> {
    let mut input = minicbor::Decoder::new(content);
    assert_eq!(input.map().unwrap(), Some(7));
    input.set_position(input.position() + 3);
    input.str().unwrap();
    (2..7)
        .map(|key| (input.u64().unwrap(), input.bytes().unwrap(), key))
        .map(|(read, part, key)| {
            assert_eq!(read, key);
            part
        })
        .collect()
}

proptest! {
    /// ST-BUN-01: RFC 8949 §4.2.1, in every part.
    #[test]
    fn st_bun_01_the_bytes_are_deterministic_cbor(program in program()) {
        let content = encode(&program);
        prop_assert!(walk(&content).is_empty());
        let parts = parts(&content);
        for part in &parts[..4] {
            prop_assert!(walk(part).is_empty());
        }
        let sections = program.orgs.iter().fold(parts[4], |rest, _| walk(rest));
        prop_assert!(sections.is_empty());
    }
}

/// The content of `small` with another catalogue.
fn with_catalogue(catalogue: &[u8]) -> Vec<u8> {
    let content = encode(&small());
    let mut parts = parts(&content);
    parts[1] = catalogue;
    frame(&parts)
}

pub(crate) fn frame(parts: &[&[u8]]) -> Vec<u8> {
    let mut out = minicbor::Encoder::new(Vec::new());
    out.map(7)
        .unwrap()
        .u8(0)
        .unwrap()
        .u64(gatewright_bundle::FORMAT)
        .unwrap()
        .u8(1)
        .unwrap()
        .str("production")
        .unwrap();
    for (key, part) in (2..).zip(parts) {
        out.u8(key).unwrap().bytes(part).unwrap();
    }
    out.into_writer()
}

fn defect(catalogue: &[u8]) -> Defect {
    let refused = Content::decode(&with_catalogue(catalogue)).unwrap_err();
    assert_eq!(refused.part, Part::Catalogue);
    refused.defect
}

#[test]
fn another_spelling_is_refused() {
    let content = encode(&small());
    let good = parts(&content)[1].to_vec();
    assert_eq!(with_catalogue(&good), content);
    assert_eq!(good[0], 0xa2);

    let doubled = [&[0xa3], &good[1..], &[0x01, 0x80]].concat();
    assert_eq!(defect(&doubled), Defect::NotCanonical);
    let unknown = [&[0xa3], &good[1..], &[0x18, 0x63, 0x80]].concat();
    assert_eq!(defect(&unknown), Defect::NotCanonical);
    let long_key = [&[0xa2, 0x18, 0x00], &good[2..]].concat();
    assert_eq!(defect(&long_key), Defect::NotCanonical);
    let indefinite = [&[0xbf], &good[1..], &[0xff]].concat();
    assert_eq!(defect(&indefinite), Defect::NotCanonical);
    let trailing = [&good[..], &[0x00]].concat();
    assert_eq!(defect(&trailing), Defect::TrailingBytes);
    // Roles before permissions.
    let permissions_end = good.len() - walk(&good[2..]).len();
    let reordered = [&[0xa2], &good[permissions_end..], &good[1..permissions_end]].concat();
    assert_eq!(defect(&reordered), Defect::NotCanonical);
}

/// ST-BUN-06: depth and declared lengths cost nothing but the refusal.
#[test]
fn st_bun_06_depth_and_declared_lengths_are_harmless() {
    // Under an unknown key, which is skipped before the comparison finds it.
    let deep = [&[0xa3, 0x00, 0x80, 0x01, 0x80, 0x02][..], &[0x81].repeat(500_000), &[0x80]].concat();
    assert_eq!(defect(&deep), Defect::NotCanonical);
    let deep_maps = [&[0xa3, 0x00, 0x80, 0x01, 0x80, 0x02][..], &[0xa1, 0x00].repeat(200_000), &[0x80]].concat();
    assert_eq!(defect(&deep_maps), Defect::NotCanonical);
    for (huge, why) in [
        // A list, a text, a byte string, a map of 2^63 entries.
        (&[0xa1, 0x00, 0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..], "the most is 4096"),
        (&[0xa1, 0x00, 0x81, 0xa1, 0x00, 0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "end"),
        (&[0xa1, 0x07, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "end"),
        (&[0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "end"),
    ] {
        let Defect::Unreadable(text) = defect(huge) else { panic!("{why}") };
        assert!(text.contains(why), "{text}");
    }
    for index in [2, 3] {
        let content = encode(&small());
        let mut parts = parts(&content);
        parts[index] = &[0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let refused = Content::decode(&frame(&parts)).unwrap_err();
        assert!(matches!(refused.defect, Defect::TooLarge(_)), "{refused}");
    }
}
