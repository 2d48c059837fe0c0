//! Guardrails (GW0801, GW0802): what no organisation may come to, in any environment.
//!
//! Held against every view of every organisation, defaults and profiles included. One that was announced with `enforce`
//! warns until its day; the day is judged by `--as-of` and reaches no bundle.

use gatewright_terms::Timestamp;
use wright_syntax::diagnostic::{Code, Sink};
use wright_syntax::source::Span;

use super::{Check, error, warn};
use crate::finding::{Finding, listed};
use crate::paths::{Found, Held, Value};
use crate::policy::{Demand, Guardrail, Org, Policy, Test, Verb};

const GUARDRAIL_BROKEN: Code = error(801, "guardrail-broken");
const GUARDRAIL_REPORT: Code = warn(802, "guardrail-report");

pub(super) const BROKEN: Check = Check::as_of(&[GUARDRAIL_BROKEN], broken);
pub(super) const REPORT: Check = Check::as_of(&[GUARDRAIL_REPORT], report);

/// What breaks a demand, and where.
struct Breach {
    at: Span,
    /// Of the line, where one says it.
    path: String,
    /// `is 14h`.
    says: String,
    /// `makes it so`.
    mark: &'static str,
}

fn broken(policy: &Policy, as_of: Timestamp, sink: &mut Sink) {
    let active = policy.governance.guardrails.iter().filter(|guardrail| guardrail.is_active(as_of));
    for (guardrail, demand, breach) in active.flat_map(|guardrail| breaches(guardrail, policy)) {
        let Breach { at, path, says, mark } = breach;
        let message = format!("`{path}` {says}; guardrail `{}` {}", guardrail.slug, wants(demand));
        told(Finding::new(GUARDRAIL_BROKEN, at, message).mark(mark), guardrail, demand, &path).report(sink);
    }
}

fn report(policy: &Policy, as_of: Timestamp, sink: &mut Sink) {
    let announced = policy.governance.guardrails.iter().filter(|guardrail| !guardrail.is_active(as_of));
    for (guardrail, demand, breach) in announced.flat_map(|guardrail| breaches(guardrail, policy)) {
        let Breach { at, path, says, mark } = breach;
        let from = guardrail.active_from().unwrap_or_default();
        let message =
            format!("would break guardrail `{}` from {from} on: `{path}` {says}; it {}", guardrail.slug, wants(demand));
        told(Finding::new(GUARDRAIL_REPORT, at, message).mark(mark), guardrail, demand, &path).report(sink);
    }
}

fn told(finding: Finding, guardrail: &Guardrail, demand: &Demand, path: &str) -> Finding {
    finding.also(demand.at, "the guardrail").help(format!("why: {}; {}", guardrail.why, advice(demand))).path(path)
}

fn breaches<'p>(
    guardrail: &'p Guardrail,
    policy: &'p Policy,
) -> impl Iterator<Item = (&'p Guardrail, &'p Demand, Breach)> {
    guardrail.demands.iter().flat_map(move |demand| {
        let bound = policy.each_view().filter(move |org| demand.binds(org, policy));
        let found = bound.flat_map(move |org| {
            let found = demand.row.find(&demand.which, org, &policy.catalogue).into_iter();
            found.flat_map(move |found| judge(demand, org, &found))
        });
        found.map(move |breach| (guardrail, demand, breach))
    })
}

/// Every value by itself; how many there are; or that there is none.
fn judge(demand: &Demand, org: &Org, found: &Found) -> Vec<Breach> {
    let whole = |says: String, mark| Breach { at: found.holder, path: found.path.clone(), says, mark };
    if let Test::CountAtLeast(most) = demand.test {
        let count = found.values.len();
        let holds = u32::try_from(count).is_ok_and(|count| count >= most);
        let may_be_more = org.incomplete && !holds;
        let says = format!("has {count} {}", if count == 1 { "member" } else { "members" });
        return if is_broken(demand.verb, holds) && !may_be_more {
            vec![whole(says, "not as demanded")]
        } else {
            vec![]
        };
    }
    if found.values.is_empty() {
        let is_missing = demand.verb == Verb::Require && (found.is_nowhere || !demand.row.is_set) && !org.incomplete;
        return if is_missing { vec![whole("is not there".to_owned(), "missing")] } else { vec![] };
    }
    let breaking = found.values.iter().filter(|held| is_broken(demand.verb, demand.test.holds(&held.value)));
    breaking.map(|held| breach(held, found)).collect()
}

const fn is_broken(verb: Verb, holds: bool) -> bool {
    match verb {
        Verb::Require => !holds,
        Verb::Forbid => holds,
    }
}

fn breach(held: &Held, found: &Found) -> Breach {
    let says = format!("is {}", quoted(&held.value));
    match &held.from {
        Some(from) => Breach { at: from.at, path: from.path.to_string(), says, mark: "not allowed" },
        None => Breach { at: found.holder, path: found.path.clone(), says, mark: "what holds where nobody says" },
    }
}

/// A measure as it is, a word in the author's quotes.
fn quoted(value: &Value) -> String {
    match value {
        Value::Seconds(_) | Value::Number(_) => value.to_string(),
        Value::Word(word) => format!("`{word}`"),
    }
}

/// `allows 12h at most`.
fn wants(demand: &Demand) -> String {
    let require = demand.verb == Verb::Require;
    match &demand.test {
        Test::AtMost(bound) if require => format!("allows {} at most", quoted(bound)),
        Test::AtMost(bound) => format!("forbids {} and less", quoted(bound)),
        Test::AtLeast(bound) if require => format!("wants {} at least", quoted(bound)),
        Test::AtLeast(bound) => format!("forbids {} and more", quoted(bound)),
        Test::Equals(bound) if require => format!("wants {}", quoted(bound)),
        Test::Equals(bound) => format!("forbids {}", quoted(bound)),
        Test::OneOf(bounds) => {
            let words: Vec<String> = bounds.iter().map(Value::to_string).collect();
            let words = listed(words.iter().map(String::as_str));
            if require { format!("wants one of {words}") } else { format!("forbids {words}") }
        }
        Test::CountAtLeast(count) if require => format!("wants {count} at least"),
        Test::CountAtLeast(count) => format!("forbids {count} and more"),
    }
}

/// What makes it right again.
fn advice(demand: &Demand) -> String {
    let require = demand.verb == Verb::Require;
    match &demand.test {
        Test::AtMost(bound) if require && demand.row.is_computed() => {
            format!("make `session.absolute` or `session.max-authentication-age` {} or less", quoted(bound))
        }
        Test::AtMost(bound) if require => format!("write {} or less", quoted(bound)),
        Test::AtLeast(bound) if require => format!("write {} or more", quoted(bound)),
        Test::Equals(bound) if require => format!("write {}", quoted(bound)),
        Test::OneOf(_) if require => "write one of these".to_owned(),
        Test::CountAtLeast(_) if require => "write more of them".to_owned(),
        Test::CountAtLeast(_) => "write fewer of them".to_owned(),
        Test::AtMost(_) | Test::AtLeast(_) | Test::Equals(_) | Test::OneOf(_) => "write another value".to_owned(),
    }
}
