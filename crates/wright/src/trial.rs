//! Trial: policy tests and laws, put to the evaluator that the gate runs, for every environment.
//!
//! Takes a compilation; gives one [`Trial`] for each case and each law, with what is wrong where something is.
//!
//! Invariant: a law is proved over all identities, never sampled; only [`lawful`] makes a [`Lawful`], which `encode` takes.
//! Invariant: a trial that passes says nothing; one that does not says why, at its own line and at those that cause it.

mod case;
mod coverage;
mod folded;
mod law;
mod prove;
mod reasons;

use std::sync::Arc;

use gatewright_terms::{OrgId, Slug};
use wright_policy::{Page, Place};
use wright_syntax::diagnostic::{Code, Diagnostic, Severity};

pub use coverage::{Coverage, Line, coverage};
pub use prove::{Proof, Witness, prove};

use crate::compile::{Compiled, Outcome};

pub const TEST_FAILED: Code = Code { number: 1301, slug: "test-failed", severity: Severity::Error };
pub const UNTESTED_GRANT: Code = Code { number: 1304, slug: "untested-grant", severity: Severity::Warn };
pub const LAW_BROKEN: Code = Code { number: 1412, slug: "law-broken", severity: Severity::Error };
pub const LAW_VACUOUS: Code = Code { number: 1413, slug: "law-vacuous", severity: Severity::Warn };

/// What `gatewright explain` says of each.
pub(crate) const PAGES: [(Code, &str); 4] = [
    (TEST_FAILED, include_str!("trial/pages/GW1301.md")),
    (UNTESTED_GRANT, include_str!("trial/pages/GW1304.md")),
    (LAW_BROKEN, include_str!("trial/pages/GW1412.md")),
    (LAW_VACUOUS, include_str!("trial/pages/GW1413.md")),
];

pub(crate) fn page((code, text): &(Code, &str)) -> Page {
    Page { name: format!("GW{:04}", code.number), title: code.slug.to_owned(), text: (*text).to_owned() }
}

/// One case or one law, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    pub kind: Kind,
    /// `None`: a law of the platform.
    pub suite: Option<Arc<str>>,
    /// The organisation of the suite.
    pub org: Option<OrgId>,
    pub title: Arc<str>,
    pub place: Place,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Case,
    Law,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    /// Nobody whom the law speaks of can get in.
    Vacuous(Diagnostic),
    Failed {
        findings: Vec<Diagnostic>,
        /// Of a law: the smallest identity that breaks it.
        witness: Option<Witness>,
    },
}

impl Trial {
    pub const fn failed(&self) -> bool {
        matches!(self.verdict, Verdict::Failed { .. })
    }

    pub fn findings(&self) -> &[Diagnostic] {
        match &self.verdict {
            Verdict::Passed => &[],
            Verdict::Vacuous(finding) => std::slice::from_ref(finding),
            Verdict::Failed { findings, .. } => findings,
        }
    }
}

/// The cases and laws of every suite, in the order of the files, after the laws of the platform.
pub fn trials(outcome: &Outcome) -> Vec<Trial> {
    let mut all: Vec<Trial> = outcome.laws.iter().map(|law| law::trial(law, None, outcome)).collect();
    for suite in &outcome.suites {
        all.extend(suite.cases.iter().map(|case| case::trial(case, suite, outcome)));
        all.extend(suite.laws.iter().map(|law| law::trial(law, Some(suite), outcome)));
    }
    all
}

/// A compiled environment of a policy that keeps all its laws.
#[derive(Debug, Clone, Copy)]
pub struct Lawful<'a>(&'a Compiled);

impl std::ops::Deref for Lawful<'_> {
    type Target = Compiled;

    fn deref(&self) -> &Compiled {
        self.0
    }
}

/// Proves every law, the suites' too, in every environment. `Ok(None)`: there is no program for this environment.
pub fn lawful<'a>(outcome: &'a Outcome, environment: &Slug) -> Result<Option<Lawful<'a>>, Vec<Trial>> {
    let of_platform = outcome.laws.iter().map(|law| law::trial(law, None, outcome));
    let of_suites =
        outcome.suites.iter().flat_map(|suite| suite.laws.iter().map(move |law| law::trial(law, Some(suite), outcome)));
    let broken: Vec<Trial> = of_platform.chain(of_suites).filter(Trial::failed).collect();
    if broken.is_empty() { Ok(outcome.programs.get(environment).map(Lawful)) } else { Err(broken) }
}
