//! People: everybody of the small universe is a member, and counted where the evaluator says that something becomes of them.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_terms::{EmailAddress, OrgId};
use wright::Identity;
use wright::diff::{Atom, Change, diff};
use wright::people::{Census, Count, Member, Members};

use crate::oracle::{EMAILS, Person, Universe, named, outcomes, stands_for};
use crate::random::{Dice, edit, policy};
use crate::small::{CONNECTIONS, Small, slug};

const PAIRS: usize = 120;

fn org(program: &gatewright_bundle::program::Program) -> OrgId {
    program.orgs[0].id.clone()
}

/// As a snapshot tells of them: whether they are an owner, and not which.
fn member((connection, email, traits, groups_unknown): Person, sides: [&Small; 2]) -> Member {
    let email = EmailAddress::parse(EMAILS[email]).unwrap();
    let is_owner = |side: &&Small| side.program().orgs[0].owners.iter().any(|owner| owner.same_mailbox(&email));
    Member {
        connection: slug(CONNECTIONS[connection]),
        domain: email.domain().clone(),
        owner: sides.iter().any(is_owner),
        traits: named(traits).collect(),
        groups_unknown,
    }
}

fn holds(count: Count, truth: usize) -> bool {
    (count.at_least..=count.at_most).contains(&truth) && count.exact().is_none_or(|exact| exact == truth)
}

fn is_access(atom: &Atom) -> bool {
    matches!(atom, Atom::Admitted | Atom::Permission(_))
}

/// One member, counted alone, so that no two mistakes make each other up.
#[test]
fn a_member_counts_where_the_evaluator_sees_a_difference() {
    let (universe, mut dice) = (Universe::new(), Dice(7));
    let (mut reached, mut losing) = (0, 0);
    for _ in 0..PAIRS {
        let before = policy(&mut dice);
        let mut after = before.clone();
        (0..=dice.below(6)).for_each(|_| edit(&mut after, &mut dice));
        let (old, new) = (before.program(), after.program());
        let (was, is) = (outcomes(&old, &universe), outcomes(&new, &universe));
        let changes = diff(&old, &new);
        for _ in 0..40 {
            let at = dice.below(universe.0.len());
            let one = Members::from([(org(&old), BTreeMap::from([(member(universe.0[at], [&before, &after]), 1)]))]);
            let census = Census::new(&old, &new, &one);
            let counts: Vec<Count> = changes.iter().filter_map(|it| Some(census.people(it, &[])?.reached)).collect();
            let who = || format!("{:?}\n{before:?}\n{after:?}\n{counts:?}", universe.0[at]);
            let lost = was[at].difference(&is[at]).any(is_access);
            assert!(holds(census.losing(), usize::from(lost)), "{lost} {:?} {}", census.losing(), who());
            let differs = was[at] != is[at];
            let (some, all) = (counts.iter().any(|it| it.at_most > 0), counts.iter().any(|it| it.at_least > 0));
            assert!(some == differs && all == differs, "{differs} {}", who());
            reached += usize::from(differs);
            losing += usize::from(lost);
        }
    }
    let asked = PAIRS * 40;
    assert!(reached * 5 > asked && losing * 40 > asked, "{reached} {losing} of {asked}");
}

/// Everybody at once: each row counts those for whom a cover of it holds, spelled out by hand.
#[test]
fn a_row_counts_whom_its_covers_name() {
    let (universe, mut dice) = (Universe::new(), Dice(11));
    let mut counted = 0;
    for _ in 0..20 {
        let before = policy(&mut dice);
        let mut after = before.clone();
        (0..=dice.below(6)).for_each(|_| edit(&mut after, &mut dice));
        let (old, new) = (before.program(), after.program());
        let mut kinds: BTreeMap<Member, usize> = BTreeMap::new();
        universe.0.iter().for_each(|&who| *kinds.entry(member(who, [&before, &after])).or_default() += 1);
        let members = Members::from([(org(&old), kinds)]);
        let census = Census::new(&old, &new, &members);
        for change in diff(&old, &new).iter().filter(|change| change.effect().is_some()) {
            let truth = universe.0.iter().filter(|who| reaches(change, **who, [&before, &after])).count();
            let people = census.people(change, &[]).unwrap().reached;
            assert!(holds(people, truth), "{truth} {people:?} {change:#?}");
            counted += usize::from(people.exact().is_some_and(|people| people > 0));
        }
    }
    assert!(counted > 20, "{counted}");
}

fn reaches(change: &Change, (connection, email, traits, groups_unknown): Person, sides: [&Small; 2]) -> bool {
    let address = match stands_for(email, sides) {
        owner @ 4.. => EMAILS[owner],
        anyone => EMAILS[anyone],
    };
    let who = Identity {
        connection: slug(CONNECTIONS[connection]),
        email: EmailAddress::parse(address).unwrap(),
        traits: named(traits).collect(),
        groups_unknown,
    };
    change.effect().unwrap().covers.iter().any(|cover| {
        let is_named = (&cover.connection, cover.email.to_string(), cover.groups_unknown)
            == (&who.connection, who.email.to_string(), groups_unknown);
        let (has, lacks): (BTreeSet<_>, BTreeSet<_>) = (cover.has.clone(), cover.lacks.clone());
        let meant =
            is_named && has.difference(&who.traits).count() == 0 && lacks.intersection(&who.traits).count() == 0;
        assert_eq!(cover.holds(&who), meant);
        meant
    })
}
