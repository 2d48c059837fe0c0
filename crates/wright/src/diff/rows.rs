//! Rows: what the lines of an organisation do, as one change for each line.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use gatewright_bundle::program::{Catalogue, Risk};
use gatewright_terms::{OrgId, PermissionName};

use super::access::{Effects, Moved, Reach, Sign};
use super::change::{Change, ChangeId, Class, Cover, Effect, What};
use super::fact::Fact;
use super::outcome::{Held, Outcome};
use super::path;
use super::side::{Atom, Side};
use crate::identity::Identity;
use crate::slots::Slot;

/// The rows of one comparison, by path and sign. Lines of the platform reach many organisations and stand once.
#[derive(Default)]
pub(super) struct Rows(BTreeMap<(Option<OrgId>, String, Sign), Row>);

#[derive(Default)]
struct Row {
    /// What stands in the line, where its path does not say it.
    values: BTreeSet<String>,
    classes: BTreeSet<Class>,
    /// What counts where nothing else does.
    by_roles: BTreeSet<Class>,
    best: Option<(Rank, Shown)>,
    covers: Vec<Cover>,
}

/// Of those who show the most one whose groups are known, and the smallest, then the gravest, then somebody who is no owner, then the one with the most
/// permissions to show.
type Rank = (Shows, (bool, usize), Class, bool, Reverse<usize>, OrgId, Identity);

/// In which way an outcome differs because of the line itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shows {
    /// Somebody may do more or less.
    Access,
    /// Somebody holds other roles that permit the same.
    Roles,
    /// Somebody is refused for another reason.
    Reason,
}

impl Shows {
    fn of(moved: &Moved) -> Self {
        let of_atom = |atom: &Atom| match atom {
            Atom::Admitted | Atom::Permission(_) => Self::Access,
            Atom::Role(_) => Self::Roles,
            Atom::Refused(_) => Self::Reason,
        };
        moved.gained.iter().chain(&moved.lost).map(of_atom).min().unwrap_or(Self::Reason)
    }
}

struct Shown {
    before: Outcome,
    after: Outcome,
}

/// Both programs' permissions with their risk: what carries one on either side carries it.
pub(super) struct Risks(BTreeSet<PermissionName>);

impl Risks {
    pub(super) fn of(catalogues: [&Catalogue; 2]) -> Self {
        let permissions = catalogues.into_iter().flat_map(|catalogue| &catalogue.permissions);
        Self(permissions.filter(|one| one.risk != Risk::None).map(|one| one.name.clone()).collect())
    }

    fn any(&self, permissions: &BTreeSet<Held<PermissionName>>) -> bool {
        permissions.iter().any(|held| self.0.contains(&held.what))
    }
}

impl Rows {
    /// A line of an organisation that differs, whether or not it reaches anybody.
    pub(super) fn line(&mut self, org: &OrgId, side: &Side<'_>, fact: &Fact, sign: Sign) {
        self.row(Some((org, side.has_several_connections())), fact, sign);
    }

    /// An organisation that came or went: its value names all that it holds, so that no review of it outlives a change of it.
    pub(super) fn whole(&mut self, org: &OrgId, digest: String, sign: Sign) {
        let row = self.row(Some((org, false)), &Fact::Org, sign);
        row.values = BTreeSet::from([digest]);
    }

    /// A line of the platform that differs, whether or not an organisation uses it.
    pub(super) fn of_platform(&mut self, fact: &Fact, sign: Sign) {
        // That a role is there at all is said with its label.
        if !matches!(fact, Fact::Role(_)) {
            self.row(None, fact, sign);
        }
    }

    pub(super) fn reached(
        &mut self,
        org: &OrgId,
        (before, after): (&Side<'_>, &Side<'_>),
        effects: Effects,
        risks: &Risks,
    ) {
        for ((fact, sign), reaches) in effects {
            let side = if sign == Sign::Added { after } else { before };
            let of = (!fact.is_global()).then_some((org, side.has_several_connections()));
            let row = self.row(of, &fact, sign);
            for (reach, moved) in reaches {
                row.reach(org, (before, after), reach, moved, risks);
            }
        }
    }

    /// Of an organisation and whether it has several connections, where the line is no platform's.
    fn row(&mut self, of: Option<(&OrgId, bool)>, fact: &Fact, sign: Sign) -> &mut Row {
        let (org, several) = of.map_or((None, false), |(org, several)| (Some(org), several));
        let row = self.0.entry((org.cloned(), path::of(org, fact, several), sign)).or_default();
        row.values.insert(path::value(fact));
        row.classes.extend(trust(fact, sign));
        row
    }

    pub(super) fn into_changes(self) -> impl Iterator<Item = Change> {
        self.0.into_iter().map(|((org, path, sign), row)| row.into_change(org, path, sign))
    }
}

impl Row {
    fn reach(
        &mut self,
        org: &OrgId,
        (before, after): (&Side<'_>, &Side<'_>),
        reach: Reach,
        moved: Moved,
        risks: &Risks,
    ) {
        let identity = reach.slot.somebody(reach.has.clone());
        let shown = Shown { before: Outcome::of(before, &identity), after: Outcome::of(after, &identity) };
        let (classes, by_roles) = shown.classes(risks);
        let gravest = classes.first().copied().unwrap_or(Class::Cosmetic);
        let is_owner = before.is_owner(&identity.email) || after.is_owner(&identity.email);
        let size = Reverse(shown.size());
        let smallest = (identity.groups_unknown, identity.traits.len());
        let rank = (Shows::of(&moved), smallest, gravest, is_owner, size, org.clone(), identity);
        self.classes.extend(classes);
        self.by_roles.extend(by_roles);
        if self.best.as_ref().is_none_or(|(best, _)| rank < *best) {
            self.best = Some((rank, shown));
        }
        let (Reach { slot, has, lacks }, Moved { gained, lost }) = (reach, moved);
        let (org, Slot { connection, email, groups_unknown }) = (org.clone(), slot);
        self.covers.push(Cover { org, connection, email, groups_unknown, has, lacks, gained, lost });
    }

    fn into_change(self, org: Option<OrgId>, path: String, sign: Sign) -> Change {
        let mut classes = if self.classes.is_empty() { self.by_roles } else { self.classes };
        if classes.is_empty() {
            classes.insert(Class::Cosmetic);
        }
        let value = self.values.into_iter().collect::<Vec<_>>().join(" ");
        let (before, after) = match sign {
            Sign::Added => (None, Some(value.as_str())),
            Sign::Removed => (Some(value.as_str()), None),
        };
        let id = ChangeId::of(&path, before, after, &classes);
        let covers = self.covers;
        let effect = self.best.map(|((.., org, witness), shown)| {
            Box::new(Effect { witness, org, before: shown.before, after: shown.after, covers })
        });
        Change { id, classes, org, path, what: What::Access { sign, value, effect } }
    }
}

impl Shown {
    /// By what may be done. Where that stays the same, by the names of roles alone, which apps see too.
    fn classes(&self, risks: &Risks) -> (BTreeSet<Class>, BTreeSet<Class>) {
        let gained = self.after.permissions_beyond(&self.before);
        let lost = self.before.permissions_beyond(&self.after);
        let (was, is) = (self.before.is_admitted(), self.after.is_admitted());
        let by_permissions = of([
            (risks.any(&gained), Class::Privileged),
            (is && !was || !gained.is_empty(), Class::Widening),
            (was && !is, Class::ShutOut),
            (was && is && !lost.is_empty(), Class::Narrowing),
        ]);
        let by_roles = of([
            (!self.after.roles_beyond(&self.before).is_empty(), Class::Widening),
            (!self.before.roles_beyond(&self.after).is_empty(), Class::Narrowing),
        ]);
        (by_permissions, by_roles)
    }

    fn size(&self) -> usize {
        self.before.permissions_beyond(&self.after).len() + self.after.permissions_beyond(&self.before).len()
    }
}

fn of<const N: usize>(classes: [(bool, Class); N]) -> BTreeSet<Class> {
    classes.into_iter().filter(|(holds, _)| *holds).map(|(_, class)| class).collect()
}

/// Lines that say whom we believe are grave by themselves.
fn trust(fact: &Fact, sign: Sign) -> Option<Class> {
    match fact {
        Fact::Org if sign == Sign::Removed => Some(Class::OrgRetired),
        Fact::Org | Fact::Connection(_) | Fact::Domain(..) | Fact::Owner(_) => Some(Class::TrustRoot),
        Fact::Grant(_) | Fact::Block(_) | Fact::DefaultRole { .. } | Fact::Role(_) | Fact::Permits(..) => None,
    }
}
