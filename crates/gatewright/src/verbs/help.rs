//! `help`: the help of a verb, and the table of exits.

use std::fmt::Write;

use clap::{Args, CommandFactory};

use crate::args::Cli;
use crate::context::{self, Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::style::plain;

/// The topic that is no verb.
const EXIT_CODES: &str = "exit-codes";

/// Say more about a verb, or what the exit codes mean
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright help sign\n  gatewright help domain prove\n  gatewright help exit-codes"
)]
pub(crate) struct Help {
    /// A verb, or `exit-codes`
    topic: Vec<String>,
}

impl Help {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        if self.topic.first().is_some_and(|topic| topic == EXIT_CODES) {
            return exit_codes(context);
        }
        let mut command = Cli::command();
        command.build();
        let mut found = &mut command;
        for word in &self.topic {
            found = found.find_subcommand_mut(word).ok_or_else(|| {
                Failure::usage(format!("there is no help for `{}`", plain(word)))
                    .help("gatewright help")
                    .help("gatewright help exit-codes")
            })?;
        }
        let help = if self.topic.is_empty() { found.render_help() } else { found.render_long_help() };
        Ok(Report::done(if context.style().coloured { help.ansi().to_string() } else { help.to_string() }))
    }
}

fn exit_codes(context: &Context) -> Result<Report, Failure> {
    if context.wants_json() {
        let rows: Vec<_> =
            Exit::ALL.iter().map(|exit| serde_json::json!({"exit": exit.number(), "means": exit.meaning()})).collect();
        let value = serde_json::json!({"schema": "gatewright.exit-codes/1", "exits": rows, "precedence": Exit::PRECEDENCE.map(Exit::number)});
        return Ok(Report::done(context::json(&value)?));
    }
    let mut body = String::from("Exit  Means\n");
    for exit in Exit::ALL {
        let _ = writeln!(body, "{:>4}  {}", exit.number(), exit.meaning());
    }
    let order: Vec<_> = Exit::PRECEDENCE.iter().map(|exit| exit.number().to_string()).collect();
    let _ = writeln!(body, "\nSeveral at once: the first that applies of {}.", order.join(", "));
    Ok(Report::done(body))
}
