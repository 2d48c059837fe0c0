//! Format: the texts of a workspace in their canonical form.
//!
//! Takes a world, or one text; gives the canonical form of every text that was chosen and reads without a mistake, and the
//! findings about the others, as `compile` words them.
//!
//! Invariant: a text about which anything was found has no canonical form.

use std::num::NonZeroUsize;
use std::sync::Arc;

use wright_policy::{INLINE_SECRET, Workspace, property_order, read, resolve, secrets, shape, texts};
use wright_syntax::diagnostic::{Diagnostic, Sink};
use wright_syntax::source::{FileId, Source, Span};
use wright_syntax::{Unfaithful, format_kdl};

use crate::gather::gather;
use crate::mask;
use crate::world::{Unreadable, World};

/// The path under which a text without a file is spoken of.
pub const STDIN: &str = "stdin.kdl";

/// Everything that came of formatting.
#[derive(Debug)]
pub struct Formatting {
    /// The files, sorted by path; spans point into them.
    pub workspace: Workspace,
    /// The same files as reports may print them: what looks like a secret is masked, and every offset is the same.
    pub printable: Vec<Source>,
    /// About the chosen files, sorted by place and code. None of them repeats what looks like a secret.
    pub diagnostics: Vec<Diagnostic>,
    /// What the system did not give us. Where anything stands here, nothing was formatted.
    pub unreadable: Vec<Unreadable>,
    /// The canonical form of every chosen text that was understood.
    pub texts: Vec<(FileId, String)>,
    /// How many texts were chosen.
    pub files: usize,
    /// Texts whose canonical form would have meant something else: a bug of ours.
    pub unfaithful: Vec<FileId>,
}

/// Formats the files of a workspace whose paths are chosen. `threads` is the most that read files.
pub fn format(world: &dyn World, threads: NonZeroUsize, chosen: &dyn Fn(&str) -> bool) -> Formatting {
    match gather(world, threads) {
        Ok(workspace) => formatted(workspace, chosen),
        Err(unreadable) => Formatting { unreadable, ..Formatting::empty(Workspace::new([], [])) },
    }
}

/// Formats one text as [`STDIN`], with everything allowed that some file of a workspace may hold.
pub fn format_text(bytes: Vec<u8>) -> Formatting {
    formatted(Workspace::new([(STDIN.to_owned(), bytes)], []), &|path| path == STDIN)
}

impl Formatting {
    fn empty(workspace: Workspace) -> Self {
        Self {
            workspace,
            printable: Vec::new(),
            diagnostics: Vec::new(),
            unreadable: Vec::new(),
            texts: Vec::new(),
            files: 0,
            unfaithful: Vec::new(),
        }
    }
}

fn formatted(workspace: Workspace, chosen: &dyn Fn(&str) -> bool) -> Formatting {
    let is_chosen = |file: FileId| workspace.source(file).is_some_and(|source| chosen(&source.path));
    let mut sink = Sink::default();
    let (mut done, mut left, mut unfaithful, mut files) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (file, context) in texts(&workspace, &mut sink).into_iter().filter(|(file, _)| is_chosen(*file)) {
        let Some(source) = workspace.source(file) else { continue };
        files += 1;
        match format_kdl(source, file, context, property_order, &mut sink) {
            Ok(Some(text)) => done.push((file, text)),
            Ok(None) => left.push(file),
            Err(Unfaithful) => unfaithful.push(file),
        }
    }
    let mut diagnostics = sink.into_sorted();
    diagnostics.retain(|found| is_chosen(found.primary.0.file));
    let printable = if diagnostics.is_empty() { Vec::new() } else { masked(&workspace, &mut diagnostics) };
    let silent = left.into_iter().filter(|file| diagnostics.iter().all(|found| found.primary.0.file != *file));
    let silent: Vec<Diagnostic> = silent.map(beside_secret).collect();
    diagnostics.extend(silent);
    Formatting { printable, diagnostics, texts: done, files, unfaithful, ..Formatting::empty(workspace) }
}

/// Whatever looks like a secret is found where the whole policy is read.
fn masked(workspace: &Workspace, diagnostics: &mut Vec<Diagnostic>) -> Vec<Source> {
    let mut ignored = Sink::default();
    let trees = read(workspace, &mut ignored);
    let policy = resolve(shape(trees, &mut ignored), &mut ignored);
    mask::findings(diagnostics, secrets(&policy));
    mask::sources(workspace.sources(), secrets(&policy))
}

/// All that may be said about a file whose every mistake repeats a secret.
fn beside_secret(file: FileId) -> Diagnostic {
    Diagnostic {
        code: INLINE_SECRET,
        message: "a mistake in this file stands where something looks like a secret".to_owned(),
        primary: (Span::new(file, 0, 0), "not formatted".to_owned()),
        related: Vec::new(),
        help: Some(
            "`gatewright check` says where; whoever read this file knows the secret, so rotate it now".to_owned(),
        ),
        fix: None,
        path: Arc::from(""),
        org: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> (Vec<String>, usize) {
        let formatting = format_text(text.as_bytes().to_vec());
        assert_eq!(formatting.texts.is_empty(), !formatting.diagnostics.is_empty());
        let drawn = formatting.printable.iter().map(|source| source.text.to_string());
        let said = formatting.diagnostics.iter().map(|found| format!("{:04} {}", found.code.number, found.message));
        (said.chain(drawn).collect(), formatting.files)
    }

    #[test]
    fn one_text_is_formatted_with_the_order_of_the_table() {
        let formatting = format_text(b"org \"a\" { /- block\n grant group=\"g\" role=\"r\"; }".to_vec());
        assert_eq!(formatting.texts.len(), 1);
        assert_eq!(formatting.texts[0].1, "org \"a\" {\n    /- block\n    grant role=\"r\" group=\"g\"\n}\n");
    }

    #[test]
    fn a_text_with_a_mistake_is_reported_and_repeats_no_secret() {
        let token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
        for text in [format!("a {token}"), format!("a \"{token}\" b"), format!("a \"{token}"), format!("{token} =")] {
            let (said, files) = said(&text);
            assert!(files == 1 && !said.is_empty(), "{text}");
            assert!(said.iter().all(|line| !line.contains("16C7e42F292c6912")), "{said:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_reported() {
        for (bytes, number) in [(vec![0xff], 11), (vec![b' '; 1024 * 1024 + 1], 10), (b"\xef\xbb\xbfa 1".to_vec(), 6)] {
            let formatting = format_text(bytes);
            let numbers: Vec<u16> = formatting.diagnostics.iter().map(|found| found.code.number).collect();
            assert!(formatting.texts.is_empty() && numbers == [number], "{numbers:?}");
        }
    }
}
