//! Rows: what a change is called, how grave it is, whom it shows, and what its id hangs on.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_bundle::program::Program;
use gatewright_terms::{GroupName, OrgId, Refusal};
use wright::diff::{Change, Class, Effect, Outcome, Sign, What, diff};

use crate::small::{Line, Small, To};

/// Developers from `g0`, whose role permits `a.read`; admins may `d.pay` too.
pub(crate) fn base() -> Small {
    Small {
        connections: BTreeSet::from([0]),
        domains: BTreeMap::from([(0, 0)]),
        owners: BTreeSet::from([1]),
        grants: BTreeSet::from([line(1, 0)]),
        blocks: BTreeSet::new(),
        default: None,
        roles: BTreeMap::from([
            (0, BTreeSet::from([0, 4])),
            (1, BTreeSet::from([0])),
            (2, BTreeSet::from([0, 1, 2, 3, 4])),
        ]),
    }
}

pub(crate) fn line(role: usize, group: usize) -> Line {
    Line { role, project: None, to: To::Having(group, 0) }
}

pub(crate) fn with<T>(edit: impl FnOnce(&mut Small) -> T) -> Small {
    let mut small = base();
    edit(&mut small);
    small
}

/// `path: classes` of every row.
pub(crate) fn told(changes: &[Change]) -> Vec<String> {
    let classes = |change: &Change| change.classes.iter().map(|class| class.slug()).collect::<Vec<_>>().join(" ");
    changes.iter().map(|change| format!("{}: {}", change.path, classes(change))).collect()
}

pub(crate) fn effect(change: &Change) -> &Effect {
    change.effect().unwrap_or_else(|| panic!("{change:?}"))
}

#[test]
fn a_grant_is_as_grave_as_what_it_gives() {
    fn compare<T>(edit: impl FnOnce(&mut Small) -> T) -> Vec<String> {
        told(&diff(&base().program(), &with(edit).program()))
    }
    let developer = compare(|small| small.grants.insert(line(1, 1)));
    assert_eq!(developer, ["org[acme].grant[role=developer,group=g1]: widening"]);
    let admin = compare(|small| small.grants.insert(line(0, 1)));
    assert_eq!(admin, ["org[acme].grant[role=admin,group=g1]: privileged widening"]);
    let more = compare(|small| small.grants.insert(line(0, 0)));
    assert_eq!(more, ["org[acme].grant[role=admin,group=g0]: privileged widening"]);
    let gone = compare(|small| small.grants.remove(&line(1, 0)));
    assert_eq!(gone, ["org[acme].grant[role=developer,group=g0]: shut-out"]);
    let renamed = with(|small| small.grants = BTreeSet::from([line(1, 0), line(1, 1)]));
    let mut other = renamed.clone();
    other.roles.insert(0, BTreeSet::from([0]));
    let mut richer = other.clone();
    richer.grants.insert(line(0, 1));
    let by_name = told(&diff(&other.program(), &richer.program()));
    assert_eq!(by_name, ["org[acme].grant[role=admin,group=g1]: widening"], "a role that permits nothing new");
    let blocked = compare(|small| small.blocks.insert(0));
    assert_eq!(blocked, ["org[acme].block[group=g0]: shut-out"]);
    // Of those in the group only the owner was let in before.
    let nobody = compare(|small| small.blocks.insert(3));
    assert_eq!(nobody, ["org[acme].block[group=g3]: shut-out"]);
    let domain = compare(|small| small.domains.insert(1, 0));
    assert_eq!(domain, ["org[acme].domain[b.example]: trust-root widening"]);
    let owner = compare(|small| small.owners.insert(0));
    assert_eq!(owner[0], "org[acme].owner[bob@b.example]: trust-root", "without its domain nobody gets in by it");
}

#[test]
fn a_line_that_is_covered_already_changes_nobody() {
    let everyone = with(|small| small.grants.insert(Line { role: 1, project: None, to: To::Everyone(0) }));
    let mut covered = everyone.clone();
    covered.grants.insert(line(1, 2));
    let changes = diff(&everyone.program(), &covered.program());
    assert_eq!(told(&changes), ["org[acme].grant[role=developer,group=g2]: cosmetic"]);
    assert!(matches!(changes[0].what, What::Access { sign: Sign::Added, effect: None, .. }));
}

#[test]
fn a_witness_is_the_smallest_and_says_what_decide_says() {
    let changes = diff(&base().program(), &with(|small| small.grants.insert(line(0, 1))).program());
    let effect = effect(&changes[0]);
    assert_eq!(effect.witness.email.to_string(), "anyone@a.example");
    assert_eq!(effect.witness.groups().map(GroupName::as_str).collect::<Vec<_>>(), ["g1"]);
    assert_eq!(effect.before, Outcome::Refuse(Refusal::NoGrant));
    let gained = effect.after.permissions_beyond(&effect.before);
    assert_eq!(gained.iter().map(|held| held.what.as_str()).collect::<Vec<_>>(), ["a.read", "d.pay"]);
}

/// A program with the organisation under two ids.
pub(crate) fn doubled(small: &Small) -> Program {
    let mut program = small.program();
    let mut other = program.orgs[0].clone();
    other.id = OrgId::parse("globex").unwrap();
    program.orgs.push(other);
    program
}

#[test]
fn a_line_of_the_platform_is_one_row_for_all_it_reaches() {
    let richer = with(|small| small.roles.get_mut(&1).unwrap().insert(3));
    let changes = diff(&doubled(&base()), &doubled(&richer));
    assert_eq!(told(&changes), ["role[developer,scope=org].permits: privileged widening"]);
    let reached: BTreeSet<&str> = effect(&changes[0]).covers.iter().map(|cover| cover.org.as_str()).collect();
    assert_eq!(reached, BTreeSet::from(["acme", "globex"]));
    assert_eq!(changes[0].org, None);
}

#[test]
fn an_organisation_that_comes_or_goes_is_one_row() {
    let (one, both) = (base().program(), doubled(&base()));
    assert_eq!(told(&diff(&one, &both)), ["org[globex]: privileged trust-root widening"]);
    assert_eq!(told(&diff(&both, &one)), ["org[globex]: shut-out org-retired"]);
}

/// What reviews bind must survive what others merge, and must not survive a change that became graver.
#[test]
fn an_id_hangs_on_the_line_and_its_classes_alone() {
    let id = |before: &Small, after: &Small, path: &str| {
        let changes = diff(&before.program(), &after.program());
        changes.into_iter().find(|change| change.path.contains(path)).unwrap().id
    };
    let granted = |small: &mut Small| small.grants.insert(line(1, 1));
    let path = "grant[role=developer,group=g1]";
    let first = id(&base(), &with(granted), path);
    let mut elsewhere = base();
    elsewhere.grants.insert(line(0, 4));
    elsewhere.blocks.insert(3);
    let mut merged = elsewhere.clone();
    granted(&mut merged);
    assert_eq!(id(&elsewhere, &merged, path), first);
    let mut graver = base();
    graver.roles.get_mut(&1).unwrap().insert(4);
    let mut merged = graver.clone();
    granted(&mut merged);
    assert_ne!(id(&graver, &merged, path), first);
    let taken_back = id(&with(granted), &base(), path);
    assert_ne!(taken_back, first);
}

#[test]
fn an_id_is_a_hundred_and_twenty_eight_bits_in_hexadecimal() {
    let id = diff(&base().program(), &with(|small| small.blocks.insert(0)).program()).remove(0).id;
    let hex = id.as_str().strip_prefix("c-").unwrap();
    assert!(hex.len() == 32 && hex.chars().all(|digit| digit.is_ascii_hexdigit()), "{id}");
    assert_eq!(id.to_string(), id.as_str());
}

/// The path, `+` or `-`, and what the line says beyond its path, of each row.
fn said(before: &Small, after: &Small) -> Vec<String> {
    let one = |change: &Change| {
        let What::Access { sign, value, .. } = &change.what else { panic!("{change:?}") };
        let is = (*sign == Sign::Added, *sign == Sign::Removed);
        assert_eq!(is, (change.is_addition(), change.is_removal()), "{change:?}");
        format!("{} {} {value}", if change.is_addition() { '+' } else { '-' }, change.short_path())
            .trim_end()
            .to_owned()
    };
    diff(&before.program(), &after.program()).iter().filter(|change| change.effect().is_some()).map(one).collect()
}

#[test]
fn a_row_says_what_its_line_says() {
    let mut two = base();
    two.connections.insert(1);
    let from_two = |small: &mut Small| small.grants.insert(Line { role: 1, project: None, to: To::Having(1, 1) });
    assert_eq!(said(&base(), &with(|small| small.grants.insert(line(1, 1)))), ["+ grant[role=developer,group=g1]"]);
    let mut granted = two.clone();
    granted.domains.insert(1, 1);
    let ours = granted.clone();
    from_two(&mut granted);
    let of_two = "grant[role=developer,group=g1,connection=two]";
    assert_eq!(said(&ours, &granted), [format!("+ {of_two}")], "of several connections a grant names one");
    assert_eq!(said(&granted, &ours), [format!("- {of_two}")]);
    let mut moved = two.clone();
    moved.domains.insert(0, 1);
    assert_eq!(said(&two, &moved), ["+ domain[a.example] sign-in=two", "- domain[a.example] sign-in=one"]);
    let more = with(|small| small.roles.insert(1, BTreeSet::from([0, 2, 3])));
    assert_eq!(said(&base(), &more), ["+ role[developer,scope=org].permits b.read c.delete"]);
    let default = with(|small| small.default = Some((0, Some(3))));
    assert_eq!(said(&base(), &default), ["+ project[lab].default-role editor"]);
}

#[test]
fn classes_stand_worst_first_and_each_has_a_mark_of_its_own() {
    let marks: BTreeSet<&str> = Class::ALL.iter().map(|class| class.mark()).collect();
    assert_eq!(marks.len(), Class::ALL.len());
    assert!(Class::ALL.is_sorted());
}

/// A line of the platform differs for whoever reads it, although nobody holds the role; a role itself is said with its label.
#[test]
fn a_line_of_the_platform_that_nobody_uses_is_a_row() {
    let mut before = doubled(&base());
    before.orgs.clear();
    let mut after = before.clone();
    let role = after.catalogue.roles.iter_mut().find(|role| role.slug.as_str() == "developer").unwrap();
    let permit = (0..100).find(|permit| !role.permits.contains(permit)).unwrap();
    role.permits.push(permit);
    role.permits.sort_unstable();
    assert_eq!(told(&diff(&before, &after)), ["role[developer,scope=org].permits: cosmetic"]);
    let mut without = before.clone();
    without.catalogue.roles.retain(|role| role.slug.as_str() != "developer");
    let paths: Vec<String> = diff(&before, &without).into_iter().map(|change| change.path).collect();
    assert_eq!(paths, ["role[developer,scope=org].label", "role[developer,scope=org].permits"]);
}
