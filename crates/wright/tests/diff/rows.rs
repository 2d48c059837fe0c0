//! Rows: what a change is called, how grave it is, whom it shows, and what its id hangs on.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_bundle::program::Program;
use gatewright_terms::{GroupName, OrgId, Refusal};
use wright::diff::{Change, Class, Effect, Outcome, Sign, What, diff};

use crate::small::{Line, Small, To};

/// Developers from `g0`, whose role permits `a.read`; admins may `d.pay` too.
fn base() -> Small {
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

fn line(role: usize, group: usize) -> Line {
    Line { role, project: None, to: To::Having(group, 0) }
}

fn with<T>(edit: impl FnOnce(&mut Small) -> T) -> Small {
    let mut small = base();
    edit(&mut small);
    small
}

/// `path: classes` of every row.
fn told(changes: &[Change]) -> Vec<String> {
    let classes = |change: &Change| change.classes.iter().map(|class| class.slug()).collect::<Vec<_>>().join(" ");
    changes.iter().map(|change| format!("{}: {}", change.path, classes(change))).collect()
}

fn effect(change: &Change) -> &Effect {
    match &change.what {
        What::Access { effect: Some(effect), .. } => effect,
        other @ (What::Access { .. } | What::Setting { .. }) => panic!("{other:?}"),
    }
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
fn doubled(small: &Small) -> Program {
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
fn classes_stand_worst_first_and_each_has_a_mark_of_its_own() {
    let marks: BTreeSet<&str> = Class::ALL.iter().map(|class| class.mark()).collect();
    assert_eq!(marks.len(), Class::ALL.len());
    assert!(Class::ALL.is_sorted());
}
