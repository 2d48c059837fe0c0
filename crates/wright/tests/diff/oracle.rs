//! Oracle: every identity of a small universe is asked about on both sides, and what differs must be what is reported.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gatewright_bundle::program::Program;
use gatewright_decide::{Decision, Facts, GroupSet, Groups, PreparedOrg, Standing, decide};
use gatewright_terms::{EmailAddress, Trait};
use wright::diff::{Atom, Change, Class, Cover, Effect, Held, RoleName, Sign, What, diff};

use crate::random::{Dice, edit, policy};
use crate::small::{ATTRIBUTES, CONNECTIONS, DOMAINS, GROUPS, OWNERS, Small, TRAITS, slug, told};

/// In CI; `cargo xtask diff` asks for more.
const PAIRS: usize = 2_000;
const SEED: u64 = 20_261_124;
const KNOWN: usize = CONNECTIONS.len() * EMAILS.len() * (1 << TRAITS);
/// And those of the second connection, which leaves long lists out: their attributes alone are known.
const IDENTITIES: usize = KNOWN + EMAILS.len() * (1 << ATTRIBUTES.len());

pub(crate) const EMAILS: [&str; 6] =
    ["anyone@a.example", "anyone@b.example", "anyone@c.example", "anyone@elsewhere.invalid", OWNERS[0], OWNERS[1]];

/// By number: connection, address, groups and attributes, and whether the groups are not known.
pub(crate) struct Universe(pub(crate) Vec<Person>, Vec<Facts>);

pub(crate) type Person = (usize, usize, usize, bool);

impl Universe {
    pub(crate) fn new() -> Self {
        let traits = |(connection, email)| (0..1 << TRAITS).map(move |traits| (connection, email, traits, false));
        let pairs =
            (0..CONNECTIONS.len()).flat_map(|connection| (0..EMAILS.len()).map(move |email| (connection, email)));
        let attributes = |email| (0..1 << ATTRIBUTES.len()).map(move |told| (1, email, told << GROUPS.len(), true));
        let unknown = (0..EMAILS.len()).flat_map(attributes);
        let all: Vec<_> = pairs.flat_map(traits).chain(unknown).collect();
        let facts = all.iter().map(|identity| facts(*identity)).collect();
        Self(all, facts)
    }
}

impl Universe {
    fn number(&self, person: Person) -> usize {
        let (connection, email, traits, unknown) = person;
        let number = if unknown {
            KNOWN + (email << ATTRIBUTES.len()) + (traits >> GROUPS.len())
        } else {
            ((connection * EMAILS.len() + email) << TRAITS) + traits
        };
        assert_eq!(self.0[number], person);
        number
    }
}

pub(crate) fn named(mask: usize) -> impl Iterator<Item = Trait> {
    let is_set = move |at: &usize| mask & (1 << at) != 0;
    (0..TRAITS).filter(is_set).map(told)
}

fn mask(traits: &BTreeSet<Trait>) -> usize {
    traits.iter().map(|what| 1 << (0..TRAITS).position(|at| told(at) == *what).unwrap()).sum()
}

fn facts((connection, email, traits, unknown): Person) -> Facts {
    let groups = GroupSet::new(named(traits).filter_map(|what| what.group().cloned()));
    Facts {
        connection: slug(CONNECTIONS[connection]),
        email: EmailAddress::parse(EMAILS[email]).unwrap(),
        groups: if unknown { Groups::Unknown } else { Groups::Known(groups) },
        attributes: named(traits).filter_map(|what| what.attribute().cloned()).collect(),
        standing: Standing::Newcomer,
        domain_proved: true,
        is_owner: false,
    }
}

/// What each identity holds or is refused for, as the evaluator says.
pub(crate) fn outcomes(program: &Program, universe: &Universe) -> Vec<BTreeSet<Atom>> {
    let org = PreparedOrg::new(Arc::new(program.catalogue.clone()), program.orgs[0].clone());
    let ask = |facts: &Facts| {
        let facts = if program.orgs[0].owners.contains(&facts.email) {
            Cow::Owned(Facts { is_owner: true, ..facts.clone() })
        } else {
            Cow::Borrowed(facts)
        };
        match decide(&org, &facts) {
            Decision::Refuse(refused) => BTreeSet::from([Atom::Refused(refused.refusal)]),
            Decision::Admit(admission) => {
                let mut atoms = BTreeSet::from([Atom::Admitted]);
                atoms.extend(admission.roles().into_iter().map(|(project, role)| {
                    let what = RoleName { scope: role.scope, slug: role.slug.clone() };
                    Atom::Role(Held { what, project: project.map(|project| project.slug.clone()) })
                }));
                atoms.extend(admission.permissions().into_iter().map(|(project, permission)| {
                    Atom::Permission(Held { what: permission.clone(), project: project.cloned() })
                }));
                atoms
            }
        }
    };
    universe.1.iter().map(ask).collect()
}

/// Whoever is an owner on neither side is anyone of their domain, and whose domain neither claims is from elsewhere.
pub(crate) fn stands_for(email: usize, sides: [&Small; 2]) -> usize {
    let (owner, domain) = match email {
        4 => (Some(0), 1),
        5 => (Some(1), 0),
        anyone => (None, anyone),
    };
    if owner.is_some_and(|owner| sides.iter().any(|side| side.owners.contains(&owner))) {
        email
    } else if sides.iter().any(|side| side.domains.contains_key(&domain)) {
        domain
    } else {
        DOMAINS.len()
    }
}

/// What is reported as gained and as lost, for each identity.
fn reported(changes: &[Change], universe: &Universe, sides: [&Small; 2]) -> [Vec<BTreeSet<Atom>>; 2] {
    let mut reported = [vec![BTreeSet::new(); IDENTITIES], vec![BTreeSet::new(); IDENTITIES]];
    for cover in effects(changes).flat_map(|(_, effect)| &effect.covers) {
        let connection = CONNECTIONS.iter().position(|name| *name == cover.connection.as_str()).unwrap();
        let email = EMAILS.iter().position(|email| *email == cover.email.to_string()).unwrap();
        let (has, lacks) = (mask(&cover.has), mask(&cover.lacks));
        let people = (0..EMAILS.len()).filter(|person| stands_for(*person, sides) == email);
        let (unknown, groups) = (cover.groups_unknown, (1 << GROUPS.len()) - 1);
        let sets = (0..1 << TRAITS).filter(|traits| traits & has == has && traits & lacks == 0);
        let sets = sets.filter(|traits| !unknown || traits & groups == 0);
        let reached: Vec<usize> = people
            .flat_map(|person| sets.clone().map(move |traits| universe.number((connection, person, traits, unknown))))
            .collect();
        assert!(!reached.is_empty(), "covers nobody: {cover:?}");
        for at in reached {
            reported[0][at].extend(cover.gained.iter().cloned());
            reported[1][at].extend(cover.lost.iter().cloned());
        }
    }
    reported
}

fn effects(changes: &[Change]) -> impl Iterator<Item = (&Change, &Effect)> {
    changes.iter().filter_map(|change| match &change.what {
        What::Access { effect, .. } => Some((change, effect.as_deref()?)),
        What::Setting { .. } => None,
    })
}

/// What the pairs were like, so that a run over harmless ones does not count.
#[derive(Debug, Default)]
struct Seen {
    gain_and_loss: usize,
    by_block: usize,
    rows: usize,
}

fn check(before: &Small, after: &Small, universe: &Universe, seen: &mut Seen) {
    let (old, new) = (before.program(), after.program());
    let changes = diff(&old, &new);
    assert_eq!(changes.is_empty(), old == new);
    let (was, is) = (outcomes(&old, universe), outcomes(&new, universe));
    let [gained, lost] = reported(&changes, universe, [before, after]);
    let (mut gains, mut losses) = (false, false);
    for at in 0..IDENTITIES {
        let who = || format!("{:?}\n{before:?}\n{after:?}\n{changes:#?}", universe.0[at]);
        assert_eq!(gained[at], &is[at] - &was[at], "gained by {}", who());
        assert_eq!(lost[at], &was[at] - &is[at], "lost by {}", who());
        gains |= is[at].iter().any(|atom| matches!(atom, Atom::Permission(_)) && !was[at].contains(atom));
        losses |= was[at].iter().any(|atom| matches!(atom, Atom::Permission(_)) && !is[at].contains(atom));
    }
    seen.gain_and_loss += usize::from(gains && losses);
    seen.by_block += usize::from(effects(&changes).any(|(change, _)| change.path.contains(".block[")));
    seen.rows += changes.len();
    let access = changes.iter().filter(|change| matches!(change.what, What::Access { .. })).count();
    assert!(access <= before.lines_apart(after), "{access} rows\n{before:?}\n{after:?}\n{changes:#?}");
    for (change, effect) in effects(&changes) {
        witness(change, effect, (&was, &is), universe);
    }
    mirrored(&changes, &diff(&new, &old));
}

/// The witness comes to what is claimed, nobody smaller is reached, and the classes are those of what it shows at least.
fn witness(change: &Change, effect: &Effect, (was, is): (&[BTreeSet<Atom>], &[BTreeSet<Atom>]), universe: &Universe) {
    let who = &effect.witness;
    let at = universe.0.iter().position(|&(connection, email, traits, unknown)| {
        CONNECTIONS[connection] == who.connection.as_str()
            && EMAILS[email] == who.email.to_string()
            && traits == mask(&who.traits)
            && unknown == who.groups_unknown
    });
    let at = at.unwrap();
    for (claimed, found) in [(&effect.before, &was[at]), (&effect.after, &is[at])] {
        assert_eq!(claimed.atoms(), *found, "{change:#?}");
    }
    assert_ne!(effect.before, effect.after, "{change:#?}");
    let may = |cover: &&Cover| {
        let moved = |atom: &Atom| matches!(atom, Atom::Permission(_) | Atom::Admitted);
        cover.gained.iter().chain(&cover.lost).any(moved)
    };
    // Somebody whose groups are known shows it, where anybody does.
    let smallest = effect.covers.iter().filter(may).map(|cover| (cover.groups_unknown, cover.has.len())).min();
    assert!(smallest.is_none_or(|smallest| smallest == (who.groups_unknown, who.traits.len())), "{change:#?}");
    let is_who = |cover: &Cover| {
        let cover = (&cover.connection, &cover.email, &cover.has, cover.groups_unknown);
        cover == (&who.connection, &who.email, &who.traits, who.groups_unknown)
    };
    assert!(effect.covers.iter().any(is_who), "{change:#?}");
    let (admitted, admits) = (effect.before.is_admitted(), effect.after.is_admitted());
    assert!(!admitted || admits || change.classes.contains(&Class::ShutOut), "{change:#?}");
    let gains = effect.after.permissions_beyond(&effect.before);
    let risky = gains.iter().any(|held| ["c.delete", "d.pay"].contains(&held.what.as_str()));
    assert!(!risky || change.classes.contains(&Class::Privileged), "{change:#?}");
    assert!(gains.is_empty() || change.classes.contains(&Class::Widening), "{change:#?}");
}

/// The same rows with the sides exchanged.
fn mirrored(forward: &[Change], backward: &[Change]) {
    let rows = |changes: &[Change], flip: bool| -> BTreeMap<(String, bool), Vec<String>> {
        let mut rows = BTreeMap::new();
        for change in changes {
            let What::Access { sign, effect, .. } = &change.what else { continue };
            let covers = effect.iter().flat_map(|effect| &effect.covers).map(|cover| {
                let (gained, lost) = if flip { (&cover.lost, &cover.gained) } else { (&cover.gained, &cover.lost) };
                let Cover { connection, email, groups_unknown, has, lacks, .. } = cover;
                format!("{connection} {email} {groups_unknown} {has:?} {lacks:?} {gained:?} {lost:?}")
            });
            rows.insert((change.path.clone(), (*sign == Sign::Added) != flip), covers.collect());
        }
        rows
    };
    assert_eq!(rows(forward, false), rows(backward, true));
}

#[expect(clippy::disallowed_methods, reason = "how many and which, for the long run by hand")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// ST-LINT-17
#[test]
fn st_lint_17_what_is_reported_is_what_the_oracle_finds() {
    let pairs = number("DIFF_PAIRS").map_or(PAIRS, |pairs| usize::try_from(pairs).unwrap());
    let start = number("DIFF_SEED").unwrap_or(SEED);
    let (universe, mut dice, mut seen) = (Universe::new(), Dice(start), Seen::default());
    for _ in 0..pairs {
        let before = policy(&mut dice);
        let mut after = before.clone();
        if dice.one_in(8) {
            after = policy(&mut dice);
        } else {
            (0..=dice.below(10)).for_each(|_| edit(&mut after, &mut dice));
        }
        check(&before, &after, &universe, &mut seen);
        check(&before, &before, &universe, &mut Seen::default());
    }
    eprintln!("{pairs} pairs, DIFF_SEED={start}: {seen:?}");
    assert!(seen.gain_and_loss * 10 >= pairs * 3, "{seen:?}");
    assert!(seen.by_block * 10 >= pairs, "{seen:?}");
}
