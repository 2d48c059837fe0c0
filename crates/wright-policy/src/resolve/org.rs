//! Org: one organisation, its names looked up.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_bundle::program::{Scope, Stage, Visibility};
use gatewright_terms::{EmailAddress, OrgId, Slug};
use wright_syntax::diagnostic::Sink;
use wright_syntax::tree::Spanned;

use super::{Context, Names, connection, session, step_up, written};
use crate::codes::{DUPLICATE_DEFINITION, FIELD_OF_OTHER_KIND, MISSING_FIELD, WRONG_KIND};
use crate::finding::Finding;
use crate::policy::{BlockedGroup, Connection, Domain, Grant, Grantee, Org, Project};
use crate::shape::{Given, Node};
use crate::words::built_in;

/// The one role that no grant gives.
const OWNER: &str = "owner";

pub(super) fn resolve(slug: &Slug, node: &Node, context: &Context<'_>, overlaid: bool, sink: &mut Sink) -> Org {
    let mut local = Sink::default();
    let place = format!(" in org `{slug}`");
    let folder = context.places.get(slug).map_or("", |place| &**place);
    let mut connections: Vec<Connection> = node
        .entries("connection")
        .filter_map(|entry| connection::resolve(entry, folder, context, &mut local))
        .collect();
    connections.sort_by(|one, two| one.slug.cmp(&two.slug));
    let mut projects: Vec<Project> =
        node.entries("project").filter_map(|entry| project(entry, context, &mut local)).collect();
    projects.sort_by(|one, two| one.slug.cmp(&two.slug));
    let names = OrgNames {
        connections: Names::new(
            "connection",
            &*place,
            connections.iter().map(|c| (c.slug.as_str(), c.written.at)),
            broken(node, "connection"),
        ),
        projects: Names::new(
            "project",
            &*place,
            projects.iter().map(|p| (p.slug.as_str(), p.written.at)),
            broken(node, "project"),
        ),
        domains: Names::new("domain", &*place, node.entries("domain").map(|d| (&*d.name, d.head)), []),
    };
    let mut domains: Vec<Domain> =
        node.entries("domain").filter_map(|entry| domain(entry, &names, &connections, &mut local)).collect();
    domains.sort_by(|one, two| one.name.cmp(&two.name));
    let owners = owners(node, &mut local);
    let fact = |word: &str| node.text(word);
    let plan = fact("plan").and_then(|plan| context.names.plans.find(&plan, &node.path, &mut local));
    let default_project =
        fact("default-project").and_then(|project| names.projects.find(&project, &node.path, &mut local));
    let grants = node.entries("grant").filter_map(|entry| grant(entry, &names, context, &mut local)).collect();
    let blocks = node
        .entries("block")
        .filter_map(|entry| Some(BlockedGroup { group: entry.group("group")?.value, written: written(entry) }));
    let step_ups = step_up::resolve(node, context.step_ups, context.names, &mut local);
    let members = node.entry("members");
    let incomplete = node.incomplete || local.refuses();
    sink.merge(local);
    Org {
        id: OrgId::from(slug.clone()),
        slug: slug.clone(),
        name: fact("name").map_or_else(|| Arc::from(slug.as_str()), |name| name.value),
        plan,
        team: fact("team").map(|team| team.value),
        time_zone: fact("time-zone").map_or_else(|| Arc::from(built_in::TIME_ZONE), |zone| zone.value),
        domains,
        owners,
        connections,
        sso: members.map(|members| members.head),
        stage: members.map_or(Stage::Required, stage),
        projects,
        default_project,
        grants,
        blocks: blocks.collect(),
        session: session::resolve(
            node.entry("session"),
            context.defaults.and_then(|defaults| defaults.entry("session")),
        ),
        step_ups,
        overlaid,
        incomplete,
        written: written(node),
    }
}

fn stage(members: &Node) -> Stage {
    match members.text("stage").as_ref().map(|stage| &*stage.value) {
        Some("test") => Stage::Test,
        Some("optional") => Stage::Optional,
        Some(_) | None => Stage::Required,
    }
}

/// What references inside an organisation are looked up in.
struct OrgNames {
    connections: Names,
    projects: Names,
    domains: Names,
}

/// Sorted by mailbox. Two spellings that reach one mailbox are one owner, written twice.
fn owners(node: &Node, sink: &mut Sink) -> Vec<Spanned<EmailAddress>> {
    let mut owners: BTreeMap<String, Spanned<EmailAddress>> = BTreeMap::new();
    for owner in node.all("owner").filter_map(Given::email) {
        let Some(earlier) = owners.get(&owner.value.mailbox_key()) else {
            owners.insert(owner.value.mailbox_key(), owner);
            continue;
        };
        Finding::new(
            DUPLICATE_DEFINITION,
            owner.span,
            format!("`{}` and `{}` are one mailbox", earlier.value, owner.value),
        )
        .mark("again here")
        .also(earlier.span, "first here")
        .help("keep one of the two")
        .path(&node.path)
        .report(sink);
    }
    owners.into_values().collect()
}

fn broken<'a>(node: &'a Node, word: &'a str) -> impl Iterator<Item = &'a str> {
    node.entries(word).filter(|entry| entry.incomplete).map(|entry| &*entry.name)
}

fn domain(node: &Node, names: &OrgNames, connections: &[Connection], sink: &mut Sink) -> Option<Domain> {
    let written_name = node.text("sign-in");
    let connection = match &written_name {
        Some(name) => names.connections.find(name, &node.path, sink).map(|found| found.value),
        None => (connections.len() == 1).then_some(0),
    };
    Some(Domain { name: node.domain_key()?.value, connection, written: written(node) })
}

fn project(node: &Node, context: &Context<'_>, sink: &mut Sink) -> Option<Project> {
    let slug = node.slug_key()?.value;
    let why = "a project's default role is held in the project";
    let default_role =
        node.text("default-role").and_then(|role| context.names.role(Scope::Project, &role, why, &node.path, sink));
    let visibility = match node.text("visibility").as_ref().map(|text| &*text.value) {
        Some("closed") => Visibility::Closed,
        Some("private") => Visibility::Private,
        Some(_) | None => Visibility::Open,
    };
    let name = node.text("name").map_or_else(|| Arc::from(slug.as_str()), |name| name.value);
    Some(Project { slug, name, visibility, default_role, written: written(node) })
}

fn grant(node: &Node, names: &OrgNames, context: &Context<'_>, sink: &mut Sink) -> Option<Grant> {
    let project = node.text("project").map(|project| names.projects.find(&project, &node.path, sink));
    let role = node.text("role").and_then(|role| grant_role(&role, project.is_some(), node, context, sink));
    let to = grantee(node, names, sink);
    let project = match project {
        None => None,
        Some(found) => Some(found?.value),
    };
    Some(Grant { role: role?, project, to: to?, written: written(node) })
}

fn grant_role(
    role: &Spanned<Arc<str>>,
    in_project: bool,
    node: &Node,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Option<Spanned<usize>> {
    if !in_project && &*role.value == OWNER {
        Finding::new(WRONG_KIND, role.span, "`owner` is given by no grant")
            .mark("the word `owner` alone gives it")
            .help("name the person: `owner \"jane.doe@acme.com\"`; for a group, grant `admin`")
            .path(&node.path)
            .report(sink);
        return None;
    }
    let (scope, why) = if in_project {
        (Scope::Project, "beside `project=` stands a role of a project")
    } else {
        (Scope::Org, "without `project=` stands a role of the organisation")
    };
    context.names.role(scope, role, why, &node.path, sink)
}

fn grantee(node: &Node, names: &OrgNames, sink: &mut Sink) -> Option<Grantee> {
    let (group, everyone) = (node.given("group"), node.given("everyone-in"));
    let beside = |word: &str, belongs_to: &str, sink: &mut Sink| {
        let Some(given) = node.given(word) else { return };
        Finding::new(FIELD_OF_OTHER_KIND, given.value.span, format!("`{word}` belongs to {belongs_to}"))
            .mark("means nothing here")
            .help("one grant says one thing: write a line for each")
            .path(&node.path)
            .report(sink);
    };
    match (group, everyone) {
        (Some(_), Some(_)) => {
            beside("everyone-in", "a grant without `group`", sink);
            None
        }
        (Some(group), None) => group.group().map(|group| Grantee::Group(group.value)),
        (None, Some(everyone)) => {
            beside("group-label", "a grant to a group", sink);
            let name = everyone.text()?;
            names.domains.find(&name, &node.path, sink)?;
            gatewright_terms::DomainName::parse(&name.value).ok().map(Grantee::EveryoneIn)
        }
        (None, None) => {
            if !node.incomplete {
                Finding::new(MISSING_FIELD, node.head, "this grant gives its role to nobody")
                    .mark("`group=` or `everyone-in=` is missing")
                    .help("such as `group=\"ml-research\"` or `everyone-in=\"acme.com\"`")
                    .path(&node.path)
                    .report(sink);
            }
            None
        }
    }
}
