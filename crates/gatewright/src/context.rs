//! Context: what every verb is given, and the report that every verb gives back.

use std::path::{Path, PathBuf};

use gatewright_terms::Timestamp;
use serde::Serialize;

use crate::args::{Colour, Common, Output};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::style::Style;
use crate::surroundings::Surroundings;
use crate::workspace::{self, DirectoryWorld};

/// The common options and the surroundings.
pub(crate) struct Context {
    pub(crate) around: Surroundings,
    pub(crate) common: Common,
}

/// What a verb has to say. `main` prints it: the body to stdout, the hints to stderr.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) body: String,
    pub(crate) hints: Vec<String>,
    pub(crate) exit: Exit,
}

impl Report {
    pub(crate) fn new(body: impl Into<String>, exit: Exit) -> Self {
        Self { body: body.into(), hints: Vec::new(), exit }
    }

    /// Done; the body is what there is to say.
    pub(crate) fn done(body: impl Into<String>) -> Self {
        Self::new(body, Exit::Done)
    }

    /// What one may want to do next. Left out under `--quiet`.
    #[must_use]
    pub(crate) fn hint(mut self, line: impl Into<String>) -> Self {
        self.hints.push(line.into());
        self
    }
}

impl Context {
    pub(crate) fn new(common: Common, around: Surroundings) -> Self {
        Self { around, common }
    }

    pub(crate) fn wants_json(&self) -> bool {
        matches!(self.common.output, Output::Json)
    }

    /// The style of stdout.
    pub(crate) fn style(&self) -> Style {
        self.styled(self.around.stdout_is_terminal)
    }

    /// The style of stderr.
    pub(crate) fn style_of_hints(&self) -> Style {
        self.styled(self.around.stderr_is_terminal)
    }

    fn styled(&self, is_terminal: bool) -> Style {
        let coloured = match self.common.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => is_terminal && !self.around.no_colour,
        };
        Style { coloured }
    }

    /// The time by which ends are judged: `--as-of`, else now.
    pub(crate) fn as_of(&self) -> Timestamp {
        self.common.as_of.unwrap_or(self.around.now)
    }

    /// The workspace that the command works on. `start` is where the search upward begins, if not here.
    pub(crate) fn workspace(&self, start: Option<&Path>) -> Result<DirectoryWorld, Failure> {
        if let (Some(flag), Some(start)) = (&self.common.workspace, start) {
            let message = format!("`{}` and `--workspace {}` both name a workspace", start.display(), flag.display());
            return Err(Failure::usage(message).help("keep one of them"));
        }
        let root: PathBuf = workspace::locate(self.common.workspace.as_deref(), start, &self.around)?;
        Ok(DirectoryWorld::new(root))
    }
}

/// A value as JSON, with a line's end.
pub(crate) fn json(value: &impl Serialize) -> Result<String, Failure> {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| Failure::usage(format!("cannot write JSON: {error}")))?;
    Ok(text + "\n")
}
