//! Check: what the types alone do not hold: lists sorted without doubles, indices that point at something.
//!
//! Reads decoded parts; gives the first defect.
//!
//! Invariant: a program that was decoded needs no second look: every index may be followed, every list searched.

use gatewright_terms::{EmailAddress, Slug};

use crate::malformed::Defect;
use crate::program::{
    Catalogue, Client, Connection, Environment, Grant, Grantee, Oidc, Org, Protocol, Role, Saml, Scope,
};

pub(crate) fn environment(environment: &Environment) -> Result<(), Defect> {
    sorted(&environment.apps, |app| &app.slug, "the apps")?;
    sorted(&environment.shared_clients, |client| &client.slug, "the shared clients")
}

pub(crate) fn catalogue(catalogue: &Catalogue) -> Result<(), Defect> {
    sorted(&catalogue.permissions, |permission| &permission.name, "the permissions")?;
    sorted(&catalogue.roles, |role| (role.scope, &role.slug), "the roles")?;
    catalogue.roles.iter().try_for_each(|role| {
        sorted(&role.permits, |&permission| permission, "the permissions of a role")?;
        role.permits.iter().try_for_each(|&at| points(at, &catalogue.permissions, "a permission of a role").map(drop))
    })
}

/// An organisation beside the catalogue and the shared clients that it points at.
pub(crate) fn org(org: &Org, catalogue: &Catalogue, environment: &Environment) -> Result<(), Defect> {
    sorted(&org.domains, |domain| &domain.name, "the domains")?;
    sorted(&org.owners, EmailAddress::mailbox_key, "the owners")?;
    sorted(&org.connections, |connection| &connection.slug, "the connections")?;
    sorted(&org.projects, |project| &project.slug, "the projects")?;
    sorted(&org.grants, |grant| grant, "the grants")?;
    sorted(&org.blocked_groups, |group| group, "the blocked groups")?;
    for domain in &org.domains {
        points(domain.connection, &org.connections, "the connection of a domain")?;
    }
    for connection in &org.connections {
        check_connection(connection, environment)?;
    }
    if let Some(project) = org.default_project {
        points(project, &org.projects, "the default project")?;
    }
    for role in org.projects.iter().filter_map(|project| project.default_role) {
        scoped(role, &catalogue.roles, Scope::Project, "the default role of a project")?;
    }
    org.grants.iter().try_for_each(|grant| check_grant(grant, org, &catalogue.roles))?;
    sorted(&org.step_ups, |step_up| step_up.permission, "the step-ups")?;
    for step_up in &org.step_ups {
        points(step_up.permission, &catalogue.permissions, "the permission of a step-up")?;
    }
    let session = &org.session;
    let lives = session.idle.0 > 0 && session.absolute.0 > 0 && session.concurrent > 0;
    if lives { Ok(()) } else { Err(Defect::BadValue("the session rules")) }
}

fn check_connection(connection: &Connection, environment: &Environment) -> Result<(), Defect> {
    sorted(connection.own_attributes(), |own| &own.name, "the attributes of a connection")?;
    match &connection.protocol {
        Protocol::Oidc(oidc) => check_oidc(oidc, environment),
        Protocol::Saml(saml) => check_saml(saml, environment),
    }
}

/// ST-SAML-06: without a certificate nothing could be checked.
fn check_saml(saml: &Saml, environment: &Environment) -> Result<(), Defect> {
    if saml.certificates.is_empty() {
        return Err(Defect::BadValue("the certificates of a connection"));
    }
    sorted(&saml.certificates, |certificate| certificate, "the certificates of a connection")?;
    if saml.algorithms.is_empty() {
        return Err(Defect::BadValue("the algorithms of a connection"));
    }
    distinct(&saml.algorithms, "the algorithms of a connection")?;
    let lands = |app: &Slug| environment.apps.binary_search_by(|known| known.slug.cmp(app)).is_ok();
    match &saml.idp_initiated {
        Some(open) if !lands(&open.app) => Err(Defect::OutOfRange("the app to land on")),
        Some(_) | None => Ok(()),
    }
}

fn check_oidc(oidc: &Oidc, environment: &Environment) -> Result<(), Defect> {
    if let Client::Shared(client) = oidc.client {
        points(client, &environment.shared_clients, "the shared client of a connection")?;
    }
    if oidc.scopes.first().map(String::as_str) != Some("openid") {
        return Err(Defect::BadValue("the scopes of a connection"));
    }
    distinct(&oidc.scopes, "the scopes of a connection")?;
    if oidc.algorithms.is_empty() {
        return Err(Defect::BadValue("the algorithms of a connection"));
    }
    distinct(&oidc.algorithms, "the algorithms of a connection")
}

fn check_grant(grant: &Grant, org: &Org, roles: &[Role]) -> Result<(), Defect> {
    let scope = if grant.project.is_some() { Scope::Project } else { Scope::Org };
    scoped(grant.role, roles, scope, "the role of a grant")?;
    if let Some(project) = grant.project {
        points(project, &org.projects, "the project of a grant")?;
    }
    match &grant.to {
        Grantee::Having { connection, .. } => {
            points(*connection, &org.connections, "the connection of a grant").map(drop)
        }
        Grantee::EveryoneIn(_) => Ok(()),
    }
}

fn scoped(at: u32, roles: &[Role], scope: Scope, what: &'static str) -> Result<(), Defect> {
    if points(at, roles, what)?.scope == scope { Ok(()) } else { Err(Defect::OutOfRange(what)) }
}

fn points<'a, T>(at: u32, list: &'a [T], what: &'static str) -> Result<&'a T, Defect> {
    usize::try_from(at).ok().and_then(|at| list.get(at)).ok_or(Defect::OutOfRange(what))
}

fn sorted<'a, T, K: PartialOrd>(list: &'a [T], key: impl Fn(&'a T) -> K, what: &'static str) -> Result<(), Defect> {
    let rising = list.iter().zip(list.iter().skip(1)).all(|(a, b)| key(a) < key(b));
    if rising { Ok(()) } else { Err(Defect::Unsorted(what)) }
}

/// For short lists whose order says something.
fn distinct<T: PartialEq>(list: &[T], what: &'static str) -> Result<(), Defect> {
    let doubled = list.iter().enumerate().any(|(at, item)| list.iter().take(at).any(|before| before == item));
    if doubled { Err(Defect::Unsorted(what)) } else { Ok(()) }
}
