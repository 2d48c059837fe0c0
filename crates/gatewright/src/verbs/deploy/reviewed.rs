//! Reviewed: whether every change from what runs to what is pushed was reviewed, by the function that `review` uses.
//!
//! Invariant: the base is what runs, asked of the gate; never what somebody believes to run.
//! Invariant: a revision gives its rules only where it compiles to what runs.

use std::path::{Path, PathBuf};

use gatewright_bundle::BundleFile;
use gatewright_terms::Slug;
use wright_policy::Governance;

use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::runtime::{Runtime, Status};
use crate::verbs::bundle;
use crate::verbs::diff::folded::Folded;
use crate::verbs::diff::people;
use crate::verbs::diff::running;
use crate::verbs::diff::side::Side;
use crate::verbs::review::reviews::Reviews;
use crate::verbs::review::verdict::{PEOPLE_LOSING, Verdict};
use crate::verbs::review::{human, json};
use crate::verbs::snapshot::fetch;

/// What is to be held against the reviews.
pub(super) struct Asked<'a> {
    /// With its name.
    pub(super) head: (&'a str, &'a BundleFile),
    pub(super) reviews: &'a [PathBuf],
    pub(super) approvers: Option<&'a Path>,
    /// Whose manifest counts; `None`: the workspace as it lies there.
    pub(super) base: Option<&'a str>,
}

impl Asked<'_> {
    /// The verdict, where it is not open.
    pub(super) fn stopped(
        &self,
        runtime: &Runtime,
        running: &Status,
        context: &Context,
    ) -> Result<Option<Report>, Failure> {
        let (name, file) = self.head;
        let head = Side::of_file(name, file)?;
        let base = running::of(runtime, running)?;
        let workspace = governance(Side::of_workspace(context)?)?;
        let rules = self.base.map(|rev| rules_of(rev, running, context)).transpose()?;
        let rules = rules.as_ref().unwrap_or(&workspace);
        let reviews = Reviews::read(self.reviews, self.approvers, &rules.workspace)?;
        let mut folded = Folded::of(&base, &head);
        if rules.brakes.keys().any(|name| name.as_ref() == PEOPLE_LOSING) {
            people::count(&mut folded, (&base, &head), fetch(runtime)?.1)?;
        }
        let verdict = Verdict::of(&folded, (&base, rules), (&head, &workspace), &reviews);
        let verdict = verdict.strictly(&folded, &reviews);
        if verdict.is_open() {
            return Ok(None);
        }
        let body = if context.wants_json() {
            context::json(&json::report(&verdict, &base, &head))?
        } else {
            human::report(&verdict, &base, &head, context.style())
        };
        Ok(Some(Report::new(body, Exit::Gate)))
    }
}

fn rules_of(rev: &str, running: &Status, context: &Context) -> Result<Governance, Failure> {
    let side = Side::named(rev, context)?;
    let environment = Slug::parse(&running.environment).ok();
    let half = environment.and_then(|name| side.environments.get(&name));
    if half.and_then(|half| half.digest).is_none_or(|digest| bundle::digest(digest) != running.digest) {
        let shown = crate::style::plain(rev);
        return Err(Failure::gate(format!("`{shown}` is not what `{}` runs", running.environment))
            .topic("GW1408")
            .help("name the revision that was deployed last; compiled with this version, it must give the digest that runs")
            .help(format!("runs: {}", running.digest)));
    }
    governance(side)
}

fn governance(side: Side) -> Result<Governance, Failure> {
    let name = crate::style::plain(&side.name);
    let rules = side.rules.ok_or_else(|| {
        Failure::usage(format!("`{name}` is a bundle, which has no manifest")).help("--base names a git revision")
    })?;
    Ok(rules.governance)
}
