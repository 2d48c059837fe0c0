//! Lower: a valid policy, seen from one environment, to the program that its gate enforces.
//!
//! Takes the proof that the policy was checked; gives the program and where each part of it was written.
//!
//! Invariant: total: whatever is valid has a program.
//! Invariant: every list is sorted by what identifies its members, so that equal policies are equal programs.

mod client;
mod origins;
mod saml;

use std::collections::BTreeSet;

use gatewright_bundle::program::{self, Program};
use gatewright_terms::Slug;
use wright_syntax::tree::Spanned;

use crate::policy::{Catalogue, Environment, Grantee, Org, Policy};
use crate::provenance::Provenance;
use crate::valid::Valid;

/// `None` where the workspace has no such environment, and only there.
pub fn lower(policy: &Valid<Policy>, environment: &Slug) -> Option<(Program, Provenance)> {
    let environment = policy.environments.iter().find(|known| known.name == *environment)?;
    let program = Program {
        environment: self::environment(environment),
        catalogue: catalogue(&policy.catalogue),
        orgs: environment.orgs.iter().map(|org| self::org(org, policy, environment)).collect(),
    };
    Some((program, origins::of(policy, environment)))
}

/// Indices in programs are 32 bits wide; the longest file has fewer lines than that.
fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn environment(environment: &Environment) -> program::Environment {
    let app = |app: &crate::policy::App| {
        let origin = app.origin.as_ref()?.value.to_string();
        Some(program::App { slug: app.slug.clone(), origin, org: app.org.clone() })
    };
    program::Environment {
        name: environment.name.clone(),
        base_url: environment.base_url.as_ref().map(|url| url.value.to_string()).unwrap_or_default(),
        apps: environment.apps.iter().filter_map(app).collect(),
        shared_clients: environment.shared_clients.iter().filter_map(client::shared).collect(),
    }
}

fn catalogue(catalogue: &Catalogue) -> program::Catalogue {
    let permission = |permission: &crate::policy::Permission| program::Permission {
        name: permission.name.clone(),
        risk: permission.risk,
    };
    let role = |(at, role): (usize, &crate::policy::Role)| program::Role {
        scope: role.scope,
        slug: role.slug.clone(),
        label: role.label.to_string(),
        permits: catalogue.permits(at).into_iter().map(index).collect(),
    };
    program::Catalogue {
        permissions: catalogue.permissions.iter().map(permission).collect(),
        roles: catalogue.roles.iter().enumerate().map(role).collect(),
    }
}

fn org(org: &Org, policy: &Policy, environment: &Environment) -> program::Org {
    let at = |found: &Spanned<usize>| index(found.value);
    let domain = |domain: &crate::policy::Domain| {
        Some(program::Domain { name: domain.name.clone(), connection: index(domain.connection?) })
    };
    let project = |project: &crate::policy::Project| program::Project {
        slug: project.slug.clone(),
        name: project.name.to_string(),
        visibility: project.visibility,
        default_role: project.default_role.as_ref().map(at),
    };
    let blocked: BTreeSet<_> = org.blocks.iter().map(|block| block.group.clone()).collect();
    program::Org {
        id: org.id.clone(),
        name: org.name.to_string(),
        plan: org.plan_slug(&policy.catalogue),
        time_zone: org.time_zone.to_string(),
        domains: org.domains.iter().filter_map(domain).collect(),
        owners: org.owners.iter().map(|owner| owner.value.clone()).collect(),
        connections: org
            .connections
            .iter()
            .filter_map(|connection| client::connection(connection, org, environment))
            .collect(),
        join: program::Join::JustInTime,
        stage: org.stage,
        projects: org.projects.iter().map(project).collect(),
        default_project: org.default_project.as_ref().map(at),
        grants: grants(org),
        blocked_groups: blocked.into_iter().collect(),
        session: program::SessionRules {
            idle: org.session.idle.value,
            absolute: org.session.absolute.value,
            concurrent: org.session.concurrent.value,
            when_full: org.session.when_full.value,
            max_authentication_age: org.session.max_authentication_age.value,
        },
        step_ups: org.step_ups.iter().map(step_up).collect(),
    }
}

fn step_up(step_up: &crate::policy::StepUp) -> program::StepUp {
    program::StepUp {
        permission: index(step_up.permission),
        within: step_up.within.value,
        acr: step_up.acr.as_ref().map(|acr| acr.value.to_string()),
    }
}

fn grants(org: &Org) -> Vec<program::Grant> {
    let grant = |grant: &crate::policy::Grant| program::Grant {
        role: index(grant.role.value),
        project: grant.project.map(index),
        to: match &grant.to {
            Grantee::Having { connection, what } => {
                program::Grantee::Having { connection: index(*connection), what: what.clone() }
            }
            Grantee::EveryoneIn(domain) => program::Grantee::EveryoneIn(domain.clone()),
        },
    };
    let sorted: BTreeSet<program::Grant> = org.grants.iter().map(grant).collect();
    sorted.into_iter().collect()
}
