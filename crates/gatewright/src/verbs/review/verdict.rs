//! Verdict: what a change needs and has.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_terms::OrgId;
use wright::diff::Class;
use wright_policy::Governance;

use super::reviews::Reviews;
use crate::verbs::diff::folded::{Folded, Row};
use crate::verbs::diff::people::Counted;
use crate::verbs::diff::side::Side;

/// Brakes by what they count. What is counted nowhere stops.
const ORGS_CHANGED: &str = "orgs-changed";
pub(crate) const PEOPLE_LOSING: &str = "people-losing";

pub(crate) struct Verdict<'a> {
    /// One for each class that the change has and the base asks an approval for, worst first.
    pub(crate) needs: Vec<Need<'a>>,
    /// Classes that the change has and nobody's approval is asked for.
    pub(crate) free: Vec<Class>,
    pub(crate) brakes: Vec<Brake>,
    /// Whose members were counted, and when.
    pub(crate) members: Option<&'a Counted>,
    /// Organisations that are gone without a word.
    pub(crate) vanished: BTreeSet<OrgId>,
    /// Organisations with the id of one that the base calls retired.
    pub(crate) reused: BTreeSet<OrgId>,
    /// Changes that nobody has looked at, where each must have been.
    pub(crate) unreviewed: Vec<&'a Row>,
    pub(crate) changes: usize,
}

pub(crate) struct Need<'a> {
    pub(crate) class: Class,
    pub(crate) team: String,
    /// Each change of the class with those of the team who approved it.
    pub(crate) changes: Vec<(&'a Row, BTreeSet<&'a str>)>,
}

pub(crate) struct Brake {
    pub(crate) name: String,
    pub(crate) at_most: u32,
    /// `None`: nobody counted.
    pub(crate) found: Option<usize>,
}

impl<'a> Verdict<'a> {
    pub(crate) fn of(
        folded: &'a Folded,
        (base, rules): (&Side, &Governance),
        (head, head_rules): (&Side, &Governance),
        reviews: &'a Reviews,
    ) -> Self {
        let mut by_class: BTreeMap<Class, Vec<&Row>> = BTreeMap::new();
        for row in &folded.rows {
            row.change.classes.iter().for_each(|class| by_class.entry(*class).or_default().push(row));
        }
        let (mut needs, mut free) = (Vec::new(), Vec::new());
        for (class, rows) in by_class {
            let Some(team) = rules.approvals.get(class.slug()) else {
                free.push(class);
                continue;
            };
            let approved = |row: &'a Row| (row, reviews.of(row.change.id.as_str(), team));
            needs.push(Need { class, team: team.to_string(), changes: rows.into_iter().map(approved).collect() });
        }
        let brakes = rules.brakes.iter().map(|(name, at_most)| Brake {
            name: name.to_string(),
            at_most: *at_most,
            found: match name.as_ref() {
                ORGS_CHANGED => Some(reached(folded, head)),
                // Those of whom nothing is known count: at worst they all lose something.
                PEOPLE_LOSING => {
                    let counted = folded.counted.as_ref().filter(|counted| counted.is_of_all(&folded.rows));
                    counted.map(|counted| counted.losing.at_most)
                }
                _ => None,
            },
        });
        let reused = head.orgs().into_iter().filter(|org| rules.retired.contains_key(*org)).cloned().collect();
        let gone = base.orgs().into_iter().filter(|org| !head.orgs().contains(org));
        let vanished = gone.filter(|org| !head_rules.retired.contains_key(*org)).cloned().collect();
        let unreviewed = Vec::new();
        let (brakes, members, changes) = (brakes.collect(), folded.counted.as_ref(), folded.rows.len());
        Self { needs, free, brakes, members, vanished, reused, unreviewed, changes }
    }

    /// The same, where every change must stand in a review, whatever its class.
    pub(crate) fn strictly(mut self, folded: &'a Folded, reviews: &Reviews) -> Self {
        self.unreviewed = folded.rows.iter().filter(|row| !reviews.know(row.change.id.as_str())).collect();
        self
    }

    pub(crate) fn is_open(&self) -> bool {
        self.needs.iter().all(Need::is_met)
            && self.brakes.iter().all(Brake::holds)
            && self.vanished.is_empty()
            && self.reused.is_empty()
            && self.unreviewed.is_empty()
    }
}

impl Need<'_> {
    pub(crate) fn is_met(&self) -> bool {
        self.missing().next().is_none()
    }

    pub(crate) fn missing(&self) -> impl Iterator<Item = &Row> {
        self.changes.iter().filter(|(_, by)| by.is_empty()).map(|(row, _)| *row)
    }

    /// Everybody who approved some of it.
    pub(crate) fn by(&self) -> BTreeSet<&str> {
        self.changes.iter().flat_map(|(_, by)| by.iter().copied()).collect()
    }
}

impl Brake {
    pub(crate) fn holds(&self) -> bool {
        self.found.is_some_and(|found| u32::try_from(found).is_ok_and(|found| found <= self.at_most))
    }
}

/// Organisations that the change reaches with anything but names and labels. A setting of the platform reaches them all;
/// what a workspace says about its own changes reaches none.
fn reached(folded: &Folded, head: &Side) -> usize {
    let counts = || folded.rows.iter().filter(|row| row.change.gravest() != Class::Cosmetic);
    if counts().any(Row::is_of_every_org) {
        return head.orgs_total;
    }
    counts().flat_map(Row::orgs).collect::<BTreeSet<_>>().len()
}
