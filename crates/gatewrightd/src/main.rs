//! gatewrightd: the daemon. Flags, files, sockets and signals; everything else is below.
//!
//! Reads the command line, the environment, a clock and the random generator, which nothing below does.
//!
//! Invariant: standard output has what was asked for, such as a token; the log and the ready line go to standard error.
//! Invariant: there is no switch that sets the clock, and no unsigned mode.

mod arguments;
mod beside;
mod check;
mod exit;
mod keys_init;
mod log;
mod run;
mod secrets;
mod settings;
mod signatures;
mod source;
mod start;
mod token;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use gate_core::{Random as _, SystemRandom};
use gatewright_terms::Timestamp;

use crate::arguments::{Arguments, KeysVerb, RunFlags, TokenVerb, Verb};
use crate::exit::Ended;
use crate::settings::{Environment, Settings};

fn main() -> ExitCode {
    // Before anything else: a worker opens nothing and starts no thread.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == arguments::SAML_WORKER) {
        return gate_saml::worker::run();
    }
    std::panic::set_hook(Box::new(|panic| {
        // The message may hold what a person sent; the place is ours.
        let place = panic.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        log::write(now(), "panic", &[("at", &place)]);
    }));
    // clap ends with 2 where the command line is wrong, and with 0 after `--help`.
    let arguments = Arguments::parse();
    match dispatch(arguments, &environment()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(ended) => {
            let _ = writeln!(std::io::stderr(), "gatewrightd: {ended}");
            ended.exit_code()
        }
    }
}

fn dispatch(arguments: Arguments, environment: &Environment) -> Result<(), Ended> {
    match arguments.verb {
        None => run(&arguments.run, environment),
        Some(Verb::CheckConfig(flags)) => {
            let settings = Settings::read(&flags, environment)?;
            let lines = runtime()?.block_on(check::check(&settings, now()))?;
            say(&lines.join("\n"));
            Ok(())
        }
        Some(Verb::Token(TokenVerb::Create(create))) => {
            say(&runtime()?.block_on(token::create(create, environment, now()))?);
            Ok(())
        }
        Some(Verb::Keys(KeysVerb::Init { dir })) => {
            let made = keys_init::init(&dir, now())?;
            for path in &made {
                say(&format!("made {}", path.display()));
            }
            if made.is_empty() {
                say(&format!("every key is there already in {}", dir.display()));
            }
            Ok(())
        }
    }
}

fn run(flags: &RunFlags, environment: &Environment) -> Result<(), Ended> {
    let settings = Settings::read(flags, environment)?;
    let mut seed = [0; 4];
    SystemRandom.fill(&mut seed).map_err(|_| Ended::unavailable("the operating system gives no random bytes"))?;
    let runtime = runtime()?;
    let ended = runtime.block_on(run::run(&settings, Arc::new(now), u32::from_le_bytes(seed), ready));
    // A thread may hang in the DNS; whatever had to be written was waited for.
    runtime.shutdown_background();
    ended
}

fn runtime() -> Result<tokio::runtime::Runtime, Ended> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.map_err(|error| Ended::unavailable(format!("threads: {error}")))
}

/// Beside the log, where whoever starts the process looks for it, and without a time, so that it is easy to find.
fn ready(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Variables that are no UTF-8 cannot be ours.
fn environment() -> Environment {
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let files = ["gatewrightd.toml", "/etc/gatewright/gatewrightd.toml"].map(PathBuf::from);
    Environment::new(variables.collect(), files.to_vec())
}

#[expect(clippy::disallowed_methods, reason = "the one clock of the process")]
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    // A clock before 1970 refuses everything that has a time, which is right.
    Timestamp::from_unix(since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)))
}
