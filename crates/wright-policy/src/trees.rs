//! Trees: every file read, under the role that its folder gives it.
//!
//! Takes a workspace; gives the tree of each file that belongs, and reports each that does not.
//!
//! Invariant: below a named folder nothing is ignored: a file is part of the program or an error.

use std::collections::BTreeSet;
use std::sync::Arc;

use wright_syntax::codes::{LIMITS, NOT_A_FILE, STRAY_FILE};
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::{FileId, Source, Span};
use wright_syntax::tree::{Block, Value};
use wright_syntax::{ReadContext, read_kdl};

use crate::finding::Finding;
use crate::workspace::{MANIFEST, Oddity, Workspace};

/// 4,096 grants, the most an organisation may have, with all their properties are 20,000. Bounds the findings of a file.
const ITEMS_MAX: usize = 40_000;

/// The trees of all files, each under the role that its folder gives it.
pub struct Trees {
    pub(crate) manifest: Option<FileTree>,
    pub(crate) platform: Vec<FileTree>,
    pub(crate) presets: Vec<FileTree>,
    pub(crate) environments: Vec<FileTree>,
    pub(crate) orgs: Vec<FileTree>,
    pub(crate) tests: Vec<FileTree>,
    /// XML files below the folder of the organisations. Which of them belong is known once names are looked up.
    pub(crate) vendored: Vec<FileId>,
    /// What providers once sent, below the folder of the organisations. Which of them belong is known once names are looked up.
    pub(crate) recorded: Vec<FileId>,
    pub(crate) sources: Vec<Source>,
    /// Folders of which something was not read: what seems to be absent may be there.
    pub(crate) unread: BTreeSet<&'static str>,
    /// Some organisations were left out on purpose.
    pub(crate) is_part: bool,
    pub(crate) sound: bool,
}

/// One file.
pub(crate) struct FileTree {
    pub(crate) file: FileId,
    pub(crate) path: Arc<str>,
    pub(crate) block: Block,
    /// The reader complained: what seems to be absent may be there.
    pub(crate) incomplete: bool,
}

/// What a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Platform,
    Presets,
    Waivers,
    Environments,
    Orgs,
}

const ROLES: [(Role, &str); 5] = [
    (Role::Platform, "platform"),
    (Role::Presets, "presets"),
    (Role::Waivers, "waivers"),
    (Role::Environments, "environments"),
    (Role::Orgs, "orgs"),
];

impl Role {
    /// The word of the manifest.
    fn word(self) -> &'static str {
        ROLES.iter().find(|(role, _)| *role == self).map_or("", |(_, word)| *word)
    }
}

/// The folders that the manifest names: what has to be listed and read beside it. Sorted, without doubles.
pub fn folders(manifest: &[u8]) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(manifest) else { return Vec::new() };
    let source = Source { path: MANIFEST.into(), text: text.into() };
    let block = read_kdl(&source, FileId(0), ReadContext::Platform, &mut Sink::default());
    let mut named: Vec<String> = named_folders(&block).into_iter().map(|(_, folder)| folder.to_string()).collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// The folder of presets, where the manifest names one.
pub fn presets_folder(manifest: &[u8]) -> Option<String> {
    folder(Role::Presets, manifest)
}

/// The folder of the organisations, where the manifest names one.
pub fn orgs_folder(manifest: &[u8]) -> Option<String> {
    folder(Role::Orgs, manifest)
}

fn folder(wanted: Role, manifest: &[u8]) -> Option<String> {
    let source = Source { path: MANIFEST.into(), text: std::str::from_utf8(manifest).ok()?.into() };
    let block = read_kdl(&source, FileId(0), ReadContext::Platform, &mut Sink::default());
    let named = named_folders(&block);
    named.into_iter().find(|(role, _)| *role == wanted).map(|(_, folder)| folder.to_string())
}

pub(crate) fn named_folders(manifest: &Block) -> Vec<(Role, Arc<str>)> {
    let workspace = manifest.entries.iter().find(|entry| &*entry.word.value == "workspace");
    let children = workspace.and_then(|entry| entry.children.as_ref());
    let folder = |word: &str| {
        let entry = children?.entries.iter().find(|entry| &*entry.word.value == word)?;
        match &entry.arguments.first()?.value {
            Value::Text(text) if gatewright_terms::Slug::parse(text).is_ok() => Some(text.clone()),
            Value::Text(_) | Value::Integer(_) => None,
        }
    };
    ROLES.iter().filter_map(|(role, word)| folder(word).map(|name| (*role, name))).collect()
}

/// Reads every file that belongs to the program.
pub fn read(workspace: &Workspace, sink: &mut Sink) -> Trees {
    let mut local = Sink::default();
    let manifest = workspace.files().find(|(_, source, _)| &*source.path == MANIFEST);
    let manifest =
        manifest.and_then(|(file, source, oddity)| admit(file, source, oddity, ReadContext::Platform, &mut local));
    let folders = manifest.as_ref().map(|tree| named_folders(&tree.block)).unwrap_or_default();
    let mut trees = Trees {
        manifest,
        platform: vec![],
        presets: vec![],
        environments: vec![],
        orgs: vec![],
        tests: vec![],
        vendored: vec![],
        recorded: vec![],
        sources: workspace.sources().to_vec(),
        unread: if workspace.is_part() { BTreeSet::from([Role::Orgs.word()]) } else { BTreeSet::new() },
        is_part: workspace.is_part(),
        sound: true,
    };
    for (file, source, oddity) in workspace.files() {
        let Some((role, rest)) = place(&folders, &source.path) else { continue };
        let stray = belongs(role, rest).err().filter(|_| oddity.is_none());
        if let Some(help) = stray {
            let at = Span::new(file, 0, 0);
            let message = format!("`{}` is no part of the program", source.path);
            Finding::new(STRAY_FILE, at, message)
                .mark("every file below the named folders must belong")
                .help(help)
                .report(&mut local);
            trees.unread.insert(role.word());
            continue;
        }
        if role == Role::Orgs && (is_vendored(rest) || is_recorded(rest)) {
            match oddity {
                Some(oddity) => refuse(file, source, oddity, &mut local),
                None if is_recorded(rest) => trees.recorded.push(file),
                None => trees.vendored.push(file),
            }
            continue;
        }
        let context = if role == Role::Orgs { ReadContext::Organisation } else { ReadContext::Platform };
        let Some(tree) = admit(file, source, oddity, context, &mut local) else {
            if !is_test(rest) {
                trees.unread.insert(role.word());
            }
            continue;
        };
        match role {
            Role::Orgs if is_test(rest) => trees.tests.push(tree),
            Role::Platform => trees.platform.push(tree),
            Role::Environments => trees.environments.push(tree),
            Role::Orgs => trees.orgs.push(tree),
            Role::Presets => trees.presets.push(tree),
            Role::Waivers => {}
        }
    }
    trees.sound = !local.refuses();
    sink.merge(local);
    trees
}

/// Every text in the language of policies, at its place or not, and how it is read: the manifest and all `*.kdl` below the
/// named folders. What lies in no folder is read as an organisation is. Reports the links, and the texts that are no files.
pub fn texts(workspace: &Workspace, sink: &mut Sink) -> Vec<(FileId, ReadContext)> {
    let manifest = workspace.sources().iter().find(|source| &*source.path == MANIFEST);
    let manifest = manifest.map(|source| read_kdl(source, FileId(0), ReadContext::Platform, &mut Sink::default()));
    let folders = manifest.as_ref().map(named_folders).unwrap_or_default();
    let mut texts = Vec::new();
    for (file, source, oddity) in workspace.files() {
        let is_text = source.path.ends_with(".kdl");
        match oddity {
            Some(oddity) if is_text || oddity == Oddity::Symlink => refuse(file, source, oddity, sink),
            None if is_text => texts.push((file, context(&folders, &source.path))),
            Some(_) | None => {}
        }
    }
    texts
}

fn context(folders: &[(Role, Arc<str>)], path: &str) -> ReadContext {
    match place(folders, path) {
        Some((Role::Orgs, _)) => ReadContext::Organisation,
        None if path != MANIFEST => ReadContext::Organisation,
        Some(_) | None => ReadContext::Platform,
    }
}

/// The folder that a path lies in, and the path inside it: empty for what stands in the folder's own place.
pub(crate) fn place<'a>(folders: &[(Role, Arc<str>)], path: &'a str) -> Option<(Role, &'a str)> {
    // Oddities may carry absolute or dotted paths: those lie in a folder if any of its names stands first.
    let relative = path.trim_start_matches(['/', '.']);
    folders.iter().find_map(|(role, folder)| {
        let rest = relative.strip_prefix(&**folder)?;
        if rest.is_empty() { Some((*role, rest)) } else { Some((*role, rest.strip_prefix('/')?)) }
    })
}

/// Whether such a path may stand in such a folder; the help else.
fn belongs(role: Role, rest: &str) -> Result<(), &'static str> {
    let parts: Vec<&str> = rest.split('/').collect();
    match (role, parts.as_slice()) {
        (_, [""]) => Err("the manifest names a folder here, and this is a file"),
        (Role::Platform | Role::Presets | Role::Environments, [name])
            if name.strip_suffix(".kdl").is_some_and(|stem| !stem.is_empty()) =>
        {
            Ok(())
        }
        (Role::Orgs, [.., _, "org.kdl"]) => Ok(()),
        (Role::Orgs, [.., _, _]) if is_vendored(rest) || is_test(rest) || is_recorded(rest) => Ok(()),
        (Role::Platform | Role::Presets | Role::Environments, _) => {
            Err("this folder holds `*.kdl` files and no folders; move or remove it")
        }
        (Role::Orgs, _) => Err("an organisation is `<org>/org.kdl` in a folder of its own; move or remove it"),
        (Role::Waivers, _) => Err("this folder is kept for later versions of the language and is empty in this one"),
    }
}

/// What a provider publishes, kept beside an organisation.
fn is_vendored(rest: &str) -> bool {
    rest.strip_suffix(".xml").is_some()
}

/// How a file ends that holds what a provider once sent: a SAML response, or the claims of an ID token.
pub(crate) const RECORDED: [&str; 2] = [".recorded.xml", ".recorded.json"];

/// Whether such a path holds what a provider once sent about a person.
pub fn is_recorded(rest: &str) -> bool {
    RECORDED.iter().any(|end| rest.ends_with(end))
}

/// Policy tests, kept beside an organisation.
fn is_test(rest: &str) -> bool {
    let name = rest.rsplit('/').next().unwrap_or(rest);
    name.strip_suffix(".test.kdl").is_some_and(|stem| !stem.is_empty())
}

fn admit(
    file: FileId,
    source: &Source,
    oddity: Option<Oddity>,
    context: ReadContext,
    sink: &mut Sink,
) -> Option<FileTree> {
    if let Some(oddity) = oddity {
        refuse(file, source, oddity, sink);
        return None;
    }
    let mut local = Sink::default();
    let block = read_kdl(source, file, context, &mut local);
    let items = items(&block);
    if items > ITEMS_MAX {
        Finding::new(
            LIMITS,
            Span::new(file, 0, 0),
            format!("`{}` holds {items} words and values; the limit is {ITEMS_MAX}", source.path),
        )
        .mark("not read further")
        .help("split it: one organisation a file, the platform by subject")
        .report(&mut local);
        sink.merge(local);
        return None;
    }
    let incomplete = local.refuses();
    sink.merge(local);
    Some(FileTree { file, path: source.path.clone(), block, incomplete })
}

/// Words and values of a file, all the way down.
fn items(block: &Block) -> usize {
    let mut count = 0_usize;
    let mut open = vec![block];
    while let Some(next) = open.pop() {
        for entry in &next.entries {
            count = count.saturating_add(1 + entry.arguments.len() + entry.properties.len());
            open.extend(entry.children.as_ref());
        }
    }
    count
}

fn refuse(file: FileId, source: &Source, oddity: Oddity, sink: &mut Sink) {
    let (code, what, help) = match oddity {
        Oddity::Symlink => (
            NOT_A_FILE,
            "is a symbolic link",
            "put the file itself here: what a link leads to changes without a review",
        ),
        Oddity::Special => (NOT_A_FILE, "is no file", "a policy is made of ordinary files"),
        Oddity::NameNotUtf8 => (NOT_A_FILE, "has a name that is not UTF-8", "rename it"),
        Oddity::NotUtf8 => (NOT_A_FILE, "is not UTF-8", "save it as UTF-8"),
        Oddity::TooLong => {
            (LIMITS, "is longer than 1 MiB", "split it: one organisation a file, the platform by subject")
        }
        Oddity::Hidden => {
            (NOT_A_FILE, "is hidden or lies outside", "no part of a path begins with a dot; rename or remove it")
        }
    };
    Finding::new(code, Span::new(file, 0, 0), format!("`{}` {what}", source.path))
        .mark("not read")
        .help(help)
        .report(sink);
}
