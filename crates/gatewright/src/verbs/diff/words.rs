//! Words: what is held, as reports write it.

use gatewright_terms::PermissionName;
use wright::diff::{Atom, Held, Outcome, RoleName};

/// `billing.write`, or `model.deploy@production` where it is held in a project.
pub(super) fn permission(held: &Held<PermissionName>) -> String {
    match &held.project {
        Some(project) => format!("{}@{project}", held.what),
        None => held.what.to_string(),
    }
}

pub(super) fn role(held: &Held<RoleName>) -> String {
    match &held.project {
        Some(project) => format!("{}@{project}", held.what.slug),
        None => held.what.slug.to_string(),
    }
}

pub(super) fn atom(atom: &Atom) -> String {
    match atom {
        Atom::Admitted => "admitted".to_owned(),
        Atom::Role(held) => format!("role {}", role(held)),
        Atom::Permission(held) => format!("permission {}", permission(held)),
        Atom::Refused(refusal) => format!("refused {refusal}"),
    }
}

/// `developer, viewer@default`, or `refused (blocked-group)`.
pub(super) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refuse(refusal) => format!("refused ({refusal})"),
        Outcome::Admit { roles, .. } => roles.iter().map(role).collect::<Vec<_>>().join(", "),
    }
}
