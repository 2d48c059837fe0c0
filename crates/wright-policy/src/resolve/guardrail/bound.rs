//! Bound: the one test of a line, with its value as the type of the path.

use std::collections::BTreeSet;
use std::sync::Arc;

use gatewright_bundle::program::Scope;
use wright_syntax::diagnostic::Sink;
use wright_syntax::tree::{self, Spanned};

use super::GuardrailNames;
use crate::codes::{FIELD_OF_OTHER_KIND, MISSING_FIELD};
use crate::finding::{Finding, listed};
use crate::kind::{self, Kind};
use crate::paths::{PathRow, Value};
use crate::policy::Test;
use crate::shape::{Given, Node};

const TESTS: [&str; 5] = ["at-most", "at-least", "equals", "one-of", "count-at-least"];

/// `None` where it was reported.
pub(super) fn test(row: &PathRow, node: &Node, names: &GuardrailNames<'_>, sink: &mut Sink) -> Option<Test> {
    let word = only_test(row, node, sink)?;
    let one = |sink: &mut Sink| value(row, node.given(word)?, node, names, sink);
    match word {
        "at-most" => one(sink).map(Test::AtMost),
        "at-least" => one(sink).map(Test::AtLeast),
        "equals" => one(sink).map(Test::Equals),
        "count-at-least" => node.integer(word).map(|count| Test::CountAtLeast(count.value)),
        _ => {
            let values: Vec<Option<Value>> = node.all(word).map(|given| value(row, given, node, names, sink)).collect();
            values.into_iter().collect::<Option<BTreeSet<_>>>().map(Test::OneOf)
        }
    }
}

/// Exactly one stands there, and it fits the path.
fn only_test(row: &PathRow, node: &Node, sink: &mut Sink) -> Option<&'static str> {
    let given: Vec<&'static str> = TESTS.into_iter().filter(|word| node.given(word).is_some()).collect();
    let Some((word, more)) = given.split_first() else {
        if !node.incomplete {
            Finding::new(MISSING_FIELD, node.head, format!("nothing is said about `{}`", row.path))
                .mark("has no test")
                .help(format!("{} can stand here", listed(fitting(row))))
                .path(&node.path)
                .report(sink);
        }
        return None;
    };
    for second in more {
        let Some(given) = node.given(second) else { continue };
        Finding::new(FIELD_OF_OTHER_KIND, given.value.span, format!("`{second}` stands beside `{word}`"))
            .mark("a second test")
            .help("one line says one thing: write a line for each")
            .path(&node.path)
            .report(sink);
    }
    if !more.is_empty() {
        return None;
    }
    if fitting(row).contains(word) {
        return Some(word);
    }
    let at = node.given(word)?.value.span;
    let set = if row.is_set { "a set, each " } else { "" };
    let is = format!("`{word}` does not fit `{}`, which is {set}{}", row.path, row.kind().noun());
    Finding::new(FIELD_OF_OTHER_KIND, at, is)
        .mark("means nothing here")
        .help(format!("{} can stand here", listed(fitting(row))))
        .path(&node.path)
        .report(sink);
    None
}

fn fitting(row: &PathRow) -> Vec<&'static str> {
    let is_measure = matches!(row.kind(), Kind::Duration { .. } | Kind::Integer { .. });
    let mut words = if is_measure { vec!["at-most", "at-least", "equals"] } else { vec!["equals", "one-of"] };
    words.extend(row.is_set.then_some("count-at-least"));
    words
}

fn value(row: &PathRow, given: &Given, node: &Node, names: &GuardrailNames<'_>, sink: &mut Sink) -> Option<Value> {
    if let (Kind::Reference(what), Some(text)) = (row.kind(), given.text()) {
        return reference(what, &text, node, names, sink);
    }
    let written = match (given.text(), given.integer()) {
        (Some(text), _) => tree::Value::Text(text.value),
        (None, number) => tree::Value::Integer(i64::from(number?.value)),
    };
    let written = Spanned { value: written, span: given.value.span };
    Value::of(&kind::read(row.kind(), given.field.word, &written, &node.path, sink))
}

/// A name that something has.
fn reference(
    what: &str,
    name: &Spanned<Arc<str>>,
    node: &Node,
    names: &GuardrailNames<'_>,
    sink: &mut Sink,
) -> Option<Value> {
    let catalogue = names.law.catalogue;
    let found = match what {
        "plan" => catalogue.plans.find(name, &node.path, sink),
        "permission" => catalogue.permissions.find(name, &node.path, sink),
        "provider" => names.providers.find(name, &node.path, sink),
        "shared-client" => names.clients.find(name, &node.path, sink),
        "project" => names.law.projects.find(name, &node.path, sink),
        _ => catalogue.role(Scope::Project, name, "the default role of a project is one", &node.path, sink),
    };
    found.map(|_| Value::Word(name.value.clone()))
}
