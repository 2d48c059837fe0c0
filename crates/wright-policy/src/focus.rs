//! Focus: what reaches from one organisation to another, for whoever judges some organisations and leaves the others out.
//!
//! Rules compare organisations by their ids, by the domains that they claim and by the clients that they sign in with, and by
//! nothing else; whatever else leads from one to another stands in the files that all of them share.

use std::collections::{BTreeMap, BTreeSet};
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
    /// How often each text stands there that is, or may become, a part of organisations that are not named beside it.
    pub common: BTreeMap<Arc<str>, usize>,
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
    texts(&manifest, &mut |text| shared.name(text));
    for source in workspace.sources() {
        let Some((role, _)) = place(&folders, &source.path).filter(|(role, _)| *role != Role::Orgs) else { continue };
        let block = tree(source, ReadContext::Platform);
        texts(&block, &mut |text| shared.name(text));
        if role == Role::Environments {
            // What an environment says about an organisation stands under its name.
            let environments = block.entries.iter().filter_map(|entry| entry.children.as_ref());
            let clients = environments.flat_map(|it| &it.entries).filter(|entry| &*entry.word.value == "shared-client");
            clients.for_each(|client| texts_of(client, &mut |text| shared.count(text)));
        } else {
            texts(&block, &mut |text| shared.count(text));
        }
    }
    shared
}

impl Shared {
    /// Whether what one of the organisations claims may be somebody else's by way of these files.
    pub fn gives_to_others(&self, claims: &Claims) -> bool {
        let count = |text| self.common.get(text).copied().unwrap_or(0);
        // A client that is shared stands there once by itself.
        claims.own.iter().any(|own| count(own) > 0) || claims.shared.iter().any(|client| count(client) > 1)
    }

    /// `where="org=acme"` names one too.
    fn name(&mut self, text: &Arc<str>) {
        if let Some((_, name)) = text.split_once('=') {
            self.texts.insert(name.into());
        }
        self.texts.insert(text.clone());
    }

    fn count(&mut self, text: &Arc<str>) {
        let count = self.common.entry(text.clone()).or_default();
        *count = count.saturating_add(1);
    }
}

/// The reader's limit on nesting is the limit of this recursion.
fn texts(block: &Block, take: &mut dyn FnMut(&Arc<str>)) {
    block.entries.iter().for_each(|entry| texts_of(entry, take));
}

fn texts_of(entry: &Entry, take: &mut dyn FnMut(&Arc<str>)) {
    for value in entry.arguments.iter().chain(entry.properties.iter().map(|(_, value)| value)) {
        if let Value::Text(text) = &value.value {
            take(text);
        }
    }
    entry.children.iter().for_each(|children| texts(children, take));
}
