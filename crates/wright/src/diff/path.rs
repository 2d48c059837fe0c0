//! Path: the name of a line in reports, as the compiler's own messages write it.

use gatewright_bundle::program::Scope;
use gatewright_terms::{OrgId, Slug};
use wright_policy::{To, grant_key, path_key};

use super::fact::{Fact, For, GrantLine, RoleName};

/// `several`: the organisation has several connections, so that grants say whose groups they mean.
pub(super) fn of(org: Option<&OrgId>, fact: &Fact, several: bool) -> String {
    let own = match fact {
        Fact::Role(name) => return role(name),
        Fact::Permits(name, _) => return format!("{}.permits", role(name)),
        Fact::Org => String::new(),
        Fact::Connection(connection) => format!(".connection[{connection}]"),
        Fact::Domain(domain, _) => format!(".domain[{domain}]"),
        Fact::Owner(owner) => format!(".owner[{}]", path_key(owner)),
        Fact::Grant(line) => format!(".grant[{}]", grant(line, several)),
        Fact::Block(group) => format!(".block[group={}]", path_key(&group.to_string())),
        Fact::DefaultRole { project, .. } => format!(".project[{project}].default-role"),
    };
    org.map_or_else(|| own.clone(), |org| format!("org[{org}]{own}"))
}

/// What the line says beyond its path.
pub(super) fn value(fact: &Fact) -> String {
    match fact {
        Fact::Domain(_, connection) => format!("sign-in={connection}"),
        Fact::DefaultRole { role, .. } => role.slug.to_string(),
        Fact::Permits(_, permission) => permission.to_string(),
        Fact::Org | Fact::Connection(_) | Fact::Owner(_) | Fact::Grant(_) | Fact::Block(_) | Fact::Role(_) => {
            String::new()
        }
    }
}

pub(super) fn role(name: &RoleName) -> String {
    format!("role[{},scope={}]", name.slug, scope(name.scope))
}

const fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Org => "org",
        Scope::Project => "project",
    }
}

fn grant(line: &GrantLine, several: bool) -> String {
    let to = match &line.to {
        For::Having { what, connection } => To::Having { what, connection: several.then_some(connection) },
        For::EveryoneIn(domain) => To::EveryoneIn(domain),
    };
    grant_key(line.role.slug.as_str(), line.project.as_ref().map(Slug::as_str), &to)
}
