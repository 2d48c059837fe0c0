//! `explain`: the page behind a code, a word of the language, or a refusal.

mod catalogue;
mod markdown;
mod trust;

use clap::Args;
use serde_json::json;

use crate::context::{self, Context, Report};
use crate::failure::Failure;
use crate::style::{Style, plain};

use catalogue::{Page, catalogue, nearest};

/// Say what a code, a word or a refusal means
///
/// TOPIC is a code that `check` printed (GW0102, or its name), a word of the language (`grant`), or a reason for
/// which the gate refuses somebody (`no-grant`).
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright explain GW0102\n  gatewright explain grant\n  gatewright explain domain-not-proved\n  gatewright explain --all --output json"
)]
pub(crate) struct Explain {
    /// A code, a word or a refusal
    #[arg(required_unless_present = "all")]
    topic: Option<String>,
    /// Every page there is
    #[arg(long, conflicts_with = "topic")]
    all: bool,
}

impl Explain {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let all = catalogue();
        let pages: Vec<&Page> = match &self.topic {
            None => all.iter().collect(),
            Some(topic) => all.iter().filter(|page| page.answers(topic)).collect(),
        };
        if let (Some(topic), true) = (&self.topic, pages.is_empty()) {
            return Err(unknown(topic, &all));
        }
        if context.wants_json() {
            return Ok(Report::done(context::json(&json!({"schema": "gatewright.explain/1", "pages": pages}))?));
        }
        let style = context.style();
        let shown: Vec<_> = pages.iter().map(|page| show(page, style, context.around.columns)).collect();
        Ok(Report::done(shown.join("\n")))
    }
}

fn show(page: &Page, style: Style, columns: usize) -> String {
    // Pages with a heading of their own say their name in it.
    let heading = if page.text.starts_with('#') {
        String::new()
    } else {
        format!("{} {}\n\n", style.bold(&page.name), page.title)
    };
    heading + &markdown::show(&page.text, style, columns) + "\n"
}

fn unknown(topic: &str, all: &[Page]) -> Failure {
    let failure = Failure::usage(format!("there is no page about `{}`", plain(topic)));
    match nearest(topic, all).as_slice() {
        [] => failure.help("`gatewright explain --all` prints every page"),
        names => failure.help(format!("did you mean {}?", names.join(" or "))),
    }
}
