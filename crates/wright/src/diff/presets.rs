//! Presets: one line of a preset that changed, instead of the same change of every organisation that uses it.

use std::collections::BTreeSet;

use super::access::Sign;
use super::change::{Change, ChangeId, Effect, What};

impl Change {
    /// Changes of several organisations by one line of a preset. `None` where they are none, or say different things.
    /// `path`: what their paths have in common, `…` for a key that differs.
    ///
    /// Its id binds what becomes of each of them: an approval holds for these organisations, and for no other.
    pub fn of_preset(preset: &str, path: &str, members: &[&Self]) -> Option<Self> {
        let first = members.first()?;
        if members.iter().any(|other| !stands_for(path, other.short_path()) || !other.says(first)) {
            return None;
        }
        let path = format!("preset[{preset}].{path}");
        let classes: BTreeSet<_> = members.iter().flat_map(|change| &change.classes).copied().collect();
        let value = |text: &str| Some(text.to_owned());
        let (before, after) = match &first.what {
            What::Setting { before, after } => (before.clone(), after.clone()),
            What::Access { sign: Sign::Added, value: said, .. } => (None, value(said)),
            What::Access { sign: Sign::Removed, value: said, .. } => (value(said), None),
        };
        let reached: BTreeSet<&str> = members.iter().map(|change| change.id.as_str()).collect();
        let bound = format!("{path} {}", reached.into_iter().collect::<Vec<_>>().join(" "));
        let id = ChangeId::of(&bound, before.as_deref(), after.as_deref(), &classes);
        let what = match &first.what {
            What::Setting { .. } => What::Setting { before, after },
            What::Access { sign, value, .. } => {
                What::Access { sign: *sign, value: value.clone(), effect: united(members).map(Box::new) }
            }
        };
        Some(Self { id, classes, org: None, path, what })
    }

    /// What the line says beyond its path. Equal where two lines say the same.
    pub fn saying(&self) -> String {
        match &self.what {
            What::Setting { before, after } => format!("{before:?} {after:?}"),
            What::Access { sign, value, .. } => format!("{sign:?} {value:?}"),
        }
    }

    /// Whether two lines say the same beyond their paths.
    fn says(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Setting { before, after }, What::Setting { before: was, after: is }) => (before, after) == (was, is),
            (What::Access { sign, value, .. }, What::Access { sign: other, value: said, .. }) => {
                (sign, value) == (other, said)
            }
            (What::Setting { .. }, What::Access { .. }) | (What::Access { .. }, What::Setting { .. }) => false,
        }
    }
}

/// Whether a path is this one, with any key in the place of its `…`.
fn stands_for(common: &str, path: &str) -> bool {
    match common.split_once('…') {
        Some((before, after)) => path.strip_prefix(before).is_some_and(|rest| rest.ends_with(after)),
        None => path == common,
    }
}

/// The witness of the gravest, then of the smallest; everybody whom they cover.
fn united(members: &[&Change]) -> Option<Effect> {
    let effects = || members.iter().filter_map(|change| Some((change.gravest(), change.effect()?)));
    let (_, best) =
        effects().min_by_key(|(class, effect)| (*class, effect.witness.traits.len(), effect.org.clone()))?;
    let covers = effects().flat_map(|(_, effect)| effect.covers.iter().cloned()).collect();
    Some(Effect { covers, ..best.clone() })
}
