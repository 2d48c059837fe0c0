//! Presets: one line of a preset that changed, instead of the same change of every organisation that uses it.

use std::collections::BTreeSet;

use super::change::{Change, ChangeId, Effect, What};

impl Change {
    /// Changes of several organisations by one line of a preset. `None` where they are none, or say different things.
    ///
    /// Its id binds what becomes of each of them: an approval holds for these organisations, and for no other.
    pub fn of_preset(preset: &str, members: &[&Self]) -> Option<Self> {
        let first = members.first()?;
        if members.iter().any(|other| other.kind() != first.kind() || !other.says(first)) {
            return None;
        }
        let paths: Vec<&str> = members.iter().map(|change| change.short_path()).collect();
        let path = format!("preset[{preset}].{}", shared(&paths));
        let classes: BTreeSet<_> = members.iter().flat_map(|change| &change.classes).copied().collect();
        let value = |text: &str| Some(text.to_owned());
        let (before, after) = match &first.what {
            What::Setting { before, after } => (before.clone(), after.clone()),
            What::Access { value: said, .. } if first.is_addition() => (None, value(said)),
            What::Access { value: said, .. } => (value(said), None),
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

    /// The words of the path around its keys, which a param may give.
    pub fn kind(&self) -> (&str, &str) {
        let path = self.short_path();
        let word = path.split_once('[').map_or(path, |(word, _)| word);
        (word, path.rsplit_once(']').map_or("", |(_, rest)| rest))
    }

    /// Whether two lines say the same beyond their paths.
    pub fn says(&self, other: &Self) -> bool {
        match (&self.what, &other.what) {
            (What::Setting { before, after }, What::Setting { before: was, after: is }) => (before, after) == (was, is),
            (What::Access { sign, value, .. }, What::Access { sign: other, value: said, .. }) => {
                (sign, value) == (other, said)
            }
            (What::Setting { .. }, What::Access { .. }) | (What::Access { .. }, What::Setting { .. }) => false,
        }
    }
}

/// What the paths have in common; `…` in the place of a key that differs.
fn shared(paths: &[&str]) -> String {
    let first = paths.first().copied().unwrap_or_default();
    let alike = |(one, other): &(char, char)| one == other;
    let start = paths.iter().map(|path| first.chars().zip(path.chars()).take_while(alike).count()).min().unwrap_or(0);
    if start == first.chars().count() {
        return first.to_owned();
    }
    let end = |path: &&str| first.chars().rev().zip(path.chars().rev()).take_while(alike).count();
    let end = paths.iter().map(end).min().unwrap_or(0);
    let before: String = first.chars().take(start).collect();
    let after: Vec<char> = first.chars().rev().take(end).collect();
    let after: String = after.into_iter().rev().collect();
    let before = before.rfind(['[', '=', ',']).and_then(|at| before.get(..=at)).unwrap_or_default();
    let after = after.find([',', ']']).and_then(|at| after.get(at..)).unwrap_or_default();
    format!("{before}…{after}")
}

/// The witness of the gravest, then of the smallest; everybody whom they cover.
fn united(members: &[&Change]) -> Option<Effect> {
    let effects = || members.iter().filter_map(|change| Some((change.gravest(), change.effect()?)));
    let (_, best) =
        effects().min_by_key(|(class, effect)| (*class, effect.witness.traits.len(), effect.org.clone()))?;
    let covers = effects().flat_map(|(_, effect)| effect.covers.iter().cloned()).collect();
    Some(Effect { covers, ..best.clone() })
}

#[cfg(test)]
mod tests {
    use super::shared;

    #[test]
    fn a_key_that_a_param_gives_is_left_out() {
        let paths = ["grant[role=admin,group=admins-1]", "grant[role=admin,group=admins-27]"];
        assert_eq!(shared(&paths), "grant[role=admin,group=…]");
        assert_eq!(
            shared(&["grant[role=a,project=p1,group=x]", "grant[role=a,project=p2,group=x]"]),
            "grant[role=a,project=…,group=x]"
        );
        assert_eq!(shared(&["block[group=a]", "block[group=ab]"]), "block[group=…]");
        assert_eq!(shared(&["session.idle", "session.idle"]), "session.idle");
        assert_eq!(shared(&paths[..1]), paths[0]);
    }
}
