//! xtask: what the project does to itself. `cargo xtask` lists the tasks.
//!
//! Reads the command line, runs one task, and exits with its status. Needs nothing but the standard library, so that
//! a fresh machine builds it in a second.

mod bench;
mod docs;
mod mutants;
mod play;
mod release;
mod run;
mod setup;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
The project's own tasks.

  cargo xtask play          run the playground: one organisation, a demonstration provider, an app behind the gate
  cargo xtask test          install what the tests need, then run all of them
  cargo xtask kill [N]      kill -9 under load at N seeded random moments (200 unless N is given)
  cargo xtask diff [N]      hold the semantic diff against its oracle on N random pairs (20000 unless N is given)
  cargo xtask format [N]    hold the formatter against N random files (1000000 unless N is given)
  cargo xtask bench         measure, each figure beside its limit, and write docs/benchmarks.md
  cargo xtask mutants [SET] hold that a test notices every small change of the SAML crate (saml) and of the diff (diff),
                            and write docs/mutants.md
  cargo xtask release       build the command line as one static binary, in an archive with its SHA-256
  cargo xtask docs          write the generated pages anew
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["play", rest @ ..] => play::play(rest),
        ["test"] => test::test(),
        ["kill"] => test::kill("200"),
        ["kill", rounds] => test::kill(rounds),
        ["diff"] => test::diff("20000"),
        ["diff", pairs] => test::diff(pairs),
        ["format"] => test::format("1000000"),
        ["format", files] => test::format(files),
        ["bench"] => bench::bench(),
        ["mutants"] => mutants::mutants(None),
        ["mutants", set] => mutants::mutants(Some(set)),
        ["release"] => release::release("release"),
        ["release", "--profile", profile] => release::release(profile),
        ["docs"] => docs::write(),
        ["docs", "--check"] => docs::check(),
        [] | ["help" | "--help"] => {
            eprint!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => Err(format!("unknown task `{}`\n\n{HELP}", words.join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
