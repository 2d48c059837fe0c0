//! Entry: one entry of a tree against one block of the table.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gatewright_bundle::path::path_key;
use wright_syntax::codes::NOT_A_VALUE;
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::{FileId, Span};
use wright_syntax::tree::{Entry, Spanned, Value};

use super::node::{Given, Node};
use super::report;
use crate::codes::{MISSING_FIELD, SET_TWICE, UNKNOWN_WORD, WRONG_TYPE};
use crate::finding::Finding;
use crate::kind::{self, Kind, Scalar};
use crate::trees::FileTree;
use crate::words::{Block, Field, Form, Key, ORG, USE, other_kind};

/// Where an entry stands.
#[derive(Clone, Copy)]
struct Setting<'a> {
    /// The path of what surrounds it.
    path: &'a str,
    /// Inside an environment's `org`: only fields marked *environment* may stand.
    overlay: bool,
    /// A layer above or below it may say what it leaves out.
    layered: bool,
    /// The reader complained about the file.
    incomplete: bool,
}

/// Files of one kind, read as one.
pub(crate) fn shape_file(block: &'static Block, files: Vec<FileTree>, sink: &mut Sink) -> Node {
    let head = files.first().map_or(Span::new(FileId(0), 0, 0), |tree| Span::new(tree.file, 0, 0));
    let (mut root, mut local) = (Node::root(block, head), Sink::default());
    for tree in files {
        let setting = Setting { path: "", overlay: false, layered: false, incomplete: tree.incomplete };
        root.incomplete |= tree.incomplete;
        for entry in &tree.block.entries {
            root.take(entry, setting, &mut local);
        }
    }
    root.doubles(&mut local);
    root.absences(&mut local);
    root.incomplete |= local.refuses();
    sink.merge(local);
    root
}

/// What a preset says, filled in for the thing with this path. What it leaves out another layer may say.
pub(super) fn shape_layer(block: &'static Block, entries: &[Entry], path: &str, head: Span, sink: &mut Sink) -> Node {
    let (mut root, mut local) = (Node::root(block, head), Sink::default());
    root.path = path.into();
    for entry in entries {
        root.take(entry, Setting { path, overlay: false, layered: true, incomplete: false }, &mut local);
    }
    root.doubles(&mut local);
    root.incomplete |= local.refuses();
    sink.merge(local);
    root
}

fn shape_entry(block: &'static Block, entry: &Entry, setting: Setting<'_>, sink: &mut Sink) -> Node {
    let mut local = Sink::default();
    let mut node = Node::root(block, entry.word.span);
    node.incomplete = setting.incomplete;
    node.take_key(entry, setting.path, &mut local);
    let path = node.path.clone();
    let layered = setting.layered || uses_presets(block, entry);
    let overlay = setting.overlay || (std::ptr::eq(block, &raw const ORG) && !setting.path.is_empty());
    let within = Setting { path: &path, overlay, layered, incomplete: setting.incomplete };
    for (word, value) in &entry.properties {
        node.take_property(word, value, within, &mut local);
    }
    node.path_by_properties(setting.path);
    if let (Key::Properties, Some((_, last))) = (&block.key, entry.properties.last()) {
        node.head.end = node.head.end.max(last.span.end);
    }
    for child in entry.children.iter().flat_map(|children| &children.entries) {
        node.take(child, within, &mut local);
    }
    node.doubles(&mut local);
    if !overlay && !layered {
        node.absences(&mut local);
    }
    node.incomplete |= local.refuses();
    sink.merge(local);
    node
}

/// An organisation under which presets will be laid.
fn uses_presets(block: &'static Block, entry: &Entry) -> bool {
    let mut children = entry.children.iter().flat_map(|children| &children.entries);
    std::ptr::eq(block, &raw const ORG) && children.any(|child| &*child.word.value == USE.word)
}

impl Node {
    fn root(block: &'static Block, head: Span) -> Self {
        let (name, path) = (Arc::from(""), Arc::from(""));
        Self {
            block,
            head,
            key: None,
            name,
            path,
            given: vec![],
            entries: vec![],
            tried: BTreeMap::new(),
            meant: BTreeSet::new(),
            has_strange_block: false,
            incomplete: false,
        }
    }

    fn take_key(&mut self, entry: &Entry, parent: &str, sink: &mut Sink) {
        let word = self.block.word;
        let joined = if parent.is_empty() { word.to_owned() } else { format!("{parent}.{word}") };
        let (kind, extra) = match &self.block.key {
            Key::None | Key::Properties => (None, entry.arguments.first()),
            Key::One(kind) | Key::OneAnd(kind, _) | Key::OneAndAll(kind) => (Some(*kind), entry.arguments.get(1)),
        };
        if let (Some(kind), Some(value)) = (kind, entry.arguments.first()) {
            let key = kind::read(kind, word, value, &joined, sink);
            self.name = as_text(&value.value);
            self.head.end = self.head.end.max(value.span.end);
            self.key = Some(Spanned { value: key, span: value.span });
        } else if let Some(kind) = kind
            && !self.incomplete
        {
            Finding::new(MISSING_FIELD, entry.word.span, format!("`{word}` has no name"))
                .mark(format!("{} is wanted after it", kind.noun()))
                .help(format!("such as `{}`", report::first_line(self.block.example)))
                .path(&joined)
                .report(sink);
        }
        if let Some(extra) = extra {
            let takes = if kind.is_some() { "one name" } else { "no name" };
            Finding::new(NOT_A_VALUE, extra.span, format!("`{word}` takes {takes}"))
                .mark("one too many")
                .path(&joined)
                .report(sink);
        }
        let keyed = if kind.is_some() { format!("{joined}[{}]", path_key(&self.name)) } else { joined };
        self.path = keyed.into();
    }

    /// `role[admin,scope=org]`, `grant[role=admin,group=ops]`: what titles say is for people and no part of it.
    fn path_by_properties(&mut self, parent: &str) {
        let among: Vec<&Field> = match &self.block.key {
            Key::None | Key::One(_) => return,
            Key::OneAnd(_, word) => self.block.property(word).into_iter().collect(),
            Key::Properties | Key::OneAndAll(_) => {
                let is_key =
                    |field: &&Field| matches!(field.form, Form::Property(kind) if !matches!(kind, Kind::Title));
                self.block.fields.iter().filter(is_key).collect()
            }
        };
        let mut parts: Vec<String> = if self.name.is_empty() { vec![] } else { vec![path_key(&self.name)] };
        for field in among {
            parts.extend(
                self.given(field.word).map(|given| format!("{}={}", field.word, path_key(&given.value.value.shown()))),
            );
        }
        let word = self.block.word;
        let joined = if parent.is_empty() { word.to_owned() } else { format!("{parent}.{word}") };
        self.path = format!("{joined}[{}]", parts.join(",")).into();
    }

    fn take_property(
        &mut self,
        word: &Spanned<Arc<str>>,
        value: &Spanned<Value>,
        setting: Setting<'_>,
        sink: &mut Sink,
    ) {
        let block = self.block;
        if std::ptr::eq(block, &raw const USE) {
            // The params of the preset, which knows them.
            return;
        }
        if let Some(field) = block.property(&word.value) {
            let Form::Property(kind) = field.form else { return };
            if setting.overlay && !field.environment {
                return report::forbidden(field, word.span, setting.path, sink);
            }
            self.tried.entry(field.word).or_insert(word.span);
            let read = kind::read(kind, field.word, value, setting.path, sink);
            self.given.push(Given { field, value: Spanned { value: read, span: value.span } });
        } else if let Some(field) = block.child(&word.value) {
            self.tried.entry(field.word).or_insert(word.span);
            report::line_as_property(field, block, word.span, setting.path, sink);
        } else {
            let properties = block.fields.iter().filter(|field| matches!(field.form, Form::Property(_)));
            self.unknown(word, &properties.map(|field| field.word).collect::<Vec<_>>(), setting, sink);
        }
    }

    fn take(&mut self, entry: &Entry, setting: Setting<'_>, sink: &mut Sink) {
        let (block, word) = (self.block, &entry.word);
        let Some(field) = block.child(&word.value) else {
            let Some(property) = block.property(&word.value) else {
                let children = block.fields.iter().filter(|field| !matches!(field.form, Form::Property(_)));
                let allowed = children.filter(|field| !setting.overlay || field.environment);
                self.has_strange_block |= entry.children.is_some();
                return self.unknown(word, &allowed.map(|field| field.word).collect::<Vec<_>>(), setting, sink);
            };
            self.tried.entry(property.word).or_insert(word.span);
            return report::property_as_line(property, block, word.span, setting.path, sink);
        };
        if setting.overlay && !field.environment {
            return report::forbidden(field, word.span, setting.path, sink);
        }
        let first = *self.tried.entry(field.word).or_insert(word.span);
        match field.form {
            Form::Property(_) => {}
            Form::Entry(inner) => self.entries.push(shape_entry(inner, entry, setting, sink)),
            Form::Fact(_) if !field.many && first != word.span => {
                report::twice(SET_TWICE, field.word, first, word.span, setting.path, sink);
            }
            Form::Fact(kind) => self.given.extend(fact(field, kind, entry, setting, sink)),
        }
    }

    fn unknown(&mut self, word: &Spanned<Arc<str>>, known: &[&'static str], setting: Setting<'_>, sink: &mut Sink) {
        if self.block.reserved.contains(&&*word.value) {
            return report::reserved(word, setting.path, sink);
        }
        if let Some((belongs, stands)) = other_kind(self.block, &word.value) {
            return report::of_other_kind(word, belongs, stands, setting.path, sink);
        }
        // What the author meant is there, if misspelt: its absence is no second mistake.
        if let Some(near) = report::unknown(word, self.block, known, setting.path, sink) {
            self.meant.insert(near);
        }
    }
}

/// `word value`, and nothing else on the line.
fn fact(field: &'static Field, kind: Kind, entry: &Entry, setting: Setting<'_>, sink: &mut Sink) -> Option<Given> {
    let word = field.word;
    for extra in entry.arguments.iter().skip(1) {
        let help = if field.many {
            format!("write one line for each: `{word} …`")
        } else {
            format!("`{word}` has one value")
        };
        Finding::new(NOT_A_VALUE, extra.span, format!("`{word}` takes one value"))
            .mark("a second one")
            .help(help)
            .path(setting.path)
            .report(sink);
    }
    for (name, _) in &entry.properties {
        Finding::new(UNKNOWN_WORD, name.span, format!("`{}` is not known on `{word}`", name.value))
            .mark("unknown word")
            .help(format!("`{word}` has one value and no properties: `{}`", field.example))
            .path(setting.path)
            .report(sink);
    }
    if entry.children.is_some() {
        Finding::new(WRONG_TYPE, entry.word.span, format!("expected {}, found a block", kind.noun()))
            .mark("takes a value on its line")
            .help(format!("such as `{}`", field.example))
            .path(setting.path)
            .report(sink);
        return None;
    }
    let Some(value) = entry.arguments.first() else {
        if !setting.incomplete {
            Finding::new(WRONG_TYPE, entry.word.span, format!("expected {}, found nothing", kind.noun()))
                .mark("has no value")
                .help(format!("such as `{}`", field.example))
                .path(setting.path)
                .report(sink);
        }
        return None;
    };
    let read = kind::read(kind, word, value, setting.path, sink);
    Some(Given { field, value: Spanned { value: read, span: value.span } })
}

fn as_text(value: &Value) -> Arc<str> {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string().into(),
    }
}

impl Scalar {
    /// As the author wrote it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Text(text) | Self::Broken(text) => text.to_string(),
            Self::Slug(slug) => slug.to_string(),
            Self::Domain(domain) => domain.to_string(),
            Self::Email(email) => email.to_string(),
            Self::Seconds(seconds) => kind::spell(seconds.0),
            Self::Integer(number) => number.to_string(),
            Self::Group(group) => group.to_string(),
            Self::Attribute(value) => value.to_string(),
            Self::Permission(name) => name.to_string(),
            Self::Secret(owner, name) => format!("{owner}/{name}"),
            Self::Date(date) => date.to_string(),
            Self::Time(time) => time.to_string(),
            Self::Refusal(refusal) => refusal.slug().to_owned(),
        }
    }
}
