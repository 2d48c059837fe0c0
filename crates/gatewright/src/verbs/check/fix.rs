//! Fix: the repairs that a machine may make, made.
//!
//! Invariant: a file changes only where the text is the one that was judged, and whole files are put in place at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use gatewright_terms::Timestamp;
use wright::{Outcome, compile};
use wright_syntax::diagnostic::Fix;
use wright_syntax::source::FileId;

use crate::failure::Failure;
use crate::files;
use crate::workspace::DirectoryWorld;

/// One repair may uncover the next. More rounds than this, and two repairs undo each other.
const ROUNDS_MAX: usize = 8;

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Repaired {
    fixes: usize,
    files: BTreeSet<String>,
}

impl fmt::Display for Repaired {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fixes {
            0 => out.write_str("there was nothing that a machine can repair"),
            1 => write!(out, "1 repair made"),
            many => write!(out, "{many} repairs made"),
        }?;
        match self.files.len() {
            0 => Ok(()),
            _ => write!(out, " in {}", self.files.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// Repairs until nothing is left that can be repaired.
pub(crate) fn repair(world: &DirectoryWorld, as_of: Timestamp) -> Result<Repaired, Failure> {
    let mut repaired = Repaired::default();
    for _ in 0..ROUNDS_MAX {
        let outcome = compile(world, super::threads(), as_of);
        super::refuse_unreadable(&outcome.unreadable)?;
        let changed = round(world, &outcome, &mut repaired)?;
        if !changed {
            break;
        }
    }
    Ok(repaired)
}

fn round(world: &DirectoryWorld, outcome: &Outcome, repaired: &mut Repaired) -> Result<bool, Failure> {
    let mut by_file: BTreeMap<FileId, Vec<&Fix>> = BTreeMap::new();
    for fix in outcome.diagnostics.iter().filter_map(|found| found.fix.as_ref()) {
        by_file.entry(fix.span.file).or_default().push(fix);
    }
    let mut changed = false;
    for (file, fixes) in by_file {
        let Some(source) = outcome.workspace.source(file) else { continue };
        let (text, count) = apply(&source.text, fixes);
        if *text != *source.text {
            files::write_by_way_of(Some(world.aside()), "the file", &world.place(&source.path), text.as_bytes())?;
            repaired.fixes += count;
            repaired.files.insert(source.path.to_string());
            changed = true;
        }
    }
    Ok(changed)
}

/// The text with every fix that does not overlap an earlier one, and how many those were.
fn apply(text: &str, mut fixes: Vec<&Fix>) -> (String, usize) {
    fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
    fixes.dedup();
    let (mut result, mut end, mut count) = (String::with_capacity(text.len()), 0_usize, 0);
    for fix in fixes {
        let (Ok(from), Ok(to)) = (usize::try_from(fix.span.start), usize::try_from(fix.span.end)) else { continue };
        let (Some(kept), Some(_)) = (text.get(end..from), text.get(from..to)) else { continue };
        result.push_str(kept);
        result.push_str(&fix.text);
        end = to;
        count += 1;
    }
    result.push_str(text.get(end..).unwrap_or_default());
    (result, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wright_syntax::source::Span;

    fn fix(start: u32, end: u32, text: &str) -> Fix {
        Fix { span: Span { file: FileId(0), start, end }, text: text.into() }
    }

    #[test]
    fn fixes_are_applied_in_order_and_overlaps_wait_for_the_next_round() {
        let all = [fix(4, 5, "E"), fix(0, 1, "A"), fix(0, 2, "no"), fix(2, 2, "+"), fix(2, 2, "+"), fix(9, 99, "no")];
        assert_eq!(apply("abcdef", all.iter().collect()), ("Ab+cdEf".into(), 3));
        let inside_a_character = [fix(1, 2, "x")];
        assert_eq!(apply("é", inside_a_character.iter().collect()), ("é".into(), 0));
    }
}
