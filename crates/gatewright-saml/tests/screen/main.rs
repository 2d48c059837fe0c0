//! Screen: every rule with a pair of twins: one message that passes, and one that differs from it in the defect alone and is
//! refused with exactly that rule's word (ST-SAML-01 to ST-SAML-05, ST-SAML-08 to ST-SAML-11, ST-SAML-22, ST-SAML-23).

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod accepted;
mod encrypted;
mod limits;
mod markup;
mod no_c;
mod proof;
mod shape;
mod signature;
mod twin;

use std::collections::BTreeSet;

use twin::Twin;

fn all() -> impl Iterator<Item = &'static Twin> {
    [markup::TWINS, shape::TWINS, signature::TWINS, encrypted::TWINS].into_iter().flatten()
}

/// ST-SAML-03, ST-SAML-04, ST-SAML-05, ST-SAML-08, ST-SAML-09, ST-SAML-11, ST-SAML-23.
#[test]
fn each_rule_refuses_what_differs_in_the_defect_alone() {
    let wrong: Vec<String> = all().filter_map(Twin::fault).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all().count(), wrong.join("\n"));
}

/// The rules are those that the comments of the sources name: `Rule `a`` or `Rules `a`, `b` and `c``.
#[test]
fn every_rule_has_a_twin() {
    const SOURCES: &[&str] = &[
        include_str!("../../src/screen/attributes.rs"),
        include_str!("../../src/screen/encrypted.rs"),
        include_str!("../../src/screen/holders.rs"),
        include_str!("../../src/screen/ids.rs"),
        include_str!("../../src/screen/key_info.rs"),
        include_str!("../../src/screen/shape.rs"),
        include_str!("../../src/screen/signature.rs"),
    ];
    let earned: BTreeSet<&str> = all().map(|twin| twin.reason).chain(limits::REASONS.iter().copied()).collect();
    let mut named = BTreeSet::new();
    for source in SOURCES {
        for word in source.split('"').skip(1).step_by(2) {
            let is_word = word.contains('-')
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            if is_word {
                named.insert(word);
            }
        }
    }
    assert!(named.len() > 50, "{named:?}");
    let missing: Vec<_> = named.difference(&earned).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
