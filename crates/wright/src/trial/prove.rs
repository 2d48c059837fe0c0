//! Prove: one law in one organisation, over every identity there can be.
//!
//! Access is a union of grants and a block overrides: whoever breaks a law with many groups breaks it with those that the
//! law asks for and at most one more group or attribute, since to leave a group out blocks nobody and takes no other grant away. So every
//! slot is asked about those sets alone, and all of them.
//!
//! Invariant: the witness is a smallest one, and what `decide` says of it is the proof.

use std::collections::BTreeSet;

use gatewright_bundle::program::Org;
use gatewright_decide::{Admission, Decision, Facts, PreparedOrg, Standing, decide};
use gatewright_terms::{OrgId, Trait};
use wright_policy::{Anyone, Law, Never, Outside};

use super::reasons;
use crate::identity::Identity;
use crate::slots::{Slot, granted_traits, slots};

/// What a law comes to in one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    Holds,
    /// Nobody whom it speaks of can get in.
    Vacuous,
    Broken(Witness),
}

/// An identity that breaks a law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    pub org: OrgId,
    pub identity: Identity,
    /// It is an owner who was bound with another address.
    pub bound_owner: bool,
    /// What it comes to hold and must not: `` `admin` ``.
    pub holds: String,
    /// The paths of the lines that give it.
    pub lines: Vec<String>,
}

/// Asks about every identity that the organisation and the law tell apart.
pub fn prove(law: &Law, org: &PreparedOrg) -> Proof {
    let (mut admitted, mut best) = (false, None::<Witness>);
    let slots = sorted(slots([org.org()]), org.org());
    for anyone in &law.anyone {
        let spoken_of: Vec<&Slot> = slots.iter().filter(|slot| speaks_of(anyone, slot, org.org())).collect();
        for traits in traits(anyone, org.org()) {
            for slot in &spoken_of {
                let identity = slot.somebody(traits.clone());
                for facts in facts(anyone, org.org(), &identity) {
                    let Decision::Admit(admission) = decide(org, &facts) else { continue };
                    admitted = true;
                    let size = (traits.len(), facts.standing == Standing::Member);
                    let smaller =
                        best.as_ref().is_none_or(|best| size < (best.identity.traits.len(), best.bound_owner));
                    if smaller && let Some(found) = broken(law, org, &identity, &facts, &admission) {
                        best = Some(found);
                    }
                }
            }
        }
    }
    match (best, admitted) {
        (Some(witness), _) => Proof::Broken(witness),
        (None, true) => Proof::Holds,
        (None, false) => Proof::Vacuous,
    }
}

/// As the address says; and as an owner who is bound already, whatever the address they come with now.
fn facts(anyone: &Anyone, org: &Org, identity: &Identity) -> Vec<Facts> {
    let plain = identity.facts(org);
    let is_bound = !org.owners.is_empty() && !plain.is_owner && !anyone.no_owner;
    let bound = is_bound.then(|| Facts { is_owner: true, standing: Standing::Member, ..plain.clone() });
    std::iter::once(plain).chain(bound).collect()
}

/// Somebody in particular shows less than anyone.
fn sorted(mut slots: Vec<Slot>, org: &Org) -> Vec<Slot> {
    slots.sort_by_key(|slot| org.owners.iter().any(|owner| owner.same_mailbox(&slot.email)));
    slots
}

fn speaks_of(anyone: &Anyone, slot: &Slot, org: &Org) -> bool {
    let domain = slot.email.domain();
    let is_outside = match &anyone.outside {
        None => true,
        Some(Outside::OrgDomains) => org.domains.iter().all(|claimed| claimed.name != *domain),
        Some(Outside::Domain(other)) => other != domain,
    };
    is_outside && !(anyone.no_owner && org.owners.iter().any(|owner| owner.same_mailbox(&slot.email)))
}

/// The sets of groups and attributes that have to be asked about, the smallest first.
fn traits(anyone: &Anyone, org: &Org) -> Vec<BTreeSet<Trait>> {
    let asked: BTreeSet<Trait> = anyone.in_group.iter().cloned().map(Trait::Group).collect();
    let is_spoken_of = |what: &&Trait| !anyone.in_no_other_group || what.group().is_none();
    let others = granted_traits(org).into_iter().filter(|what| !asked.contains(*what)).filter(is_spoken_of);
    let mut sets = vec![asked.clone()];
    sets.extend(others.map(|what| asked.iter().chain([what]).cloned().collect()));
    sets
}

fn broken(
    law: &Law,
    org: &PreparedOrg,
    identity: &Identity,
    facts: &Facts,
    admission: &Admission<'_>,
) -> Option<Witness> {
    let held = reasons::held(org, admission);
    law.never.iter().find_map(|never| {
        let wrong: Vec<_> = held
            .iter()
            .filter(|held| match never {
                Never::Role(role) => held.is(role),
                Never::Permission(permission) => held.permits(org, permission),
                Never::Anything(project) => held.project == Some(project),
            })
            .collect();
        if wrong.is_empty() {
            return None;
        }
        Some(Witness {
            org: org.org().id.clone(),
            identity: identity.clone(),
            bound_owner: facts.standing == Standing::Member,
            holds: words(never),
            lines: wrong.iter().filter_map(|held| held.path(org, &identity.email)).collect(),
        })
    })
}

fn words(never: &Never) -> String {
    match never {
        Never::Role(role) => format!("holds {}", reasons::role(role)),
        Never::Permission(permission) => format!("has {}", reasons::permission(permission)),
        Never::Anything(project) => format!("holds a role on `{project}`"),
    }
}
