//! Pages: the generated ones. Each is what the code says about itself, under a few words that say what it is.

use std::fmt::Write as _;

use gatewright_terms::{PublicMessage, Refusal};
use gatewright_tests::{programs, root};
use serde_json::Value;
use wright_syntax::diagnostic::Severity;

/// The reference from the field table, below what a newcomer reads first.
pub(crate) fn language() -> String {
    let reference = wright_policy::reference();
    let (title, rest) = reference.split_once("\n\n").expect("a title");
    format!("{title}\n\n{}\n## Reference\n\n{rest}", include_str!("language.md"))
}

/// Every code: what a policy can raise, by the compiler; what a bundle can, by `explain`.
pub(crate) fn codes() -> String {
    let mut page = String::from(
        "# Codes\n\nGenerated from the code. `gatewright explain GW0102` shows the page of a code, with an example that \
         raises it and one that does not; a test compiles both.\n\n## What `check` and `compile` find\n\n\
         `error` and `deny` stop a compilation; `warn` does not, unless `--deny` says so.\n\n\
         | Code | Name | Severity | Says |\n|---|---|---|---|\n",
    );
    let known = wright::codes();
    for code in &known {
        let text = wright::page(code.number).expect("a page").text;
        let file = format!("crates/wright-policy/pages/GW{:04}.md", code.number);
        let name = format!("GW{:04}", code.number);
        let name = if root().join(&file).exists() { format!("[{name}](../{file})") } else { name };
        let _ = writeln!(page, "| {name} | `{}` | {} | {} |", code.slug, severity(code.severity), headline(&text));
    }
    page.push_str(
        "\n## What `verify` and the gate refuse\n\nA bundle that is refused changes nothing: the last good one keeps \
         running.\n\n| Code | Name | Says |\n|---|---|---|\n",
    );
    for of_bundle in explained("code").filter(|page| known.iter().all(|code| page.0 != format!("GW{:04}", code.number)))
    {
        let (name, title, text) = of_bundle;
        let _ = writeln!(page, "| {name} | `{title}` | {} |", first_sentence(&text));
    }
    page
}

/// What follows the name in the heading of a page: `# GW0102 unknown-reference: a name leads nowhere`.
fn headline(text: &str) -> String {
    let heading = text.lines().next().unwrap_or_default();
    heading.split_once(": ").map_or(heading, |(_, says)| says).to_owned()
}

fn first_sentence(text: &str) -> String {
    let sentence = text.split(". ").next().unwrap_or_default().trim_end_matches('.');
    format!("{sentence}.")
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Deny => "deny",
        Severity::Warn => "warn",
        Severity::Info => "info",
    }
}

/// Name, title and text of the pages of one kind, as `gatewright explain --all` gives them.
fn explained(kind: &str) -> impl Iterator<Item = (String, String, String)> {
    let output = std::process::Command::new(programs().join("gatewright"))
        .args(["explain", "--all", "--output", "json"])
        .output()
        .expect("gatewright is built");
    let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |page: &Value, name: &str| page[name].as_str().expect("a text").to_owned();
    let pages: Vec<_> =
        all["pages"].as_array().expect("pages").iter().filter(|page| page["kind"] == kind).cloned().collect();
    pages.into_iter().map(move |page| (text(&page, "name"), text(&page, "title"), text(&page, "text")))
}

/// Why the gate keeps somebody out, and what that person reads.
pub(crate) fn refusals() -> String {
    let mut page = String::from(
        "# Refusals\n\nGenerated from the code. The name stands in `X-Auth-Refusal`, in the audit trail and in what \
         `gatewright trace CODE` tells. The refused person reads one of three sentences and a support code, never the \
         reason.\n\n| Name | Means | The person reads |\n|---|---|---|\n",
    );
    for refusal in Refusal::ALL {
        let (slug, read) = (refusal.slug(), read_by_the_person(refusal.public()));
        let _ = writeln!(page, "| [`{slug}`](#{slug}) | {} | {read} |", refusal.page().title);
    }
    for refusal in Refusal::ALL {
        let _ = write!(page, "\n## {}\n\n{}. {}", refusal.slug(), refusal.page().title, refusal.text());
    }
    page
}

const fn read_by_the_person(message: PublicMessage) -> &'static str {
    match message {
        PublicMessage::NotSignedIn => "We could not sign you in",
        PublicMessage::StartAgain => "This sign-in has ended",
        PublicMessage::TryLater => "Something on our side is not ready",
    }
}

pub(crate) fn routes() -> String {
    gate_http::routes_markdown()
}

pub(crate) fn metrics() -> String {
    gate_core::metrics::metrics_markdown()
}

/// Every event, below what holds for all of them.
pub(crate) fn audit() -> String {
    format!("{}\n## Events\n\nGenerated from the code.\n\n{}", include_str!("audit.md"), gatewright_audit::inventory())
}
