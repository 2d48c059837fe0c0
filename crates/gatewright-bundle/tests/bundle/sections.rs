//! Sections: content whose parts are each sound, but stand in each other's place.

use gatewright_bundle::limits::SECTIONS_AT_ONCE_BYTES_MAX;
use gatewright_bundle::program::{Org, Program};
use gatewright_bundle::{BundleRefused, Content, Defect, Digest, Malformed, Part, VerifiedBundle, encode, verify};
use gatewright_terms::{DomainName, GroupName, OrgId};

use crate::canonical::{frame, parts};
use crate::generator::small;
use crate::signed::{expected, file, production, trust};

fn org(id: &str) -> OrgId {
    OrgId::parse(id).unwrap()
}

/// Every pair of parts swapped, signed anew by trusted keys: refused all the same, for its form.
#[test]
fn parts_in_each_others_place_are_refused() {
    let content = encode(&small());
    let parts = parts(&content);
    let production = production();
    for one in 0..parts.len() {
        for two in 0..one {
            let mut swapped = parts.clone();
            swapped.swap(one, two);
            let bytes = file(&frame(&swapped), 1, None, &[1, 2]).to_bytes();
            let refused = verify(&bytes, &trust(2, &[1, 2]), &expected(&production, None)).unwrap_err();
            assert_eq!(refused.slug(), "malformed", "{one} {two}: {refused}");
        }
    }
}

/// What a gate makes of content that trusted keys signed.
fn taken(content: &[u8]) -> Result<VerifiedBundle, BundleRefused> {
    let bytes = file(content, 1, None, &[1, 2]).to_bytes();
    verify(&bytes, &trust(2, &[1, 2]), &expected(&production(), None))
}

/// The sections of organisations 0 and 1 swapped; they must be equally long, and lead.
fn with_sections_swapped(program: &Program) -> Vec<u8> {
    let content = encode(program);
    let mut parts = parts(&content);
    let one = encoded_length(program, &parts);
    let (first, second, rest) = (&parts[4][..one], &parts[4][one..2 * one], &parts[4][2 * one..]);
    let swapped = [second, first, rest].concat();
    parts[4] = &swapped;
    frame(&parts)
}

/// Of the first section, as the index says it.
fn encoded_length(program: &Program, parts: &[&[u8]]) -> usize {
    let mut index = minicbor::Decoder::new(parts[2]);
    assert_eq!(index.array().unwrap(), Some(program.orgs.len() as u64));
    index.array().unwrap();
    index.str().unwrap();
    usize::try_from(index.u64().unwrap()).unwrap()
}

fn disagrees(id: &str) -> Malformed {
    Malformed { part: Part::Org(id.into()), defect: Defect::Disagrees("the id and the index") }
}

/// Two organisations' sections swapped, equally long and signed anew: the bundle is refused whole.
#[test]
fn sections_in_each_others_place_are_refused() {
    let content = with_sections_swapped(&small());
    assert_eq!(Content::decode(&content), Err(disagrees("acme")));
    assert_eq!(taken(&content).unwrap_err(), BundleRefused::Malformed(disagrees("acme")));
}

/// A bundle that is too large to be decoded at once: nobody of the unsound organisations gets in, everybody else does.
#[test]
fn unsound_sections_of_a_large_bundle_let_nobody_in() {
    let mut program = small();
    let filler = |at: usize| Org {
        id: org(&format!("z{at}")),
        domains: Vec::new(),
        owners: Vec::new(),
        grants: Vec::new(),
        blocked_groups: (0..1000).map(|n| GroupName::parse(&format!("{n:0>256}")).unwrap()).collect(),
        ..small().orgs[0].clone()
    };
    let fillers = SECTIONS_AT_ONCE_BYTES_MAX / 256_000 + 1;
    program.orgs.extend((10..10 + fillers).map(filler));
    let content = with_sections_swapped(&program);
    assert_eq!(Content::decode(&content), Err(disagrees("acme")));
    let bundle = taken(&content).unwrap();
    for id in ["acme", "beta"] {
        assert_eq!(bundle.org(&org(id)), Some(Err(&disagrees(id))));
    }
    assert_eq!(bundle.org(&org("z10")), Some(Ok(&program.orgs[2])));
}

/// Sections that overlap, leave a gap, or end elsewhere.
#[test]
fn the_lengths_of_the_index_are_exact() {
    let content = encode(&small());
    for (wrong, defect) in [
        ([1, 1], Defect::Disagrees("the lengths of the sections")),
        ([0, 1], Defect::BadValue("the length of a section")),
        ([100_000, 1], Defect::OutOfRange("the section of an organisation")),
        ([3_000_000, 1], Defect::TooLarge("a section")),
        ([u64::MAX, u64::MAX], Defect::TooLarge("a section")),
    ] {
        let mut out = minicbor::Encoder::new(Vec::new());
        out.array(2).unwrap();
        for (id, length) in ["acme", "beta"].iter().zip(wrong) {
            out.array(2).unwrap().str(id).unwrap().u64(length).unwrap();
        }
        let index = out.into_writer();
        let mut parts = parts(&content);
        parts[2] = &index;
        assert_eq!(Content::decode(&frame(&parts)), Err(Malformed { part: Part::OrgIndex, defect }));
    }
}

/// An index of domains that points to another organisation would let its people be routed there.
#[test]
fn the_index_of_domains_says_what_the_organisations_say() {
    let content = encode(&small());
    let disagrees =
        |id: &str| Malformed { part: Part::Org(id.into()), defect: Defect::Disagrees("the domains and the index") };
    for (rows, refused) in [
        (vec![("acme.com", 1, 1), ("beta.com", 0, 1)], disagrees("acme")),
        (vec![("acme.com", 0, 0), ("beta.com", 1, 1)], disagrees("acme")),
        (vec![("acme.com", 0, 1)], disagrees("beta")),
        (vec![("acme.com", 0, 1), ("beta.com", 1, 1), ("evil.com", 1, 1)], disagrees("beta")),
        (
            vec![("acme.com", 0, 1), ("beta.com", 2, 1)],
            Malformed { part: Part::DomainIndex, defect: Defect::OutOfRange("the organisation of a domain") },
        ),
        (
            vec![("beta.com", 1, 1), ("acme.com", 0, 1)],
            Malformed { part: Part::DomainIndex, defect: Defect::Unsorted("the domains") },
        ),
    ] {
        let mut out = minicbor::Encoder::new(Vec::new());
        out.array(rows.len() as u64).unwrap();
        for (name, org, connection) in rows {
            out.array(3).unwrap().str(name).unwrap().u32(org).unwrap().u32(connection).unwrap();
        }
        let index = out.into_writer();
        let mut parts = parts(&content);
        parts[3] = &index;
        let content = frame(&parts);
        assert_eq!(Content::decode(&content).as_ref(), Err(&refused));
        assert_eq!(taken(&content).unwrap_err(), BundleRefused::Malformed(refused));
    }
}

#[test]
fn a_verified_bundle_answers() {
    let program = small();
    let content = encode(&program);
    let production = production();
    let bytes = file(&content, 7, None, &[1, 2]).to_bytes();
    let bundle = verify(&bytes, &trust(2, &[1, 2]), &expected(&production, None)).unwrap();
    assert_eq!((bundle.sequence(), bundle.digest()), (7, Digest::of(&content)));
    assert_eq!(bundle.environment(), &program.environment);
    assert_eq!(bundle.catalogue(), &program.catalogue);
    assert_eq!(bundle.org_ids().map(OrgId::as_str).collect::<Vec<_>>(), ["acme", "beta"]);
    for expected in &program.orgs {
        assert_eq!(bundle.org(&expected.id), Some(Ok(expected)));
    }
    assert_eq!(bundle.org(&org("gamma")), None);
    let domain = |name| bundle.domain(&DomainName::parse(name).unwrap());
    assert_eq!(domain("beta.com"), Some((&org("beta"), 1)));
    assert_eq!(domain("gamma.com"), None);
    assert_eq!(domain("a.acme.com"), None);
}
