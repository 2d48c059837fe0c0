//! Guardrail: what changed in the guardrails of the platform, and whether it binds more or less.
//!
//! Invariant: a bound that is not plainly tighter than before is weaker: nobody can tell otherwise.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_terms::Slug;
use wright_policy::{Binds, Demand, Guardrail, Test, Value, Verb, path_key};

use super::change::{Change, Class};

/// One that came or went is one row; of one that stays, a row for each line.
pub(super) fn changes(before: &[Guardrail], after: &[Guardrail]) -> Vec<Change> {
    let (old, new) = (by_slug(before), by_slug(after));
    let slugs: BTreeSet<&Slug> = old.keys().chain(new.keys()).copied().collect();
    let one = |slug: &Slug| {
        let path = format!("guardrail[{slug}]");
        match (old.get(slug), new.get(slug)) {
            (Some(old), Some(new)) => of_one(&path, old, new),
            (None, Some(new)) => vec![row(path, Class::Strengthening, None, Some(spelled(new)))],
            (Some(old), None) => vec![row(path, Class::Weakening, Some(spelled(old)), None)],
            (None, None) => vec![],
        }
    };
    slugs.into_iter().flat_map(one).collect()
}

fn by_slug(all: &[Guardrail]) -> BTreeMap<&Slug, &Guardrail> {
    all.iter().map(|guardrail| (&guardrail.slug, guardrail)).collect()
}

fn of_one(path: &str, old: &Guardrail, new: &Guardrail) -> Vec<Change> {
    let mut rows = of_demands(path, old, new);
    let (before, after) = (old.active_from(), new.active_from());
    if before != after {
        // Enforced is earlier than any day.
        let class = if after < before { Class::Strengthening } else { Class::Weakening };
        rows.push(row(format!("{path}.enforce"), class, Some(enforced(old)), Some(enforced(new))));
    }
    if old.waivable != new.waivable {
        let class = if old.waivable { Class::Strengthening } else { Class::Weakening };
        let (before, after) = (waivable(old).to_owned(), waivable(new).to_owned());
        rows.push(row(format!("{path}.waivable"), class, Some(before), Some(after)));
    }
    if old.why != new.why {
        let (before, after) = (old.why.to_string(), new.why.to_string());
        rows.push(row(format!("{path}.why"), Class::Cosmetic, Some(before), Some(after)));
    }
    rows
}

fn of_demands(path: &str, old: &Guardrail, new: &Guardrail) -> Vec<Change> {
    let (old, new) = (by_line(old), by_line(new));
    let lines: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let one = |line: &String| {
        let (before, after) = (old.get(line), new.get(line));
        let value = |demand: Option<&&Demand>| demand.map(|demand| bound(&demand.test));
        let class = match (before, after) {
            (Some(one), Some(other)) if one.test == other.test => return None,
            (Some(one), Some(other)) if is_tighter(one.verb, &one.test, &other.test) => Class::Strengthening,
            (None, Some(_)) => Class::Strengthening,
            (Some(_), Some(_) | None) | (None, None) => Class::Weakening,
        };
        Some(row(format!("{path}.{line}"), class, value(before), value(after)))
    };
    lines.into_iter().filter_map(one).collect()
}

/// `require[session.absolute].at-most`, which no guardrail has twice.
fn by_line(guardrail: &Guardrail) -> BTreeMap<String, &Demand> {
    guardrail.demands.iter().map(|demand| (line(demand), demand)).collect()
}

fn line(demand: &Demand) -> String {
    let binds = match &demand.binds {
        Binds::All => String::new(),
        Binds::Org(org) => format!(",where=org={org}"),
        Binds::Plan(plan) => format!(",where=plan={plan}"),
        Binds::Stage(stage) => format!(",where=stage={stage:?}").to_lowercase(),
    };
    format!("{}[{}{binds}].{}", demand.verb.word(), path_key(&demand.path), demand.test.word())
}

fn is_tighter(verb: Verb, old: &Test, new: &Test) -> bool {
    let less_holds = match (old, new) {
        (Test::AtMost(old), Test::AtMost(new)) => new < old,
        (Test::AtLeast(old), Test::AtLeast(new)) => new > old,
        (Test::CountAtLeast(old), Test::CountAtLeast(new)) => new > old,
        (Test::OneOf(old), Test::OneOf(new)) => new.is_subset(old),
        (_, _) => return false,
    };
    let is_comparable = match (old, new) {
        (Test::OneOf(old), Test::OneOf(new)) => new.is_subset(old) || old.is_subset(new),
        (_, _) => true,
    };
    match verb {
        Verb::Require => less_holds,
        // What holds is forbidden: more of it is stricter.
        Verb::Forbid => is_comparable && !less_holds,
    }
}

fn bound(test: &Test) -> String {
    match test {
        Test::AtMost(value) | Test::AtLeast(value) | Test::Equals(value) => value.to_string(),
        Test::OneOf(values) => values.iter().map(Value::to_string).collect::<Vec<_>>().join(" "),
        Test::CountAtLeast(count) => count.to_string(),
    }
}

/// All of it in one line: no review of a guardrail outlives a change of it.
fn spelled(guardrail: &Guardrail) -> String {
    let Guardrail { slug: _, why, waivable: _, demands, .. } = guardrail;
    let lines: BTreeSet<String> =
        demands.iter().map(|demand| format!("{} {}", line(demand), bound(&demand.test))).collect();
    let lines: Vec<String> = lines.into_iter().collect();
    format!("{}; {}; waivable {}; why {why}", lines.join("; "), enforced(guardrail), waivable(guardrail))
}

fn enforced(guardrail: &Guardrail) -> String {
    guardrail.active_from().map_or_else(|| "enforced".to_owned(), |day| format!("enforced from {day}"))
}

const fn waivable(guardrail: &Guardrail) -> &'static str {
    if guardrail.waivable { "yes" } else { "never" }
}

fn row(path: String, class: Class, before: Option<String>, after: Option<String>) -> Change {
    Change::setting(None, path, BTreeSet::from([class]), before, after)
}
