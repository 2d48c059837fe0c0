//! Law: one law in every organisation that it binds and every environment, and what to say of it.

use std::sync::Arc;

use gatewright_bundle::program::Grantee;
use gatewright_terms::{GroupName, OrgId, Slug, Trait};
use wright_policy::{Law, Suite};
use wright_syntax::diagnostic::Diagnostic;

use super::prove::{Proof, Witness, prove};
use super::{Kind, LAW_BROKEN, LAW_VACUOUS, Trial, Verdict, folded, reasons};
use crate::compile::{Compiled, Outcome};

pub(super) fn trial(law: &Law, suite: Option<&Suite>, outcome: &Outcome) -> Trial {
    let org = suite.map(|suite| suite.org.clone());
    let all: Vec<(&Slug, &Compiled, Tally)> =
        outcome.programs.iter().map(|(name, compiled)| (name, compiled, tally(law, compiled))).collect();
    let broken: Vec<&Slug> =
        all.iter().filter(|(_, _, tally)| tally.witness.is_some()).map(|(name, ..)| *name).collect();
    let first = all.iter().find_map(|(_, compiled, tally)| Some((*compiled, tally, tally.witness.as_ref()?)));
    let verdict = match first {
        Some((compiled, tally, witness)) => {
            let finding = says_broken(law, compiled, tally, witness, outcome);
            let findings = vec![folded::in_environments(finding, &broken, all.len())];
            Verdict::Failed { findings, witness: Some(witness.clone()) }
        }
        None if all.iter().all(|(_, _, tally)| tally.applies == 0) => {
            Verdict::Vacuous(says_vacuous(law, &all, org.as_ref()))
        }
        None => match unnamed(law, outcome) {
            Some(group) => Verdict::Vacuous(says_unnamed(law, &group, org.as_ref())),
            None => Verdict::Passed,
        },
    };
    Trial {
        kind: Kind::Law,
        suite: suite.map(|suite| suite.title.clone()),
        org,
        title: law.title.clone(),
        place: law.place.clone(),
        verdict,
    }
}

/// A group of the law that no line of the organisations that it binds names.
fn unnamed(law: &Law, outcome: &Outcome) -> Option<GroupName> {
    let bound = || {
        let orgs = outcome.programs.values().flat_map(|compiled| &compiled.program.orgs);
        orgs.filter(|org| reasons::binds(&law.binds, org))
    };
    let is_named = |group: &GroupName| {
        bound().any(|org| {
            let is_it =
                |to: &Grantee| matches!(to, Grantee::Having { what: Trait::Group(named), .. } if named == group);
            org.grants.iter().any(|grant| is_it(&grant.to)) || org.blocked_groups.contains(group)
        })
    };
    law.anyone.iter().filter_map(|anyone| anyone.in_group.as_ref()).find(|group| !is_named(group)).cloned()
}

fn says_unnamed(law: &Law, group: &GroupName, org: Option<&OrgId>) -> Diagnostic {
    Diagnostic {
        code: LAW_VACUOUS,
        message: format!(
            "the law `{}` is about a group that no grant and no block names: `{}`",
            law.title,
            group.as_str()
        ),
        primary: (law.place.at, "holds, and perhaps by a misspelt name".to_owned()),
        related: Vec::new(),
        help: Some("is it spelled as it was meant? It will hold for whoever comes into its reach later".to_owned()),
        fix: None,
        path: law.place.path.clone(),
        org: org.map(|org| Arc::from(org.as_str())),
    }
}

/// What it comes to in one environment.
#[derive(Default)]
struct Tally {
    /// Organisations that it binds.
    bound: usize,
    /// Of these, where somebody whom it speaks of can get in.
    applies: usize,
    breaks: usize,
    /// Of the first organisation that breaks it.
    witness: Option<Witness>,
}

fn tally(law: &Law, compiled: &Compiled) -> Tally {
    let catalogue = Arc::new(compiled.program.catalogue.clone());
    let mut tally = Tally::default();
    for org in compiled.program.orgs.iter().filter(|org| reasons::binds(&law.binds, org)) {
        let org = gatewright_decide::PreparedOrg::new(Arc::clone(&catalogue), org.clone());
        tally.bound += 1;
        match prove(law, &org) {
            Proof::Holds => tally.applies += 1,
            Proof::Vacuous => {}
            Proof::Broken(witness) => {
                tally.applies += 1;
                tally.breaks += 1;
                tally.witness.get_or_insert(witness);
            }
        }
    }
    tally
}

fn says_broken(law: &Law, compiled: &Compiled, tally: &Tally, witness: &Witness, outcome: &Outcome) -> Diagnostic {
    let others = match tally.breaks.saturating_sub(1) {
        0 => String::new(),
        1 => " and 1 other organisation".to_owned(),
        more => format!(" and {more} other organisations"),
    };
    let verb = if others.is_empty() { "breaks" } else { "break" };
    let places = reasons::places(compiled, &outcome.workspace);
    Diagnostic {
        code: LAW_BROKEN,
        message: format!("`{}`{others} {verb} the law `{}`", witness.org, law.title),
        primary: (law.place.at, "does not hold".to_owned()),
        related: reasons::marks(witness.lines.iter().cloned(), "because of this line", &places),
        help: Some(format!("a witness: {} {}", who(witness), witness.holds)),
        fix: None,
        path: law.place.path.clone(),
        org: Some(Arc::from(witness.org.as_str())),
    }
}

/// `` `anyone@acme.com` in {`finance`}, through `okta`, ``.
fn who(witness: &Witness) -> String {
    let identity = &witness.identity;
    let groups: Vec<String> = identity.groups().map(|group| format!("`{group}`")).collect();
    let groups = if groups.is_empty() { "in no group".to_owned() } else { format!("in {}", groups.join(", ")) };
    let attributes: String = identity.attributes().map(|attribute| format!(" with `{attribute}`")).collect();
    let bound = if witness.bound_owner { "an owner who now comes as " } else { "" };
    format!("{bound}`{}` {groups}{attributes}, through `{}`,", identity.email, identity.connection)
}

fn says_vacuous(law: &Law, all: &[(&Slug, &Compiled, Tally)], org: Option<&OrgId>) -> Diagnostic {
    let bound = all.iter().map(|(_, _, tally)| tally.bound).max().unwrap_or_default();
    let why = if bound == 0 { "it binds no organisation" } else { "nobody whom it speaks of can get in" };
    Diagnostic {
        code: LAW_VACUOUS,
        message: format!("the law `{}` says nothing: {why}", law.title),
        primary: (law.place.at, "cannot be broken as things are".to_owned()),
        related: Vec::new(),
        help: Some("is it spelled as it was meant? It will hold for whoever comes into its reach later".to_owned()),
        fix: None,
        path: law.place.path.clone(),
        org: org.map(|org| Arc::from(org.as_str())),
    }
}
