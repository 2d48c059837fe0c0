//! Shape: trees against the field table.
//!
//! Takes the tree of every file; gives typed nodes in which every word is known and in its place. What is wrong is
//! reported and left out.
//!
//! Invariant: the table alone decides what is known; nothing is dropped without a finding.

mod entry;
mod layers;
mod node;
mod presets;
mod report;
mod whole;

use std::collections::BTreeSet;
use std::sync::Arc;

use wright_syntax::codes::MISSING_POLICY_VERSION;
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::{FileId, Source, Span};
use wright_syntax::tree::{Block as TreeBlock, Entry, Spanned, Value};

use crate::codes::DUPLICATE_DEFINITION;
use crate::finding::Finding;
use crate::policy::Written;
use crate::trees::{FileTree, Trees};
use crate::words::{Block, ENVIRONMENT_FILE, MANIFEST_FILE, ORG, ORG_FILE, PLATFORM_FILE, TEST_FILE, USE};
use presets::Presets;

pub(crate) use entry::shape_file;
pub(crate) use node::{Given, Node};

/// Every field typed and in its place; names not yet looked up.
pub struct Draft {
    pub(crate) manifest: Option<Node>,
    pub(crate) platform: Node,
    pub(crate) environments: Node,
    pub(crate) orgs: Vec<OrgFile>,
    pub(crate) tests: Vec<TestFile>,
    /// Presets that no organisation uses.
    pub(crate) idle_presets: Vec<Written>,
    pub(crate) vendored: Vec<FileId>,
    pub(crate) recorded: Vec<FileId>,
    /// Where the manifest names the folder of the organisations.
    pub(crate) orgs_folder: Option<Span>,
    /// Folders of which something was not read: what seems to be absent may be there.
    pub(crate) unread: BTreeSet<&'static str>,
    pub(crate) texts: Vec<Text>,
    pub(crate) sources: Vec<Source>,
    /// Some organisations were left out on purpose.
    pub(crate) is_part: bool,
    pub(crate) sound: bool,
}

/// The file of an organisation.
pub(crate) struct OrgFile {
    /// The last folder of its path.
    pub(crate) folder: Arc<str>,
    /// The whole path of that folder, without a slash at its end.
    pub(crate) place: Arc<str>,
    /// `None` where the file holds no `org`; reported.
    pub(crate) org: Option<Node>,
}

/// A file of policy tests.
pub(crate) struct TestFile {
    /// The path of its folder, without a slash at its end.
    pub(crate) place: Arc<str>,
    pub(crate) root: Node,
}

/// A text of the policy that is long enough to be a secret.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    /// The word that it is the value of.
    pub(crate) word: Arc<str>,
    pub(crate) value: Spanned<Arc<str>>,
}

/// The shortest credential that is looked for, an AWS access key id, has 20 characters.
const SECRET_BYTES_MIN: usize = 16;

/// Types every field and puts it in its place.
pub fn shape(trees: Trees, sink: &mut Sink) -> Draft {
    let mut local = Sink::default();
    let mut texts = Vec::new();
    let all = trees.manifest.iter().chain(&trees.platform).chain(&trees.environments).chain(&trees.orgs);
    let all = all.chain(&trees.tests);
    let all = all.chain(&trees.presets);
    all.for_each(|tree| collect_texts(&tree.block, &mut texts));
    let presets = presets::presets(trees.presets, trees.unread.contains("presets"), &mut local);
    let manifest = trees.manifest.map(|tree| manifest(tree, &mut local));
    let mut platform = shape_file(&PLATFORM_FILE, trees.platform, &mut local);
    let mut environments = shape_file(&ENVIRONMENT_FILE, trees.environments, &mut local);
    stand_in_folder("platform", &mut platform, manifest.as_ref());
    stand_in_folder("environments", &mut environments, manifest.as_ref());
    platform.incomplete |= trees.unread.contains("platform");
    environments.incomplete |= trees.unread.contains("environments");
    let orgs = trees.orgs.into_iter().map(|tree| org_file(tree, &presets, &mut local)).collect();
    let draft = Draft {
        idle_presets: presets.idle(),
        orgs,
        platform,
        environments,
        vendored: trees.vendored,
        recorded: trees.recorded,
        tests: trees.tests.into_iter().map(|tree| test_file(tree, &mut local)).collect(),
        orgs_folder: folder_of("orgs", manifest.as_ref()).map(|folder| folder.value.span),
        unread: trees.unread,
        is_part: trees.is_part,
        manifest,
        texts,
        sources: trees.sources,
        sound: trees.sound && !local.refuses(),
    };
    sink.merge(local);
    draft
}

fn manifest(tree: FileTree, sink: &mut Sink) -> Node {
    let (file, incomplete) = (tree.file, tree.incomplete);
    let node = shape_file(&MANIFEST_FILE, vec![tree], sink);
    if node.given("policy-version").is_none() && !incomplete && !node.was_tried("policy-version") {
        let at = Span::new(file, 0, 0);
        Finding::new(
            MISSING_POLICY_VERSION,
            at,
            "the manifest does not say which policy-version the workspace is written for",
        )
        .mark("the first line belongs to it")
        .help("first line: `policy-version 1`")
        .fix(at, "policy-version 1\n")
        .report(sink);
    }
    if let Some(workspace) = node.entry("workspace") {
        folders_differ(workspace, sink);
    }
    node
}

/// A folder without a file has its place in the manifest. Where that names none, nothing is said about what it lacks.
fn stand_in_folder(word: &str, root: &mut Node, manifest: Option<&Node>) {
    match folder_of(word, manifest) {
        Some(folder) if root.entries.is_empty() => root.head = folder.value.span,
        Some(_) => {}
        None => root.incomplete = true,
    }
}

fn folder_of<'a>(word: &str, manifest: Option<&'a Node>) -> Option<&'a Given> {
    manifest?.entry("workspace")?.given(word)
}

fn folders_differ(workspace: &Node, sink: &mut Sink) {
    for (at, later) in workspace.given.iter().enumerate() {
        let earlier = workspace.given.iter().take(at).find(|earlier| earlier.value.value == later.value.value);
        if let Some(earlier) = earlier {
            Finding::new(
                DUPLICATE_DEFINITION,
                later.value.span,
                format!("`{}` and `{}` name one folder", earlier.field.word, later.field.word),
            )
            .mark("named again here")
            .also(earlier.value.span, "first named here")
            .help("a folder holds one kind of file: give each its own")
            .path(&workspace.path)
            .report(sink);
        }
    }
}

fn org_file(tree: FileTree, presets: &Presets, sink: &mut Sink) -> OrgFile {
    let written = tree.block.entries.iter().find(|entry| &*entry.word.value == ORG.word).cloned();
    let folder = tree.path.rsplit('/').nth(1).map_or_else(|| Arc::from(""), Arc::from);
    let place = place_of(&tree);
    let mut root = shape_file(&ORG_FILE, vec![tree], sink);
    let org = if root.entries.is_empty() { None } else { Some(root.entries.swap_remove(0)) };
    let org = org.map(|org| layered(org, written.as_ref(), presets, sink));
    OrgFile { folder, place, org }
}

/// Over the presets that it uses.
fn layered(org: Node, written: Option<&Entry>, presets: &Presets, sink: &mut Sink) -> Node {
    if org.entry(USE.word).is_none() {
        return org;
    }
    let mut local = Sink::default();
    let used = written.map(|entry| presets.used_by(entry, &org.path, &mut local)).unwrap_or_default();
    // What seems absent may be what a preset that could not be taken would give.
    let all_taken = !local.refuses();
    let mut org = layers::lay(org, used, &mut local);
    org.incomplete |= local.refuses();
    if all_taken {
        org.all_absences(&mut local);
    }
    sink.merge(local);
    org
}

fn test_file(tree: FileTree, sink: &mut Sink) -> TestFile {
    let place = place_of(&tree);
    TestFile { place, root: shape_file(&TEST_FILE, vec![tree], sink) }
}

fn place_of(tree: &FileTree) -> Arc<str> {
    tree.path.rsplit_once('/').map_or_else(|| Arc::from(""), |(place, _)| Arc::from(place))
}

fn collect_texts(block: &TreeBlock, texts: &mut Vec<Text>) {
    let mut add = |word: &Arc<str>, value: &Spanned<Value>| {
        if let Value::Text(text) = &value.value
            && text.len() >= SECRET_BYTES_MIN
        {
            texts.push(Text { word: word.clone(), value: Spanned { value: text.clone(), span: value.span } });
        }
    };
    for entry in &block.entries {
        entry.arguments.iter().for_each(|argument| add(&entry.word.value, argument));
        entry.properties.iter().for_each(|(word, value)| add(&word.value, value));
    }
    // The reader's limit on nesting is the limit of this recursion.
    block
        .entries
        .iter()
        .filter_map(|entry| entry.children.as_ref())
        .for_each(|children| collect_texts(children, texts));
}

/// The kind of a file's root, for messages.
pub(crate) fn inside(block: &Block) -> String {
    if block.is_file() { "in this file".to_owned() } else { format!("inside `{}`", block.word) }
}
