//! Main: argv to a verb, its report to the streams, its exit to the shell.
//!
//! Invariant: reports go to stdout; hints, progress and failures go to stderr.
//! Invariant: names of files and answers of strangers reach stderr without a control character.
//! Invariant: a panic ends as exit 70 with a report on disk, never as a bare backtrace.

mod args;
mod bug;
mod context;
mod exit;
mod failure;
mod files;
mod focus;
mod forge;
mod git;
mod keys;
mod located;
mod members;
mod runtime;
mod state;
mod style;
mod surroundings;
mod verbs;
mod witness;
mod workspace;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Verb};
use context::{Context, Report};
use exit::Exit;
use failure::Failure;
use style::plain;
use surroundings::Surroundings;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    bug::report_panics();
    bug::guarded(|| match Cli::try_parse() {
        Ok(cli) => run(cli),
        Err(error) => shown(&error),
    })
    .into()
}

fn run(cli: Cli) -> Exit {
    let context = Context::new(cli.common, Surroundings::look());
    match dispatch(&cli.verb, &context) {
        Ok(report) => print(&report, &context),
        Err(failure) => print_failure(&failure, &context),
    }
}

fn dispatch(verb: &Verb, context: &Context) -> Result<Report, Failure> {
    if let Some(others) = context.common.output.others(verb) {
        return Err(
            Failure::usage(format!("that is an output of {others} alone")).help("--output human, or --output json")
        );
    }
    match verb {
        Verb::Init(args) => args.run(context),
        Verb::Check(args) => args.run(context),
        Verb::Test(args) => args.run(context),
        Verb::Fmt(args) => args.run(context),
        Verb::Compile(args) => args.run(context),
        Verb::Keygen(args) => args.run(context),
        Verb::Sign(args) => args.run(context),
        Verb::Verify(args) => args.run(context),
        Verb::Inspect(args) => args.run(context),
        Verb::Try(args) => args.run(context),
        Verb::Diff(args) => args.run(context),
        Verb::Review(args) => args.run(context),
        Verb::Deploy(args) => args.run(context),
        Verb::Status(args) => args.run(context),
        Verb::Snapshot(args) => args.run(context),
        Verb::Show(args) => args.run(context),
        Verb::Who(args) => args.run(context),
        Verb::Why(args) => args.run(context),
        Verb::Owners(args) => args.run(context),
        Verb::Idp(args) => args.run(context),
        Verb::Explain(args) => args.run(context),
        Verb::Trace(args) => args.run(context),
        Verb::Domain(args) => args.run(context),
        Verb::Audit(args) => args.run(context),
        Verb::Help(args) => args.run(context),
    }
}

/// clap's own word: a wrong command line (2), or the help or version that was asked for (0).
fn shown(error: &clap::Error) -> Exit {
    // A terminal that went away changes nothing about the exit.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Done }
}

fn print(report: &Report, context: &Context) -> Exit {
    if let Err(error) = write_out(&report.body) {
        return print_failure(
            &Failure::usage(format!("cannot write the report: {}", failure::in_words(&error))),
            context,
        );
    }
    if !context.common.quiet {
        let style = context.style_of_hints();
        for hint in &report.hints {
            write_err(&style.dim(plain(hint)));
        }
    }
    report.exit
}

/// Prints a failure; under `--output json` stdout has it as well, so that a program finds JSON there in any case.
fn print_failure(failure: &Failure, context: &Context) -> Exit {
    if context.wants_json() {
        let value = serde_json::json!({
            "schema": "gatewright.failure/1",
            "exit": failure.exit.number(),
            "topic": failure.topic,
            "message": failure.message,
            "help": failure.help,
        });
        // The failure is said on stderr too, whatever becomes of this.
        let _ = context::json(&value).map(|text| write_out(&text));
    }
    let style = context.style_of_hints();
    let topic = failure.topic.as_ref().map(|topic| format!("[{topic}]")).unwrap_or_default();
    write_err(&format!("{}: {}", style.red(format!("error{topic}")), style.bold(plain(&failure.message))));
    for line in &failure.help {
        write_err(&format!("  {} {}", style.cyan("help:"), plain(line)));
    }
    if let Some(topic) = &failure.topic {
        write_err(&format!("  {} gatewright explain {topic}", style.cyan("more:")));
    }
    failure.exit
}

/// Whoever closed the pipe has read enough.
fn write_out(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn write_err(line: &str) {
    // There is nowhere left to say that stderr is gone.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
