//! Folded: the changes of all environments as one list, what is alike in several standing once.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::thread;

use gatewright_terms::{OrgId, Slug};
use wright::diff::{Change, ChangeId, Class, What, diff, governance};
use wright::people::People;

use super::people::Counted;
use super::presets::{self, Through};
use super::side::{Place, Side};

/// A change with the environments that it is alike in, and where its line is written on both sides.
pub(crate) struct Row {
    pub(crate) change: Change,
    pub(crate) environments: BTreeSet<Slug>,
    pub(crate) base: Option<Place>,
    pub(crate) head: Option<Place>,
    /// The organisations behind a line of a preset.
    pub(crate) through: Option<Through>,
    /// Whom of the members it reaches, where they were counted.
    pub(crate) people: Option<People>,
}

/// Everything that is reported.
pub(crate) struct Folded {
    /// By organisation, then worst first.
    pub(crate) rows: Vec<Row>,
    /// Those that both sides have, and those that only one has.
    pub(crate) environments: BTreeSet<Slug>,
    /// At least one environment stands on both sides.
    pub(crate) is_comparable: bool,
    pub(crate) orgs_total: usize,
    /// From what people were counted, where they were.
    pub(crate) counted: Option<Counted>,
}

impl Folded {
    pub(crate) fn of(base: &Side, head: &Side) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        // By id, since a platform has thousands of rows: equal changes have one, and different ones may share it.
        let mut known: BTreeMap<ChangeId, Vec<usize>> = BTreeMap::new();
        let names: BTreeSet<&Slug> = base.environments.keys().chain(head.environments.keys()).collect();
        // A bundle holds one environment, and says nothing of the others.
        let partial = base.is_bundle() || head.is_bundle();
        let mut compared = compared(base, head);
        for name in &names {
            let changes = match (base.environments.get(*name), head.environments.get(*name)) {
                (Some(_), Some(_)) => compared.remove(name).unwrap_or_default(),
                _ if partial => continue,
                (Some(old), None) => vec![Change::environment(&old.program, false)],
                (None, Some(new)) => vec![Change::environment(&new.program, true)],
                (None, None) => continue,
            };
            for change in changes {
                let places = known.entry(change.id.clone()).or_default();
                let same =
                    places.iter().copied().find(|&at| rows.get(at).is_some_and(|row: &Row| row.change == change));
                if let Some(row) = same.and_then(|at| rows.get_mut(at)) {
                    row.environments.insert((*name).clone());
                } else {
                    places.push(rows.len());
                    rows.push(Row {
                        base: if change.is_addition() { None } else { base.place(name, &change.path) },
                        head: if change.is_removal() { None } else { head.place(name, &change.path) },
                        environments: BTreeSet::from([(*name).clone()]),
                        change,
                        through: None,
                        people: None,
                    });
                }
            }
        }
        if let (Some(old), Some(new)) = (&base.rules, &head.rules) {
            let all: BTreeSet<Slug> = names.iter().map(|name| (*name).clone()).collect();
            let row =
                |change| Row { change, environments: all.clone(), base: None, head: None, through: None, people: None };
            let (before, after) = (base.orgs(), head.orgs());
            // An organisation that came or went is one row, which says it all.
            let stays =
                |change: &Change| change.org.as_ref().is_none_or(|org| before.contains(org) && after.contains(org));
            rows.extend(governance(old, new).into_iter().filter(stays).map(row));
        }
        let mut rows = presets::fold(rows, base, head);
        rows.sort_by(|one, other| one.key().cmp(&other.key()));
        let is_comparable = names.iter().any(|name| base.has(name) && head.has(name));
        let environments = names.into_iter().filter(|name| !partial || base.has(name) && head.has(name));
        let (environments, orgs_total) = (environments.cloned().collect(), head.orgs_total);
        Self { rows, environments, is_comparable, orgs_total, counted: None }
    }

    /// How many changes are of each class; one may be of several.
    pub(crate) fn counts(&self) -> BTreeMap<Class, usize> {
        let mut counts: BTreeMap<Class, usize> = Class::ALL.into_iter().map(|class| (class, 0)).collect();
        for class in self.rows.iter().flat_map(|row| &row.change.classes) {
            *counts.entry(*class).or_default() += 1;
        }
        counts
    }

    /// The teams that the manifest of the base asks, each with the classes that it is asked for.
    pub(crate) fn teams(&self, base: &Side) -> BTreeMap<String, Vec<Class>> {
        let mut teams: BTreeMap<String, Vec<Class>> = BTreeMap::new();
        let Some(rules) = &base.rules else { return teams };
        for (class, count) in self.counts() {
            let asked = rules.governance.approvals.get(class.slug()).filter(|_| count > 0);
            if let Some(team) = asked {
                teams.entry(team.to_string()).or_default().push(class);
            }
        }
        teams
    }

    /// Every organisation that a change reaches or stands in.
    pub(crate) fn orgs(&self) -> BTreeSet<&OrgId> {
        self.rows.iter().flat_map(Row::orgs).collect()
    }
}

/// What changes in each environment that both sides have, each in a thread of its own.
fn compared<'s>(base: &'s Side, head: &'s Side) -> BTreeMap<&'s Slug, Vec<Change>> {
    let pairs = base.environments.iter().filter_map(|(name, old)| Some((name, old, head.environments.get(name)?)));
    thread::scope(|scope| {
        let begun: Vec<_> =
            pairs.map(|(name, old, new)| (name, scope.spawn(move || diff(&old.program, &new.program)))).collect();
        let ended = begun.into_iter().map(|(name, it)| (name, it.join().unwrap_or_else(|panic| resume_unwind(panic))));
        ended.collect()
    })
}

/// Lines about changes and about ids: nobody signs in differently because of them.
const OF_GOVERNANCE: [&str; 4] = ["approval[", "brake[", "law[", "retired-org["];

impl Row {
    /// A setting of the platform that every organisation lives by.
    pub(crate) fn is_of_every_org(&self) -> bool {
        let is_governance = OF_GOVERNANCE.iter().any(|start| self.change.path.starts_with(start));
        let is_preset = self.through.is_some();
        self.change.org.is_none() && !is_preset && !is_governance && matches!(self.change.what, What::Setting { .. })
    }

    /// What approves it: its own id, and for a line of a preset those of what it stands for, which a bundle shows.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &ChangeId> {
        std::iter::once(&self.change.id).chain(self.through.iter().flat_map(|through| &through.ids))
    }

    /// Where the line stands; where it stood, if it is gone.
    pub(crate) fn line(&self) -> Option<&Place> {
        self.head.as_ref().or(self.base.as_ref())
    }

    fn key(&self) -> impl Ord + '_ {
        (self.change.org.as_ref(), &self.change.classes, &self.change.path, &self.change.id)
    }

    /// The organisation that it stands in, or those that a line of the platform or of a preset reaches.
    pub(crate) fn orgs(&self) -> BTreeSet<&OrgId> {
        if let Some(through) = &self.through {
            return through.orgs.iter().collect();
        }
        let covers = self.change.effect().into_iter().flat_map(|effect| &effect.covers);
        covers.map(|cover| &cover.org).chain(&self.change.org).collect()
    }
}
