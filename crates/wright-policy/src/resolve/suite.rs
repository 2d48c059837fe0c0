//! Suite: policy tests of one organisation, their names looked up in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_terms::{Attribute, OrgId, Slug};
use wright_syntax::diagnostic::Sink;
use wright_syntax::tree::Spanned;

use super::law::{LawNames, permission_at, role_at};
use super::recorded::{self, Recordings};
use super::{Context, Names, law, place};
use crate::codes::{DUPLICATE_DEFINITION, FIELD_OF_OTHER_KIND, FOLDER_MISMATCH, MISSING_FIELD};
use crate::finding::Finding;
use crate::policy::{Case, Claim, Expect, Org, Place, Says, Sent, Suite, TestIdentity};
use crate::shape::{Given, Node, TestFile};

/// Every suite of a file.
pub(super) fn resolve(
    file: &TestFile,
    orgs: &[Arc<Org>],
    org_names: &Names,
    recordings: &Recordings<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Vec<Suite> {
    let recordings = recordings.beside(&file.place);
    let one = |node: &Node, sink: &mut Sink| {
        let name = node.text("org")?;
        if org_names.is_partial() && file.place.rsplit('/').next() != Some(&*name.value) {
            lies_elsewhere(node, &name, sink);
            return None;
        }
        let found = org_names.find(&name, &node.path, sink)?;
        let org = orgs.get(found.value)?;
        if context.places.get(&org.slug) != Some(&file.place) {
            lies_elsewhere(node, &name, sink);
            return None;
        }
        Some(suite(node, org, org_names, &recordings, context, sink))
    };
    file.root.entries("suite").filter_map(|node| one(node, sink)).collect()
}

fn suite(
    node: &Node,
    org: &Org,
    org_names: &Names,
    recordings: &recorded::Beside<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Suite {
    let place = format!(" in org `{}`", org.slug);
    let names =
        |what: &'static str, known: Vec<(&str, _)>| Names::new(what, &*place, known, []).partial(org.incomplete);
    let connections = names("connection", org.connections.iter().map(|it| (it.slug.as_str(), it.written.at)).collect());
    let projects = names("project", org.projects.iter().map(|it| (it.slug.as_str(), it.written.at)).collect());
    let law_names = LawNames { catalogue: context.names, orgs: org_names, projects: &projects };
    let identities: BTreeMap<Arc<str>, Arc<TestIdentity>> = node
        .entries("identity")
        .filter_map(|entry| Some((entry.name.clone(), identity(entry, org, &connections, recordings, sink)?.into())))
        .collect();
    let broken = node.entries("identity").map(|entry| &*entry.name).filter(|name| !identities.contains_key(*name));
    let heads = node.entries("identity").filter(|entry| identities.contains_key(&entry.name));
    let who = Names::new(
        "identity",
        format!(" in suite `{}`", node.name),
        heads.map(|entry| (&*entry.name, entry.head)),
        broken,
    );
    let at = node.time("at").map(|at| at.value);
    let case = |entry: &Node, sink: &mut Sink| {
        let name = entry.text("who")?;
        let found = who.find(&name, &entry.path, sink);
        let expect = expect(entry, &law_names, sink);
        let who = found.and_then(|_| identities.get(&name.value).cloned())?;
        let at = entry.time("at").map(|at| at.value).or(at);
        let is_recorded = matches!(who.sent, Sent::Recorded { .. });
        if at.is_none() && is_recorded {
            recorded::without_time(entry, &name, sink);
        }
        if is_recorded && matches!(expect, Some(Expect::Refuse(None, _))) {
            recorded::without_reason(entry, &name, sink);
        }
        Some(Case { title: entry.name.clone(), who, at, expect: expect?, place: self::place(entry) })
    };
    let id = OrgId::from(org.slug.clone());
    Suite {
        title: node.name.clone(),
        org: org.id.clone(),
        cases: node.entries("case").filter_map(|entry| case(entry, sink)).collect(),
        laws: node.entries("law").filter_map(|entry| law::resolve(entry, Some(&id), &law_names, sink)).collect(),
        place: self::place(node),
    }
}

/// Two suites of one organisation with one title, in whichever files: their laws would be told apart by nothing.
pub(super) fn doubles(suites: &[Suite], sink: &mut Sink) {
    let mut seen: BTreeMap<(&OrgId, &str), &Place> = BTreeMap::new();
    for suite in suites {
        let Some(earlier) = seen.insert((&suite.org, &suite.title), &suite.place) else { continue };
        Finding::new(DUPLICATE_DEFINITION, suite.place.at, format!("suite `{}` stands twice", suite.title))
            .mark("again here")
            .also(earlier.at, "first here")
            .help("a suite has a title of its own in its organisation, whichever file it lies in")
            .path(&suite.place.path)
            .report(sink);
    }
}

fn lies_elsewhere(node: &Node, name: &Spanned<Arc<str>>, sink: &mut Sink) {
    Finding::new(FOLDER_MISMATCH, name.span, format!("a suite of `{}` lies in another folder than it", name.value))
        .mark("not the organisation of this folder")
        .help("the tests of an organisation lie beside its `org.kdl`: who may change one may change the other")
        .path(&node.path)
        .report(sink);
}

fn identity(
    node: &Node,
    org: &Org,
    connections: &Names,
    recordings: &recorded::Beside<'_>,
    sink: &mut Sink,
) -> Option<TestIdentity> {
    let connection = match node.text("connection") {
        Some(name) => {
            connections.find(&name, &node.path, sink)?;
            Slug::parse(&name.value).ok()?
        }
        None => only_connection(node, org, sink)?,
    };
    let told = ["subject", "email", "group"].into_iter().filter_map(|word| Some((word, node.given(word)?.value.span)));
    let told = told.chain(node.entries("attribute").map(|entry| ("attribute", entry.head)));
    if let Some(entry) = node.entry("recorded") {
        told.for_each(|(word, at)| recorded::told_too(word, at, node, sink));
        return Some(TestIdentity { connection, sent: recordings.sent(entry, sink)? });
    }
    if node.given("email").is_none() && !node.was_tried("email") && !node.incomplete {
        recorded::nothing_sent(node, sink);
    }
    let groups = node.all("group").filter_map(Given::group).map(|group| group.value).collect();
    let attributes = attributes(node, &connection, org, sink);
    Some(TestIdentity { connection, sent: Sent::Told { email: node.email("email")?.value, groups, attributes } })
}

/// What the connection does not read never reaches a decision.
fn attributes(node: &Node, connection: &Slug, org: &Org, sink: &mut Sink) -> Vec<Attribute> {
    let read = org.connections.iter().find(|known| known.slug == *connection);
    let known = read.into_iter().flat_map(|read| &read.claims.own).map(|own| (own.name.as_str(), own.written.at));
    let names = Names::new("attribute", format!(" in connection `{connection}`"), known, []).partial(org.incomplete);
    let one = |entry: &Node| {
        let name = entry.slug_key()?;
        let reference = Spanned { value: Arc::from(name.value.as_str()), span: name.span };
        names.find(&reference, &entry.path, sink)?;
        Some(Attribute { name: name.value, value: entry.given("value")?.attribute()?.value })
    };
    node.entries("attribute").filter_map(one).collect()
}

fn only_connection(node: &Node, org: &Org, sink: &mut Sink) -> Option<Slug> {
    if let [only] = org.connections.as_slice() {
        return Some(only.slug.clone());
    }
    if !node.incomplete && !org.incomplete {
        Finding::new(MISSING_FIELD, node.head, format!("`{}` has not exactly one connection", org.slug))
            .mark("`connection` is missing")
            .help("say which one it comes through: `connection \"okta\"`")
            .path(&node.path)
            .report(sink);
    }
    None
}

/// Words about somebody who gets in.
const OF_ADMITTED: [&str; 6] = ["has", "lacks", "may", "may-not", "session-idle", "session-absolute"];

fn expect(node: &Node, names: &LawNames<'_>, sink: &mut Sink) -> Option<Expect> {
    let expected = node.text("expect")?;
    let of_fact = |word: &str, span| Place { path: format!("{}.{word}", node.path).into(), at: span };
    if &*expected.value == "refuse" {
        for word in OF_ADMITTED {
            let at = node.given(word).map(|given| given.value.span).or(node.entry(word).map(|entry| entry.head));
            if let Some(at) = at {
                belongs(word, "expect \"admit\"", at, node, sink);
            }
        }
        let reason = node.refusal("reason");
        let at = reason.as_ref().map_or(expected.span, |reason| reason.span);
        return Some(Expect::Refuse(reason.map(|reason| reason.value), of_fact("expect", at)));
    }
    if let Some(reason) = node.given("reason") {
        belongs("reason", "expect \"refuse\"", reason.value.span, node, sink);
    }
    let mut claims: Vec<Claim> = node.entries.iter().filter_map(|entry| claim(entry, names, sink)).collect();
    let session = [("session-idle", Says::SessionIdle as fn(_) -> _), ("session-absolute", Says::SessionAbsolute)];
    for (word, says) in session {
        claims.extend(node.seconds(word).map(|it| Claim { says: says(it.value), place: of_fact(word, it.span) }));
    }
    Some(Expect::Admit(claims))
}

fn claim(node: &Node, names: &LawNames<'_>, sink: &mut Sink) -> Option<Claim> {
    let says = match node.block.word {
        "has" => Says::Has(role_at(node, names, sink)?),
        "lacks" => Says::Lacks(role_at(node, names, sink)?),
        word => {
            let name = Spanned { value: node.name.clone(), span: node.key.as_ref()?.span };
            let permission = permission_at(&name, node, names, sink)?;
            if word == "may" { Says::May(permission) } else { Says::MayNot(permission) }
        }
    };
    Some(Claim { says, place: place(node) })
}

fn belongs(word: &str, to: &str, at: wright_syntax::source::Span, node: &Node, sink: &mut Sink) {
    Finding::new(FIELD_OF_OTHER_KIND, at, format!("`{word}` belongs to a case with `{to}`"))
        .mark("means nothing here")
        .help("remove it, or expect the other outcome")
        .path(&node.path)
        .report(sink);
}
