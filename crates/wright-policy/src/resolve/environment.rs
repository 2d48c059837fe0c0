//! Environment: where things are, and every organisation as it is seen from there.

use std::collections::BTreeMap;
use std::sync::Arc;

use gatewright_terms::{OrgId, Slug};
use wright_syntax::diagnostic::Sink;
use wright_syntax::tree::Spanned;

use super::{Context, Names, connection, org, overlay, written};
use crate::codes::WRONG_KIND;
use crate::finding::Finding;
use crate::policy::{App, Connection, Environment, Org, SharedClient};
use crate::shape::Node;

/// `None` where it has no good name; reported.
pub(super) fn resolve(
    node: &Node,
    nodes: &BTreeMap<Slug, &Node>,
    orgs: &[Arc<Org>],
    names: &Names,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Option<Environment> {
    let name = node.slug_key()?.value;
    let mut apps: Vec<App> = node.entries("app").filter_map(|app| self::app(app, names, sink)).collect();
    apps.sort_by(|one, two| one.slug.cmp(&two.slug));
    let mut shared_clients: Vec<SharedClient> =
        node.entries("shared-client").filter_map(|client| connection::shared_client(client, sink)).collect();
    shared_clients.sort_by(|one, two| one.slug.cmp(&two.slug));
    let mut views: Vec<Arc<Org>> = orgs.to_vec();
    for over in node.entries("org") {
        let reference = over.key.as_ref().map(|key| Spanned { value: over.name.clone(), span: key.span });
        let Some(index) = reference.and_then(|reference| names.find(&reference, &over.path, sink)) else { continue };
        let Some(view) = views.get_mut(index.value) else { continue };
        let Some((id, base)) = nodes.get_key_value(&view.slug) else { continue };
        let merged = overlay::lay(base, over, sink);
        *view = Arc::new(org::resolve(id, &merged, context, true, sink));
    }
    let base_url = node.text("base-url");
    let environment = Environment { name, base_url, apps, shared_clients, orgs: views, written: written(node) };
    shared_clients_exist(&environment, node, context.partial_environments, sink);
    landings_exist(&environment, node, context.partial_environments, sink);
    Some(environment)
}

/// Where an answer that nobody asked for lands: an app of every environment, and one that serves the organisation.
fn landings_exist(environment: &Environment, node: &Node, partial: bool, sink: &mut Sink) {
    let known = environment.apps.iter().map(|app| (app.slug.as_str(), app.written.at));
    let broken = node.entries("app").map(|app| &*app.name);
    let names = Names::new("app", format!(" in environment `{}`", environment.name), known, broken).partial(partial);
    for org in &environment.orgs {
        for open in org.connections.iter().filter_map(|connection| connection.idp_initiated.as_ref()) {
            let Some(reference) = &open.app else { continue };
            let found = names.find(reference, &open.written.path, sink);
            let Some(app) = found.and_then(|found| environment.apps.get(found.value)) else { continue };
            if app.org.as_ref().is_none_or(|serves| *serves == org.id) {
                continue;
            }
            Finding::new(WRONG_KIND, reference.span, format!("app `{}` serves another organisation", app.slug))
                .mark("nobody could use what they land on")
                .also(app.written.at, "the app")
                .help("name an app that serves everybody, or this organisation")
                .path(&open.written.path)
                .report(sink);
        }
    }
}

fn app(node: &Node, names: &Names, sink: &mut Sink) -> Option<App> {
    let org = node.text("org").filter(|org| names.find(org, &node.path, sink).is_some());
    let org = org.and_then(|org| OrgId::parse(&org.value).ok());
    Some(App { slug: node.slug_key()?.value, origin: node.text("origin"), org, written: written(node) })
}

/// A connection may name a client of each environment; every environment must have it.
fn shared_clients_exist(environment: &Environment, node: &Node, partial: bool, sink: &mut Sink) {
    let known = environment.shared_clients.iter().map(|client| (client.slug.as_str(), client.written.at));
    let broken = node.entries("shared-client").map(|client| &*client.name);
    let place = format!(" in environment `{}`", environment.name);
    let names = Names::new("shared-client", place, known, broken).partial(partial);
    for org in &environment.orgs {
        for connection in &org.connections {
            let Some(oidc) = &connection.oidc else { continue };
            let Some(reference) = &oidc.shared_client else { continue };
            let found = names.find(reference, &oidc.written.path, sink);
            if let Some(client) = found.and_then(|found| environment.shared_clients.get(found.value)) {
                same_provider(connection, client, reference, sink);
            }
        }
    }
}

/// What a profile assumes holds for a client at its own provider.
fn same_provider(connection: &Connection, client: &SharedClient, reference: &Spanned<Arc<str>>, sink: &mut Sink) {
    let (Some(here), Some(there)) = (connection.profile(), client.provider) else { return };
    if here.name == there.name {
        return;
    }
    let message = format!("`{}` is a client at `{}`; this connection is `{}`", client.slug, there.name, here.name);
    Finding::new(WRONG_KIND, reference.span, message)
        .mark("a client at another provider")
        .also(client.written.at, "the shared client")
        .help(format!("write `provider \"{}\"`, or name another client", there.name))
        .path(&connection.written.path)
        .report(sink);
}
