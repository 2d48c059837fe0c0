//! Org: one organisation, its names looked up.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_bundle::program::{Scope, Stage, Visibility};
use gatewright_terms::{EmailAddress, OrgId, Slug};
use wright_syntax::diagnostic::Sink;
use wright_syntax::tree::Spanned;

use super::grant::{self, Around};
use super::{Context, Names, connection, session, step_up, written};
use crate::codes::{DOMAIN_WITHOUT_CONNECTION, DUPLICATE_DEFINITION};
use crate::finding::{Finding, listed};
use crate::policy::{BlockedGroup, Connection, Domain, Org, Project};
use crate::shape::{Given, Node};
use crate::words::built_in;

pub(super) fn resolve(slug: &Slug, node: &Node, context: &Context<'_>, overlaid: bool, sink: &mut Sink) -> Org {
    let mut local = Sink::default();
    let place = format!(" in org `{slug}`");
    let folder = context.places.get(slug).map_or("", |place| &**place);
    let mut connections: Vec<Connection> = node
        .entries("connection")
        .filter_map(|entry| connection::resolve(entry, node, folder, context, &mut local))
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
    let several = node.entries("connection").count() > 1;
    let mut domains: Vec<Domain> =
        node.entries("domain").filter_map(|entry| domain(entry, &names, &connections, several, &mut local)).collect();
    domains.sort_by(|one, two| one.name.cmp(&two.name));
    let owners = owners(node, &mut local);
    let fact = |word: &str| node.text(word);
    let plan = fact("plan").and_then(|plan| context.names.plans.find(&plan, &node.path, &mut local));
    let default_project =
        fact("default-project").and_then(|project| names.projects.find(&project, &node.path, &mut local));
    let around =
        Around { names: &names, connections: &connections, projects: &projects, several, context, org: &node.path };
    let grants = node.entries("grant").filter_map(|entry| grant::resolve(entry, &around, &mut local)).collect();
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
pub(super) struct OrgNames {
    pub(super) connections: Names,
    pub(super) projects: Names,
    pub(super) domains: Names,
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

fn domain(node: &Node, names: &OrgNames, connections: &[Connection], several: bool, sink: &mut Sink) -> Option<Domain> {
    let written_name = node.text("sign-in");
    let connection = match &written_name {
        Some(name) => names.connections.find(name, &node.path, sink).map(|found| found.value),
        None if several && node.given("sign-in").is_none() => {
            without_connection(node, connections, sink);
            None
        }
        None => (connections.len() == 1).then_some(0),
    };
    Some(Domain { name: node.domain_key()?.value, connection, written: written(node) })
}

fn without_connection(node: &Node, connections: &[Connection], sink: &mut Sink) {
    let all = listed(connections.iter().map(|connection| connection.slug.as_str()));
    Finding::new(
        DOMAIN_WITHOUT_CONNECTION,
        node.head,
        format!("several connections; say which one `{}` signs in with", node.name),
    )
    .mark("`sign-in=` is missing")
    .help(format!("one of {all}: a domain's people enter through that one alone"))
    .path(&node.path)
    .report(sink);
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
