//! Presets: what many organisations share, filled in for one of them.
//!
//! Reads the presets' trees; gives, for a `use` of one, the entries that it stands for.
//!
//! Invariant: a param is a whole value, of a type that is checked where it is given; nothing is joined to it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use wright_syntax::diagnostic::Sink;
use wright_syntax::source::Span;
use wright_syntax::tree::{Block as TreeBlock, Entry, Spanned, Value};

use super::entry::{shape_file, shape_layer};
use super::node::Node;
use crate::codes::{BAD_PARAM, FOLDER_MISMATCH};
use crate::finding::{Finding, listed};
use crate::kind::{self, Kind, Scalar};
use crate::policy::Written;
use crate::resolve::Names;
use crate::trees::FileTree;
use crate::words::{PARAM_TYPES, PRESET, PRESET_FILE};

/// Words of a preset that no organisation takes over.
const OWN: [&str; 2] = ["about", "param"];

/// Every preset by its name.
pub(super) struct Presets {
    all: BTreeMap<Arc<str>, Preset>,
    names: Names,
}

struct Preset {
    params: Vec<Param>,
    entries: Vec<Entry>,
    head: Span,
    is_used: Cell<bool>,
    /// Something in it was reported.
    incomplete: bool,
}

struct Param {
    name: Arc<str>,
    kind: Kind,
    type_word: Arc<str>,
    sample: &'static str,
    default: Option<Spanned<Arc<str>>>,
    from_only_domain: bool,
    head: Span,
}

type Values = BTreeMap<Arc<str>, Arc<str>>;

/// Reads every preset, and judges it as if an organisation used it. `partial`: some file could not be read.
pub(super) fn presets(trees: Vec<FileTree>, partial: bool, sink: &mut Sink) -> Presets {
    let mut all = BTreeMap::new();
    for tree in trees {
        let mut local = Sink::default();
        if let Some((name, preset)) = preset(tree, &mut local) {
            all.insert(name, Preset { incomplete: preset.incomplete || local.refuses(), ..preset });
        }
        sink.merge(local);
    }
    let names = Names::new("preset", "", all.iter().map(|(name, preset)| (&**name, preset.head)), []);
    Presets { names: names.partial(partial), all }
}

fn preset(tree: FileTree, sink: &mut Sink) -> Option<(Arc<str>, Preset)> {
    let stem = tree.path.rsplit('/').next().and_then(|name| name.strip_suffix(".kdl")).unwrap_or_default().to_owned();
    let incomplete = tree.incomplete;
    let entry = tree.block.entries.iter().find(|entry| &*entry.word.value == PRESET.word).cloned();
    let sampled = FileTree { block: sampled(&tree.block), ..tree };
    // Once with a value of its type for each param: what is wrong then is wrong for everybody.
    let root = shape_file(&PRESET_FILE, vec![sampled], sink);
    let (node, entry) = (root.entry("preset")?, entry?);
    if node.slug_key().is_some_and(|key| key.value.as_str() != stem) {
        Finding::new(FOLDER_MISMATCH, node.head, format!("file `{stem}.kdl` holds preset `{}`", node.name))
            .mark("not the file's name")
            .help("a preset's file has its name: rename one of the two")
            .path(&node.path)
            .report(sink);
    }
    let params: Vec<Param> = node.entries("param").filter_map(|param| self::param(param, sink)).collect();
    let body = entry.children.into_iter().flat_map(|children| children.entries);
    let entries: Vec<Entry> = body.filter(|entry| !OWN.contains(&&*entry.word.value)).collect();
    every_param_is_used(&params, &entries, node, sink);
    Some((
        node.name.clone(),
        Preset {
            params,
            entries,
            head: node.head,
            is_used: Cell::new(false),
            incomplete: incomplete || node.incomplete,
        },
    ))
}

fn param(node: &Node, sink: &mut Sink) -> Option<Param> {
    let type_word = node.text("type")?.value;
    let (_, kind, sample) = PARAM_TYPES.iter().find(|(word, ..)| *word == &*type_word)?;
    let (default, from) = (node.text("default"), node.given("default-from"));
    if let (Some(default), Some(from)) = (&default, from) {
        Finding::new(BAD_PARAM, from.value.span, format!("param `{}` has two defaults", node.name))
            .mark("a second one")
            .also(default.span, "the first one")
            .help("keep one of the two")
            .path(&node.path)
            .report(sink);
    }
    if let Some(default) = default.as_ref().filter(|default| default.value.starts_with('$')) {
        Finding::new(BAD_PARAM, default.span, format!("the default of `{}` is no value", node.name))
            .mark("a param stands for nothing here")
            .help("write the value out")
            .path(&node.path)
            .report(sink);
    }
    if let Some(default) = &default {
        let value = Spanned { value: Value::Text(default.value.clone()), span: default.span };
        kind::read(*kind, "default", &value, &node.path, sink);
    }
    if from.is_some() && !matches!(kind, Kind::Domain) {
        Finding::new(BAD_PARAM, node.head, format!("param `{}` is no domain", node.name))
            .mark("`only-domain` gives a domain")
            .help("write `type=\"domain\"`, or another default")
            .path(&node.path)
            .report(sink);
    }
    let name = node.name.clone();
    let from_only_domain = from.is_some();
    Some(Param { name, kind: *kind, type_word, sample, default, from_only_domain, head: node.head })
}

/// With a sample in the place of each `$param` of a type that is known.
fn sampled(block: &TreeBlock) -> TreeBlock {
    let is_param = |entry: &&Entry| &*entry.word.value == "param";
    let text = |value: &Spanned<Value>| if let Value::Text(text) = &value.value { Some(text.clone()) } else { None };
    let presets = block.entries.iter().filter_map(|entry| entry.children.as_ref());
    let params = presets.flat_map(|children| &children.entries).filter(is_param);
    let values: Values = params
        .filter_map(|param| {
            let of_type = param.properties.iter().find(|(word, _)| &*word.value == "type");
            let of_type = of_type.and_then(|(_, value)| text(value));
            let sample = PARAM_TYPES.iter().find(|(word, ..)| Some(*word) == of_type.as_deref());
            Some((text(param.arguments.first()?)?, Arc::from(sample.map_or("sample", |(_, _, sample)| sample))))
        })
        .collect();
    filled(block, &values)
}

/// Misspelt where it is used, or left over.
fn every_param_is_used(params: &[Param], entries: &[Entry], node: &Node, sink: &mut Sink) {
    let mut used: BTreeMap<Arc<str>, Span> = BTreeMap::new();
    for entry in entries {
        each_value(entry, &mut |value| {
            if let Value::Text(text) = &value.value
                && let Some(name) = text.strip_prefix('$')
            {
                used.entry(Arc::from(name)).or_insert(value.span);
            }
        });
    }
    for param in params.iter().filter(|param| !used.contains_key(&param.name)) {
        Finding::new(BAD_PARAM, param.head, format!("param `{}` is used nowhere", param.name))
            .mark("used nowhere")
            .help(format!("write `\"${}\"` where it belongs, or remove it", param.name))
            .path(&node.path)
            .report(sink);
    }
    for (name, at) in used.iter().filter(|(name, _)| params.iter().all(|param| param.name != **name)) {
        let known = params.iter().map(|param| &*param.name);
        let all =
            if params.is_empty() { "it has none".to_owned() } else { format!("it has {}", listed(known.clone())) };
        Finding::new(BAD_PARAM, *at, format!("preset `{}` has no param `{name}`", node.name))
            .mark("not a param")
            .did_you_mean(wright_syntax::suggest(name, known), false, all)
            .path(&node.path)
            .report(sink);
    }
}

fn each_value(entry: &Entry, see: &mut impl FnMut(&Spanned<Value>)) {
    entry.arguments.iter().for_each(&mut *see);
    entry.properties.iter().for_each(|(_, value)| see(value));
    // The reader's limit on nesting is the limit of this recursion, and of the next.
    entry.children.iter().flat_map(|children| &children.entries).for_each(|child| each_value(child, see));
}

fn filled(block: &TreeBlock, values: &Values) -> TreeBlock {
    let value = |value: &mut Spanned<Value>| {
        let filled = if let Value::Text(text) = &value.value { text.strip_prefix('$') } else { None };
        if let Some(filled) = filled.and_then(|name| values.get(name)) {
            value.value = Value::Text(filled.clone());
        }
    };
    let entry = |entry: &Entry| {
        let mut entry = entry.clone();
        entry.arguments.iter_mut().for_each(value);
        entry.properties.iter_mut().for_each(|(_, of)| value(of));
        entry.children = entry.children.map(|children| filled(&children, values));
        entry
    };
    TreeBlock { entries: block.entries.iter().map(entry).collect() }
}

impl Presets {
    /// What an organisation takes over by each `use` that stands in it, in the order of the presets' names.
    pub(super) fn used_by(&self, org: &Entry, path: &str, sink: &mut Sink) -> Vec<Node> {
        let children = org.children.iter().flat_map(|children| &children.entries);
        let domains: Vec<Arc<str>> = children.clone().filter_map(|entry| argument_of(entry, "domain")).collect();
        let mut used: BTreeMap<Arc<str>, Node> = BTreeMap::new();
        for entry in children.filter(|entry| &*entry.word.value == "use") {
            if let Some((name, node)) = self.take(entry, &domains, path, sink) {
                used.insert(name, node);
            }
        }
        used.into_values().collect()
    }

    /// Those that were never used, in the order of their names.
    pub(super) fn idle(&self) -> Vec<Written> {
        let idle = self.all.iter().filter(|(_, preset)| !preset.is_used.get());
        idle.map(|(name, preset)| Written { path: format!("preset[{name}]").into(), at: preset.head }).collect()
    }

    fn take(&self, entry: &Entry, domains: &[Arc<str>], path: &str, sink: &mut Sink) -> Option<(Arc<str>, Node)> {
        let at = entry.arguments.first()?.span;
        let name = Spanned { value: argument_of(entry, "use")?, span: at };
        self.names.find(&name, path, sink)?;
        let preset = self.all.get(&name.value)?;
        preset.is_used.set(true);
        let mut local = Sink::default();
        let values = preset.values(entry, domains, path, &mut local);
        let is_sound = !local.refuses();
        sink.merge(local);
        let entries = filled(&TreeBlock { entries: preset.entries.clone() }, &values?);
        let mut within = Sink::default();
        let mut node = shape_layer(&PRESET, &entries.entries, path, preset.head, &mut within);
        node.incomplete |= preset.incomplete || !is_sound;
        // What is wrong whoever uses it was said where it is defined.
        if !preset.incomplete && is_sound {
            sink.merge(within);
        }
        Some((name.value, node))
    }
}

fn argument_of(entry: &Entry, word: &str) -> Option<Arc<str>> {
    match &entry.arguments.first()?.value {
        Value::Text(text) if &*entry.word.value == word => Some(text.clone()),
        Value::Text(_) | Value::Integer(_) => None,
    }
}

impl Preset {
    /// A value for every param, by its name. `None` where one is missing.
    fn values(&self, used: &Entry, domains: &[Arc<str>], path: &str, sink: &mut Sink) -> Option<Values> {
        for (word, _) in &used.properties {
            if self.params.iter().all(|param| param.name != word.value) {
                self.no_such_param(word, path, sink);
            }
        }
        let mut values = Some(Values::new());
        for param in &self.params {
            let given = used.properties.iter().find(|(word, _)| word.value == param.name);
            let value = match given {
                Some((_, value)) => param.given(value, path, sink),
                None => param.by_default(used, domains, path, sink),
            };
            match (&mut values, value) {
                (Some(values), Some(value)) => drop(values.insert(param.name.clone(), value)),
                (_, None) => values = None,
                (None, Some(_)) => {}
            }
        }
        values
    }

    fn no_such_param(&self, word: &Spanned<Arc<str>>, path: &str, sink: &mut Sink) {
        let known = self.params.iter().map(|param| &*param.name);
        let all =
            if self.params.is_empty() { "it has none".to_owned() } else { format!("it has {}", listed(known.clone())) };
        Finding::new(BAD_PARAM, word.span, format!("the preset has no param `{}`", word.value))
            .mark("not a param")
            .also(self.head, "the preset")
            .did_you_mean(wright_syntax::suggest(&word.value, known), false, all)
            .path(path)
            .report(sink);
    }
}

impl Param {
    fn given(&self, value: &Spanned<Value>, path: &str, sink: &mut Sink) -> Option<Arc<str>> {
        if matches!(kind::read(self.kind, &self.name, value, path, sink), Scalar::Broken(_)) {
            return None;
        }
        let Value::Text(text) = &value.value else { return None };
        if text.starts_with('$') {
            Finding::new(BAD_PARAM, value.span, format!("`{}` is given no value", self.name))
                .mark("a param stands for nothing here")
                .help("write the value out")
                .path(path)
                .report(sink);
            return None;
        }
        Some(text.clone())
    }

    fn by_default(&self, used: &Entry, domains: &[Arc<str>], path: &str, sink: &mut Sink) -> Option<Arc<str>> {
        match (&self.default, domains) {
            (Some(default), _) => return Some(default.value.clone()),
            (None, [only]) if self.from_only_domain => return Some(only.clone()),
            (None, _) => {}
        }
        let why = if self.from_only_domain {
            format!("; the organisation has {} domains", domains.len())
        } else {
            String::new()
        };
        let message = format!("the preset wants `{}`, {}{why}", self.name, kind::article(&self.type_word));
        Finding::new(BAD_PARAM, used.word.span, message)
            .mark(format!("`{}=` is missing", self.name))
            .also(self.head, "the param")
            .help(format!("such as `{}=\"{}\"`", self.name, self.sample))
            .path(path)
            .report(sink);
        None
    }
}
