//! Why: one member at one time, explained rule by rule.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Response;
use axum::http::request::Parts;
use gate_core::admin::{Operator, SessionAt, Why};
use gatewright_decide::{Closest, Explanation, Step};
use gatewright_terms::{Attribute, GroupName, Refusal, Slug, Timestamp, Trait};
use serde_json::{Value, json};

use super::orgs::{ORG, SUBJECT, member_document, unclear};
use super::{Shared, Wrong, document, segment};
use crate::parameters::read;

/// `GET …/members/{id}/why?at=`
pub(super) async fn why(shared: &Shared, by: &Operator, request: &Parts) -> Result<Response<Body>, Wrong> {
    const MALFORMED: &str = "`at` is no time: seconds since 1970 in UTC";
    let [at] = read(request.uri.query().unwrap_or_default(), ["at"]).map_err(|_| unclear(MALFORMED))?;
    let at = at.map(|at| at.parse::<i64>().map(Timestamp::from_unix)).transpose().map_err(|_| unclear(MALFORMED))?;
    let (org, member) = (segment(request, ORG)?, segment(request, SUBJECT)?);
    Ok(document(&told(&shared.gate.why(by, org, member, at, shared.now()).await?)))
}

fn told(why: &Why) -> Value {
    json!({
        "schema": "gatewright.why/1",
        "environment": why.environment.as_str(),
        "bundle": format!("sha256:{}", why.digest),
        "org": why.org.as_str(),
        "at": why.at.to_string(),
        "people": [person(why)],
    })
}

fn person(why: &Why) -> Value {
    let mut person = outcome(&why.explanation);
    person.extend([
        ("member".to_owned(), member_document(&why.member)),
        (
            "groups".to_owned(),
            json!(why.groups.as_ref().map(|names| names.iter().map(GroupName::as_str).collect::<Vec<_>>())),
        ),
        ("attributes".to_owned(), attributes(&why.attributes)),
        ("sessions".to_owned(), why.sessions.iter().map(session).collect()),
    ]);
    Value::Object(person)
}

/// In the members of `gatewright.try/1`. Which line a path stands in only the workspace knows.
fn outcome(told: &Explanation) -> serde_json::Map<String, Value> {
    let members = [
        ("outcome", json!(if told.refusal.is_none() { "admit" } else { "refuse" })),
        ("reason", json!(told.refusal.map(Refusal::slug))),
        ("roles", rows("role", &told.roles)),
        ("permissions", rows("permission", &told.permissions)),
        ("steps", told.steps.iter().map(step).collect()),
        ("closest", told.closest.as_ref().map_or(Value::Null, closest)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn step(step: &Step) -> Value {
    json!({"stage": step.stage, "text": step.text, "path": step.path, "file": null, "line": null})
}

fn closest(closest: &Closest) -> Value {
    json!({
        "words": closest.to_string(),
        "through": closest.through.as_ref().map(Slug::as_str),
        "without": closest.without.iter().map(GroupName::as_str).collect::<Vec<_>>(),
        "with": closest.with.as_ref().and_then(Trait::group).map(GroupName::as_str),
        "with_attribute": closest.with.as_ref().and_then(Trait::attribute).map(ToString::to_string),
    })
}

fn rows<T: ToString>(word: &str, all: &[(T, Option<Slug>)]) -> Value {
    let row = |(name, project): &(T, Option<Slug>)| match project {
        Some(project) => json!({word: name.to_string(), "project": project.as_str()}),
        None => json!({word: name.to_string()}),
    };
    all.iter().map(row).collect()
}

fn attributes(all: &[Attribute]) -> Value {
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for attribute in all {
        by_name.entry(attribute.name.as_str()).or_default().push(attribute.value.as_str());
    }
    json!(by_name)
}

fn session(session: &SessionAt) -> Value {
    json!({
        "id": session.id,
        "app": session.app.as_ref().map(Slug::as_str),
        "created": session.created.to_string(),
        "last_seen": session.last_seen.to_string(),
        "ends": session.ends.to_string(),
        "over": session.over,
    })
}
