//! Path: the path of a line, looked up in the table of paths, and its key among what has one.

use std::sync::Arc;

use wright_syntax::diagnostic::Sink;
use wright_syntax::suggest;
use wright_syntax::tree::Spanned;

use super::GuardrailNames;
use crate::codes::UNKNOWN_REFERENCE;
use crate::finding::{Finding, listed};
use crate::kind::Scalar;
use crate::paths::{PATHS, PathRow, Which, split};
use crate::shape::Node;

/// What a careful reader expects and this version of the language has no word for.
const LATER: &[(&str, &str)] = &[
    ("audit.retain", "this version of the language has no `audit`"),
    ("break-glass", "this version of the language has no `break-glass`"),
    ("revocation-bound.api-key", "this version of the language has no API keys"),
];

/// `None` where it means nothing; reported.
pub(super) fn look_up(node: &Node, names: &GuardrailNames<'_>, sink: &mut Sink) -> Option<(&'static PathRow, Which)> {
    let key = node.key.as_ref().filter(|key| !matches!(key.value, Scalar::Broken(_)))?;
    let reference = Spanned { value: node.name.clone(), span: key.span };
    let (pattern, key) = split(&reference.value);
    let Some(row) = PATHS.iter().find(|row| row.path == pattern) else {
        unknown(&reference, key, &node.path).report(sink);
        return None;
    };
    match key {
        None | Some("*") => Some((row, Which::All)),
        Some(name) => named(row, name, &reference, node, names, sink).map(|key| (row, Which::Named(key))),
    }
}

fn named(
    row: &PathRow,
    name: &str,
    reference: &Spanned<Arc<str>>,
    node: &Node,
    names: &GuardrailNames<'_>,
    sink: &mut Sink,
) -> Option<Arc<str>> {
    let known = match row.keyed_by() {
        Some("connection") => &names.connections,
        Some("project") => names.law.projects,
        Some(_) | None => &names.law.catalogue.permissions,
    };
    let name: Arc<str> = name.into();
    let key = Spanned { value: name.clone(), span: reference.span };
    let (before, after) = row.path.split_once('*').unwrap_or((row.path, ""));
    known.exists_within(&key, (before, after), &node.path, sink)?;
    Some(name)
}

fn unknown(reference: &Spanned<Arc<str>>, key: Option<&str>, place: &str) -> Finding {
    let path = &*reference.value;
    let finding = Finding::new(UNKNOWN_REFERENCE, reference.span, format!("there is no path `{path}`")).path(place);
    if let Some((_, why)) = LATER.iter().find(|(later, _)| *later == path) {
        return finding.mark("not yet").help(*why);
    }
    if path.starts_with("org[") {
        return finding.mark("begins too far outside").help(
            "a path begins inside the organisation, such as `session.absolute`; `where=\"org=acme\"` chooses one",
        );
    }
    let spelled: Vec<String> =
        PATHS.iter().map(|row| row.path.replacen("[*]", &format!("[{}]", key.unwrap_or("*")), 1)).collect();
    let near = suggest(path, spelled.iter().map(String::as_str));
    let first = path.split(['.', '[']).next().unwrap_or(path);
    let alike: Vec<&str> = PATHS.iter().map(|row| row.path).filter(|it| it.starts_with(first)).collect();
    let otherwise = if alike.is_empty() || first.is_empty() {
        "`gatewright explain guardrail` shows them all".to_owned()
    } else {
        format!("there are {}; `gatewright explain guardrail` shows them all", listed(alike))
    };
    finding.mark("leads nowhere").did_you_mean(near, true, otherwise)
}
