//! `owners`: who has to review a file, as forges read it: CODEOWNERS from the teams that the policy names.
//!
//! Invariant: lines outside our own block are never touched; of ours the last that matches counts, so that the narrower one
//! stands later.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use wright::{Outcome, compile};

use crate::context::{Context, Report};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::verbs::check;

const BEGIN: &str = "# gatewright owners: written by the policy, do not edit";
const END: &str = "# gatewright owners: end";

/// The longest CODEOWNERS that GitHub reads is 3 MB.
const CODEOWNERS_BYTES_MAX: usize = 3_000_000;

/// Write CODEOWNERS from the teams of the policy
///
/// Each organisation's folder belongs to its `team`; everything else of the workspace to the teams whose approval the
/// manifest asks. Prints the lines, or keeps a block of a file that has others: paths are named from where the command runs.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright owners\n  gatewright owners --write .github/CODEOWNERS\n  gatewright owners --check .github/CODEOWNERS"
)]
pub(crate) struct Owners {
    /// Write our block of this file
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    write: Option<PathBuf>,
    /// Write nothing; exit 1 where our block of this file is not what the policy says
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

impl Owners {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        let world = context.workspace(None)?;
        let outcome = compile(&world, check::threads(), context.as_of());
        check::refuse_unreadable(&outcome.unreadable)?;
        if outcome.programs.is_empty() {
            return Ok(check::report(&outcome, context)?.hint("the policy has to be right before it says who owns it"));
        }
        let block = block(&world.prefix_from(&context.around.folder), &outcome);
        if let Some(file) = &self.write {
            let text = laid(&existing(file)?, &block);
            files::write("the owners", file, text.as_bytes())?;
            return Ok(Report::done(format!("{}\n", file.display())));
        }
        let Some(file) = &self.check else { return Ok(Report::done(block)) };
        let text = existing(file)?;
        if laid(&text, &block) == text {
            return Ok(Report::done(""));
        }
        let shown = file.display();
        Ok(Report::new(format!("{shown} is not what the policy says\n"), Exit::Policy)
            .hint(format!("gatewright owners --write {shown}    repairs it")))
    }
}

fn block(prefix: &str, outcome: &Outcome) -> String {
    let mut lines = vec![BEGIN.to_owned()];
    let reviewers: BTreeSet<&str> = outcome.governance.approvals.values().map(|team| &**team).collect();
    if !reviewers.is_empty() {
        lines.push(format!("/{} {}", escaped(prefix), reviewers.into_iter().collect::<Vec<_>>().join(" ")));
    }
    lines.extend(
        outcome.teams.iter().map(|(folder, team)| format!("/{}/ {team}", escaped(&format!("{prefix}{folder}")))),
    );
    lines.push(END.to_owned());
    lines.join("\n") + "\n"
}

/// A blank would end the pattern; the others would be patterns.
fn escaped(path: &str) -> String {
    let mut escaped = String::new();
    for letter in path.chars() {
        if " \\*?[]!#".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// Empty where there is none yet.
fn existing(file: &Path) -> Result<String, Failure> {
    if file.symlink_metadata().is_err() {
        return Ok(String::new());
    }
    let bytes = files::read("the owners", file, CODEOWNERS_BYTES_MAX)?;
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("`{}` is not UTF-8", file.display())))
}

/// The text with our block in the place of the one before, or behind everything.
fn laid(text: &str, block: &str) -> String {
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    match parts {
        Some((before, after)) => format!("{before}{block}{}", after.strip_prefix('\n').unwrap_or(after)),
        None if text.is_empty() || text.ends_with('\n') => format!("{text}{block}"),
        None => format!("{text}\n{block}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_block_is_written() {
        let block = format!("{BEGIN}\n/a/ @x/y\n{END}\n");
        assert_eq!(laid("", &block), block);
        assert_eq!(laid("* @ours", &block), format!("* @ours\n{block}"));
        let before = format!("* @ours\n{BEGIN}\n/old/ @z\n{END}\n/later/ @w\n");
        assert_eq!(laid(&before, &block), format!("* @ours\n{block}/later/ @w\n"));
        assert_eq!(laid(&laid(&before, &block), &block), laid(&before, &block));
    }

    #[test]
    fn a_path_is_no_pattern() {
        assert_eq!(escaped("po licies/a*b"), "po\\ licies/a\\*b");
    }
}
