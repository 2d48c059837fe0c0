//! Choose: the environment and the organisation that a command names, or the only ones there are.

use gatewright_bundle::program::{Org, Program};
use gatewright_terms::{OrgId, Slug};
use wright::Outcome;

use crate::failure::Failure;
use crate::style::plain;

/// The one that is named; else the only one, else `production`.
pub(crate) fn environment<'o>(wanted: Option<&Slug>, outcome: &'o Outcome) -> Result<&'o Slug, Failure> {
    let known = &outcome.environments;
    let named = |name: &str| known.iter().find(|known| known.as_str() == name);
    let found = match (wanted, known.as_slice()) {
        (Some(wanted), _) => named(wanted.as_str()),
        (None, [only]) => Some(only),
        (None, _) => named("production"),
    };
    let listed: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    found.ok_or_else(|| {
        let failure = match wanted {
            Some(wanted) => Failure::usage(format!("the workspace has no environment `{wanted}`")),
            None => Failure::usage("the workspace has several environments: name one with --environment"),
        };
        if listed.is_empty() { failure } else { failure.help(format!("it has {}", listed.join(", "))) }
    })
}

pub(crate) fn org<'p>(wanted: &str, program: &'p Program) -> Result<&'p Org, Failure> {
    let found = program.orgs.iter().find(|org| org.id.as_str() == wanted);
    found.ok_or_else(|| {
        let failure = Failure::usage(format!("the workspace has no organisation `{}`", plain(wanted)));
        match OrgId::parse(wanted) {
            Err(error) if error.suggestion.is_some() => failure.help("small letters, digits and hyphens"),
            Err(_) | Ok(_) => failure,
        }
    })
}
