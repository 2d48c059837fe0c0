//! Leavers: how long somebody keeps access whom the identity provider has deactivated, step by step.

use std::fmt::Write as _;

use gatewright_bundle::program::Org;
use serde_json::{Value, json};
use wright::{Compiled, Step, leaving};
use wright_policy::{Origin, spell};

use super::place;
use crate::style::{Style, plain};
use crate::verbs::diff::side::nearest;

/// What a terminal shows below the lines.
pub(super) fn human(compiled: &Compiled, org: &Org, origins: bool, style: Style) -> String {
    let leaving = leaving(org);
    let bound = style.bold(spell(leaving.bound.0));
    let mut text = format!(
        "\nWho is deactivated at the identity provider keeps access for up to {bound} from the last sign-in:\n"
    );
    for step in &leaving.steps {
        let lasts = step.lasts.map(|lasts| format!("  {}", style.bold(spell(lasts.0)))).unwrap_or_default();
        let (found, exact) = origin(compiled, step);
        let written = found.filter(|_| origins).map(|origin| format!("  {}", place(origin, exact)));
        let written = style.dim(plain(&written.unwrap_or_default()));
        let (part, what, why) = (step.part.word(), plain(&step.what), plain(&step.why));
        let _ = writeln!(text, "  {part:<7}  {what}{lasts}  {why}{written}");
    }
    text
}

/// The same by kind of credential: there is one.
pub(super) fn json(compiled: &Compiled, org: &Org) -> Value {
    let leaving = leaving(org);
    let steps: Vec<Value> = leaving.steps.iter().map(|step| row(compiled, step)).collect();
    json!({"session": {"seconds": leaving.bound.0, "steps": steps}})
}

fn row(compiled: &Compiled, step: &Step) -> Value {
    let written = origin(compiled, step).0.filter(|origin| origin.line > 0);
    json!({
        "step": step.what,
        "part": step.part.word(),
        "seconds": step.lasts.map(|lasts| lasts.0),
        "why": step.why,
        "file": written.map(|origin| &*origin.file),
        "line": written.map(|origin| origin.line),
    })
}

/// Where the line of a step is written, and whether it is the line's own place.
fn origin<'a>(compiled: &'a Compiled, step: &Step) -> (Option<&'a Origin>, bool) {
    let Some(path) = &step.path else { return (None, false) };
    let own = compiled.provenance.of(path);
    (own.or_else(|| nearest(&compiled.provenance, path)), own.is_some())
}
