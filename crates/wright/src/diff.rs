//! Diff: what two programs of one environment do differently, line by line, for every identity there can be.
//!
//! Reads two programs. Gives one change for each line that differs: whom it reaches exactly, the smallest identity that
//! shows it with what `decide` says before and after, and how grave it is.
//!
//! Invariant: every identity whose outcome differs is covered by a change, and a change covers nobody else.
//! Invariant: equal programs have no changes; programs that differ have one.
//! Invariant: no more rows than lines that differ.

mod access;
mod change;
mod fact;
mod governance;
mod guardrail;
mod outcome;
mod path;
mod presets;
mod rows;
mod settings;
mod side;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gatewright_bundle::program::{Catalogue, Org, Program};
use gatewright_terms::OrgId;

pub use crate::identity::Identity;
pub use access::Sign;
pub use change::{Change, ChangeId, Class, Cover, Effect, What};
pub use fact::RoleName;
pub use governance::{Rules, governance};
pub use outcome::{Held, Outcome};
pub use side::Atom;

use access::effects;
use fact::{Fact, of_catalogue};
use rows::{Risks, Rows};
use side::Side;

/// Sorted: the platform first, then by organisation, path, and what went before what came.
pub fn diff(before: &Program, after: &Program) -> Vec<Change> {
    let (old, new) = (Half::new(before), Half::new(after));
    let risks = Risks::of([&before.catalogue, &after.catalogue]);
    let mut rows = Rows::default();
    new.global.difference(&old.global).for_each(|fact| rows.of_platform(fact, Sign::Added));
    old.global.difference(&new.global).for_each(|fact| rows.of_platform(fact, Sign::Removed));
    for (id, org) in paired(&before.orgs, &after.orgs) {
        compare(&id, org, (&old, &new), &risks, &mut rows);
        for (side, program, sign) in [(org.0, before, Sign::Removed), (org.1, after, Sign::Added)] {
            if let Some(side) = side.filter(|_| org.0.is_none() || org.1.is_none()) {
                rows.whole(&id, digest(&lines(program, side)), sign);
            }
        }
    }
    let mut changes: Vec<Change> = rows.into_changes().collect();
    changes.extend(settings::changes(before, after));
    changes.sort_by(|one, other| (&one.org, &one.path, &one.id).cmp(&(&other.org, &other.path, &other.id)));
    changes
}

/// Every line of one organisation with its value: those that access hangs on, then the settings.
pub(crate) fn lines(program: &Program, org: &Org) -> BTreeMap<String, String> {
    let access = fact::of_org(&program.catalogue, org).into_iter().filter(|fact| *fact != Fact::Org);
    let mut lines: BTreeMap<String, String> = access
        .map(|fact| (path::of(Some(&org.id), &fact, org.has_several_connections()), path::value(&fact)))
        .collect();
    lines.extend(settings::of_org(org, program));
    lines
}

/// Every line of a program, the organisations' too.
pub(crate) fn all_lines(program: &Program) -> BTreeMap<String, String> {
    let of_orgs = program.orgs.iter().flat_map(|org| lines(program, org));
    let access =
        of_catalogue(&program.catalogue).into_iter().map(|fact| (path::of(None, &fact, false), path::value(&fact)));
    let access = access.map(|(path, value)| (format!("{path} {value}"), value));
    settings::of_platform(program).chain(access).chain(of_orgs).collect()
}

/// Equal for equal lines alone.
pub(crate) fn digest(lines: &BTreeMap<String, String>) -> String {
    let text: String = lines.iter().map(|(path, value)| format!("{path:?}{value:?}")).collect();
    gatewright_bundle::Digest::of(text.as_bytes()).to_string()
}

/// What the organisations of one program share.
struct Half {
    catalogue: Arc<Catalogue>,
    global: BTreeSet<Fact>,
}

impl Half {
    fn new(program: &Program) -> Self {
        Self { catalogue: Arc::new(program.catalogue.clone()), global: of_catalogue(&program.catalogue) }
    }
}

type Pair<'p> = (Option<&'p Org>, Option<&'p Org>);

fn paired<'p>(before: &'p [Org], after: &'p [Org]) -> BTreeMap<OrgId, Pair<'p>> {
    let mut pairs: BTreeMap<OrgId, Pair<'p>> = BTreeMap::new();
    for org in before {
        pairs.entry(org.id.clone()).or_default().0 = Some(org);
    }
    for org in after {
        pairs.entry(org.id.clone()).or_default().1 = Some(org);
    }
    pairs
}

fn compare(id: &OrgId, (before, after): Pair<'_>, (old, new): (&Half, &Half), risks: &Risks, rows: &mut Rows) {
    if before == after && old.catalogue == new.catalogue {
        return;
    }
    let before = Side::new(&old.catalogue, &old.global, before);
    let after = Side::new(&new.catalogue, &new.global, after);
    if before.has_lines_of(&after) {
        // Every effect has a line for its cause that stands on one side alone.
        return;
    }
    for (one, other, sign) in [(&before, &after, Sign::Removed), (&after, &before, Sign::Added)] {
        // An organisation that came or went says it all.
        let whole = one.org.is_none() || other.org.is_none();
        for fact in one.facts().iter().filter(|fact| !other.holds(fact) && !whole) {
            rows.line(id, one, fact, sign);
        }
    }
    rows.reached(id, (&before, &after), effects(&before, &after), risks);
}
