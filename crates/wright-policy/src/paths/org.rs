//! Org: the values of an organisation itself, its sessions, its projects and its fresh sign-ins.

use gatewright_bundle::program::{SessionRules, Stage, Visibility, WhenFull};
use gatewright_decide::{Limit, revocation_bound};
use gatewright_terms::Seconds;
use wright_syntax::source::Span;

use super::{Held, Value};
use crate::policy::{Catalogue, Layered, Org, Project, Session, StepUp, Written};

/// A value that a line inside `owner` says.
pub(super) fn said(value: Value, owner: &Written, word: &str, at: Span) -> Held {
    Held { value, from: Some(Written { path: format!("{}.{word}", owner.path).into(), at }) }
}

pub(super) fn plan(org: &Org, catalogue: &Catalogue) -> Vec<Held> {
    let held = org
        .plan
        .as_ref()
        .map(|plan| said(Value::word(org.plan_slug(catalogue).as_str()), &org.written, "plan", plan.span));
    held.into_iter().collect()
}

pub(super) fn team(org: &Org, _: &Catalogue) -> Vec<Held> {
    org.team.iter().map(|team| said(Value::Word(team.clone()), &org.written, "team", org.written.at)).collect()
}

pub(super) fn time_zone(org: &Org, _: &Catalogue) -> Vec<Held> {
    vec![said(Value::Word(org.time_zone.clone()), &org.written, "time-zone", org.written.at)]
}

pub(super) fn owners(org: &Org, _: &Catalogue) -> Vec<Held> {
    let one = |owner: &wright_syntax::tree::Spanned<gatewright_terms::EmailAddress>| {
        said(Value::word(owner.value.to_string()), &org.written, &format!("owner[{}]", owner.value), owner.span)
    };
    org.owners.iter().map(one).collect()
}

pub(super) fn domains(org: &Org, _: &Catalogue) -> Vec<Held> {
    let one = |domain: &crate::policy::Domain| keyed(domain.name.as_str(), &domain.written);
    org.domains.iter().map(one).collect()
}

pub(super) fn connections(org: &Org, _: &Catalogue) -> Vec<Held> {
    org.connections.iter().map(|connection| keyed(connection.slug.as_str(), &connection.written)).collect()
}

pub(super) fn projects(org: &Org, _: &Catalogue) -> Vec<Held> {
    org.projects.iter().map(|project| keyed(project.slug.as_str(), &project.written)).collect()
}

pub(super) fn blocks(org: &Org, _: &Catalogue) -> Vec<Held> {
    org.blocks.iter().map(|block| keyed(block.group.as_str(), &block.written)).collect()
}

pub(super) fn step_ups(org: &Org, catalogue: &Catalogue) -> Vec<Held> {
    let one =
        |step_up: &StepUp| Some(keyed(catalogue.permissions.get(step_up.permission)?.name.as_str(), &step_up.written));
    org.step_ups.iter().filter_map(one).collect()
}

fn keyed(key: &str, written: &Written) -> Held {
    Held { value: Value::word(key), from: Some(written.clone()) }
}

pub(super) fn default_project(org: &Org, _: &Catalogue) -> Vec<Held> {
    let held = org.default_project.as_ref().and_then(|project| {
        let slug = &org.projects.get(project.value)?.slug;
        Some(said(Value::word(slug.as_str()), &org.written, "default-project", project.span))
    });
    held.into_iter().collect()
}

pub(super) fn stage(org: &Org, _: &Catalogue) -> Vec<Held> {
    let word = match org.stage {
        Stage::Test => "test",
        Stage::Optional => "optional",
        Stage::Required => "required",
    };
    let held = org.sso.map(|at| said(Value::word(word), &org.written, "members.stage", at));
    held.into_iter().collect()
}

pub(super) fn idle(org: &Org, _: &Catalogue) -> Vec<Held> {
    seconds(&org.session.idle)
}

pub(super) fn absolute(org: &Org, _: &Catalogue) -> Vec<Held> {
    seconds(&org.session.absolute)
}

pub(super) fn max_authentication_age(org: &Org, _: &Catalogue) -> Vec<Held> {
    let age = &org.session.max_authentication_age;
    age.value.iter().map(|value| Held { value: Value::Seconds(value.0), from: age.from.clone() }).collect()
}

pub(super) fn concurrent(org: &Org, _: &Catalogue) -> Vec<Held> {
    let concurrent = &org.session.concurrent;
    vec![Held { value: Value::Number(concurrent.value), from: concurrent.from.clone() }]
}

pub(super) fn when_full(org: &Org, _: &Catalogue) -> Vec<Held> {
    let word = match org.session.when_full.value {
        WhenFull::EndOldest => "end-oldest",
        WhenFull::Refuse => "refuse",
    };
    vec![Held { value: Value::word(word), from: org.session.when_full.from.clone() }]
}

fn seconds(layered: &Layered<Seconds>) -> Vec<Held> {
    vec![Held { value: Value::Seconds(layered.value.0), from: layered.from.clone() }]
}

/// The place is the line of the limit that decides.
pub(super) fn revocation_bound_session(org: &Org, _: &Catalogue) -> Vec<Held> {
    let session = &org.session;
    let bound = revocation_bound(&rules(session));
    let value = Value::Seconds(bound.seconds.0);
    match deciding(session, bound.limit) {
        Some(from) => vec![said(value, &org.written, "revocation-bound.session", from.at)],
        None => vec![Held { value, from: None }],
    }
}

/// The line of the limit that ends sessions; `None` where it is built in.
pub(crate) fn deciding(session: &Session, limit: Limit) -> Option<&Written> {
    match limit {
        Limit::Absolute => session.absolute.from.as_ref(),
        Limit::AuthenticationAge => session.max_authentication_age.from.as_ref(),
    }
}

/// As the program will hold them.
pub(crate) fn rules(session: &Session) -> SessionRules {
    SessionRules {
        idle: session.idle.value,
        absolute: session.absolute.value,
        concurrent: session.concurrent.value,
        when_full: session.when_full.value,
        max_authentication_age: session.max_authentication_age.value,
    }
}

pub(super) fn visibility(project: &Project, _: &Catalogue) -> Vec<Held> {
    let word = match project.visibility {
        Visibility::Open => "open",
        Visibility::Closed => "closed",
        Visibility::Private => "private",
    };
    vec![said(Value::word(word), &project.written, "visibility", project.written.at)]
}

pub(super) fn default_role(project: &Project, catalogue: &Catalogue) -> Vec<Held> {
    let held = project.default_role.as_ref().and_then(|role| {
        let slug = &catalogue.roles.get(role.value)?.slug;
        Some(said(Value::word(slug.as_str()), &project.written, "default-role", role.span))
    });
    held.into_iter().collect()
}

pub(super) fn within(step_up: &StepUp) -> Vec<Held> {
    vec![said(Value::Seconds(step_up.within.value.0), &step_up.written, "within", step_up.within.span)]
}

pub(super) fn acr(step_up: &StepUp) -> Vec<Held> {
    let held = step_up.acr.as_ref().map(|acr| said(Value::Word(acr.value.clone()), &step_up.written, "acr", acr.span));
    held.into_iter().collect()
}
