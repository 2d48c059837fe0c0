//! Random: pairs of small policies, one a few edits away from the other, from a seed.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_bundle::program::Scope;

use crate::small::{CONNECTIONS, DOMAINS, GROUPS, Line, OWNERS, PERMISSIONS, PROJECTS, ROLES, Small, TRAITS, To};

/// SplitMix64: a run can be repeated from its seed on any machine.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

pub(crate) fn policy(dice: &mut Dice) -> Small {
    let mut small = Small {
        connections: (0..CONNECTIONS.len()).filter(|_| !dice.one_in(4)).collect(),
        domains: BTreeMap::new(),
        owners: BTreeSet::new(),
        grants: BTreeSet::new(),
        blocks: BTreeSet::new(),
        default: None,
        roles: BTreeMap::new(),
    };
    for role in 0..ROLES.len() {
        let permits = (0..PERMISSIONS.len()).filter(|_| dice.one_in(2)).collect();
        if role == 2 || !dice.one_in(5) {
            small.roles.insert(role, permits);
        }
    }
    for _ in 0..3 + dice.below(3) {
        claim(&mut small, dice);
    }
    settle(&mut small);
    for _ in 0..2 + dice.below(8) {
        toggle(&mut small.grants, line(dice));
    }
    settle(&mut small);
    for _ in 0..dice.below(8) {
        edit(&mut small, dice);
    }
    small
}

/// One line more, less or other.
pub(crate) fn edit(small: &mut Small, dice: &mut Dice) {
    match dice.below(16) {
        0 => toggle(&mut small.connections, dice.below(CONNECTIONS.len())),
        1..=3 => claim(small, dice),
        4 => toggle(&mut small.owners, dice.below(OWNERS.len())),
        5..=9 => toggle(&mut small.grants, line(dice)),
        10 | 11 => toggle(&mut small.blocks, dice.below(GROUPS.len())),
        12 => small.default = (!dice.one_in(3)).then(|| default(dice)),
        13 | 14 => {
            let permits = small.roles.entry(dice.below(ROLES.len())).or_default();
            toggle(permits, dice.below(PERMISSIONS.len()));
        }
        _ => {
            let role = dice.below(ROLES.len());
            if small.roles.remove(&role).is_none() {
                small.roles.insert(role, BTreeSet::new());
            }
        }
    }
    settle(small);
}

/// A domain signs in through a connection that is there, and a grant is for the people of one.
fn settle(small: &mut Small) {
    let connections = &small.connections;
    small.grants.retain(|line| !matches!(line.to, To::Having(_, connection) if !connections.contains(&connection)));
    small.domains.retain(|_, connection| connections.contains(connection));
}

fn claim(small: &mut Small, dice: &mut Dice) {
    let (domain, connection) = (dice.below(DOMAINS.len()), dice.below(CONNECTIONS.len()));
    if small.domains.get(&domain) == Some(&connection) {
        small.domains.remove(&domain);
    } else {
        small.domains.insert(domain, connection);
    }
}

fn line(dice: &mut Dice) -> Line {
    let role = [0, 1, 3, 4][dice.below(4)];
    let project = (ROLES[role].0 == Scope::Project).then(|| dice.below(PROJECTS.len()));
    let to = if dice.one_in(5) {
        To::Everyone(dice.below(DOMAINS.len()))
    } else {
        To::Having(dice.below(TRAITS), dice.below(CONNECTIONS.len()))
    };
    Line { role, project, to }
}

fn default(dice: &mut Dice) -> (usize, Option<usize>) {
    (dice.below(PROJECTS.len()), (!dice.one_in(4)).then(|| 3 + dice.below(2)))
}

fn toggle<T: Ord>(set: &mut BTreeSet<T>, member: T) {
    if !set.remove(&member) {
        set.insert(member);
    }
}
