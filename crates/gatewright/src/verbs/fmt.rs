//! `fmt`: policy files in their one canonical form, so that a change shows what was changed, and changes merge.
//!
//! Invariant: a file is written only where the text that was read has another canonical form, whole, in its place.
//! Invariant: where a result would mean something else than its file, nothing is written at all.

mod report;
mod stdin;
mod write;

use std::path::{Path, PathBuf};

use clap::Args;
use wright::{Formatting, format};

use crate::bug;
use crate::context::{Context, Report};
use crate::failure::Failure;

use super::check::{refuse_unreadable, threads};

/// Write policy files in their one canonical form
///
/// Indents, puts one entry on a line and one space between its words, brings properties into the order of the language,
/// and sorts neighbouring lines that begin with the same word. Comments and blank lines keep their places: nothing
/// moves across them. What a file means never changes, and a file with a syntax error is left alone.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gatewright fmt\n  gatewright fmt policies/orgs/acme\n  gatewright fmt --check\n  gatewright fmt --stdin < org.kdl"
)]
pub(crate) struct Fmt {
    /// A folder or a file in the workspace; else all of the workspace
    path: Option<PathBuf>,
    /// Write nothing: list the files that would change, and exit 1 if there are any
    #[arg(long)]
    check: bool,
    /// Read one file from standard input and write it to standard output; needs no workspace
    #[arg(long, conflicts_with = "path")]
    stdin: bool,
}

impl Fmt {
    pub(crate) fn run(&self, context: &Context) -> Result<Report, Failure> {
        if self.stdin {
            return stdin::run(self.check, context);
        }
        let world = context.workspace(self.path.as_deref())?;
        let below = match &self.path {
            None => String::new(),
            Some(path) => world.path_of(&context.around.folder.join(path)).ok_or_else(|| nothing_there(path))?,
        };
        let formatting = format(&world, threads(), &|path| lies_in(path, &below));
        refuse_unreadable(&formatting.unreadable)?;
        refuse_unfaithful(&formatting)?;
        if let Some(path) = self.path.as_deref().filter(|_| is_nothing(&formatting)) {
            return Err(nothing_there(path));
        }
        if !self.check {
            write::changed(&formatting, &world)?;
        }
        report::report(&formatting, self.check, context)
    }
}

/// `below` is the path of a file or of a folder; everything lies in the empty one.
fn lies_in(path: &str, below: &str) -> bool {
    below.is_empty() || path.strip_prefix(below).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_nothing(formatting: &Formatting) -> bool {
    formatting.files == 0 && formatting.diagnostics.is_empty()
}

fn nothing_there(path: &Path) -> Failure {
    Failure::usage(format!("`{}` is no policy file of the workspace and holds none", path.display()))
        .help("policy files are the manifest and `*.kdl` below the folders that it names")
}

/// Paths and texts that change, in the order of the paths.
fn changes(formatting: &Formatting) -> impl Iterator<Item = (&str, &str)> {
    formatting.texts.iter().filter_map(|(file, text)| {
        let source = formatting.workspace.source(*file)?;
        (*source.text != **text).then_some((&*source.path, &**text))
    })
}

fn refuse_unfaithful(formatting: &Formatting) -> Result<(), Failure> {
    let Some(first) = formatting.unfaithful.first() else { return Ok(()) };
    let path = formatting.workspace.source(*first).map(|source| source.path.to_string()).unwrap_or_default();
    Err(bug::noticed("a formatted text would not mean what its file means")
        .help(format!("the file is `{path}`; nothing was written")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn a_path_holds_itself_and_what_lies_below_it() {
        for (path, below, is_in) in [
            ("orgs/acme/org.kdl", "", true),
            ("orgs/acme/org.kdl", "orgs", true),
            ("orgs/acme/org.kdl", "orgs/acme/org.kdl", true),
            ("orgs/acme/org.kdl", "orgs/ac", false),
            ("orgs", "orgs/acme", false),
        ] {
            assert_eq!(lies_in(path, below), is_in, "{path} in {below}");
        }
    }

    #[test]
    fn a_result_that_means_something_else_is_our_bug() {
        let mut formatting = wright::format_text(b"a   1".to_vec());
        assert!(refuse_unfaithful(&formatting).is_ok());
        let (file, _) = formatting.texts.remove(0);
        formatting.unfaithful.push(file);
        let failure = refuse_unfaithful(&formatting).unwrap_err();
        let place = failure.help[0].split('`').nth(1).unwrap();
        let report = std::fs::read_to_string(place).unwrap();
        std::fs::remove_file(place).unwrap();
        assert_eq!(failure.exit, Exit::Bug);
        assert!(report.starts_with("gatewright ") && !report.contains("stdin.kdl"), "{report}");
        assert!(failure.help[1].contains("`stdin.kdl`; nothing was written"), "{:?}", failure.help);
    }
}
