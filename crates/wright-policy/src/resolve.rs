//! Resolve: names looked up, layers laid over each other.
//!
//! Takes a draft; gives a policy with one view of every organisation for each environment.
//! Layers: built-in < defaults < the organisation's file < environment (fields marked so).
//!
//! Invariant: a name that means nothing is an error with the nearest one that does, and is never dropped (ST-LINT-16).
//! Invariant: neither the order of files nor the order of lines reaches the result.

mod catalogue;
mod connection;
mod environment;
mod governance;
mod grant;
mod guardrail;
mod law;
mod names;
mod org;
mod overlay;
mod recorded;
mod saml;
mod session;
mod step_up;
mod suite;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use gatewright_terms::Slug;
use wright_syntax::codes::LIMITS;
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::Span;
use wright_syntax::tree::Spanned;

use crate::codes::{DUPLICATE_DEFINITION, FOLDER_MISMATCH, MISSING_FIELD, RESERVED_WORD};
use crate::finding::Finding;
use crate::policy::{Environment, Guardrail, Law, Org, Place, Policy, StepUp, Suite, Written};
use crate::shape::{Draft, Node, OrgFile};
use crate::vendored::{self, Shelf};
use guardrail::GuardrailNames;
use law::LawNames;
pub(crate) use names::Names;
use recorded::Recordings;

/// Secrets of shared clients are named `platform/…`: an organisation of that name would read them.
/// Names that no organisation can have, each with what they mean already.
const RESERVED: &[(&str, &str)] = &[
    ("any", "`org=any` asks forward-auth about every organisation; choose another name"),
    ("platform", "secrets of shared clients are named `platform/…`; choose another name"),
    ("shared", "`/sso/shared/…` is the callback of shared clients; choose another name"),
];

/// Every organisation is judged, lowered and proved for each of them: more would cost their product. A platform has two
/// or three, one with a region for each continent a dozen.
const ENVIRONMENTS_MAX: usize = 32;

/// What an organisation is resolved against.
pub(crate) struct Context<'a> {
    pub(crate) names: &'a catalogue::CatalogueNames,
    pub(crate) defaults: Option<&'a Node>,
    /// Of the defaults.
    pub(crate) step_ups: &'a [StepUp],
    pub(crate) shelf: &'a Shelf,
    /// Where each organisation's files lie.
    pub(crate) places: &'a BTreeMap<Slug, Arc<str>>,
    /// Some file of environments could not be read.
    pub(crate) partial_environments: bool,
}

/// Looks up every name and lays the layers over each other.
pub fn resolve(draft: Draft, sink: &mut Sink) -> Policy {
    let mut local = Sink::default();
    let is_partial = |folder: &str| draft.unread.contains(folder);
    let (catalogue, names) = catalogue::resolve(&draft.platform, is_partial("platform"), &mut local);
    let defaults = draft.platform.entry("defaults");
    let shelf = vendored::shelf(&draft.vendored, &draft.sources);
    let nodes = org_nodes(&draft.orgs, &mut local);
    let places = draft.orgs.iter().filter_map(|file| Some((file.org.as_ref()?.slug_key()?.value, file.place.clone())));
    let context = Context {
        names: &names,
        defaults,
        step_ups: &defaults.map(|node| step_up::resolve(node, &[], &names, &mut local)).unwrap_or_default(),
        shelf: &shelf,
        places: &places.collect(),
        partial_environments: is_partial("environments"),
    };
    let orgs: Vec<Arc<Org>> =
        nodes.iter().map(|(id, node)| Arc::new(org::resolve(id, node, &context, false, &mut local))).collect();
    // Files that hold no readable organisation still give their folder's name: references to it are no second mistake.
    let folders = draft.orgs.iter().map(|file| &file.folder);
    let known = nodes.iter().map(|(id, node)| (id.as_str(), node.head));
    let org_names = Names::new("org", "", known, folders.map(|folder| &**folder)).partial(is_partial("orgs"));
    let mut environments = Vec::new();
    for node in draft.environments.entries("environment").take(ENVIRONMENTS_MAX) {
        environments.extend(environment::resolve(node, &nodes, &orgs, &org_names, &context, &mut local));
    }
    environments.sort_by(|one, two| one.name.cmp(&two.name));
    too_many_environments(&draft.environments, &mut local);
    if draft.environments.entries.is_empty() && !draft.environments.incomplete {
        no_environment(&draft.environments, &mut local);
    }
    if let Some(folder) = draft.orgs_folder.filter(|_| draft.orgs.is_empty() && !is_partial("orgs")) {
        no_organisation(folder, &mut local);
    }
    strays(&draft, &shelf, &orgs, &environments, &mut local);
    let laws = laws(&draft.platform, &orgs, &org_names, &context, &mut local);
    let recordings = Recordings::new(&draft.recorded, &draft.sources, &environments, is_partial("environments"));
    let tests = draft.tests.iter();
    let suites: Vec<Suite> =
        tests.flat_map(|file| suite::resolve(file, &orgs, &org_names, &recordings, &context, &mut local)).collect();
    suite::doubles(&suites, &mut local);
    let incomplete = || draft.tests.iter().filter(|file| file.root.incomplete);
    recordings.strays(|place| incomplete().all(|file| &*file.place != place), &mut local);
    let guardrails = guardrails(&draft.platform, (&orgs, &environments), &org_names, &context, &mut local);
    let governance = governance::resolve(draft.manifest.as_ref(), &draft.platform, guardrails, &orgs);
    let sound = draft.sound && !local.refuses();
    sink.merge(local);
    Policy {
        catalogue,
        environments,
        orgs,
        laws,
        suites,
        governance,
        idle_presets: draft.idle_presets,
        texts: draft.texts,
        secrets: OnceLock::new(),
        sources: draft.sources,
        is_part: draft.is_part,
        sound,
    }
}

/// The laws of the platform. A project that one names has to be some organisation's.
fn laws(platform: &Node, orgs: &[Arc<Org>], org_names: &Names, context: &Context<'_>, sink: &mut Sink) -> Vec<Law> {
    let projects = any_project(orgs, org_names);
    let names = LawNames { catalogue: context.names, orgs: org_names, projects: &projects };
    platform.entries("law").filter_map(|node| law::resolve(node, None, &names, sink)).collect()
}

fn guardrails(
    platform: &Node,
    (orgs, environments): (&[Arc<Org>], &[Environment]),
    org_names: &Names,
    context: &Context<'_>,
    sink: &mut Sink,
) -> Vec<Guardrail> {
    if platform.entry("guardrail").is_none() {
        return Vec::new();
    }
    let projects = any_project(orgs, org_names);
    let names = GuardrailNames::new(context, org_names, &projects, (orgs, environments));
    guardrail::resolve(platform, &names, sink)
}

/// The projects of all organisations.
fn any_project(orgs: &[Arc<Org>], org_names: &Names) -> Names {
    let projects = orgs.iter().flat_map(|org| &org.projects);
    let incomplete = orgs.iter().any(|org| org.incomplete);
    let known = projects.map(|project| (project.slug.as_str(), project.written.at));
    Names::new("project", " in any org", known, []).partial(incomplete || org_names.is_partial())
}

/// Metadata that no connection of any environment names.
fn strays(draft: &Draft, shelf: &Shelf, orgs: &[Arc<Org>], environments: &[Environment], sink: &mut Sink) {
    let views = environments.iter().flat_map(|environment| &environment.orgs);
    let connections = orgs.iter().chain(views.clone()).flat_map(|org| &org.connections);
    let named = connections.filter_map(|connection| Some(connection.saml.as_ref()?.vendored.as_ref()?.file)).collect();
    let broken: BTreeSet<&Slug> =
        orgs.iter().chain(views).filter(|view| view.incomplete).map(|view| &view.slug).collect();
    let is_sound = !draft.environments.incomplete;
    let complete = draft.orgs.iter().filter(|file| {
        let key = file.org.as_ref().and_then(Node::slug_key);
        is_sound && key.is_some_and(|key| !broken.contains(&key.value))
    });
    let complete = complete.map(|file| file.place.clone()).collect();
    let known = draft.orgs.iter().map(|file| file.place.clone()).collect();
    vendored::strays(shelf, &named, &known, &complete, sink);
}

/// The organisations by id. Of two with one id the first file's stays.
fn org_nodes<'a>(files: &'a [OrgFile], sink: &mut Sink) -> BTreeMap<Slug, &'a Node> {
    let mut nodes: BTreeMap<Slug, &Node> = BTreeMap::new();
    for file in files {
        let Some(node) = &file.org else { continue };
        let Some(key) = node.slug_key() else { continue };
        if let Some((word, why)) = RESERVED.iter().find(|(word, _)| *word == key.value.as_str()) {
            Finding::new(RESERVED_WORD, key.span, format!("`{word}` is reserved"))
                .mark("no organisation can be called so")
                .help(*why)
                .path(&node.path)
                .report(sink);
        }
        if key.value.as_str() != &*file.folder {
            folder_mismatch(&file.folder, &key, &node.path, sink);
        }
        let id = key.value;
        if let Some(earlier) = nodes.get(&id) {
            Finding::new(DUPLICATE_DEFINITION, node.head, format!("`org {id}` stands twice"))
                .mark("again here")
                .also(earlier.head, "first here")
                .help("one organisation has one file; ids are never shared")
                .path(&node.path)
                .report(sink);
            continue;
        }
        nodes.insert(id, node);
    }
    nodes
}

fn folder_mismatch(folder: &str, key: &Spanned<Slug>, path: &str, sink: &mut Sink) {
    let finding = Finding::new(FOLDER_MISMATCH, key.span, format!("folder `{folder}` holds org `{}`", key.value))
        .mark("not the folder's name")
        .path(path);
    // A folder that cannot be a name has to be renamed.
    match Slug::parse(folder) {
        Ok(_) => finding
            .help(format!("the folder is the identity: write \"{folder}\" here, or rename the folder"))
            .fix(key.span, format!("\"{folder}\"")),
        Err(_) => finding.help(format!("the folder is the identity: rename it to `{}`", key.value)),
    }
    .report(sink);
}

fn no_environment(folder: &Node, sink: &mut Sink) {
    Finding::new(MISSING_FIELD, folder.head, "the workspace has no environment")
        .mark("no `environment` stands in this folder")
        .help("such as `environment \"production\" { base-url \"https://sso.example.com\" }`")
        .report(sink);
}

/// A folder that is empty, or misspelt in the manifest, would be a program in which nobody can sign in anywhere.
fn no_organisation(folder: Span, sink: &mut Sink) {
    Finding::new(MISSING_FIELD, folder, "the workspace has no organisation")
        .mark("no `<org>/org.kdl` lies in this folder")
        .help("is this the right folder? `gatewright init FOLDER` writes an example of one")
        .report(sink);
}

fn too_many_environments(folder: &Node, sink: &mut Sink) {
    let Some(first) = folder.entries("environment").nth(ENVIRONMENTS_MAX) else { return };
    let count = folder.entries("environment").count();
    Finding::new(
        LIMITS,
        first.head,
        format!("the workspace has {count} environments; the limit is {ENVIRONMENTS_MAX}"),
    )
    .mark("one too many")
    .help("an environment is a place where the policy is enforced; an application is an `app` in one")
    .path(&first.path)
    .report(sink);
}

/// Where a part of a test or a law stands.
pub(crate) fn place(node: &Node) -> Place {
    Place { path: node.path.clone(), at: node.head }
}

/// Where a node stands, with its path.
pub(crate) fn written(node: &Node) -> Written {
    Written { path: node.path.clone(), at: node.head }
}

/// Where one fact of a node stands.
pub(crate) fn written_fact(node: &Node, word: &str, at: Span) -> Written {
    Written { path: format!("{}.{word}", node.path).into(), at }
}
