//! Json: `gatewright.diff/1`. Nothing is cut.

use std::collections::BTreeSet;

use gatewright_terms::{OrgId, PermissionName, Trait};
use serde_json::{Value, json};
use wright::diff::{Atom, Cover, Held, Outcome, RoleName, Sign, What};

use super::folded::{Folded, Row};
use super::people::{self, Counted};
use super::side::{Place, Side};
use crate::context::Context;
use crate::verbs::bundle;
use crate::witness;

pub(super) fn report(base: &Side, head: &Side, folded: &Folded, context: &Context) -> Value {
    let mut summary = serde_json::Map::new();
    for (class, count) in folded.counts() {
        summary.insert(class.slug().to_owned(), json!(count));
    }
    summary.insert("orgs".to_owned(), json!(folded.orgs().len()));
    summary.insert("orgs_total".to_owned(), json!(folded.orgs_total));
    json!({
        "schema": "gatewright.diff/1",
        "tool": {"name": "gatewright", "version": env!("CARGO_PKG_VERSION")},
        "base": side(base),
        "head": side(head),
        "running": running(base),
        "as_of": context.as_of().to_string(),
        "members": folded.counted.as_ref().map(Counted::json),
        "environments": folded.environments.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "summary": summary,
        "changes": folded.rows.iter().map(row).collect::<Vec<_>>(),
        "truncated": null,
    })
}

/// Where the base is what a gate runs.
fn running(base: &Side) -> Value {
    let only = base.environments.iter().next().filter(|_| base.name.starts_with("running:"));
    only.map_or(Value::Null, |(name, half)| {
        json!({"environment": name.to_string(), "bundle": half.digest.map(bundle::digest), "same_as_base": true})
    })
}

/// `bundle` where there is one environment; `bundles` always. Empty where a part was compiled.
pub(crate) fn side(side: &Side) -> Value {
    let digests = side.environments.iter().filter_map(|(name, half)| Some((name, bundle::digest(half.digest?))));
    let bundles: serde_json::Map<String, Value> =
        digests.map(|(name, digest)| (name.to_string(), json!(digest))).collect();
    let only = if bundles.len() == 1 { bundles.values().next().cloned() } else { None };
    json!({"ref": side.name, "commit": side.commit, "bundle": only, "bundles": bundles})
}

fn row(row: &Row) -> Value {
    let change = &row.change;
    let (people, kept) = people::json(row.people.as_ref());
    let mut value = json!({
        "id": change.id.as_str(),
        "classes": change.classes.iter().map(|class| class.slug()).collect::<Vec<_>>(),
        "org": change.org.as_ref().map(ToString::to_string),
        "path": change.path,
        "environments": row.environments.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "people": people,
        "kept": kept,
        "through": through(row),
        "where": {"base": row.base.as_ref().map(place), "head": row.head.as_ref().map(place)},
    });
    let more = match &change.what {
        What::Setting { before, after } => json!({
            "kind": "setting", "line": null, "value": null, "covers": [], "before": before, "after": after, "gained": [], "lost": [], "witness": null,
        }),
        What::Access { sign, value, effect: None } => json!({
            "kind": "access", "line": line(*sign), "value": value, "before": null, "after": null, "gained": [], "lost": [],
            "witness": null, "covers": [],
        }),
        What::Access { sign, value, effect: Some(effect) } => json!({
            "kind": "access",
            "line": line(*sign),
            "value": value,
            "before": outcome(&effect.before),
            "after": outcome(&effect.after),
            "gained": permissions(effect.after.permissions_beyond(&effect.before)),
            "lost": permissions(effect.before.permissions_beyond(&effect.after)),
            "witness": witness::json(&effect.org, &effect.witness, []),
            "covers": effect.covers.iter().map(cover).collect::<Vec<_>>(),
        }),
    };
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

const fn line(sign: Sign) -> &'static str {
    match sign {
        Sign::Added => "added",
        Sign::Removed => "removed",
    }
}

/// For a line of the platform: which organisations it reaches.
fn through(row: &Row) -> Value {
    if let Some(through) = &row.through {
        return json!({
            "preset": through.preset,
            "orgs": through.orgs.len(),
            "orgs_overriding": through.overriding,
            "sample": through.orgs.iter().take(3).map(OrgId::as_str).collect::<Vec<_>>(),
            "ids": through.ids.iter().map(wright::diff::ChangeId::as_str).collect::<Vec<_>>(),
        });
    }
    if row.change.org.is_some() || row.change.effect().is_none() {
        return Value::Null;
    }
    let orgs: Vec<&str> = row.orgs().into_iter().map(OrgId::as_str).collect();
    json!({"platform": row.change.path, "orgs": orgs.len(), "sample": orgs.iter().take(3).collect::<Vec<_>>()})
}

fn place(place: &Place) -> Value {
    json!({"file": place.file, "line": place.line, "column": place.column})
}

fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Refuse(refusal) => {
            json!({"outcome": "refuse", "reason": refusal.slug(), "roles": [], "permissions": []})
        }
        Outcome::Admit { roles, permissions: held } => json!({
            "outcome": "admit",
            "roles": roles.iter().map(role).collect::<Vec<_>>(),
            "permissions": permissions(held.iter().cloned()),
        }),
    }
}

fn role(held: &Held<RoleName>) -> Value {
    match &held.project {
        Some(project) => json!({"role": held.what.slug.as_str(), "project": project.as_str()}),
        None => json!({"role": held.what.slug.as_str()}),
    }
}

fn permissions(held: impl IntoIterator<Item = Held<PermissionName>>) -> Vec<String> {
    let mut all: Vec<String> = held.into_iter().map(|held| super::words::permission(&held)).collect();
    all.sort();
    all
}

fn cover(cover: &Cover) -> Value {
    let names =
        |all: &BTreeSet<Trait>| all.iter().filter_map(Trait::group).map(ToString::to_string).collect::<Vec<_>>();
    let attributes =
        |all: &BTreeSet<Trait>| all.iter().filter_map(Trait::attribute).map(ToString::to_string).collect::<Vec<_>>();
    let atoms = |atoms: &BTreeSet<Atom>| atoms.iter().map(super::words::atom).collect::<Vec<_>>();
    json!({
        "org": cover.org.as_str(), "connection": cover.connection.as_str(), "email": cover.email.to_string(),
        "groups_unknown": cover.groups_unknown,
        "has": names(&cover.has), "lacks": names(&cover.lacks),
        "has_attributes": attributes(&cover.has), "lacks_attributes": attributes(&cover.lacks),
        "gained": atoms(&cover.gained), "lost": atoms(&cover.lost),
    })
}
