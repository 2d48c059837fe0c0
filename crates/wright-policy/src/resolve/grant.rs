//! Grant: one line of access, whom it is for and what it gives.

use std::sync::Arc;

use gatewright_bundle::path::{To, grant_key};
use gatewright_bundle::program::Scope;
use gatewright_terms::{Attribute, DomainName, Trait};
use wright_syntax::diagnostic::Sink;
use wright_syntax::tree::Spanned;

use super::org::OrgNames;
use super::{Context, written};
use crate::codes::{AMBIGUOUS_GROUP, FIELD_OF_OTHER_KIND, MISSING_FIELD, WRONG_KIND};
use crate::finding::{Finding, listed};
use crate::policy::{Connection, Grant, Grantee, Project};
use crate::shape::{Given, Node};

/// The one role that no grant gives.
const OWNER: &str = "owner";

/// What a grant is looked up in.
pub(super) struct Around<'a> {
    pub(super) names: &'a OrgNames,
    pub(super) connections: &'a [Connection],
    pub(super) projects: &'a [Project],
    /// The organisation writes more than one connection, sound or not.
    pub(super) several: bool,
    pub(super) context: &'a Context<'a>,
    /// The path of the organisation.
    pub(super) org: &'a str,
}

pub(super) fn resolve(node: &Node, around: &Around<'_>, sink: &mut Sink) -> Option<Grant> {
    let project = node.text("project").map(|project| around.names.projects.find(&project, &node.path, sink));
    let role = node.text("role").and_then(|role| self::role(&role, project.is_some(), node, around.context, sink));
    let to = grantee(node, around, sink);
    let project = match project {
        None => None,
        Some(found) => Some(found?.value),
    };
    let (role, to) = (role?, to?);
    let mut written = written(node);
    written.path = path(node, project, &to, around).into();
    Some(Grant { role, project, to, written })
}

/// As [`crate::grant_path`] names it, whether or not a connection that goes without saying is written out.
fn path(node: &Node, project: Option<usize>, to: &Grantee, around: &Around<'_>) -> String {
    let role = node.text("role").map_or_else(|| Arc::from(""), |role| role.value);
    let project = project.and_then(|project| around.projects.get(project)).map(|project| project.slug.as_str());
    let to = match to {
        Grantee::EveryoneIn(domain) => To::EveryoneIn(domain),
        Grantee::Having { connection, what } => {
            let connection = around.connections.get(*connection).filter(|_| around.several);
            To::Having { what, connection: connection.map(|connection| &connection.slug) }
        }
    };
    format!("{}.grant[{}]", around.org, grant_key(&role, project, &to))
}

fn role(
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

/// Exactly one of these says whom a grant is for.
const WHOM: [&str; 3] = ["group", "everyone-in", "attribute"];

fn grantee(node: &Node, around: &Around<'_>, sink: &mut Sink) -> Option<Grantee> {
    let mut whom = WHOM.iter().filter_map(|word| node.given(word));
    let Some(first) = whom.next() else {
        nobody(node, sink);
        return None;
    };
    if let Some(second) = whom.next() {
        stands_beside(second, &format!("a grant without `{}`", first.field.word), node, sink);
        return None;
    }
    let word = first.field.word;
    if word != "group" {
        beside("group-label", "a grant to a group", node, sink);
    }
    if word != "attribute" {
        beside("value", "a grant with `attribute=`", node, sink);
    }
    match word {
        "group" => having(Trait::Group(first.group()?.value), node, around, sink),
        "attribute" => having(Trait::Attribute(attribute(first, node, sink)?), node, around, sink),
        _ => {
            beside("connection", "a grant to a group or an attribute; a domain signs in through its own", node, sink);
            let name = first.text()?;
            around.names.domains.find(&name, &node.path, sink)?;
            DomainName::parse(&name.value).ok().map(Grantee::EveryoneIn)
        }
    }
}

fn attribute(given: &Given, node: &Node, sink: &mut Sink) -> Option<Attribute> {
    let name = given.slug()?.value;
    if let Some(value) = node.given("value") {
        return Some(Attribute { name, value: value.attribute()?.value });
    }
    if !node.incomplete {
        Finding::new(MISSING_FIELD, given.value.span, format!("which value of `{name}` gets the role?"))
            .mark("`value=` is missing")
            .help(format!("such as `attribute=\"{name}\" value=\"Finance\"`"))
            .path(&node.path)
            .report(sink);
    }
    None
}

fn having(what: Trait, node: &Node, around: &Around<'_>, sink: &mut Sink) -> Option<Grantee> {
    if let Some(name) = node.text("connection") {
        let connection = around.names.connections.find(&name, &node.path, sink)?.value;
        return Some(Grantee::Having { connection, what });
    }
    if around.several {
        ambiguous(&what, node, around.connections, sink);
        return None;
    }
    (around.connections.len() == 1).then_some(Grantee::Having { connection: 0, what })
}

/// No connection is taken for the meant one: two providers may call different people by one name.
fn ambiguous(what: &Trait, node: &Node, connections: &[Connection], sink: &mut Sink) {
    let said = match what {
        Trait::Group(group) => format!("sends group `{group}`"),
        Trait::Attribute(attribute) => format!("sends attribute `{}`", attribute.name),
    };
    let first = connections.first().map_or("okta", |connection| connection.slug.as_str());
    let all = listed(connections.iter().map(|connection| connection.slug.as_str()));
    Finding::new(AMBIGUOUS_GROUP, node.head, format!("several connections; say which one {said}"))
        .mark("`connection=` is missing")
        .help(format!("one of {all}: such as `connection=\"{first}\"`; write a line for each that is meant"))
        .path(&node.path)
        .report(sink);
}

fn nobody(node: &Node, sink: &mut Sink) {
    if node.incomplete {
        return;
    }
    Finding::new(MISSING_FIELD, node.head, "this grant gives its role to nobody")
        .mark("`group=`, `everyone-in=` or `attribute=` is missing")
        .help("such as `group=\"ml-research\"` or `everyone-in=\"acme.com\"`")
        .path(&node.path)
        .report(sink);
}

fn beside(word: &str, belongs_to: &str, node: &Node, sink: &mut Sink) {
    if let Some(given) = node.given(word) {
        stands_beside(given, belongs_to, node, sink);
    }
}

fn stands_beside(given: &Given, belongs_to: &str, node: &Node, sink: &mut Sink) {
    Finding::new(FIELD_OF_OTHER_KIND, given.value.span, format!("`{}` belongs to {belongs_to}", given.field.word))
        .mark("means nothing here")
        .help("one grant says one thing: write a line for each")
        .path(&node.path)
        .report(sink);
}
