//! Focus: the organisations that have to be judged where two states of a workspace differ in some of them alone.
//!
//! Judged are those whose files differ, those that a file of the platform names, and those whose file mentions what one of
//! the others claims: a domain, or a client. No rule compares what is left out with what is judged.
//!
//! Invariant: where anything else differs than the files of organisations, everything is judged.

mod mention;

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::thread;

use gatewright_terms::Timestamp;
use wright::{Outcome, judge};
use wright_policy::{Claims, MANIFEST, Shared, folders, orgs_folder, shared};

use crate::failure::Failure;
use crate::state::State;
use crate::verbs::check::threads;
use mention::Mention;

/// What has to be judged.
pub(crate) enum Extent {
    Part(Focus),
    /// Everything, because of this file.
    Whole(String),
}

pub(crate) struct Focus {
    /// The folder of the organisations, with a slash at its end.
    orgs: String,
    /// The folders of those that are judged.
    places: BTreeSet<String>,
    /// The folders of all of them, on either side.
    all: BTreeSet<String>,
}

const ORG_FILE: &str = "/org.kdl";

impl Extent {
    pub(crate) fn between(base: &State, head: &State) -> Result<Self, Failure> {
        let changed = differing(base, head);
        let manifest = head.text(MANIFEST)?.filter(|_| !changed.contains(MANIFEST)).unwrap_or_default();
        let Some(orgs) = orgs_folder(manifest.as_bytes()) else { return Ok(Self::Whole(MANIFEST.to_owned())) };
        let folders = folders(manifest.as_bytes());
        let is_ours = |path: &&String| folders.iter().any(|folder| is_below(folder, path));
        let changed: BTreeSet<String> = changed.iter().filter(is_ours).cloned().collect();
        let of_org = |path: &str| Some(path.strip_suffix(ORG_FILE).filter(|place| is_below(&orgs, place))?.to_owned());
        let all: BTreeSet<String> = base.paths().chain(head.paths()).filter_map(of_org).collect();
        let mut places = BTreeSet::new();
        for path in &changed {
            match path.rsplit_once('/').filter(|(place, _)| all.contains(*place)) {
                Some((place, _)) => places.insert(place.to_owned()),
                None => return Ok(Self::Whole(path.clone())),
            };
        }
        Ok(Self::Part(Focus { orgs: orgs + "/", places, all }))
    }
}

impl Focus {
    /// How many organisations there are.
    pub(crate) fn orgs_total(&self) -> usize {
        self.all.len()
    }

    /// What they are called, on either side.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.all.iter().map(|place| name(place).to_owned()).collect()
    }

    /// How many of them a state has.
    pub(crate) fn orgs_of(&self, state: &State) -> usize {
        state.paths().filter(|path| path.starts_with(&self.orgs) && path.ends_with(ORG_FILE)).count()
    }

    /// How many of them are judged because they differ.
    pub(crate) fn orgs_changed(&self) -> usize {
        self.places.len()
    }

    /// What is found in each of the states, the last of which is the newest. `None`: what changed leads everywhere.
    pub(crate) fn outcomes<const N: usize>(
        mut self,
        states: [&State; N],
        as_of: Timestamp,
    ) -> Result<Option<[Outcome; N]>, Failure> {
        let [.., head] = states.as_slice() else { return Ok(None) };
        let shared = shared(&head.part(|path| !path.starts_with(&self.orgs))?);
        if self.orgs_of(head) == 0 || self.is_named_and_gone(head, &shared) {
            return Ok(None);
        }
        self.add_named(&shared);
        let outcomes = self.judged(&states, as_of)?;
        let claims: Vec<&Claims> = outcomes.iter().map(|outcome| &outcome.claims).collect();
        if claims.iter().any(|claims| shared.gives_to_others(claims)) {
            return Ok(None);
        }
        let others = self.others(head, &claims)?;
        if others.is_empty() {
            return Ok(outcomes.try_into().ok());
        }
        self.places.extend(others);
        Ok(self.judged(&states, as_of)?.try_into().ok())
    }

    fn keeps(&self, path: &str) -> bool {
        let is_org = path.starts_with(&self.orgs);
        !is_org || path.rsplit_once('/').is_some_and(|(place, _)| self.places.contains(place))
    }

    /// Whether the platform names one that there is no more.
    fn is_named_and_gone(&self, head: &State, shared: &Shared) -> bool {
        let left: BTreeSet<&str> = head.paths().filter_map(|path| path.strip_suffix(ORG_FILE)).collect();
        self.places.iter().any(|place| shared.texts.contains(name(place)) && !left.contains(&**place))
    }

    /// An organisation is called as its folder is. Two of one name are judged together.
    fn add_named(&mut self, shared: &Shared) {
        let taken: BTreeSet<&str> = self.places.iter().map(|place| name(place)).collect();
        let is_named = |place: &&String| shared.texts.contains(name(place)) || taken.contains(name(place));
        let named: Vec<String> = self.all.iter().filter(is_named).cloned().collect();
        self.places.extend(named);
    }

    /// Those that claim the same: by their folder, or by a mention in their file.
    fn others(&self, head: &State, claims: &[&Claims]) -> Result<Vec<String>, Failure> {
        let is_other = |place: &str| !self.places.contains(place);
        let is_claimed =
            |place: &str| claims.iter().any(|claims| claims.orgs.iter().any(|org| org.as_str() == name(place)));
        let texts: BTreeSet<&[u8]> = claims
            .iter()
            .flat_map(|claims| claims.own.iter().chain(&claims.shared))
            .map(|text| text.as_bytes())
            .collect();
        let mention = Mention::of(texts);
        let files =
            head.mentions(|path| path.strip_suffix(ORG_FILE).is_some_and(is_other), |text| mention.is_in(text))?;
        let mentioned = files.iter().filter_map(|file| file.strip_suffix(ORG_FILE));
        let claimed = self.all.iter().map(|place| &**place).filter(|place| is_other(place) && is_claimed(place));
        Ok(mentioned.chain(claimed).map(str::to_owned).collect())
    }

    fn judged(&self, states: &[&State], as_of: Timestamp) -> Result<Vec<Outcome>, Failure> {
        let one = |state: &State| Ok(judge(state.part(|path| self.keeps(path))?, threads(), as_of));
        thread::scope(|scope| {
            let begun: Vec<_> = states.iter().map(|state| scope.spawn(move || one(state))).collect();
            begun.into_iter().map(|it| it.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
        })
    }
}

fn name(place: &str) -> &str {
    place.rsplit('/').next().unwrap_or(place)
}

fn is_below(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn differing(base: &State, head: &State) -> BTreeSet<String> {
    let (old, new) = (base.contents(head), head.contents(base));
    let paths = old.keys().chain(new.keys());
    let is_same =
        |path: &&&str| matches!((old.get(**path), new.get(**path)), (Some(Some(old)), Some(Some(new))) if old == new);
    paths.filter(|path| !is_same(path)).map(|path| (*path).to_owned()).collect()
}
