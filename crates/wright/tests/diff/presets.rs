//! Presets: changes of many organisations by one line of a preset, as one.

use std::collections::BTreeSet;

use gatewright_bundle::program::Program;
use gatewright_terms::Seconds;
use wright::diff::{Change, What, diff};

use crate::rows::{base, doubled, effect, line, told};
use crate::small::Small;

fn changes(before: &Small, after: &Small) -> Vec<Change> {
    diff(&doubled(before), &doubled(after))
}

/// Sessions that idle this long, in each of the two organisations.
fn idle(seconds: [u32; 2]) -> Vec<Change> {
    let with = |seconds: [u32; 2]| {
        let mut program: Program = doubled(&base());
        program.orgs.iter_mut().zip(seconds).for_each(|(org, seconds)| org.session.idle = Seconds(seconds));
        program
    };
    diff(&with([3_600, 3_600]), &with(seconds))
}

fn folded(members: &[&Change]) -> Option<Change> {
    Change::of_preset("enterprise", members.first().map_or("", |first| first.short_path()), members)
}

fn one(members: &[Change]) -> Change {
    folded(&members.iter().collect::<Vec<_>>()).unwrap()
}

fn granted() -> Small {
    let mut granted = base();
    granted.grants.insert(line(1, 1));
    granted
}

#[test]
fn the_same_line_of_two_organisations_is_one_row() {
    let members = changes(&base(), &granted());
    assert_eq!(members.len(), 2);
    let row = one(&members);
    assert_eq!(told(std::slice::from_ref(&row)), ["preset[enterprise].grant[role=developer,group=g1]: widening"]);
    assert_eq!((&row.org, row.is_addition(), row.short_path()), (&None, true, &*row.path));
    let reached: BTreeSet<&str> = effect(&row).covers.iter().map(|cover| cover.org.as_str()).collect();
    assert_eq!(reached, BTreeSet::from(["acme", "globex"]));
    assert_eq!(effect(&row).witness, effect(&members[0]).witness);
    let gone = one(&changes(&granted(), &base()));
    assert!(gone.is_removal() && gone.id != row.id, "{gone:?}");
}

#[test]
fn a_setting_keeps_what_stood_and_stands_there() {
    let row = one(&idle([60, 60]));
    assert_eq!(told(std::slice::from_ref(&row)), ["preset[enterprise].session.idle: strengthening"]);
    assert_eq!(row.what, What::Setting { before: Some("1h".into()), after: Some("1m".into()) });
    assert!(!row.is_addition() && !row.is_removal() && row.effect().is_none());
}

#[test]
fn what_says_different_things_is_not_one_row() {
    assert_eq!(folded(&[]), None);
    let (settings, came, went) = (idle([60, 120]), changes(&base(), &granted()), changes(&granted(), &base()));
    let mut other = base();
    other.grants.insert(line(0, 1));
    let elsewhere = changes(&base(), &other);
    for pair in [
        [&settings[0], &settings[1]],
        [&came[0], &went[1]],
        [&came[0], &elsewhere[1]],
        [&settings[0], &came[1]],
        [&came[0], &settings[1]],
    ] {
        assert_eq!(folded(&pair), None, "{pair:#?}");
    }
    // The path is the same, and what is said differs.
    let connections = Small { connections: [0, 1].into(), ..base() };
    let mut moved = connections.clone();
    moved.domains.insert(0, 1);
    let (there, back) = (changes(&connections, &moved), changes(&moved, &connections));
    let came = |changes: &[Change]| changes.iter().find(|change| change.is_addition()).unwrap().clone();
    assert_eq!(folded(&[&came(&there), &came(&back)]), None);
}

/// A key that a param gives is left out of the path, and binds all the same.
#[test]
fn a_key_of_each_organisation_is_left_out() {
    let mut other = base();
    other.grants.insert(line(1, 2));
    let (came, elsewhere) = (changes(&base(), &granted()), changes(&base(), &other));
    let pair = [&came[0], &elsewhere[1]];
    let common = "grant[role=developer,group=…]";
    let row = Change::of_preset("enterprise", common, &pair).unwrap();
    assert_eq!(told(std::slice::from_ref(&row)), ["preset[enterprise].grant[role=developer,group=…]: widening"]);
    assert_ne!(row.id, Change::of_preset("enterprise", common, &[&came[0], &came[1]]).unwrap().id);
    for odd in ["grant[role=admin,group=…]", "grant[role=developer,group=…,x]", "block[group=…]", "…x", ""] {
        assert_eq!(Change::of_preset("enterprise", odd, &pair), None, "{odd}");
    }
}

/// Rows are sorted by what they say before they become one.
#[test]
fn what_a_line_says_tells_it_from_another() {
    let (settings, came, went) = (idle([60, 120]), changes(&base(), &granted()), changes(&granted(), &base()));
    assert_eq!(came[0].saying(), came[1].saying());
    let all: BTreeSet<String> = [&settings[0], &settings[1], &came[0], &went[0]].map(Change::saying).into();
    assert_eq!(all.len(), 4, "{all:?}");
}

/// An approval holds for the organisations that it was given for, and for no other.
#[test]
fn the_id_binds_whom_it_reaches() {
    let members = changes(&base(), &granted());
    let both = one(&members);
    assert_ne!(one(&members[..1]).id, both.id);
    assert_ne!(one(&members[..1]).id, one(&members[1..]).id);
    assert_eq!(folded(&[&members[1], &members[0]]).unwrap().id, both.id, "in whichever order");
    assert!(members.iter().all(|member| member.id != both.id));
    assert_ne!(
        Change::of_preset("other", members[0].short_path(), &members.iter().collect::<Vec<_>>()).unwrap().id,
        both.id
    );
}
