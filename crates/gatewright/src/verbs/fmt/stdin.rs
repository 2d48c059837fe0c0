//! Stdin: one text from standard input to standard output, as editors want it.

use std::io::{self, Read};

use wright::{Formatting, STDIN, format_text};
use wright_policy::FILE_BYTES_MAX;

use crate::context::{Context, Report};
use crate::exit::Exit;
use crate::failure::{Failure, in_words};

use super::super::check::findings::Findings;
use super::super::check::human;

/// A text with a mistake gives its report, and exit 1, in place of the text.
pub(super) fn run(is_check: bool, context: &Context) -> Result<Report, Failure> {
    if context.wants_json() {
        return Err(Failure::usage("`--stdin` writes the text itself, and no JSON").help("leave out --output"));
    }
    let formatting = format_text(read()?);
    super::refuse_unfaithful(&formatting)?;
    if !formatting.diagnostics.is_empty() {
        return Ok(mistakes(&formatting, context));
    }
    let is_changed = super::changes(&formatting).next().is_some();
    let text = formatting.texts.into_iter().next().map(|(_, text)| text).unwrap_or_default();
    Ok(match (is_check, is_changed) {
        (false, _) => Report::done(text),
        (true, false) => Report::done(""),
        (true, true) => Report::new(format!("{STDIN}\n"), Exit::Policy),
    })
}

fn mistakes(formatting: &Formatting, context: &Context) -> Report {
    let findings = Findings::of(formatting.diagnostics.clone(), &[]);
    Report::new(human::drawn(&findings, &formatting.printable, context), findings.exit())
}

/// One byte more than a file may have: then it is reported as too long.
fn read() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::usage(format!("cannot read standard input: {}", in_words(&error))))?;
    Ok(bytes)
}
