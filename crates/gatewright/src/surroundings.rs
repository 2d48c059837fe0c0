//! Surroundings: what the process finds around itself, read once, so that the rest gets it as an argument.
//!
//! Reads the environment, the clock, the working directory and whether a terminal is there. Nothing else does.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use gatewright_terms::Timestamp;

/// Everything outside the arguments and the files they name.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    pub(crate) now: Timestamp,
    pub(crate) folder: PathBuf,
    /// `GATEWRIGHT_WORKSPACE`.
    pub(crate) workspace: Option<OsString>,
    /// `GATEWRIGHT_RUNTIME`.
    pub(crate) runtime: Option<OsString>,
    /// `GATEWRIGHT_TOKEN_FILE`.
    pub(crate) token_file: Option<OsString>,
    /// `NO_COLOR` is set and not empty, or the terminal is `dumb`.
    pub(crate) no_colour: bool,
    pub(crate) stdout_is_terminal: bool,
    pub(crate) stderr_is_terminal: bool,
    /// Columns for reports. Fixed where no terminal is, so that what is captured does not vary.
    pub(crate) columns: usize,
}

/// The width of a report in a pipe, and the most that reads well.
const COLUMNS: usize = 100;

/// Below this a drawing is harder to read than one that the terminal breaks.
const COLUMNS_MIN: usize = 60;

impl Surroundings {
    /// Looks around.
    pub(crate) fn look() -> Self {
        let stdout_is_terminal = io::stdout().is_terminal();
        let columns = terminal_size::terminal_size().map_or(COLUMNS, |(width, _)| usize::from(width.0));
        Self {
            now: now(),
            folder: std::env::current_dir().unwrap_or_default(),
            workspace: variable("GATEWRIGHT_WORKSPACE"),
            runtime: variable("GATEWRIGHT_RUNTIME"),
            token_file: variable("GATEWRIGHT_TOKEN_FILE"),
            no_colour: variable("NO_COLOR").is_some() || variable("TERM").is_some_and(|term| term == "dumb"),
            stdout_is_terminal,
            stderr_is_terminal: io::stderr().is_terminal(),
            columns: if stdout_is_terminal { columns.clamp(COLUMNS_MIN, COLUMNS) } else { COLUMNS },
        }
    }
}

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[expect(clippy::disallowed_methods, reason = "this is the one place of the command line that reads the clock")]
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
