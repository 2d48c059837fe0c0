//! Presets: rows that one line of a preset makes in many organisations, as one row.
//!
//! Invariant: only what an organisation used before and uses now is folded, and only where its own file is the same: what it
//! makes of a preset is a change of its own.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_terms::{OrgId, Slug};
use wright::diff::{Change, ChangeId};

use super::folded::Row;
use super::side::{Place, Side};

/// The organisations behind a row of a preset.
pub(crate) struct Through {
    pub(crate) preset: String,
    /// Whom it reaches.
    pub(crate) orgs: BTreeSet<OrgId>,
    /// Those that use the preset and are not reached: they say it themselves, or not at all.
    pub(crate) overriding: usize,
    /// Of the rows that it stands for.
    pub(crate) ids: BTreeSet<ChangeId>,
}

/// What makes two rows one: the line on both sides, the path in the organisation without what is the organisation's own,
/// what is said, and the environments.
type Key = (Option<(String, u32)>, Option<(String, u32)>, String, String, BTreeSet<Slug>);

pub(super) fn fold(rows: Vec<Row>, base: &Side, head: &Side) -> Vec<Row> {
    let (mut groups, mut folded): (BTreeMap<Key, Vec<Row>>, Vec<Row>) = (BTreeMap::new(), Vec::new());
    let mut users = Users { sides: [base, head], known: BTreeMap::new() };
    for row in rows {
        if users.both_use_it(&row) {
            groups.entry(users.key(&row)).or_default().push(row);
        } else {
            folded.push(row);
        }
    }
    for ((_, _, path, ..), group) in groups {
        folded.extend(one(&path, group, &mut users));
    }
    folded
}

/// The path with `…` in the place of the one key that is written in the organisation's file and in no preset. What a preset
/// says stays to be seen, whoever it becomes a part of.
fn common(path: &str, own: &str, presets: [&str; 2]) -> String {
    let is_own = |key: &&str| {
        let written = format!("\"{key}\"");
        own.contains(&written) && !presets.iter().any(|preset| preset.contains(&written))
    };
    let keys = path.split(['[', ']', ',']).map(|part| part.split_once('=').map_or(part, |(_, key)| key));
    let mut own = keys.filter(|key| !key.is_empty() && !key.contains('"')).filter(is_own);
    match (own.next(), own.next()) {
        (Some(key), None) if path.matches(key).count() == 1 => path.replacen(key, "…", 1),
        _ => path.to_owned(),
    }
}

/// One row for what is said.
fn one(path: &str, group: Vec<Row>, users: &mut Users<'_>) -> Vec<Row> {
    let file = group.first().and_then(Row::line).map(|place| place.file.clone()).unwrap_or_default();
    let preset = file.rsplit('/').next().and_then(|name| name.strip_suffix(".kdl")).unwrap_or_default().to_owned();
    let changes: Vec<&Change> = group.iter().map(|row| &row.change).collect();
    let (Some(change), Some(first)) = (Change::of_preset(&preset, path, &changes), group.first()) else { return group };
    let orgs: BTreeSet<OrgId> = group.iter().filter_map(|row| row.change.org.clone()).collect();
    let ids = group.iter().map(|row| row.change.id.clone()).collect();
    let environment = first.environments.first();
    let all = environment.map_or(0, |environment| users.of(1, environment, &file).len());
    let through = Through { preset, overriding: all.saturating_sub(orgs.len()), orgs, ids };
    vec![Row {
        environments: first.environments.clone(),
        base: first.base.clone(),
        head: first.head.clone(),
        change,
        through: Some(through),
        people: None,
    }]
}

/// Whether the file of the organisation is the same: one that gives a param another value is a change of its own.
fn is_untouched(org: &OrgId, environment: &Slug, sides: [&Side; 2]) -> bool {
    let [base, head] = sides.map(|side| side.org_text(environment, org));
    base.is_some() && base == head
}

/// Which organisations take something from a file of presets, on either side.
struct Users<'a> {
    sides: [&'a Side; 2],
    known: BTreeMap<(usize, Slug, String), BTreeSet<OrgId>>,
}

impl Users<'_> {
    /// Whether the line stands in a preset, on each side where it stands, and the organisation uses that preset on both.
    fn both_use_it(&mut self, row: &Row) -> bool {
        let (Some(org), Some(environment)) = (&row.change.org, row.environments.first()) else { return false };
        let Some(file) = row.line().map(|place| place.file.clone()) else { return false };
        let is_there = |place: &Option<Place>| place.as_ref().is_none_or(|place| place.file == file);
        let is_preset = self.sides.iter().any(|side| side.is_preset(&file));
        // Where the file is the same, it is the organisation that changed.
        let [base, head] = self.sides;
        let has_changed = base.text_of(&file) != head.text_of(&file);
        let stands = is_there(&row.base) && is_there(&row.head);
        let is_the_presets = is_preset && has_changed && stands && is_untouched(org, environment, self.sides);
        is_the_presets && (0..2).all(|side| self.of(side, environment, &file).contains(org))
    }

    fn key(&self, row: &Row) -> Key {
        let at = |place: &Option<Place>| place.as_ref().map(|place| (place.file.clone(), place.line));
        let [base, head] = self.sides;
        let own = row.change.org.as_ref().zip(row.environments.first());
        let own = own.and_then(|(org, environment)| head.org_text(environment, org)).unwrap_or_default();
        let file = row.line().map(|place| &*place.file).unwrap_or_default();
        let presets = [base, head].map(|side| side.text_of(file).unwrap_or_default());
        let path = common(row.change.short_path(), own, presets);
        (at(&row.base), at(&row.head), path, row.change.saying(), row.environments.clone())
    }

    fn of(&mut self, side: usize, environment: &Slug, file: &str) -> &BTreeSet<OrgId> {
        let sides = self.sides;
        self.known
            .entry((side, environment.clone(), file.to_owned()))
            .or_insert_with(|| sides.get(side).map(|side| side.users_of(environment, file)).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::common;

    #[test]
    fn what_is_the_organisations_own_is_left_out_and_nothing_else() {
        let own = "use \"usual\" admins=\"ops-7\" site=\"west\"";
        let preset = "param \"admins\" default=\"everybody\"; grant role=\"admin\" group=\"$admins\"";
        let common = |path| common(path, own, [preset, ""]);
        assert_eq!(common("grant[role=admin,group=ops-7]"), "grant[role=admin,group=…]");
        assert_eq!(common("block[group=ops-7]"), "block[group=…]");
        for whole in [
            "grant[role=admin,group=everybody]",
            "grant[role=admin,group=ops]",
            "grant[role=ops-7,group=west]",
            "grant[role=admin,group=\"ops-7\"]",
            "grant[role=ops-7x,group=ops-7]",
            "session.idle",
        ] {
            assert_eq!(common(whole), whole);
        }
    }
}
