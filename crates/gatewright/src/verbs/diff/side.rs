//! Side: one of the two things that are compared, as the programs that it means.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gatewright_bundle::program::Program;
use gatewright_bundle::{BundleFile, Digest};
use gatewright_terms::{OrgId, Slug};
use wright::diff::Rules;
use wright::{Compiled, Outcome, digest, judge};
use wright_policy::{MANIFEST, Origin, Provenance, presets_folder};
use wright_syntax::diagnostic::Severity;
use wright_syntax::source::Source;

use crate::context::Context;
use crate::failure::Failure;
use crate::git::Commit;
use crate::state::State;
use crate::verbs::{bundle, check};

/// A comparable state of a policy.
pub(crate) struct Side {
    /// As the caller named it.
    pub(crate) name: String,
    /// Of a revision.
    pub(crate) commit: Option<String>,
    pub(crate) environments: BTreeMap<Slug, Half>,
    /// What no program holds. `None`: a bundle, which says nothing of it.
    pub(crate) rules: Option<Rules>,
    /// How many organisations it has, compiled or not.
    pub(crate) orgs_total: usize,
    /// Where a part was compiled, what all organisations of both sides are called; nothing changes for those of the others.
    pub(crate) names: BTreeSet<String>,
    /// Sorted by path.
    sources: Vec<Source>,
    /// The folder of presets.
    presets: Option<String>,
    is_bundle: bool,
}

/// What one environment enforces there.
pub(crate) struct Half {
    pub(crate) program: Program,
    /// `None`: a part of the organisations was compiled, and a bundle holds all.
    pub(crate) digest: Option<Digest>,
    provenance: Option<Provenance>,
}

/// Where a line is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: u32,
    /// Of the first letter of the line, from 1.
    pub(crate) column: u32,
}

/// What was named, before anything of it is compiled.
pub(crate) enum Named {
    Side(Box<Side>),
    /// With what the caller calls it.
    State(String, State),
}

impl Named {
    /// A revision, or a bundle file. What could be both is refused: a file of a pull request must not stand for `main`.
    pub(crate) fn of(name: &str, context: &Context) -> Result<Self, Failure> {
        let is_path = ["/", "./", "../"].iter().any(|start| name.starts_with(start));
        let is_file = Path::new(name).is_file();
        if is_file && is_path {
            return Ok(Self::Side(Side::of_bundle(name)?.into()));
        }
        let workspace = context.workspace(None);
        let known = workspace.as_ref().is_ok_and(|workspace| Commit::knows(&workspace.place(""), name));
        if is_file && known {
            let shown = crate::style::plain(name);
            return Err(Failure::usage(format!("`{shown}` is a file and a revision"))
                .help(format!("write `./{shown}` for the file, `refs/heads/{shown}` for a branch")));
        }
        if is_file {
            return Ok(Self::Side(Side::of_bundle(name)?.into()));
        }
        let commit = Commit::read(&workspace?.place(""), name)?;
        Ok(Self::State(name.to_owned(), State::Commit(commit)))
    }

    /// The workspace as it lies there.
    pub(crate) fn of_workspace(context: &Context) -> Result<Self, Failure> {
        Ok(Self::State("working tree".to_owned(), State::of_folder(&context.workspace(None)?)?))
    }

    /// All of it, compiled.
    pub(crate) fn side(self, context: &Context) -> Result<Side, Failure> {
        match self {
            Self::Side(side) => Ok(*side),
            Self::State(name, state) => {
                let outcome = judge(state.whole()?.into_owned(), check::threads(), context.as_of());
                Side::of_outcome(&name, &state, outcome)
            }
        }
    }
}

impl Side {
    pub(crate) fn named(name: &str, context: &Context) -> Result<Self, Failure> {
        Named::of(name, context)?.side(context)
    }

    /// Where the lines of an environment stand, if this is what the bundle of that digest was compiled from.
    pub(crate) fn provenance_of(self, environment: &Slug, bundle: &str) -> Option<Provenance> {
        let half = self.environments.into_iter().find(|(name, _)| name == environment)?.1;
        half.provenance.filter(|_| half.digest.is_some_and(|digest| bundle::digest(digest) == bundle))
    }

    /// The workspace as it lies there.
    pub(crate) fn of_workspace(context: &Context) -> Result<Self, Failure> {
        Named::of_workspace(context)?.side(context)
    }

    fn of_bundle(name: &str) -> Result<Self, Failure> {
        Self::of_file(name, &bundle::read(Path::new(name))?)
    }

    /// A bundle that was read; `name` says where.
    pub(crate) fn of_file(name: &str, file: &BundleFile) -> Result<Self, Failure> {
        let program = bundle::decode(Path::new(name), file)?;
        let environment = program.environment.name.clone();
        let orgs_total = program.orgs.len();
        let half = Half { program, digest: Some(file.digest()), provenance: None };
        Ok(Self {
            name: name.to_owned(),
            commit: None,
            environments: BTreeMap::from([(environment, half)]),
            rules: None,
            orgs_total,
            names: BTreeSet::new(),
            sources: Vec::new(),
            presets: None,
            is_bundle: true,
        })
    }

    /// What was found in a state, of a part of it too.
    pub(super) fn of_outcome(name: &str, state: &State, outcome: Outcome) -> Result<Self, Failure> {
        check::refuse_unreadable(&outcome.unreadable)?;
        if outcome.programs.is_empty() {
            return Err(does_not_compile(name, &outcome));
        }
        let (sources, is_part) = (outcome.printable, outcome.workspace.is_part());
        let rules = Rules { governance: outcome.governance, laws: outcome.laws, suites: outcome.suites };
        let half = |compiled: Compiled| Half {
            digest: (!is_part).then(|| digest(&compiled.program)),
            program: compiled.program.into_inner(),
            provenance: Some(compiled.provenance),
        };
        let environments = outcome.programs.into_iter().map(|(name, compiled)| (name, half(compiled))).collect();
        let manifest = sources.iter().find(|source| &*source.path == MANIFEST);
        let presets = manifest.and_then(|manifest| presets_folder(manifest.text.as_bytes()));
        Ok(Self {
            name: name.to_owned(),
            commit: state.commit().map(str::to_owned),
            environments,
            rules: Some(rules),
            orgs_total: outcome.orgs.len(),
            names: BTreeSet::new(),
            sources,
            presets,
            is_bundle: false,
        })
    }

    /// Whether a file is one of the folder of presets.
    pub(crate) fn is_preset(&self, file: &str) -> bool {
        self.presets.as_ref().and_then(|folder| file.strip_prefix(&**folder)).is_some_and(|rest| rest.starts_with('/'))
    }

    pub(crate) fn text_of(&self, file: &str) -> Option<&str> {
        self.source(file).map(|source| &*source.text)
    }

    /// Of the file that an organisation is written in.
    pub(crate) fn org_text(&self, environment: &Slug, org: &OrgId) -> Option<&str> {
        let provenance = self.environments.get(environment)?.provenance.as_ref()?;
        self.text_of(&provenance.of(&format!("org[{org}]"))?.file)
    }

    fn source(&self, file: &str) -> Option<&Source> {
        let at = self.sources.binary_search_by(|source| (*source.path).cmp(file)).ok()?;
        self.sources.get(at)
    }

    /// The organisations of an environment that take something from a file.
    pub(crate) fn users_of(&self, environment: &Slug, file: &str) -> BTreeSet<OrgId> {
        let provenance = self.environments.get(environment).and_then(|half| half.provenance.as_ref());
        let origins = provenance.into_iter().flat_map(|provenance| &provenance.origins);
        let org_of = |origin: &Origin| origin.path.strip_prefix("org[")?.split_once(']').map(|(org, _)| org.to_owned());
        let users = origins.filter(|origin| *origin.file == *file).filter_map(org_of);
        users.filter_map(|org| OrgId::parse(&org).ok()).collect()
    }

    /// Of every environment.
    pub(crate) fn orgs(&self) -> BTreeSet<&OrgId> {
        self.environments.values().flat_map(|half| &half.program.orgs).map(|org| &org.id).collect()
    }

    pub(crate) fn has(&self, environment: &Slug) -> bool {
        self.environments.contains_key(environment)
    }

    /// Whether it is one environment alone.
    pub(crate) const fn is_bundle(&self) -> bool {
        self.is_bundle
    }

    /// Where a path of a change, or what holds it, is written.
    pub(crate) fn place(&self, environment: &Slug, path: &str) -> Option<Place> {
        let provenance = self.environments.get(environment)?.provenance.as_ref()?;
        let origin = nearest(provenance, path)?;
        let line = origin.line;
        let text = self.source(&origin.file)?.text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
        let indent = text.chars().take_while(|letter| letter.is_whitespace()).count();
        Some(Place { file: origin.file.to_string(), line, column: u32::try_from(indent).ok()?.saturating_add(1) })
    }
}

/// The origin of the path itself, else of what it stands in.
pub(crate) fn nearest<'p>(provenance: &'p Provenance, path: &str) -> Option<&'p Origin> {
    let mut path = path;
    loop {
        match provenance.of(path) {
            Some(origin) if origin.line > 0 => return Some(origin),
            Some(_) | None => path = holder(path)?,
        }
    }
}

/// `org[a].session.idle` stands in `org[a].session`, and that in `org[a]`. Keys may hold dots.
fn holder(path: &str) -> Option<&str> {
    let mut depth = 0_u32;
    for (at, letter) in path.char_indices().rev() {
        match letter {
            ']' => depth += 1,
            '[' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => return path.get(..at),
            _ => {}
        }
    }
    None
}

fn does_not_compile(name: &str, outcome: &Outcome) -> Failure {
    let errors = outcome.diagnostics.iter().filter(|found| found.code.severity <= Severity::Deny).count();
    let shown = crate::style::plain(name);
    let failure = Failure::policy(match errors {
        0 => format!("`{shown}` has no environment to compare"),
        1 => format!("`{shown}` does not compile: it has 1 error"),
        errors => format!("`{shown}` does not compile: it has {errors} errors"),
    });
    failure.help("gatewright check    says what is wrong, in a checkout of it")
}

#[cfg(test)]
mod tests {
    use super::holder;

    #[test]
    fn a_path_stands_in_the_one_before_its_last_dot_outside_of_keys() {
        assert_eq!(holder("org[a].owner[j@a.example].address"), Some("org[a].owner[j@a.example]"));
        assert_eq!(holder("org[a].owner[j@a.example]"), Some("org[a]"));
        assert_eq!(holder("org[a]"), None);
    }
}
