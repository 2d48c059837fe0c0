//! Sarif: findings as SARIF 2.1.0, which code scanning reads.
//!
//! Source: OASIS, Static Analysis Results Interchange Format 2.1.0; GitHub's limits for what it takes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use wright_syntax::diagnostic::{Code, Severity};

use super::Findings;
use crate::context;
use crate::failure::Failure;
use crate::located::{Located, Range};

/// GitHub takes no more of one run.
const RESULTS_MAX: usize = 5_000;

/// The first of them, which are the worst; how many there are stands in the run's properties.
pub(crate) fn sarif(findings: &Findings<'_>) -> Result<String, Failure> {
    let all = findings.located();
    let shown = all.get(..RESULTS_MAX).unwrap_or(&all);
    let rules: BTreeMap<u16, Code> =
        shown.iter().map(|located| (located.found.code.number, located.found.code)).collect();
    let indices: BTreeMap<u16, usize> = rules.keys().enumerate().map(|(index, number)| (*number, index)).collect();
    context::json(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "gatewright",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.values().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": shown.iter().map(|located| result(located, &indices)).collect::<Vec<_>>(),
            "properties": {"findings": all.len()},
        }],
    }))
}

fn rule(code: &Code) -> Value {
    let id = format!("GW{:04}", code.number);
    let page = wright::page(code.number).map(|page| page.text).unwrap_or_default();
    let title = page.lines().next().and_then(|line| line.split_once(": ")).map_or(code.slug, |(_, title)| title);
    json!({
        "id": id,
        "name": code.slug,
        "shortDescription": {"text": title},
        "help": {"text": format!("gatewright explain {id}"), "markdown": page},
        "defaultConfiguration": {"level": level(code.severity)},
    })
}

fn result(located: &Located<'_>, indices: &BTreeMap<u16, usize>) -> Value {
    let found = located.found;
    let help = found.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
    let related = located
        .related
        .iter()
        .map(|(at, text)| json!({"physicalLocation": place(at), "message": {"text": plain_text(text)}}));
    json!({
        "ruleId": located.code(),
        "ruleIndex": indices.get(&found.code.number),
        "level": level(found.code.severity),
        "message": {"text": plain_text(&format!("{}{help}", found.message))},
        "locations": [{"physicalLocation": place(&located.at), "logicalLocations": [{"fullyQualifiedName": &*found.path}]}],
        "relatedLocations": related.collect::<Vec<_>>(),
        "partialFingerprints": {"gatewright/v1": located.fingerprint},
    })
}

/// SARIF 2.1.0, section 3.11: brackets would be a link, braces a placeholder.
fn plain_text(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            '\\' | '[' | ']' => plain.extend(['\\', letter]),
            '{' | '}' => plain.extend([letter, letter]),
            other => plain.push(other),
        }
    }
    plain
}

fn place(at: &Range) -> Value {
    json!({
        "artifactLocation": {"uri": uri(at.file.as_deref().unwrap_or_default()), "uriBaseId": "%SRCROOT%"},
        "region": {
            "startLine": at.start.line, "startColumn": at.start.column,
            "endLine": at.end.line, "endColumn": at.end.column,
        },
    })
}

/// A relative reference (RFC 3986, section 4.2).
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            other => {
                // Writing to a string does not fail.
                let _ = write!(uri, "%{other:02X}");
            }
        }
    }
    uri
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error | Severity::Deny => "error",
        Severity::Warn => "warning",
        Severity::Info => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_reference_whatever_its_name() {
        assert_eq!(uri("orgs/a b#?%.kdl"), "orgs/a%20b%23%3F%25.kdl");
    }

    #[test]
    fn an_author_writes_no_link_and_no_placeholder() {
        assert_eq!(plain_text("[x](https://a) {0} \\"), "\\[x\\](https://a) {{0}} \\\\");
    }
}
