//! Json: the verdict as `gatewright.review/1`.

use serde_json::{Map, Value, json};

use super::verdict::{Need, Verdict};
use crate::verbs::diff::folded::Row;
use crate::verbs::diff::json::side;
use crate::verbs::diff::people::Counted;
use crate::verbs::diff::side::Side;

pub(crate) fn report(verdict: &Verdict<'_>, base: &Side, head: &Side) -> Value {
    let brakes = verdict.brakes.iter().map(
        |brake| json!({"name": brake.name, "at_most": brake.at_most, "found": brake.found, "holds": brake.holds()}),
    );
    json!({
        "schema": "gatewright.review/1",
        "tool": {"name": "gatewright", "version": env!("CARGO_PKG_VERSION")},
        "base": side(base),
        "head": side(head),
        "open": verdict.is_open(),
        "codes": super::human::codes(verdict),
        "needs": verdict.needs.iter().map(need).collect::<Vec<_>>(),
        "free": verdict.free.iter().map(|class| class.slug()).collect::<Vec<_>>(),
        "brakes": brakes.collect::<Vec<_>>(),
        "members": verdict.members.map(Counted::json),
        "vanished": verdict.vanished.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "unreviewed": verdict.unreviewed.iter().map(|row| change(row)).collect::<Vec<_>>(),
        "reused": verdict.reused.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn need(need: &Need<'_>) -> Value {
    let changes = need.changes.iter().map(|(row, by)| {
        let mut members = change(row);
        members.insert("approved_by".to_owned(), json!(by));
        members
    });
    json!({
        "class": need.class.slug(),
        "team": need.team,
        "met": need.is_met(),
        "changes": changes.collect::<Vec<_>>(),
    })
}

fn change(row: &Row) -> Map<String, Value> {
    let change = &row.change;
    let org = change.org.as_ref().map(ToString::to_string);
    [("id", json!(change.id.as_str())), ("org", json!(org)), ("path", json!(change.path))]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}
