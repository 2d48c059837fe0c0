//! Compile: the stages in their order, from a world to proven programs.
//!
//! Invariant: a compilation never fails. It gives every finding, and programs where nothing stands against them.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use gatewright_bundle::program::Program;
use gatewright_terms::{OrgId, Slug, Timestamp};
use wright_policy::{
    Claims, Governance, Law, MetadataPlace, Policy, Provenance, Suite, Valid, Workspace, check, claims, lower, read,
    resolve, secrets, shape,
};
use wright_syntax::diagnostic::{Diagnostic, Sink};
use wright_syntax::source::Source;

use crate::gather::gather;
use crate::proven::{Lockout, Proven, prove};
use crate::world::{Unreadable, World};
use crate::{lockout, mask};

/// Everything that came of a compilation.
#[derive(Debug)]
pub struct Outcome {
    /// The files, sorted by path; spans point into them.
    pub workspace: Workspace,
    /// The same files as reports may print them: what looks like a secret is masked, and every offset is the same.
    pub printable: Vec<Source>,
    /// Sorted by place and code. None of them repeats what looks like a secret.
    pub diagnostics: Vec<Diagnostic>,
    /// What the system did not give us. Where anything stands here, nothing was judged.
    pub unreadable: Vec<Unreadable>,
    /// Every environment that was understood, sorted, whether or not a program came of it.
    pub environments: Vec<Slug>,
    /// Every organisation that was understood, sorted.
    pub orgs: Vec<OrgId>,
    /// The SAML connections that were understood, each with the file of its metadata, whether or not it is there.
    pub metadata: Vec<MetadataPlace>,
    /// What the organisations of a part claim of what there is once; empty where everything was judged.
    pub claims: Claims,
    /// The laws of the platform, where a program came of it.
    pub laws: Vec<Law>,
    /// The policy tests, where a program came of it.
    pub suites: Vec<Suite>,
    /// The folder of each organisation that names a team, with the team, where a program came of it.
    pub teams: Vec<(String, Arc<str>)>,
    /// What the workspace says about its own changes, where a program came of it.
    pub governance: Governance,
    /// One for each environment, or none at all.
    pub programs: BTreeMap<Slug, Compiled>,
}

/// What one environment enforces, proven, and where each part of it was written.
#[derive(Debug, Clone)]
pub struct Compiled {
    pub program: Proven<Program>,
    pub provenance: Provenance,
}

/// Reads, checks, lowers and proves a workspace. `threads` is the most that work at once; it changes nothing
/// else. `as_of`
/// decides which findings about ends are raised; it never reaches the bytes.
pub fn compile(world: &dyn World, threads: NonZeroUsize, as_of: Timestamp) -> Outcome {
    match gather(world, threads) {
        Ok(workspace) => judge(workspace, threads, as_of),
        Err(unreadable) => Outcome { unreadable, ..Outcome::empty(Workspace::new([], [])) },
    }
}

impl Outcome {
    fn empty(workspace: Workspace) -> Self {
        Self {
            workspace,
            printable: Vec::new(),
            diagnostics: Vec::new(),
            unreadable: Vec::new(),
            environments: Vec::new(),
            orgs: Vec::new(),
            metadata: Vec::new(),
            claims: Claims::default(),
            laws: Vec::new(),
            suites: Vec::new(),
            teams: Vec::new(),
            governance: Governance::default(),
            programs: BTreeMap::new(),
        }
    }
}

/// What [`compile`] does with a workspace that was read before. Of a part of one everything is found that is found of the
/// whole, but what the organisations that are there and the others say against each other.
pub fn judge(workspace: Workspace, threads: NonZeroUsize, as_of: Timestamp) -> Outcome {
    let mut sink = Sink::default();
    let trees = read(&workspace, &mut sink);
    let draft = shape(trees, &mut sink);
    let policy = resolve(draft, &mut sink);
    let (environments, orgs) = (policy.environments(), policy.orgs());
    let (secrets, metadata) = (secrets(&policy).to_vec(), policy.metadata_places());
    let mut outcome = Outcome::empty(workspace);
    if outcome.workspace.is_part() {
        outcome.claims = claims(&policy);
    }
    if let Some(valid) = check(policy, as_of, &mut sink) {
        outcome.programs = analyse(&valid, &environments, threads, &outcome.workspace, &mut sink);
        outcome.laws = valid.laws().to_vec();
        outcome.suites = valid.suites().to_vec();
        outcome.teams = valid.teams();
        outcome.governance = valid.governance().clone();
    }
    let mut diagnostics = sink.into_sorted();
    mask::findings(&mut diagnostics, &secrets);
    let printable = mask::sources(outcome.workspace.sources(), &secrets);
    Outcome { printable, diagnostics, environments, orgs, metadata, ..outcome }
}

/// Lowers every environment and proves it. One lockout anywhere, and nothing is compiled.
fn analyse(
    policy: &Valid<Policy>,
    environments: &[Slug],
    threads: NonZeroUsize,
    workspace: &Workspace,
    sink: &mut Sink,
) -> BTreeMap<Slug, Compiled> {
    let (mut programs, mut is_proven) = (BTreeMap::new(), true);
    for (environment, proved) in environments.iter().zip(proved(policy, environments, threads)) {
        let Some((proved, provenance)) = proved else { continue };
        match proved {
            Ok(program) => drop(programs.insert(environment.clone(), Compiled { program, provenance })),
            Err(lockouts) => {
                is_proven = false;
                for found in lockout::report(&lockouts, &provenance, workspace) {
                    sink.report(found);
                }
            }
        }
    }
    if is_proven { programs } else { BTreeMap::new() }
}

type Proved = (Result<Proven<Program>, Vec<Lockout>>, Provenance);

/// Each environment on its own, in their order, as many at once as there may be threads.
fn proved(policy: &Valid<Policy>, environments: &[Slug], threads: NonZeroUsize) -> Vec<Option<Proved>> {
    let one = |environment: &Slug| lower(policy, environment).map(|(program, origins)| (prove(program), origins));
    let some = |some: &[Slug]| -> Vec<Option<Proved>> {
        thread::scope(|scope| {
            let begun: Vec<_> = some.iter().skip(1).map(|environment| scope.spawn(move || one(environment))).collect();
            let first = some.first().map(one);
            let rest = begun.into_iter().map(|it| it.join().unwrap_or_else(|panic| resume_unwind(panic)));
            first.into_iter().chain(rest).collect()
        })
    };
    environments.chunks(threads.get()).flat_map(some).collect()
}
