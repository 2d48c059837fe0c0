//! Access: which identities hold more or less than before, and which line is the cause.
//!
//! Within a slot, who holds a thing is: any one of its groups and attributes, none of the blocked groups. So who gains it
//! is exactly
//!
//! - whoever has what newly gives it, nothing that gave it before, and no blocked group;
//! - whoever is in a group whose block is gone, has what gives it, and no blocked group.
//!
//! Losing is gaining with the sides exchanged, so that `diff(a, b)` mirrors `diff(b, a)` by construction.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_terms::{Refusal, Trait};

use super::fact::Fact;
use super::side::{Atom, Open, Side, View, When};
use crate::slots::{Slot, slots_with_unknown};

/// Whether a line came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    Added,
    Removed,
}

/// The identities of a slot that have all of `has` and none of `lacks`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reach {
    pub(super) slot: Slot,
    pub(super) has: BTreeSet<Trait>,
    pub(super) lacks: BTreeSet<Trait>,
}

/// What all of them gain and lose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) gained: BTreeSet<Atom>,
    pub(super) lost: BTreeSet<Atom>,
}

pub(super) type Effects = BTreeMap<(Fact, Sign), BTreeMap<Reach, Moved>>;

/// What each line of an organisation that came or went does to people.
pub(super) fn effects(before: &Side<'_>, after: &Side<'_>) -> Effects {
    let mut effects = Effects::new();
    let orgs: Vec<_> = [before, after].into_iter().filter_map(|side| Some(side.org.as_ref()?.org())).collect();
    for slot in slots_with_unknown(&orgs) {
        let (old, new) = (View::of(before, &slot), View::of(after, &slot));
        let forward = Pass { slot: &slot, from: (before, &old), to: (after, &new), is_gain: true };
        forward.run(&mut effects);
        let backward = Pass { slot: &slot, from: (after, &new), to: (before, &old), is_gain: false };
        backward.run(&mut effects);
    }
    effects
}

/// Finds what holds on the one side of a slot and not on the other.
struct Pass<'a, 'p> {
    slot: &'a Slot,
    from: (&'a Side<'p>, &'a View),
    to: (&'a Side<'p>, &'a View),
    /// From before to after: what is found is gained. Else it is lost.
    is_gain: bool,
}

type Causes = BTreeSet<(Fact, Sign)>;

impl Pass<'_, '_> {
    fn run(&self, effects: &mut Effects) {
        match (self.from.1, self.to.1) {
            (View::Closed(old), View::Closed(new)) if old == new => {}
            (_, View::Closed(refusal)) => self.refused_by_all(*refusal, effects),
            (View::Closed(_), View::Open(to)) => self.opened(to, effects),
            (View::Open(from), View::Open(to)) => self.changed(from, to, effects),
        }
    }

    fn refused_by_all(&self, refusal: Refusal, effects: &mut Effects) {
        let mut causes = self.there(self.opening(self.from.0), self.to.0);
        if matches!(self.from.1, View::Closed(_)) {
            causes.extend(self.here(self.opening(self.to.0), self.from.0));
        }
        if refusal == Refusal::GroupOverage {
            causes.extend(self.here(self.to.0.asking(self.slot), self.from.0));
        }
        self.note(&causes, [], [], &Atom::Refused(refusal), effects);
    }

    /// Nobody was let through before: whatever is given now is new.
    fn opened(&self, to: &Open, effects: &mut Effects) {
        let mut opening = self.here(self.opening(self.to.0), self.from.0);
        if matches!(self.from.1, View::Closed(Refusal::GroupOverage)) {
            opening.extend(self.there(self.from.0.asking(self.slot), self.to.0));
        }
        for (atom, whens) in &to.gives {
            for (when, because) in whens {
                let mut causes = self.here(because.clone(), self.from.0);
                causes.extend(opening.iter().cloned());
                self.given(&causes, [when], [], to, atom, effects);
            }
        }
        for block in &to.blocks {
            let mut causes = self.here([Fact::Block(block.clone())].into(), self.from.0);
            causes.extend(opening.iter().cloned());
            self.note(&causes, [block], [], &Atom::Refused(Refusal::BlockedGroup), effects);
        }
        if let Some(lacks) = to.what_matters() {
            self.note(&opening, [], &lacks, &Atom::Refused(Refusal::NoGrant), effects);
        }
    }

    fn changed(&self, from: &Open, to: &Open, effects: &mut Effects) {
        let unblocked: Vec<&Trait> = from.blocks.difference(&to.blocks).collect();
        for (atom, whens) in &to.gives {
            let given = from.gives.get(atom);
            for (when, because) in whens {
                if !is_given(given, when) {
                    let causes = self.here(because.clone(), self.from.0);
                    self.given(&causes, [when], asked(given), to, atom, effects);
                }
                for block in &unblocked {
                    let causes = Causes::from([(Fact::Block((*block).clone()), self.sign(false))]);
                    self.given(&causes, [when, &When::Having((*block).clone())], [], to, atom, effects);
                }
            }
        }
        for block in to.blocks.difference(&from.blocks) {
            let causes = Causes::from([(Fact::Block(block.clone()), self.sign(true))]);
            self.note(&causes, [block], &from.blocks, &Atom::Refused(Refusal::BlockedGroup), effects);
        }
        self.no_grant(from, to, effects);
    }

    /// Whom nothing admits any more: what admitted or blocked them is gone, and there is nothing else.
    fn no_grant(&self, from: &Open, to: &Open, effects: &mut Effects) {
        let Some(lacks) = to.what_matters() else { return };
        for (when, because) in from.gives.get(&Atom::Admitted).into_iter().flatten() {
            let has = match when {
                When::Having(what) if lacks.contains(what) => continue,
                When::Having(what) => Some(what),
                When::Always => None,
            };
            let causes = self.there(because.clone(), self.to.0);
            self.note(&causes, has, &lacks, &Atom::Refused(Refusal::NoGrant), effects);
        }
        for block in from.blocks.iter().filter(|block| !lacks.contains(*block)) {
            let causes = Causes::from([(Fact::Block(block.clone()), self.sign(false))]);
            self.note(&causes, [block], &lacks, &Atom::Refused(Refusal::NoGrant), effects);
        }
    }

    /// Something is given to whoever meets all of `whens`, has none of `lacks`, and is not blocked.
    fn given<'w>(
        &self,
        causes: &Causes,
        whens: impl IntoIterator<Item = &'w When>,
        lacks: impl IntoIterator<Item = &'w Trait>,
        to: &'w Open,
        atom: &Atom,
        effects: &mut Effects,
    ) {
        let has: BTreeSet<&Trait> = whens.into_iter().filter_map(When::what).collect();
        if has.iter().all(|what| !to.blocks.contains(*what)) {
            self.note(causes, has, lacks.into_iter().chain(&to.blocks), atom, effects);
        }
    }

    fn note<'w>(
        &self,
        causes: &Causes,
        has: impl IntoIterator<Item = &'w Trait>,
        lacks: impl IntoIterator<Item = &'w Trait>,
        atom: &Atom,
        effects: &mut Effects,
    ) {
        let reach = Reach {
            slot: self.slot.clone(),
            has: has.into_iter().cloned().collect(),
            lacks: lacks.into_iter().cloned().collect(),
        };
        // Where the organisation itself came or went, that says it all.
        let whole = causes.iter().find(|(fact, _)| *fact == Fact::Org);
        for cause in whole.map_or_else(|| causes.iter().collect::<Vec<_>>(), |cause| vec![cause]) {
            let moved = effects.entry(cause.clone()).or_default().entry(reach.clone()).or_default();
            let atoms = if self.is_gain { &mut moved.gained } else { &mut moved.lost };
            atoms.insert(atom.clone());
        }
    }

    fn opening(&self, side: &Side<'_>) -> BTreeSet<Fact> {
        side.opening(self.slot)
    }

    /// Of lines of the side that we go to: those that the other does not have.
    fn here(&self, facts: BTreeSet<Fact>, other: &Side<'_>) -> Causes {
        missing(facts, other, self.sign(true))
    }

    /// Of lines of the side that we come from: those that the other does not have.
    fn there(&self, facts: BTreeSet<Fact>, other: &Side<'_>) -> Causes {
        missing(facts, other, self.sign(false))
    }

    /// How a line that stands only where we go to, or only where we come from, reads from before to after.
    const fn sign(&self, is_here: bool) -> Sign {
        if self.is_gain == is_here { Sign::Added } else { Sign::Removed }
    }
}

impl When {
    const fn what(&self) -> Option<&Trait> {
        match self {
            Self::Always => None,
            Self::Having(what) => Some(what),
        }
    }
}

impl Open {
    /// Whatever admits or blocks; `None` where everybody of the slot is admitted unless blocked.
    fn what_matters(&self) -> Option<BTreeSet<Trait>> {
        let admitting = self.gives.get(&Atom::Admitted);
        let everybody = admitting.is_some_and(|admitting| admitting.contains_key(&When::Always));
        (!everybody).then(|| asked(admitting).chain(&self.blocks).cloned().collect())
    }
}

fn missing(facts: BTreeSet<Fact>, from: &Side<'_>, sign: Sign) -> Causes {
    facts.into_iter().filter(|fact| !from.holds(fact)).map(|fact| (fact, sign)).collect()
}

fn is_given(given: Option<&BTreeMap<When, BTreeSet<Fact>>>, when: &When) -> bool {
    given.is_some_and(|given| given.contains_key(&When::Always) || given.contains_key(when))
}

fn asked(given: Option<&BTreeMap<When, BTreeSet<Fact>>>) -> impl Iterator<Item = &Trait> {
    given.into_iter().flat_map(BTreeMap::keys).filter_map(When::what)
}
