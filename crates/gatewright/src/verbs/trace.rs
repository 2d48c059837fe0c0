//! `trace`: the whole story behind a support code, from the runtime that gave it.

use std::fmt::Write;

use clap::Args;
use serde_json::{Map, Value};

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::runtime::Runtime;
use crate::style::{Style, plain};

/// Tell the story behind a support code
///
/// A person who is refused sees a support code and nothing else. This asks the runtime for what it recorded: who came,
/// from where, why they were kept out, and what to do about it. The token needs the scope `read`, and the reading
/// itself is recorded.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  export GATEWRIGHT_TOKEN_FILE=~/.config/gatewright/token\n  gatewright trace GW-7K3M-Q9XD-2V8R-H4TN --runtime http://127.0.0.1:8081"
)]
pub(crate) struct Trace {
    /// The support code, as the refused person reads it
    code: String,
    /// The admin listener of the runtime [default: GATEWRIGHT_RUNTIME]
    #[arg(long, value_name = "URL")]
    runtime: Option<String>,
}

impl Trace {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let code = self.code.trim();
        if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(Failure::usage(format!("`{}` is no support code", plain(code)))
                .help("letters, digits and hyphens, as the refused person's page shows it"));
        }
        let story = Runtime::from_context(self.runtime.as_deref(), context)?.get(&["v1", "trace", code])?;
        if context.wants_json() {
            return Ok(Report::done(context::json(&story)?));
        }
        Ok(Report::done(tell(&story, context.style())))
    }
}

/// What the reader looks for first stands first; whatever else the runtime says follows, and nothing is left out.
fn tell(story: &Value, style: Style) -> String {
    let none = Map::new();
    let facts = story.as_object().unwrap_or(&none);
    let group = |name: &str| facts.get(name).and_then(Value::as_object).unwrap_or(&none);
    let refusal = group("refusal");
    let mut body = String::new();
    if let (Some(slug), Some(title)) = (refusal.get("slug"), refusal.get("title")) {
        // Writing to a string does not fail, here and below.
        let _ = writeln!(body, "{} {}\n", style.red(in_line(slug)), style.bold(in_line(title)));
    }
    let told = ["schema", "refusal", "fields", "personal"];
    let others = facts.iter().filter(|(name, _)| !told.contains(&name.as_str()));
    let rows: Vec<_> = others.chain(group("fields")).chain(group("personal")).collect();
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, fact) in rows.iter().filter(|(_, fact)| !fact.is_null()) {
        // The lines of a story hang behind its name, so that none of them can pass for a row.
        let lines: Vec<_> =
            fact.as_str().map_or_else(|| vec![fact.to_string()], |text| text.lines().map(plain).collect());
        let hanging = format!("\n  {:width$} ", "");
        let _ = writeln!(body, "  {} {}", style.dim(format!("{:<width$}", plain(name))), lines.join(&hanging));
    }
    for name in ["cause", "repair"] {
        if let Some(text) = refusal.get(name) {
            let _ = writeln!(body, "\n{} {}", style.cyan(format!("{name}:")), in_line(text));
        }
    }
    body
}

/// A fact on one line: a text as it is, but for what could disturb the terminal; anything else as JSON.
fn in_line(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_the_runtime_says_is_left_out_or_believed() {
        let story =
            serde_json::json!({"code": "K7QF", "new": {"a": [1, "\u{1b}"]}, "fields": {"x": "\u{1b}[2J"}, "org": null});
        let told = tell(&story, Style { coloured: false });
        assert_eq!(told, "  code K7QF\n  new  {\"a\":[1,\"\\u001b\"]}\n  x    \u{fffd}[2J\n");
        let story = serde_json::json!({"personal": {"story": "one\n  org  evil\u{1b}", "x": ""}});
        assert_eq!(tell(&story, Style { coloured: false }), "  story one\n          org  evil\u{fffd}\n  x     \n");
        assert_eq!(tell(&Value::Null, Style { coloured: false }), "");
    }
}
