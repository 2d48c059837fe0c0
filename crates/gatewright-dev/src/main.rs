//! gatewright-dev: the playground. One command from a policy folder to a signed-in person.
//!
//! It runs `gatewright` and `gatewrightd` as processes, hosts a demonstration OpenID provider and a small app behind
//! forward-auth, and compiles the policy anew on every save. It is never installed with the server.
//!
//! Invariant: it imports neither half; what it can do, anybody can do with the two programs.

mod app;
mod jwt;
mod people;
mod programs;
mod provider;
mod watch;
mod web;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::programs::Playground;

const HELP: &str = "\
The playground: compiles a workspace, starts the gate and a demonstration provider, and follows your edits.

  gatewright-dev [WORKSPACE]      a workspace with an environment `dev`; examples/quickstart unless it is given
";

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let workspace = match words.as_slice() {
        [] => PathBuf::from("examples/quickstart"),
        [word] if !word.starts_with('-') => PathBuf::from(word),
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match play(workspace).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("playground: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn play(workspace: PathBuf) -> Result<(), String> {
    let playground = Playground::new(workspace)?;
    tokio::spawn(provider::serve(provider::ADDRESS, web::listen(provider::ADDRESS).await?));
    tokio::spawn(app::serve(web::listen(app::ADDRESS).await?));
    let mut gate = playground.start().await?;
    eprintln!(
        "\n  Sign in      http://{}\n  Policy       {} (edit, save, reload the page)\n  Provider     {} ({})\n  End          Ctrl-C\n",
        app::HOST,
        playground.workspace().display(),
        provider::ISSUER,
        people::names(),
    );
    tokio::select! {
        ended = gate.wait() => Err(format!("gatewrightd ended: {}", ended.map_or_else(|e| e.to_string(), |s| s.to_string()))),
        never = watch::follow(&playground) => never,
        () = asked_to_end() => gate.stop().await,
    }
}

/// Ctrl-C, or the signal of whoever started us.
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
