//! Steps: what a decision hangs on, one sentence each, in the order in which the gate asks.

use gatewright_bundle::program::{Connection, Grantee, Org, Program, Protocol, Stage};
use gatewright_decide::{Because, Facts, Groups, HeldRole};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) stage: &'static str,
    pub(super) text: String,
}

impl Step {
    pub(super) fn new(stage: &'static str, text: impl Into<String>) -> Self {
        Self { stage, text: text.into() }
    }
}

/// Before the roles: connection, domain, owner, groups.
pub(super) fn of(program: &Program, org: &Org, facts: &Facts) -> Vec<Step> {
    let mut steps = vec![connection(org, facts), domain(org, facts)];
    if facts.is_owner {
        steps.push(Step::new("owner", format!("`{}` is an owner", facts.email)));
    }
    match &facts.groups {
        Groups::Unknown => steps.push(Step::new("groups", "the groups are not known")),
        Groups::Known(groups) => {
            for group in groups.names() {
                let grants =
                    org.grants.iter().filter(|grant| matches!(&grant.to, Grantee::Group(name) if name == group));
                let roles: Vec<String> = grants.map(|grant| role(program, org, grant.role, grant.project)).collect();
                let blocked = org.blocked_groups.contains(group);
                let says = match (blocked, roles.is_empty()) {
                    (true, _) => "is blocked".to_owned(),
                    (false, true) => "is named by no grant".to_owned(),
                    (false, false) => format!("gives {}", roles.join(", ")),
                };
                steps.push(Step::new("groups", format!("group `{}` {says}", group.as_str())));
            }
        }
    }
    steps
}

fn connection(org: &Org, facts: &Facts) -> Step {
    let found = org.connections.iter().find(|connection| connection.slug == facts.connection);
    let stage = match org.stage {
        Stage::Test => ", in `stage \"test\"`",
        Stage::Optional => ", in `stage \"optional\"`",
        Stage::Required => "",
    };
    let through = found.map_or_else(|| "an unknown connection".to_owned(), kind);
    Step::new("connection", format!("through {through}{stage}"))
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
    let signs_in = usize::try_from(claimed.connection).ok().and_then(|at| org.connections.get(at));
    match signs_in {
        Some(other) if other.slug != facts.connection => {
            Step::new("domain", format!("`{name}` signs in through `{}` alone", other.slug))
        }
        Some(_) | None => Step::new("domain", format!("`{name}` is claimed; that it is proved is assumed")),
    }
}

/// Why each role is held.
pub(super) fn held(program: &Program, org: &Org, all: &[HeldRole]) -> Vec<Step> {
    let step = |held: &HeldRole| {
        let role = role(program, org, held.role, held.project);
        let because = match held.because {
            Because::Owner => "because of `owner`".to_owned(),
            Because::DefaultProject => "because everybody is in the default project".to_owned(),
            Because::Grant(at) => {
                let grant = usize::try_from(at).ok().and_then(|at| org.grants.get(at));
                match grant.map(|grant| &grant.to) {
                    Some(Grantee::Group(group)) => format!("because of group `{}`", group.as_str()),
                    Some(Grantee::EveryoneIn(domain)) => format!("because of everyone in `{domain}`"),
                    None => String::new(),
                }
            }
        };
        Step::new("role", format!("{role} {because}"))
    };
    all.iter().map(step).collect()
}

/// `admin`, or `editor` on `research`.
fn role(program: &Program, org: &Org, role: u32, project: Option<u32>) -> String {
    let role = usize::try_from(role).ok().and_then(|at| program.catalogue.roles.get(at));
    let role = role.map_or("?", |role| role.slug.as_str());
    match project.and_then(|at| org.projects.get(usize::try_from(at).ok()?)) {
        Some(project) => format!("`{role}` on `{}`", project.slug),
        None => format!("`{role}`"),
    }
}
