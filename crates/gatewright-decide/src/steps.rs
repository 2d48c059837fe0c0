//! Steps: what a decision hangs on, one sentence each, in the order in which the gate asks.

use gatewright_bundle::path::{block_path, grant_path};
use gatewright_bundle::program::{Catalogue, Connection, Grant, Grantee, Org, Protocol, Stage};
use gatewright_terms::Trait;

use crate::{Because, Facts, Groups, HeldRole, Standing};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub stage: &'static str,
    pub text: String,
    /// The line that it hangs on, by its path in the policy.
    pub path: Option<String>,
}

impl Step {
    pub fn new(stage: &'static str, text: impl Into<String>) -> Self {
        Self { stage, text: text.into(), path: None }
    }

    #[must_use]
    pub fn at(mut self, path: Option<String>) -> Self {
        self.path = path;
        self
    }
}

/// Before the roles: connection, domain, owner, groups, attributes.
pub(crate) fn of(catalogue: &Catalogue, org: &Org, facts: &Facts) -> Vec<Step> {
    let mut steps = vec![connection(org, facts), domain(org, facts)];
    if facts.standing == Standing::Removed {
        steps.push(Step::new("member", "an operator has removed them"));
    }
    if facts.is_owner {
        steps.push(Step::new("owner", format!("`{}` is an owner", facts.email)).at(owner_path(org, facts)));
    }
    match &facts.groups {
        Groups::Unknown => steps.push(Step::new("groups", "the groups are not known")),
        Groups::Known(groups) => {
            for group in groups.names() {
                steps.push(if org.blocked_groups.contains(group) {
                    Step::new("groups", format!("group `{group}` is blocked")).at(Some(block_path(org, group)))
                } else {
                    told("groups", &Trait::Group(group.clone()), catalogue, org, facts)
                });
            }
        }
    }
    let attributes = facts.attributes.iter().cloned().map(Trait::Attribute);
    steps.extend(attributes.map(|attribute| told("attributes", &attribute, catalogue, org, facts)));
    steps
}

/// What is granted to those about whom this connection says it.
fn told(stage: &'static str, what: &Trait, catalogue: &Catalogue, org: &Org, facts: &Facts) -> Step {
    let is_here = |connection: u32| {
        let connection = usize::try_from(connection).ok().and_then(|at| org.connections.get(at));
        connection.is_some_and(|connection| connection.slug == facts.connection)
    };
    let asks = |to: &Grantee| matches!(to, Grantee::Having { connection, what: asked } if is_here(*connection) && asked == what);
    let grants: Vec<&Grant> = org.grants.iter().filter(|grant| asks(&grant.to)).collect();
    let roles: Vec<String> = grants.iter().map(|grant| role(catalogue, org, grant.role, grant.project)).collect();
    let says = match (roles.is_empty(), org.has_several_connections()) {
        (false, _) => format!("gives {}", roles.join(", ")),
        (true, false) => "is named by no grant".to_owned(),
        (true, true) => format!("is named by no grant to the people of `{}`", facts.connection),
    };
    let path = grants.first().and_then(|grant| grant_path(catalogue, org, grant));
    Step::new(stage, format!("{} {says}", kind_of(what))).at(path)
}

fn kind_of(what: &Trait) -> String {
    match what {
        Trait::Group(group) => format!("group `{group}`"),
        Trait::Attribute(attribute) => format!("attribute `{attribute}`"),
    }
}

/// As the policy spells the address.
fn owner_path(org: &Org, facts: &Facts) -> Option<String> {
    let owner = org.owners.iter().find(|owner| owner.same_mailbox(&facts.email))?;
    Some(format!("org[{}].owner[{owner}]", org.id))
}

fn connection(org: &Org, facts: &Facts) -> Step {
    let found = org.connections.iter().find(|connection| connection.slug == facts.connection);
    let stage = match org.stage {
        Stage::Test => ", in `stage \"test\"`",
        Stage::Optional => ", in `stage \"optional\"`",
        Stage::Required => "",
    };
    let through = found.map_or_else(|| "an unknown connection".to_owned(), kind);
    let path = found.map(|connection| format!("org[{}].connection[{}]", org.id, connection.slug));
    Step::new("connection", format!("through {through}{stage}")).at(path)
}

fn kind(connection: &Connection) -> String {
    let over = match &connection.protocol {
        Protocol::Oidc(_) => "OpenID Connect",
        Protocol::Saml(_) => "SAML",
    };
    format!("`{}` ({} over {over})", connection.slug, connection.provider)
}

fn domain(org: &Org, facts: &Facts) -> Step {
    let name = facts.email.domain();
    let Some(claimed) = org.domains.iter().find(|domain| domain.name == *name) else {
        let ours: Vec<String> = org.domains.iter().map(|domain| format!("`{}`", domain.name)).collect();
        return Step::new("domain", format!("`{name}` is none of {}", ours.join(", ")));
    };
    let path = Some(format!("org[{}].domain[{name}]", org.id));
    let signs_in = usize::try_from(claimed.connection).ok().and_then(|at| org.connections.get(at));
    match signs_in {
        Some(other) if other.slug != facts.connection => {
            Step::new("domain", format!("`{name}` signs in through `{}` alone", other.slug)).at(path)
        }
        Some(_) | None => Step::new("domain", format!("`{name}` is claimed{}", proof(facts))).at(path),
    }
}

/// Of a newcomer it is assumed; of a member the gate knows it.
fn proof(facts: &Facts) -> &'static str {
    match (facts.standing, facts.domain_proved) {
        (Standing::Newcomer, true) => "; that it is proved is assumed",
        (Standing::Newcomer, false) => " and not proved",
        (Standing::Member | Standing::Removed, true) => " and proved",
        (Standing::Member | Standing::Removed, false) => " and not proved any more, which stops newcomers alone",
    }
}

/// Why each role is held.
pub(crate) fn held(catalogue: &Catalogue, org: &Org, facts: &Facts, all: &[HeldRole]) -> Vec<Step> {
    let step = |held: &HeldRole| {
        let role = role(catalogue, org, held.role, held.project);
        let (because, path) = match held.because {
            Because::Owner => ("because of `owner`".to_owned(), owner_path(org, facts)),
            Because::DefaultProject => {
                let project = held.project.and_then(|at| org.projects.get(usize::try_from(at).ok()?));
                let path = project.map(|project| format!("org[{}].project[{}]", org.id, project.slug));
                ("because everybody is in the default project".to_owned(), path)
            }
            Because::Grant(at) => {
                let grant = usize::try_from(at).ok().and_then(|at| org.grants.get(at));
                let because = match grant.map(|grant| &grant.to) {
                    Some(Grantee::Having { what, .. }) => format!("because of {}", kind_of(what)),
                    Some(Grantee::EveryoneIn(domain)) => format!("because of everyone in `{domain}`"),
                    None => String::new(),
                };
                (because, grant.and_then(|grant| grant_path(catalogue, org, grant)))
            }
        };
        Step::new("role", format!("{role} {because}")).at(path)
    };
    all.iter().map(step).collect()
}

/// `admin`, or `editor` on `research`.
fn role(catalogue: &Catalogue, org: &Org, role: u32, project: Option<u32>) -> String {
    let role = usize::try_from(role).ok().and_then(|at| catalogue.roles.get(at));
    let role = role.map_or("?", |role| role.slug.as_str());
    match project.and_then(|at| org.projects.get(usize::try_from(at).ok()?)) {
        Some(project) => format!("`{role}` on `{}`", project.slug),
        None => format!("`{role}`"),
    }
}
