//! Focus: what reaches from one organisation to another, for whoever judges some organisations and leaves the others out.
//!
//! Rules compare organisations by their ids, by the domains that they claim and by the clients that they sign in with, and by
//! nothing else; whatever else leads from one to another stands in the files that all of them share.

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_terms::Slug;
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::FileId;
use wright_syntax::tree::{Block, Entry, Value};
use wright_syntax::{ReadContext, read_kdl};

use crate::policy::Policy;
use crate::rules::clients;
use crate::trees::{Role, named_folders, place};
use crate::workspace::{MANIFEST, Workspace};

/// What the organisations of a policy say that no other organisation may say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// Their ids.
    pub orgs: BTreeSet<Slug>,
    /// Their domains, each domain around one of them, and the ids of their own clients. All of them as they are written.
    pub own: BTreeSet<Arc<str>>,
    /// The ids of the clients that they share with others.
    pub shared: BTreeSet<Arc<str>>,
}

/// What the files that all organisations share say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shared {
    /// Every text: among them each organisation that one of these files names.
    pub texts: BTreeSet<Arc<str>>,
    /// Texts that are, or may become, a part of organisations that are not named beside them.
    pub common: BTreeSet<Arc<str>>,
}

pub fn claims(policy: &Policy) -> Claims {
    let mut claims = Claims { orgs: policy.orgs.iter().map(|org| org.slug.clone()).collect(), ..Claims::default() };
    for domain in policy.each_view().flat_map(|org| &org.domains) {
        let mut name = domain.name.as_str();
        while name.contains('.') {
            claims.own.insert(name.into());
            name = name.split_once('.').map_or("", |(_, around)| around);
        }
    }
    for (client, is_shared) in clients(policy) {
        if is_shared {
            claims.shared.insert(client)
        } else {
            claims.own.insert(client)
        };
    }
    claims
}

/// Reads the files of the workspace that belong to no organisation. What is wrong with them is not reported.
pub fn shared(workspace: &Workspace) -> Shared {
    let tree = |source, context| read_kdl(source, FileId(0), context, &mut Sink::default());
    let manifest = workspace.sources().iter().find(|source| &*source.path == MANIFEST);
    let Some(manifest) = manifest.map(|source| tree(source, ReadContext::Platform)) else { return Shared::default() };
    let (folders, mut shared) = (named_folders(&manifest), Shared::default());
    texts(&manifest, &mut shared.texts);
    for source in workspace.sources() {
        let Some((role, _)) = place(&folders, &source.path).filter(|(role, _)| *role != Role::Orgs) else { continue };
        let block = tree(source, ReadContext::Platform);
        texts(&block, &mut shared.texts);
        if role == Role::Environments {
            // What an environment says about an organisation stands under its name.
            let environments = block.entries.iter().filter_map(|entry| entry.children.as_ref());
            let clients = environments.flat_map(|it| &it.entries).filter(|entry| &*entry.word.value == "shared-client");
            clients.for_each(|client| texts_of(client, &mut shared.common));
        } else {
            texts(&block, &mut shared.common);
        }
    }
    shared
}

/// The reader's limit on nesting is the limit of this recursion.
fn texts(block: &Block, into: &mut BTreeSet<Arc<str>>) {
    block.entries.iter().for_each(|entry| texts_of(entry, into));
}

fn texts_of(entry: &Entry, into: &mut BTreeSet<Arc<str>>) {
    let values = entry.arguments.iter().chain(entry.properties.iter().map(|(_, value)| value));
    into.extend(values.filter_map(|value| match &value.value {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(_) => None,
    }));
    entry.children.iter().for_each(|children| texts(children, into));
}
