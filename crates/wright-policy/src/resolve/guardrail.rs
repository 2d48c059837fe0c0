//! Guardrail: paths looked up, and every bound read as the type of its path.
//!
//! Invariant: a path, a key or a value that can match nothing is an error: a guardrail that is never broken by anybody
//! would be read as a defence.

mod bound;
mod path;

use wright_syntax::codes::LIMITS;
use wright_syntax::diagnostic::Sink;
use wright_syntax::source::Span;

use super::law::{self, LawNames};
use super::{Context, Names};
use crate::codes::{DUPLICATE_DEFINITION, MISSING_FIELD};
use crate::finding::Finding;
use crate::policy::{Binds, Demand, Environment, Guardrail, Org, Verb};
use crate::shape::Node;

/// Each is held against every organisation in every environment; there are a few dozen paths, and few need two bounds.
const DEMANDS_MAX: usize = 512;

/// What the names in a guardrail are looked up in: its keys and values may be any organisation's.
pub(super) struct GuardrailNames<'a> {
    pub(super) law: LawNames<'a>,
    pub(super) connections: Names,
    pub(super) clients: Names,
    pub(super) providers: Names,
}

impl<'a> GuardrailNames<'a> {
    pub(super) fn new(
        context: &'a Context<'_>,
        orgs: &'a Names,
        projects: &'a Names,
        (policies, environments): (&[std::sync::Arc<Org>], &[Environment]),
    ) -> Self {
        let partial = policies.iter().any(|org| org.incomplete) || orgs.is_partial();
        let connections = policies.iter().flat_map(|org| &org.connections);
        let connections = connections.map(|connection| (connection.slug.as_str(), connection.written.at));
        let clients = environments.iter().flat_map(|environment| &environment.shared_clients);
        let clients = clients.map(|client| (client.slug.as_str(), client.written.at));
        let nowhere = Span::new(wright_syntax::source::FileId(0), 0, 0);
        let providers = crate::profile::Profile::all().iter().map(|profile| (&*profile.name, nowhere));
        Self {
            law: LawNames { catalogue: context.names, orgs, projects },
            connections: Names::new("connection", " in any org", connections, []).partial(partial),
            clients: Names::new("shared-client", " in any environment", clients, [])
                .partial(context.partial_environments),
            providers: Names::new("provider", "", providers, []),
        }
    }
}

/// Sorted by slug.
pub(super) fn resolve(platform: &Node, names: &GuardrailNames<'_>, sink: &mut Sink) -> Vec<Guardrail> {
    let all = platform.entries("guardrail").filter_map(|node| guardrail(node, names, sink));
    let mut all: Vec<Guardrail> = all.collect();
    all.sort_by(|one, two| one.slug.cmp(&two.slug));
    too_many(&mut all, sink);
    all
}

/// Those of the guardrails that reach beyond the limit are left out.
fn too_many(all: &mut Vec<Guardrail>, sink: &mut Sink) {
    let count: usize = all.iter().map(|guardrail| guardrail.demands.len()).sum();
    let mut so_far: usize = 0;
    let fits = all.iter().take_while(|guardrail| {
        so_far = so_far.saturating_add(guardrail.demands.len());
        so_far <= DEMANDS_MAX
    });
    let fitting = fits.count();
    let Some(first) = all.get(fitting) else { return };
    let message = format!("the guardrails have {count} lines; the limit is {DEMANDS_MAX}");
    Finding::new(LIMITS, first.at, message)
        .mark("reaches beyond it")
        .help("one `require` binds every organisation: a line for each organisation is not needed")
        .path(&format!("guardrail[{}]", first.slug))
        .report(sink);
    all.truncate(fitting);
}

/// `None` where some of it was reported.
fn guardrail(node: &Node, names: &GuardrailNames<'_>, sink: &mut Sink) -> Option<Guardrail> {
    let lines: Vec<(Verb, &Node)> = [Verb::Require, Verb::Forbid]
        .into_iter()
        .flat_map(|verb| node.entries(verb.word()).map(move |line| (verb, line)))
        .collect();
    if lines.is_empty() && !node.incomplete {
        Finding::new(MISSING_FIELD, node.head, format!("guardrail `{}` demands nothing", node.name))
            .mark("neither `require` nor `forbid` stands in it")
            .help("such as `require \"session.absolute\" at-most=\"12h\"`")
            .path(&node.path)
            .report(sink);
    }
    let demands: Vec<Option<Demand>> = lines.into_iter().map(|(verb, line)| demand(verb, line, names, sink)).collect();
    let demands: Vec<Demand> = demands.into_iter().collect::<Option<_>>()?;
    doubles(&demands, node, sink);
    Some(Guardrail {
        slug: node.slug_key()?.value,
        why: node.text("why")?.value,
        waivable: node.text("waivable").is_some_and(|word| &*word.value == "yes"),
        active_from: match node.entry("enforce") {
            None => None,
            Some(enforce) => Some(enforce.date("active-from")?.value),
        },
        demands,
        at: node.head,
    })
}

fn demand(verb: Verb, node: &Node, names: &GuardrailNames<'_>, sink: &mut Sink) -> Option<Demand> {
    let (row, which) = path::look_up(node, names, sink)?;
    let test = bound::test(row, node, names, sink);
    let binds = match node.given("where") {
        None => Some(Binds::All),
        Some(given) => given.text().and_then(|text| law::binds(&text.value, node, &names.law, sink)),
    };
    Some(Demand { verb, path: node.name.clone(), test: test?, binds: binds?, row, which, at: node.head })
}

/// Two bounds of one kind over one path: the weaker says nothing.
fn doubles(demands: &[Demand], node: &Node, sink: &mut Sink) {
    for (at, later) in demands.iter().take(DEMANDS_MAX).enumerate() {
        let same = |earlier: &&Demand| {
            let one = (earlier.verb, &earlier.path, earlier.test.word(), &earlier.binds);
            one == (later.verb, &later.path, later.test.word(), &later.binds)
        };
        let Some(earlier) = demands.iter().take(at).find(same) else { continue };
        let word = later.test.word();
        Finding::new(DUPLICATE_DEFINITION, later.at, format!("`{}` has two bounds of `{word}`", later.path))
            .mark("again here")
            .also(earlier.at, "first here")
            .help("keep one of the two; of `one-of`, write every value in one block")
            .path(&node.path)
            .report(sink);
    }
}
