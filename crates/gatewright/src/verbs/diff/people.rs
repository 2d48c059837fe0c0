//! People: how many members of a snapshot each row reaches.
//!
//! Invariant: numbers alone come out of a snapshot; its pseudonyms and the groups of its members do not.
//! Invariant: a snapshot that is of something else than what is compared is refused: it would count nobody.

use std::collections::BTreeSet;
use std::path::Path;

use gatewright_terms::{OrgId, Slug};
use serde_json::{Value, json};
use wright::diff::Class;
use wright::people::{Census, Count, People};

use super::folded::{Folded, Row};
use super::side::Side;
use crate::context::Context;
use crate::failure::Failure;
use crate::members::Snapshot;
use crate::runtime::Runtime;
use crate::style::plain;
use crate::verbs::bundle;
use crate::verbs::snapshot::fetch;

/// What was counted, and from what.
pub(crate) struct Counted {
    source: String,
    environment: Slug,
    bundle: String,
    taken: String,
    members: usize,
    unrecorded: usize,
    /// Members who lose a permission, or are kept out. Those of whom nothing is known may all be among them.
    pub(crate) losing: Count,
}

/// More ways than this are not named.
const WAYS_MAX: usize = 3;

/// The snapshot of `--members`: a file, or `running:ENV`, fetched from the runtime.
pub(crate) fn snapshot(named: &str, runtime: Option<&str>, context: &Context) -> Result<Snapshot, Failure> {
    let Some(environment) = named.strip_prefix("running:") else { return Snapshot::read(Path::new(named)) };
    let environment = bundle::parse_environment(environment)
        .map_err(|why| Failure::usage(format!("`{}` names no environment", plain(named))).help(why))?;
    let (_, snapshot) = fetch(&Runtime::from_context(runtime, context)?)?;
    if snapshot.environment != environment {
        let found = &snapshot.environment;
        return Err(Failure::usage(format!("the runtime serves `{found}`, not `{environment}`")));
    }
    Ok(Snapshot { source: named.to_owned(), ..snapshot })
}

/// Counts for every row of the snapshot's environment.
pub(crate) fn count(folded: &mut Folded, (base, head): (&Side, &Side), snapshot: Snapshot) -> Result<(), Failure> {
    let environment = &snapshot.environment;
    let pair = (base.environments.get(environment), head.environments.get(environment));
    let (Some(old), Some(new)) = pair else { return Err(of_another_environment(&snapshot, base, head)) };
    let known: BTreeSet<&OrgId> = [old, new].iter().flat_map(|half| &half.program.orgs).map(|org| &org.id).collect();
    let retired = |org: &OrgId| {
        let mut rules = [base, head].into_iter().filter_map(|side| side.rules.as_ref());
        rules.any(|rules| rules.governance.retired.contains_key(org))
    };
    let is_known = |org: &OrgId| known.contains(org) || head.names.contains(org.as_str()) || retired(org);
    let strange = snapshot.members.keys().find(|org| !is_known(org));
    if let Some(org) = strange {
        return Err(of_another_policy(&snapshot, org));
    }
    let census = Census::new(&old.program, &new.program, &snapshot.members);
    for row in folded.rows.iter_mut().filter(|row| row.environments.contains(environment)) {
        row.people = census.people(&row.change, &lines(row));
    }
    let reached: BTreeSet<OrgId> = folded.orgs().into_iter().cloned().collect();
    let unknown = snapshot.unrecorded.iter().filter(|(org, _)| reached.contains(*org)).map(|(_, times)| times);
    let losing = census.losing();
    let losing = Count { at_most: losing.at_most.saturating_add(unknown.sum()), ..losing };
    folded.counted = Some(Counted {
        members: snapshot.count(),
        unrecorded: snapshot.unrecorded.values().sum(),
        source: snapshot.source,
        environment: snapshot.environment,
        bundle: snapshot.bundle,
        taken: snapshot.taken.to_string(),
        losing,
    });
    Ok(())
}

/// What a row is in each organisation, by the path there.
fn lines(row: &Row) -> Vec<(OrgId, String)> {
    let path = &row.change.path;
    match (&row.change.org, &row.through) {
        (Some(org), _) => vec![(org.clone(), path.clone())],
        (None, Some(through)) => {
            let own = path.strip_prefix(&format!("preset[{}].", through.preset)).unwrap_or(path);
            through.orgs.iter().map(|org| (org.clone(), format!("org[{org}].{own}"))).collect()
        }
        (None, None) => Vec::new(),
    }
}

fn of_another_environment(snapshot: &Snapshot, base: &Side, head: &Side) -> Failure {
    let both = base.environments.keys().filter(|name| head.environments.contains_key(*name));
    let both: Vec<String> = both.map(|name| format!("`{name}`")).collect();
    let (source, environment) = (plain(&snapshot.source), &snapshot.environment);
    Failure::usage(format!("`{source}` has the members of `{environment}`, and {} is compared", both.join(", ")))
}

fn of_another_policy(snapshot: &Snapshot, org: &OrgId) -> Failure {
    Failure::usage(format!("`{}` has members of `{org}`, which neither side knows", plain(&snapshot.source)))
        .help("is it a snapshot of this workspace's gate, and not older than both sides?")
        .help(format!("if `{org}` has left: `retired-org \"{org}\" on=\"…\" data=\"…\"` in the platform's folder"))
}

impl Counted {
    /// Owners are those of the bundle that ran. Of a part of the organisations there is no bundle to tell it by.
    pub(super) fn ran_another_than(&self, base: &Side) -> bool {
        let digest = base.environments.get(&self.environment).and_then(|half| half.digest);
        digest.is_some_and(|digest| bundle::digest(digest) != self.bundle)
    }

    /// Whether every change reaches the environment that the members are of: of the others nobody has counted any.
    pub(crate) fn is_of_all(&self, rows: &[Row]) -> bool {
        let counts = |row: &&Row| row.change.gravest() != Class::Cosmetic;
        rows.iter().filter(counts).all(|row| row.environments.contains(&self.environment))
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "source": self.source,
            "environment": self.environment.as_str(),
            "bundle": self.bundle,
            "taken": self.taken,
            "people": self.members,
            "unrecorded": self.unrecorded,
        })
    }

    /// What the numbers are of: `1204 members of production, as of 2026-11-23T22:00:00Z`.
    pub(crate) fn words(&self) -> String {
        let more = match self.unrecorded {
            0 => String::new(),
            unrecorded => format!("; of {unrecorded} more nothing is known until they sign in again"),
        };
        let noun = if self.members == 1 { "member" } else { "members" };
        format!("{} {noun} of {}, as of {}{more}", self.members, self.environment, self.taken)
    }
}

/// `people` and `kept` of a row.
pub(super) fn json(people: Option<&People>) -> (Value, Value) {
    let kept = people.and_then(|people| people.kept.as_ref());
    let kept = kept.map(|kept| json!({"people": kept.people.exact(), "through": kept.through}));
    (json!(people.and_then(|people| people.reached.exact())), kept.unwrap_or_default())
}

/// `31 people, 4 more keep it through {group ml-platform}`. `shown` makes an author's text harmless.
pub(super) fn words(people: &People, shown: impl Fn(&str) -> String) -> String {
    let kept = people.kept.as_ref().map(|kept| {
        let keep = if kept.people.exact() == Some(1) { "keeps" } else { "keep" };
        let ways: Vec<String> = kept.through.iter().take(WAYS_MAX).map(|way| shown(way)).collect();
        let more = if kept.through.len() > WAYS_MAX { ", …" } else { "" };
        format!(", {} more {keep} it through {}{more}", number(kept.people), ways.join(", "))
    });
    let noun = if people.reached.exact() == Some(1) { "person" } else { "people" };
    format!("{} {noun}{}", number(people.reached), kept.unwrap_or_default())
}

/// A range where it is not known which of several owners somebody is.
pub(crate) fn number(count: Count) -> String {
    match count.exact() {
        Some(exact) => exact.to_string(),
        None => format!("{} to {}", count.at_least, count.at_most),
    }
}
